/**
 * @file store/erasure.c  A person is erased: at once he is nobody, an account without a name that can't sign in; then, step by step, what he
 * wrote goes wherever it lies, his records of calls, and his address and name in those of others. A kill costs no more than a step.
 */
#include "store/inside.h"
#include "store/message.h"
#include "store/world.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

/* What comes after what; in the table as numbers. */
enum stage { STAGE_WRITTEN, STAGE_INBOX, STAGE_OWN_CALLS, STAGE_CALLS, STAGE_DONE };

enum { STEP_MESSAGES = 100, STEP_COPIES = 200, STEP_OWN_CALLS = 20, STEP_RECORDS = 2000 };

#define NOBODY "Erased account"

int store_erasure_get(struct store *store, int64_t tenant_id, const uint8_t hash[static TOKEN_HASH_BYTES], time_ms_t *at)
{
	struct query q;
	int err = query_first(&q, store->reader, "SELECT at FROM erasure WHERE tenant = ?1 AND hash = ?2 ORDER BY account DESC LIMIT 1",
		DB_I(tenant_id), DB_B(hash, TOKEN_HASH_BYTES));

	if (err)
		return err;
	*at = query_int(&q, 0);
	query_close(&q);
	return 0;
}

/* What only he had. */
static int belongings_drop(struct store_tx *tx, int64_t account)
{
	static const char *const drops[] = {
		"DELETE FROM session WHERE account = ?1", "DELETE FROM password WHERE account = ?1", "DELETE FROM link WHERE account = ?1",
		"DELETE FROM factor WHERE account = ?1", "DELETE FROM recovery WHERE account = ?1", "DELETE FROM preference WHERE account = ?1",
		"DELETE FROM outbox WHERE account = ?1", "DELETE FROM role WHERE account = ?1",
		"DELETE FROM join_link WHERE host = ?1",
	};
	int err = 0;

	touch(&tx->touched, account);
	for (size_t i = 0; i < sizeof drops / sizeof *drops && !err; i++)
		err = db_run(tx->db, drops[i], DB_I(account));
	return err;
}

/* A guest's address is made of his home: both become nobody's. */
static int account_blank(struct store_tx *tx, int64_t account)
{
	return db_run(tx->db,
		"UPDATE account SET name = '" NOBODY "', title = '', enabled = 0, connect_held = 0, connect_assigned = NULL,"
		" remote_assist_held = 0, remote_assist_assigned = NULL,"
		" address = 'erased-' || id || iif(home IS NULL, '', '=erased.invalid') || substr(address, instr(address, '@')),"
		" rest = iif(home IS NULL, '{}', json_object('home', 'erased-' || id || '@erased.invalid', 'state', 'pending')),"
		" home = iif(home IS NULL, NULL, 'erased-' || id || '@erased.invalid') WHERE id = ?1",
		DB_I(account));
}

int store_erasure_begin(struct store_tx *tx, int64_t tenant_id, int64_t account, const char *address, const uint8_t hash[static TOKEN_HASH_BYTES],
	time_ms_t at)
{
	int err = store_role_drop(tx, tenant_id, account, ROLE_OWNER);

	if (err && err != -ENOENT)
		return err;
	err = belongings_drop(tx, account);
	/* What never went is nobody's; what did goes with its message. */
	if (!err)
		err = db_run(tx->db, "DELETE FROM upload WHERE account = ?1", DB_I(account));
	/* A call that this ends: a kill before it is over must not bring it back. */
	if (!err)
		err = db_run(tx->db, "DELETE FROM call_kept WHERE instr(doc, json_quote(?1))", DB_S(address));
	if (!err)
		err = account_blank(tx, account);
	return err ? err : db_run(tx->db, "INSERT INTO erasure (account, tenant, hash, address, at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
		DB_I(account), DB_I(tenant_id), DB_B(hash, TOKEN_HASH_BYTES), DB_S(address), DB_I(at));
}

/* The steps. */

struct erasing {
	struct store_tx *tx;
	int64_t account;
	char address[324], nobody[324];	/* before and now */
	enum stage stage;
	char place[80];			/* in the stage */
	struct store_erased *out;
};

static void told_add(struct erasing *e, int64_t account)
{
	for (size_t i = 0; i < e->out->n_told; i++)
		if (e->out->told[i] == account)
			return;
	if (e->out->n_told < sizeof e->out->told / sizeof *e->out->told)
		e->out->told[e->out->n_told++] = account;
}

