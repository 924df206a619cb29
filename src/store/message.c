/** @file store/message.c  Messages and the inboxes that lines drain. Whether a message may be sent is decided before. */
#include "store/message.h"

#include "base/limits.h"
#include "store/inside.h"

#include <assert.h>
#include <errno.h>

int message_of(struct query *q, int column, struct store_message *out)
{
	struct str client_id = query_text(q, column + 5);
	struct str text = query_text(q, column + 6);

	if (!client_id.p || !text.p)
		return -ENOMEM;
	*out = (struct store_message){
		.pos = query_int(q, column),
		.conversation = query_int(q, column + 1),
		.seq = query_int(q, column + 2),
		.sender = query_int(q, column + 3),
		.at = query_int(q, column + 4),
		.client_id = client_id.p,
		.text = text.p,
		.text_bytes = text.n,
		.edited = query_null(q, column + 7) ? 0 : query_int(q, column + 7),
		.deleted = !query_null(q, column + 8),
		.file = query_text(q, column + 9).p,
	};
	return 0;
}

/* Does a stored message carry this upload, or neither anything? */
static int file_same(struct store_tx *tx, int64_t pos, const char *upload, bool *out)
{
	struct query q;
	int err = query_first(&q, tx->db, "SELECT id FROM file WHERE message = ?1", DB_I(pos));

	*out = err == -ENOENT && !upload;
	if (err)
		return err == -ENOENT ? 0 : err;
	*out = upload && str_eq(query_text(&q, 0), str_of(upload));
	query_close(&q);
	return 0;
}

/* The same sender and client_id was stored before: 0 with its place in the message, -EEXIST when it said something else, or -ENOENT. */
static int message_again(struct store_tx *tx, struct store_message *message)
{
	struct store_message first;
	struct query q;
	bool same, edited = false;
	int err = query_first(&q, tx->db, "SELECT " MESSAGE_COLUMNS " FROM message m WHERE m.sender = ?1 AND m.client_id = ?2",
		DB_I(message->sender), DB_S(message->client_id));

	if (err)
		return err;
	err = message_of(&q, 0, &first);
	if (!err) {
		/* What was first said in an edited message is gone: its id is proof enough. */
		edited = first.edited || first.deleted;
		same = first.conversation == message->conversation && (edited ||
			str_eq((struct str){ first.text, first.text_bytes }, (struct str){ message->text, message->text_bytes }));
		message->pos = first.pos;
		message->conversation = first.conversation;
		message->seq = first.seq;
		message->at = first.at;
		err = same ? 0 : -EEXIST;
	}
	query_close(&q);
	if (!err && !edited && !(err = file_same(tx, message->pos, message->upload, &same)))
		err = same ? 0 : -EEXIST;
	return err;
}

/* Take the conversation's next number; -ENOENT unless the sender is a member. */
static int seq_next(struct store_tx *tx, struct store_message *message, int64_t member[2])
{
	struct query q;
	int err = query_first(&q, tx->db,
		"UPDATE conversation SET last_seq = last_seq + 1 WHERE id = ?1 AND ?2 IN (a, b) RETURNING last_seq, a, b",
		DB_I(message->conversation), DB_I(message->sender));

	if (err)
		return err;
	message->seq = query_int(&q, 0);
	member[0] = query_int(&q, 1);
	member[1] = query_int(&q, 2);
	return query_end(&q);
}

static int message_insert(struct store_tx *tx, struct store_message *message)
{
	struct query q;
	int err = query_first(&q, tx->db,
		"INSERT INTO message (conversation, seq, sender, at, client_id, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING pos",
		DB_I(message->conversation), DB_I(message->seq), DB_I(message->sender), DB_I(message->at),
		DB_S(message->client_id), DB_T(message->text, message->text_bytes));

	if (err)
		return err;
	message->pos = query_int(&q, 0);
	return query_end(&q);
}

