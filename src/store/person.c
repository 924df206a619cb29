/**
 * @file store/person.c  What is kept about a person, as the rest of a JSON object: what he said and to whom, his calls, what the audit log says
 * of him. Not what others wrote to him: that is theirs.
 */
#include "base/json.h"
#include "store/inside.h"
#include "store/nouns.h"

#include <errno.h>
#include <stdlib.h>

enum { STEP_ROWS = 200 };

/* One part: a list of rows, each an object that SQLite writes. ?1 account, ?2 the place behind which to go on, ?3 his address quoted, ?4 its
 * organisation, ?5 how many. The first column is the row's place; the second NULL when it is not about him. */
struct part {
	const char *name;
	const char *sql;
};

#define TIME(ms) "strftime('%Y-%m-%dT%H:%M:%fZ', " ms " / 1000.0, 'unixepoch')"

static const struct part parts[] = {
	{ "sessions",
		"SELECT id, json_object('made', " TIME("made") ", 'expires', " TIME("expires") ", 'seen', " TIME("max(made, seen)") ", 'browser', browser, 'system', system)"
		" FROM session WHERE account = ?1 AND id > ?2 AND ?3 <> ?4 ORDER BY id LIMIT ?5" },
	{ "messages",
		"SELECT m.pos, iif(m.sender = ?1, json_object('conversation', m.conversation, 'with', o.address, 'seq', m.seq, 'at', " TIME("m.at") ","
		" 'edited', " TIME("m.edited") ", 'deleted', " TIME("m.deleted") ", 'text', m.text), NULL)"
		" FROM inbox i CROSS JOIN message m ON m.pos = i.pos CROSS JOIN conversation c ON c.id = m.conversation"
		" CROSS JOIN account o ON o.id = iif(c.a = ?1, c.b, c.a)"
		" WHERE i.account = ?1 AND i.pos > ?2 AND ?3 <> ?4 ORDER BY i.pos LIMIT ?5" },
	{ "calls",
		"SELECT r.id, iif(r.hidden, NULL, json_object('call', r.call, 'outgoing', json(iif(r.outgoing, 'true', 'false')), 'with', r.address, 'placed', " TIME("r.placed") ","
		" 'answered', " TIME("r.answered") ", 'ended', " TIME("r.ended") ", 'reason', r.reason, 'note', s.note, 'quality', json(s.quality)))"
		" FROM call_record r LEFT JOIN call_side s ON s.call = r.call AND s.account = r.account"
		" WHERE r.account = ?1 AND r.id > ?2 AND ?3 <> ?4 ORDER BY r.id LIMIT ?5" },
	/* Who reported him is not his to know. */
	{ "audit",
		"SELECT id, iif(json_quote(actor) = ?3 OR (instr(detail, ?3) AND what <> 'contact.report'),"
		" json_object('at', " TIME("at") ", 'actor', actor, 'what', what, 'detail', json(detail)), NULL)"
		" FROM audit WHERE ?1 AND tenant = ?4 AND id > ?2 ORDER BY id LIMIT ?5" },
};
enum { PARTS = sizeof parts / sizeof *parts };

static int row_add(struct query *q, bool *first, struct buf *out)
{
	struct str text = query_text(q, 1);
	int err;

	if (query_null(q, 1))
		return 0;
	if (!text.p)
		return -ENOMEM;
	err = *first ? 0 : buf_add(out, ",", 1);
	*first = false;
	return err ? err : buf_add(out, text.p, text.n);
}

static char *quoted(const char *address)
{
	json_t *text = json_string(address);
	char *out = text ? json_dumps(text, JSON_ENCODE_ANY) : NULL;

	json_decref(text);
	return out;
}

static int rows_add(struct store_tx *tx, const struct part *part, int64_t account, const char *address, const char *tenant, int64_t *place, struct buf *out,
	int *n)
{
	bool first = out->n && out->p[out->n - 1] == '[';
	char *quote = quoted(address);
	struct query q;
	int got = 0, err = quote ? 0 : -ENOMEM;

	*n = 0;
	if (!err)
		err = query_open(&q, tx->db, part->sql, DB_I(account), DB_I(*place), DB_S(quote), DB_S(tenant), DB_I(STEP_ROWS));
	if (err) {
		free(quote);
		return err;
	}
	while (!err && (got = query_step(&q)) == 1) {
		*place = query_int(&q, 0);
		err = row_add(&q, &first, out);
		++*n;
	}
	query_close(&q);
	free(quote);
	return err ? err : got < 0 ? got : 0;
}

int store_person_step(struct store_tx *tx, int64_t account, const char *address, const char *tenant, struct store_person *at, struct buf *out, bool *more)
{
	const struct part *part = &parts[at->part];
	int n, err = at->place ? 0 : buf_printf(out, ",\"%s\":[", part->name);

	if (!err)
		err = rows_add(tx, part, account, address, tenant, &at->place, out, &n);
	*more = true;
	if (err || n == STEP_ROWS)
		return err;
	err = buf_add(out, "]", 1);
	*at = (struct store_person){ .part = at->part + 1 };
	*more = at->part < PARTS;
	return err ? err : *more ? 0 : buf_add(out, "}", 1);
}
