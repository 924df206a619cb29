/** @file store/upload.c  Files on their way up, until a message takes them along. Their bytes are in the folder (store/folder.c). */
#include "store/inside.h"
#include "store/message.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>

#define COLUMNS "id, conversation, name, bytes, got, coalesce(hash, ''), coalesce(type, ''), coalesce(width, 0), coalesce(height, 0), client_id"

static void copy(char *out, size_t most, struct str text)
{
	snprintf(out, most, "%.*s", (int)text.n, text.n ? text.p : "");
}

static void upload_of(struct query *q, int64_t account, struct store_upload *out)
{
	*out = (struct store_upload){ .account = account, .conversation = query_int(q, 1), .got = query_int(q, 4) };
	copy(out->file.id, sizeof out->file.id, query_text(q, 0));
	copy(out->file.name, sizeof out->file.name, query_text(q, 2));
	out->file.bytes = query_int(q, 3);
	copy(out->file.hash, sizeof out->file.hash, query_text(q, 5));
	copy(out->file.type, sizeof out->file.type, query_text(q, 6));
	out->file.width = (unsigned)query_int(q, 7);
	out->file.height = (unsigned)query_int(q, 8);
	copy(out->client_id, sizeof out->client_id, query_text(q, 9));
}

/* Begun before: 0 with *out filled, -EEXIST when it is another's name of the same client_id, or -ENOENT. */
static int upload_again(struct store_tx *tx, struct store_upload *upload)
{
	struct store_upload first;
	struct query q;
	int err = query_first(&q, tx->db, "SELECT " COLUMNS " FROM upload WHERE account = ?1 AND client_id = ?2",
		DB_I(upload->account), DB_S(upload->client_id));

	if (err)
		return err;
	upload_of(&q, upload->account, &first);
	query_close(&q);
	if (first.conversation != upload->conversation || first.file.bytes != upload->file.bytes || strcmp(first.file.name, upload->file.name) != 0)
		return -EEXIST;
	*upload = first;
	return 0;
}

/* 0, -EDQUOT or -EMFILE. */
static int room_check(struct store_tx *tx, const struct store_upload *upload, int64_t quota)
{
	struct query q;
	int64_t used, open;
	int err = query_first(&q, tx->db,
		"SELECT coalesce((SELECT bytes FROM file_use WHERE tenant = ?1), 0), (SELECT count(*) FROM upload WHERE account = ?2)",
		DB_I(upload->tenant), DB_I(upload->account));

	if (err)
		return err;
	used = query_int(&q, 0);
	open = query_int(&q, 1);
	query_close(&q);
	if (open >= LIMIT_UPLOADS_PER_ACCOUNT)
		return -EMFILE;
	return used + upload->file.bytes > quota ? -EDQUOT : 0;
}

int store_upload_begin(struct store_tx *tx, struct store_upload *upload, int64_t quota, bool *again)
{
	int err = upload_again(tx, upload);

	*again = err == 0;
	if (err != -ENOENT)
		return err;
	if ((err = room_check(tx, upload, quota)))
		return err;
	return db_run(tx->db,
		"INSERT INTO upload (id, account, tenant, conversation, client_id, name, bytes, got, touched) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8)",
		DB_S(upload->file.id), DB_I(upload->account), DB_I(upload->tenant), DB_I(upload->conversation), DB_S(upload->client_id),
		DB_S(upload->file.name), DB_I(upload->file.bytes), DB_I(clock_wall_ms()));
}

int store_upload_get(struct store *store, const char *id, int64_t account, struct store_upload *out)
{
	struct query q;
	int err = query_first(&q, store->reader, "SELECT " COLUMNS " FROM upload WHERE id = ?1 AND account = ?2", DB_S(id), DB_I(account));

	if (err)
		return err;
	upload_of(&q, account, out);
	query_close(&q);
	return 0;
}

static int changed(struct store_tx *tx, int err)
{
	return err ? err : db_changes(tx->db) ? 0 : -ENOENT;
}

int store_upload_got(struct store_tx *tx, const struct store_upload *upload, int64_t from, int64_t to)
{
	return changed(tx, db_run(tx->db,
		"UPDATE upload SET got = ?4, touched = ?5 WHERE id = ?1 AND account = ?2 AND got = ?3 AND hash IS NULL",
		DB_S(upload->file.id), DB_I(upload->account), DB_I(from), DB_I(to), DB_I(clock_wall_ms())));
}

int store_upload_whole(struct store_tx *tx, const struct folder *folder, const struct store_upload *upload)
{
	const struct store_file *f = &upload->file;
	struct db_value width = f->width ? DB_I(f->width) : DB_NULL, height = f->height ? DB_I(f->height) : DB_NULL;
	int err;

	assert(f->hash[0] && f->type[0]);
	/* Here, where the sweep runs too: it can't take away in between a content that is there already. */
	err = folder_part_name(folder, f->id, f->hash);
	return err ? err : changed(tx, db_run(tx->db,
		"UPDATE upload SET got = bytes, hash = ?3, type = ?4, width = ?5, height = ?6, touched = ?7 WHERE id = ?1 AND account = ?2 AND hash IS NULL",
		DB_S(f->id), DB_I(upload->account), DB_S(f->hash), DB_S(f->type), width, height, DB_I(clock_wall_ms())));
}

int store_upload_drop(struct store_tx *tx, const char *id, int64_t account)
{
	return changed(tx, db_run(tx->db, "DELETE FROM upload WHERE id = ?1 AND account = ?2", DB_S(id), DB_I(account)));
}

int store_upload_lost(struct store_tx *tx, const char *id)
{
	return db_run(tx->db, "INSERT OR IGNORE INTO loose_file VALUES (?1 || '.part')", DB_S(id));
}

int store_upload_expire(struct store_tx *tx, time_ms_t before)
{
	return db_run(tx->db, "DELETE FROM upload WHERE id IN (SELECT id FROM upload WHERE touched < ?1 ORDER BY touched LIMIT ?2)",
		DB_I(before), DB_I(LIMIT_ROWS_PER_READ));
}

int upload_take(struct store_tx *tx, const struct store_message *message)
{
	int err = db_run(tx->db,
		"INSERT INTO file (message, id, tenant, hash, name, type, bytes, width, height)"
		" SELECT ?1, id, tenant, hash, name, type, bytes, width, height FROM upload"
		" WHERE id = ?2 AND account = ?3 AND conversation = ?4 AND hash IS NOT NULL",
		DB_I(message->pos), DB_S(message->upload), DB_I(message->sender), DB_I(message->conversation));

	if (!err && !db_changes(tx->db))
		err = -ENODATA;
	return err ? err : db_run(tx->db, "DELETE FROM upload WHERE id = ?1 AND account = ?2", DB_S(message->upload), DB_I(message->sender));
}
