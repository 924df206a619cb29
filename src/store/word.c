/** @file store/word.c  The index of words: taken up behind the messages, and asked for one account's own. */
#include "base/buf.h"
#include "base/limits.h"
#include "store/inside.h"
#include "store/message.h"

#include <assert.h>
#include <errno.h>

/* What the index holds of a message m of conversation c. */
#define ENTRY "m.pos, 'a' || c.a || ' a' || c.b, m.text FROM message m JOIN conversation c ON c.id = m.conversation"
#define REACHED " AND m.pos <= (SELECT pos FROM word_mark)"

int words_put(struct store_tx *tx, int64_t pos)
{
	return db_run(tx->db, "INSERT INTO word (rowid, who, text) SELECT " ENTRY " WHERE m.pos = ?1" REACHED, DB_I(pos));
}

int words_drop(struct store_tx *tx, int64_t pos)
{
	return db_run(tx->db, "INSERT INTO word (word, rowid, who, text) SELECT 'delete', " ENTRY " WHERE m.pos = ?1" REACHED, DB_I(pos));
}

int store_words_step(struct store_tx *tx, bool *more)
{
	struct query q;
	int64_t last;
	int err = query_first(&q, tx->db,
		"SELECT coalesce(max(pos), 0), count(*) FROM (SELECT pos FROM message WHERE pos > (SELECT pos FROM word_mark) ORDER BY pos LIMIT ?1)",
		DB_I(LIMIT_WORDS_STEP));

	if (err)
		return err;
	last = query_int(&q, 0);
	*more = query_int(&q, 1) == LIMIT_WORDS_STEP;
	query_close(&q);
	if (last == 0)
		return 0;
	err = db_run(tx->db, "INSERT INTO word (rowid, who, text) SELECT " ENTRY
		" WHERE m.pos > (SELECT pos FROM word_mark) AND m.pos <= ?1 AND m.deleted IS NULL", DB_I(last));
	return err ? err : db_run(tx->db, "UPDATE word_mark SET pos = ?1", DB_I(last));
}

/* Signs alone are no word; what is beyond ASCII is left to the tokenizer. */
static bool wordy(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned)((unsigned char)text.p[i] | 0x20) - 'a' < 26 || (unsigned char)(text.p[i] - '0') < 10 || (unsigned char)text.p[i] >= 0x80)
			return true;
	return false;
}

static int word_add(struct buf *out, struct str word, bool first)
{
	int err = buf_printf(out, "%s\"", first ? "" : " AND ");

	for (size_t i = 0; i < word.n && !err; i++)
		err = word.p[i] == '"' ? buf_add(out, "\"\"", 2) : buf_add(out, &word.p[i], 1);
	return err ? err : buf_add(out, "\"", 1);
}

/* FTS5's own language stays out of reach: each word is a string of it. 0, -ENOENT without any, or -ENOMEM. */
static int match_write(struct buf *out, int64_t account, struct str text)
{
	bool any = false;
	int err = buf_printf(out, "who : a%lld AND text : (", (long long)account);

	while (text.n && !err) {
		size_t n = 0;

		while (n < text.n && text.p[n] != ' ' && text.p[n] != '\t')
			n++;
		if (wordy((struct str){ text.p, n })) {
			err = word_add(out, (struct str){ text.p, n }, !any);
			any = true;
		}
		n += n < text.n;
		text = (struct str){ text.p + n, text.n - n };
	}
	if (!err)
		err = buf_printf(out, " *)");
	return err ? err : any ? 0 : -ENOENT;
}

int store_message_search(struct store *store, int64_t account, struct str text, int64_t before, unsigned most,
	int (*row)(void *arg, const struct store_message *message), void *arg)
{
	struct buf match = { 0 };
	struct query q;
	int err = match_write(&match, account, text);

	assert(most <= LIMIT_ROWS_PER_READ);
	if (!err)
		err = query_open(&q, store->reader,
			"SELECT " MESSAGE_COLUMNS " FROM word w CROSS JOIN message m ON m.pos = w.rowid"
			" WHERE word MATCH ?1 AND w.rowid < ?2 AND m.deleted IS NULL"
			" AND EXISTS (SELECT 1 FROM member r WHERE r.account = ?3 AND r.conversation = m.conversation AND m.seq > r.gone)"
			" ORDER BY w.rowid DESC LIMIT ?4",
			DB_T(match.p, match.n), DB_I(before ? before : INT64_MAX), DB_I(account), DB_I(most));
	if (!err)
		err = message_rows(&q, row, arg);
	buf_release(&match);
	return err == -ENOENT ? 0 : err;
}
