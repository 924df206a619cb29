/** @file store/file.c  Files that messages carry, and what of the folder nobody uses any more. */
#include "store/inside.h"
#include "store/message.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static void copy(char *out, size_t most, struct str text)
{
	snprintf(out, most, "%.*s", (int)text.n, text.n ? text.p : "");
}

int store_file_get(struct store *store, const char *id, int64_t account, struct store_file *out)
{
	struct query q;
	int err = query_first(&q, store->reader,
		"SELECT f.id, f.hash, f.name, f.type, f.bytes, coalesce(f.width, 0), coalesce(f.height, 0) FROM file f JOIN message m ON m.pos = f.message"
		" WHERE f.id = ?1 AND EXISTS (SELECT 1 FROM member r WHERE r.account = ?2 AND r.conversation = m.conversation AND m.seq > r.gone)",
		DB_S(id), DB_I(account));

	if (err)
		return err;
	*out = (struct store_file){ .bytes = query_int(&q, 4), .width = (unsigned)query_int(&q, 5), .height = (unsigned)query_int(&q, 6) };
	copy(out->id, sizeof out->id, query_text(&q, 0));
	copy(out->hash, sizeof out->hash, query_text(&q, 1));
	copy(out->name, sizeof out->name, query_text(&q, 2));
	copy(out->type, sizeof out->type, query_text(&q, 3));
	query_close(&q);
	return 0;
}

/* The first seq of a conversation that was stored at `at` or later; behind the last when there is none. Its times grow with its numbers. */
static int seq_at(struct store *store, int64_t conversation, int64_t last, time_ms_t at, int64_t *out)
{
	int64_t low = 1, high = last + 1;

	while (low < high) {
		int64_t middle = low + (high - low) / 2;
		struct query q;
		int err = query_first(&q, store->reader, "SELECT seq, at FROM message WHERE conversation = ?1 AND seq >= ?2 ORDER BY seq LIMIT 1",
			DB_I(conversation), DB_I(middle));

		if (err && err != -ENOENT)
			return err;
		if (err || query_int(&q, 1) >= at)
			high = middle;
		else
			low = query_int(&q, 0) + 1;
		if (!err)
			query_close(&q);
	}
	*out = low;
	return 0;
}

int store_file_between(struct store *store, int64_t account, int64_t other, time_ms_t from, time_ms_t until, unsigned most,
	int (*row)(void *arg, const struct store_message *message), void *arg)
{
	struct store_conversation c;
	int64_t first, end;
	struct query q;
	int err = store_conversation_find(store, account, other, &c);

	if (!err)
		err = seq_at(store, c.id, c.last_seq, from, &first);
	if (!err)
		err = seq_at(store, c.id, c.last_seq, until, &end);
	if (!err)
		err = query_open(&q, store->reader,
			"SELECT " MESSAGE_COLUMNS " FROM message m JOIN member r ON r.conversation = m.conversation AND r.account = ?2"
			" WHERE m.conversation = ?1 AND m.seq >= ?3 AND m.seq < ?4 AND m.seq > r.gone AND EXISTS (SELECT 1 FROM file f WHERE f.message = m.pos)"
			" ORDER BY m.seq LIMIT ?5", DB_I(c.id), DB_I(account), DB_I(first), DB_I(end), DB_I(most));
	if (err)
		return err == -ENOENT ? 0 : err;
	return message_rows(&q, row, arg);
}

int store_file_use(struct store *store, int64_t tenant_id, int64_t *out)
{
	struct query q;
	int err = query_first(&q, store->reader, "SELECT coalesce((SELECT bytes FROM file_use WHERE tenant = ?1), 0)", DB_I(tenant_id));

	if (err)
		return err;
	*out = query_int(&q, 0);
	query_close(&q);
	return 0;
}

/* -ENOENT: nobody needs this name; 0: somebody does. */
static int name_used(struct store_tx *tx, const char *name)
{
	char id[ID_CHARS + 1];
	struct query q;
	int err;

	switch (folder_name_read(name, id)) {
	case FOLDER_CONTENT:
		err = query_first(&q, tx->db, "SELECT 1 WHERE EXISTS (SELECT 1 FROM file WHERE hash = ?1) OR EXISTS (SELECT 1 FROM upload WHERE hash = ?1)", DB_S(name));
		break;
	case FOLDER_PART:
		err = query_first(&q, tx->db, "SELECT 1 FROM upload WHERE id = ?1 AND hash IS NULL", DB_S(id));
		break;
	default:
		/* Not of our making: not ours to remove. */
		return 0;
	}
	if (!err)
		query_close(&q);
	return err;
}

static int name_drop(struct store_tx *tx, const struct folder *folder, const char *name)
{
	int err = name_used(tx, name);

	return err == -ENOENT ? folder_remove(folder, name) : err;
}

struct loose {
	char names[LIMIT_FILES_STEP][FOLDER_NAME_CHARS + 1];
	size_t n;
};

static int loose_read(struct store_tx *tx, struct loose *out)
{
	struct query q;
	int got, err = query_open(&q, tx->db, "SELECT name FROM loose_file LIMIT ?1", DB_I(LIMIT_FILES_STEP));

	if (err)
		return err;
	while ((got = query_step(&q)) == 1)
		copy(out->names[out->n++], sizeof out->names[0], query_text(&q, 0));
	query_close(&q);
	return got;
}

static int loose_drop(struct store_tx *tx, const struct folder *folder, const struct loose *loose)
{
	int err = 0;

	for (size_t i = 0; !err && i < loose->n; i++) {
		err = name_drop(tx, folder, loose->names[i]);
		if (!err)
			err = db_run(tx->db, "DELETE FROM loose_file WHERE name = ?1", DB_S(loose->names[i]));
	}
	return err;
}

int store_files_sweep(struct store_tx *tx, const struct folder *folder, bool *more)
{
	struct loose *loose = calloc(1, sizeof *loose);
	int err = loose ? loose_read(tx, loose) : -ENOMEM;

	*more = !err && loose->n;
	/* A copy under way needs what its database knew: later, then. */
	if (*more && folder_claim(folder)) {
		err = loose_drop(tx, folder, loose);
		*more = loose->n == LIMIT_FILES_STEP;
		folder_release(folder);
	}
	free(loose);
	return err;
}

int store_files_settle(struct store_tx *tx, const struct folder *folder, struct str names, size_t *at)
{
	int err = 0;

	if (!folder_claim(folder))
		return -EAGAIN;
	for (size_t i = 0; !err && i < LIMIT_FILES_STEP && *at < names.n; i++) {
		err = name_drop(tx, folder, names.p + *at);
		if (!err)
			*at += strlen(names.p + *at) + 1;
	}
	folder_release(folder);
	return err;
}