int store_message_add(struct store_tx *tx, struct store_message *message, bool *again)
{
	int64_t member[2];
	int err = message_again(tx, message);

	*again = err == 0;
	if (err != -ENOENT)
		return err;
	if ((err = seq_next(tx, message, member)))
		return err;
	message->at = clock_wall_ms();
	if ((err = message_insert(tx, message)))
		return err;
	err = db_run(tx->db, "INSERT INTO inbox (account, pos) VALUES (?1, ?3), (?2, ?3)",
		DB_I(member[0]), DB_I(member[1]), DB_I(message->pos));
	if (!err && message->upload)
		err = upload_take(tx, message);
	if (err)
		return err;
	return db_run(tx->db,
		"UPDATE member SET last_pos = ?4, read = iif(account = ?5, ?6, read), delivered = iif(account = ?5, ?6, delivered)"
		" WHERE account IN (?1, ?2) AND conversation = ?3",
		DB_I(member[0]), DB_I(member[1]), DB_I(message->conversation), DB_I(message->pos), DB_I(message->sender), DB_I(message->seq));
}

int message_rows(struct query *q, int (*row)(void *arg, const struct store_message *message), void *arg)
{
	int got, err = 0;

	while ((got = query_step(q)) == 1) {
		struct store_message message;

		err = message_of(q, 0, &message);
		if (!err)
			err = row(arg, &message);
		if (err)
			break;
	}
	query_close(q);
	return err ? err : got;
}

int store_message_page(struct store *store, int64_t conversation, int64_t after, int64_t before, unsigned most,
	int (*row)(void *arg, const struct store_message *message), void *arg)
{
	struct query q;
	int err;

	assert(most <= LIMIT_ROWS_PER_READ);
	err = query_open(&q, store->reader,
		"SELECT * FROM (SELECT " MESSAGE_COLUMNS " FROM message m WHERE m.conversation = ?1 AND m.seq < ?2 AND m.seq > ?4"
		" ORDER BY m.seq DESC LIMIT ?3) ORDER BY seq",
		DB_I(conversation), DB_I(before ? before : INT64_MAX), DB_I(most), DB_I(after));
	return err ? err : message_rows(&q, row, arg);
}

int store_message_get(struct store *store, int64_t conversation, int64_t seq,
	int (*row)(void *arg, const struct store_message *message), void *arg)
{
	struct query q;
	int err = query_open(&q, store->reader, "SELECT " MESSAGE_COLUMNS " FROM message m WHERE m.conversation = ?1 AND m.seq = ?2",
		DB_I(conversation), DB_I(seq));

	return err ? err : message_rows(&q, row, arg);
}

static int told_rows(struct query *q, int (*row)(void *arg, const struct store_message *message), void *arg)
{
	int got, err = 0;

	while ((got = query_step(q)) == 1) {
		struct store_message message;

		err = message_of(q, 1, &message);
		message.told = query_int(q, 0);
		if (!err)
			err = row(arg, &message);
		if (err)
			break;
	}
	query_close(q);
	return err ? err : got;
}

int store_message_drain(struct store *store, int64_t account, int64_t after, unsigned most,
	int (*row)(void *arg, const struct store_message *message), void *arg)
{
	struct query q;
	int err;

	assert(most <= LIMIT_ROWS_PER_READ);
	/* Each half is a range of its primary key: SQLite merges them as it walks. */
	err = query_open(&q, store->reader,
		"SELECT i.told, " MESSAGE_COLUMNS " FROM ("
		" SELECT pos AS told, pos AS message FROM inbox WHERE account = ?1 AND pos > ?2"
		" UNION ALL SELECT pos, message FROM change WHERE account = ?1 AND pos > ?2 ORDER BY 1 LIMIT ?3) i"
		" CROSS JOIN message m ON m.pos = i.message ORDER BY i.told",
		DB_I(account), DB_I(after), DB_I(most));
	return err ? err : told_rows(&q, row, arg);
}

int store_message_pos(struct store *store, int64_t *out)
{
	struct query q;
	/* Edits take their places from the same numbers. */
	int err = query_first(&q, store->reader, "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'message'), 0)");

	if (err)
		return err;
	*out = query_int(&q, 0);
	query_close(&q);
	return 0;
}