struct written {
	int64_t pos, conversation, a, b;
};

/* What he wrote, in the order of an index; as if he had deleted it. */
static int written_step(struct erasing *e, bool *last)
{
	struct written rows[STEP_MESSAGES];
	struct query q;
	int n = 0, got, err = query_open(&q, e->tx->db,
		"SELECT m.pos, m.conversation, c.a, c.b, m.client_id FROM message m JOIN conversation c ON c.id = m.conversation"
		" WHERE m.sender = ?1 AND m.client_id > ?2 ORDER BY m.client_id LIMIT ?3",
		DB_I(e->account), DB_S(e->place), DB_I(STEP_MESSAGES));
	char place[80] = "";

	if (err)
		return err;
	while ((got = query_step(&q)) == 1) {
		rows[n++] = (struct written){ query_int(&q, 0), query_int(&q, 1), query_int(&q, 2), query_int(&q, 3) };
		snprintf(place, sizeof place, "%s", query_text(&q, 4).p ? query_text(&q, 4).p : "");
	}
	query_close(&q);
	err = got < 0 ? got : 0;
	for (int i = 0; i < n && !err; i++) {
		err = message_erase(e->tx, rows[i].conversation, rows[i].pos);
		told_add(e, rows[i].a);
		told_add(e, rows[i].b);
	}
	memcpy(e->place, place, sizeof place);
	*last = n < STEP_MESSAGES;
	return err;
}

static int inbox_step(struct erasing *e, bool *last)
{
	int room = STEP_COPIES;
	int err = inbox_drop(e->tx, e->account, INT64_MAX, &room);

	*last = room > 0;
	return err;
}

static bool string_swap(json_t *object, const char *key, const struct erasing *e)
{
	const char *v = json_string_value(json_object_get(object, key));

	return v && strcmp(v, e->address) == 0 && json_object_set_new(object, key, json_string(e->nobody)) == 0;
}

/* His words on marks, and his address on his and others'. */
static void event_blank(const struct erasing *e, json_t *event)
{
	json_t *mark = json_object_get(event, "mark");

	string_swap(event, "by", e);
	if (string_swap(mark, "by", e) && json_object_get(mark, "text"))
		json_object_set_new(mark, "text", json_null());
	string_swap(mark, "of", e);
}

static void person_blank(const struct erasing *e, json_t *person)
{
	if (string_swap(person, "address", e))
		json_object_set_new(person, "name", json_string(NOBODY));
}

/* A text that is a JSON list, with each of its objects blanked; NULL when memory is out or it is no list. The caller frees. */
static char *list_blank(const struct erasing *e, const char *text, void (*blank)(const struct erasing *e, json_t *one))
{
	json_t *list = json_loads(text, 0, NULL), *one;
	char *out;
	size_t i;

	json_array_foreach(list, i, one)
		blank(e, one);
	out = list ? json_dumps(list, JSON_COMPACT) : NULL;
	json_decref(list);
	return out;
}

static int marks_blank(struct erasing *e, const char *call)
{
	struct query q;
	int err = query_first(&q, e->tx->db, "SELECT events FROM call_marks WHERE call = ?1", DB_S(call));
	char *text;

	if (err)
		return err == -ENOENT ? 0 : err;
	text = list_blank(e, query_text(&q, 0).p, event_blank);
	query_close(&q);
	err = text ? db_run(e->tx->db, "UPDATE call_marks SET events = ?2 WHERE call = ?1", DB_S(call), DB_S(text)) : -ENOMEM;
	free(text);
	return err;
}

/* His records, with his notes; before, his marks in those calls. */
static int own_calls_step(struct erasing *e, bool *last)
{
	char calls[STEP_OWN_CALLS][ID_CHARS + 1];
	int64_t ids[STEP_OWN_CALLS];
	struct query q;
	int n = 0, got, err = query_open(&q, e->tx->db, "SELECT id, coalesce(call, '') FROM call_record WHERE account = ?1 LIMIT ?2",
		DB_I(e->account), DB_I(STEP_OWN_CALLS));

	if (err)
		return err;
	while ((got = query_step(&q)) == 1) {
		snprintf(calls[n], sizeof calls[n], "%s", query_text(&q, 1).p ? query_text(&q, 1).p : "");
		ids[n++] = query_int(&q, 0);
	}
	query_close(&q);
	err = got < 0 ? got : 0;
	for (int i = 0; i < n && !err; i++) {
		err = calls[i][0] ? marks_blank(e, calls[i]) : 0;
		if (!err)
			err = db_run(e->tx->db, "DELETE FROM call_record WHERE id = ?1", DB_I(ids[i]));
	}
	*last = n < STEP_OWN_CALLS;
	return err;
}

