/** @file store/edit.c  A message changed by its sender after it was stored. Whether he may is decided before. */
#include "store/inside.h"
#include "store/message.h"

#include <errno.h>

/* The message, if it is the sender's and not deleted; -ENOENT. */
static int own_find(struct store_tx *tx, int64_t conversation, int64_t seq, int64_t sender, int64_t *pos, bool *same, struct str text)
{
	struct query q;
	int err = query_first(&q, tx->db,
		"SELECT pos, text FROM message WHERE conversation = ?1 AND seq = ?2 AND sender = ?3 AND deleted IS NULL"
		" AND seq > (SELECT gone FROM member WHERE account = ?3 AND conversation = ?1)",
		DB_I(conversation), DB_I(seq), DB_I(sender));

	if (err)
		return err;
	*pos = query_int(&q, 0);
	*same = text.p && str_eq(query_text(&q, 1), text);
	query_close(&q);
	return 0;
}

static int place_take(struct store_tx *tx, int64_t *out)
{
	struct query q;
	int err = query_first(&q, tx->db, "UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'message' RETURNING seq");

	if (err)
		return err == -ENOENT ? -EIO : err;
	*out = query_int(&q, 0);
	return query_end(&q);
}

/* Only the newest edit of a message is told: what it says now. */
static int change_tell(struct store_tx *tx, int64_t conversation, int64_t pos)
{
	int64_t place;
	int err = place_take(tx, &place);

	if (!err)
		err = db_run(tx->db, "DELETE FROM change WHERE message = ?1", DB_I(pos));
	if (!err)
		err = db_run(tx->db,
			"INSERT INTO change (account, pos, message) SELECT x.account, ?2, ?3 FROM"
			" (SELECT a AS account FROM conversation WHERE id = ?1 UNION SELECT b FROM conversation WHERE id = ?1) x"
			" WHERE EXISTS (SELECT 1 FROM inbox i WHERE i.account = x.account AND i.pos = ?3)",
			DB_I(conversation), DB_I(place), DB_I(pos));
	return err;
}

static int text_erase(struct store_tx *tx, int64_t conversation, int64_t pos)
{
	int err = words_drop(tx, pos);

	if (!err)
		err = db_run(tx->db, "UPDATE message SET text = '', deleted = ?2 WHERE pos = ?1", DB_I(pos), DB_I(clock_wall_ms()));
	if (!err)
		err = db_run(tx->db, "DELETE FROM file WHERE message = ?1", DB_I(pos));
	return err ? err : change_tell(tx, conversation, pos);
}

int message_erase(struct store_tx *tx, int64_t conversation, int64_t pos)
{
	struct query q;
	int err = query_first(&q, tx->db, "SELECT 1 FROM message WHERE pos = ?1 AND deleted IS NULL", DB_I(pos));

	if (err)
		return err == -ENOENT ? 0 : err;
	query_close(&q);
	return text_erase(tx, conversation, pos);
}

int store_message_change(struct store_tx *tx, int64_t conversation, int64_t seq, int64_t sender, const char *text, size_t text_bytes, bool *changed)
{
	bool same = false;
	int64_t pos;
	int err = own_find(tx, conversation, seq, sender, &pos, &same, (struct str){ text, text_bytes });

	*changed = !err && !same;
	if (err || same)
		return err;
	if (!text)
		return text_erase(tx, conversation, pos);
	/* The index keeps no text: it forgets a message by what that says now. */
	err = words_drop(tx, pos);
	if (!err)
		err = db_run(tx->db, "UPDATE message SET text = ?2, edited = ?3 WHERE pos = ?1", DB_I(pos), DB_T(text, text_bytes), DB_I(clock_wall_ms()));
	if (!err)
		err = words_put(tx, pos);
	return err ? err : change_tell(tx, conversation, pos);
}