/* Whom others met in a call of many. */
static int people_blank(struct erasing *e, int64_t *from, int64_t to)
{
	struct query q;
	char *text;
	int64_t id;
	int err = query_first(&q, e->tx->db,
		"SELECT id, people FROM call_record WHERE id > ?1 AND id <= ?2 AND people IS NOT NULL AND instr(people, json_quote(?3))"
		" ORDER BY id LIMIT 1",
		DB_I(*from), DB_I(to), DB_S(e->address));

	if (err)
		return err;
	*from = id = query_int(&q, 0);
	text = list_blank(e, query_text(&q, 1).p, person_blank);
	query_close(&q);
	err = text ? db_run(e->tx->db, "UPDATE call_record SET people = ?2 WHERE id = ?1", DB_I(id), DB_S(text)) : -ENOMEM;
	free(text);
	return err;
}

/* Everybody's records, by their numbers: who called whom is theirs, the name in it goes. */
static int calls_step(struct erasing *e, bool *last)
{
	int64_t from = strtoll(e->place, NULL, 10), to = from + STEP_RECORDS, newest;
	struct query q;
	int err = query_first(&q, e->tx->db, "SELECT coalesce(max(id), 0) FROM call_record");

	if (err)
		return err;
	newest = query_int(&q, 0);
	query_close(&q);
	err = db_run(e->tx->db, "UPDATE call_record SET address = ?4, name = iif(name IS NULL, NULL, '" NOBODY "')"
		" WHERE id > ?1 AND id <= ?2 AND address = ?3", DB_I(from), DB_I(to), DB_S(e->address), DB_S(e->nobody));
	while (!err)
		err = people_blank(e, &from, to);
	snprintf(e->place, sizeof e->place, "%lld", (long long)to);
	*last = to >= newest;
	return err == -ENOENT ? 0 : err;
}

static int next_read(struct store_tx *tx, struct erasing *e)
{
	struct query q;
	int err = query_first(&q, tx->db,
		"SELECT e.account, e.address, a.address, e.stage, e.place FROM erasure e JOIN account a ON a.id = e.account"
		" WHERE e.address IS NOT NULL ORDER BY e.account LIMIT 1");

	if (err)
		return err;
	e->account = query_int(&q, 0);
	snprintf(e->address, sizeof e->address, "%s", query_text(&q, 1).p);
	snprintf(e->nobody, sizeof e->nobody, "%s", query_text(&q, 2).p);
	e->stage = (enum stage)query_int(&q, 3);
	snprintf(e->place, sizeof e->place, "%s", query_text(&q, 4).p);
	query_close(&q);
	return 0;
}

static int stage_run(struct erasing *e, bool *last)
{
	switch (e->stage) {
	case STAGE_WRITTEN:
		return written_step(e, last);
	case STAGE_INBOX:
		return inbox_step(e, last);
	case STAGE_OWN_CALLS:
		return own_calls_step(e, last);
	default:
		return calls_step(e, last);
	}
}

int store_erasure_step(struct store_tx *tx, struct store_erased *out)
{
	struct erasing e = { .tx = tx, .out = out };
	bool last = false;
	int err = next_read(tx, &e);

	out->n_told = 0;
	out->more = err == 0;
	if (!err)
		err = stage_run(&e, &last);
	if (err)
		return err == -ENOENT && !out->more ? 0 : err;
	if (last) {
		e.stage++;
		e.place[0] = '\0';
	}
	/* With the last step even the address is forgotten that was looked for. */
	return db_run(tx->db, "UPDATE erasure SET stage = ?2, place = ?3, address = iif(?2 = ?4, NULL, address) WHERE account = ?1",
		DB_I(e.account), DB_I(e.stage), DB_S(e.place), DB_I(STAGE_DONE));
}
