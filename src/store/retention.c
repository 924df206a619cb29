/**
 * @file store/retention.c  How long an organisation keeps its side of messages and calls, and the sweep that lets go of what is older.
 * A message is stored once and lies in an inbox of each member: taking it out of one is that side's alone, and with the last it goes.
 */
#include "store/inside.h"
#include "store/message.h"

#include <errno.h>

enum {
	STEP_ROWS = 200,		/* deleted in one step */
	STEP_ACCOUNTS = 500,		/* looked at in one step */
	DAY_MS = 86400000,
};

static int64_t days_of(struct query *q, int column)
{
	return query_null(q, column) ? 0 : query_int(q, column);
}

static struct db_value days_value(int64_t days)
{
	return days ? DB_I(days) : DB_NULL;
}

int store_retention_get(struct store *store, int64_t tenant_id, struct store_retention *out)
{
	struct query q;
	int err = query_first(&q, store->reader, "SELECT messages, calls, revision FROM retention WHERE tenant = ?1", DB_I(tenant_id));

	*out = (struct store_retention){ 0 };
	if (err)
		return err == -ENOENT ? 0 : err;
	*out = (struct store_retention){ days_of(&q, 0), days_of(&q, 1), query_int(&q, 2) };
	query_close(&q);
	return 0;
}

int store_retention_put(struct store_tx *tx, int64_t tenant_id, struct store_retention *retention)
{
	int err = db_run(tx->db, "INSERT INTO retention (tenant, revision) VALUES (?1, 0) ON CONFLICT DO NOTHING", DB_I(tenant_id));

	if (!err)
		err = db_run(tx->db, "UPDATE retention SET messages = ?2, calls = ?3, revision = revision + 1 WHERE tenant = ?1 AND revision = ?4",
			DB_I(tenant_id), days_value(retention->messages_days), days_value(retention->calls_days), DB_I(retention->revision));
	if (err)
		return err;
	if (!db_changes(tx->db))
		return -ESTALE;
	retention->revision++;
	return 0;
}

/* The sweep. */

struct rule {
	int64_t tenant;
	time_ms_t messages, calls;	/* what is older goes; 0: nothing does */
};

/* The first organisation from `tenant` on that lets go of anything; -ENOENT. */
static int rule_next(struct store_tx *tx, time_ms_t now, int64_t tenant, struct rule *out)
{
	struct query q;
	int64_t messages, calls;
	int err = query_first(&q, tx->db,
		"SELECT tenant, messages, calls FROM retention WHERE tenant >= ?1 AND (messages IS NOT NULL OR calls IS NOT NULL) ORDER BY tenant LIMIT 1",
		DB_I(tenant));

	if (err)
		return err;
	messages = days_of(&q, 1);
	calls = days_of(&q, 2);
	*out = (struct rule){ query_int(&q, 0), messages ? now - messages * DAY_MS : 0, calls ? now - calls * DAY_MS : 0 };
	query_close(&q);
	return 0;
}

static int calls_drop(struct store_tx *tx, const struct rule *rule, int *room)
{
	int err = db_run(tx->db,
		"DELETE FROM call_record WHERE id IN (SELECT id FROM call_record WHERE home = ?1 AND placed < ?2 ORDER BY placed LIMIT ?3)",
		DB_I(rule->tenant), DB_I(rule->calls), DB_I(*room));

	if (!err)
		*room -= (int)db_changes(tx->db);
	return err;
}

/* One message in one inbox. */
struct copy {
	int64_t account, pos, conversation, seq;
	bool deleted;
};

static int last_copy_drop(struct store_tx *tx, const struct copy *copy)
{
	struct query q;
	int err = query_first(&q, tx->db,
		"SELECT 1 FROM conversation c JOIN inbox i ON i.account IN (c.a, c.b) AND i.pos = ?2 WHERE c.id = ?1 LIMIT 1",
		DB_I(copy->conversation), DB_I(copy->pos));

	if (!err)
		query_close(&q);
	if (err != -ENOENT)
		return err;
	/* A deleted message was taken out of the index when it was deleted. */
	err = copy->deleted ? 0 : words_drop(tx, copy->pos);
	return err ? err : db_run(tx->db, "DELETE FROM message WHERE pos = ?1", DB_I(copy->pos));
}

static int copy_drop(struct store_tx *tx, const struct copy *copy)
{
	int err = db_run(tx->db, "DELETE FROM inbox WHERE account = ?1 AND pos = ?2", DB_I(copy->account), DB_I(copy->pos));

	if (!err)
		err = db_run(tx->db, "DELETE FROM change WHERE message = ?2 AND account = ?1", DB_I(copy->account), DB_I(copy->pos));
	/* What is gone is not unread. */
	if (!err)
		err = db_run(tx->db,
			"UPDATE member SET gone = max(gone, ?3), delivered = max(delivered, ?3), read = max(read, ?3) WHERE account = ?1 AND conversation = ?2",
			DB_I(copy->account), DB_I(copy->conversation), DB_I(copy->seq));
	return err ? err : last_copy_drop(tx, copy);
}

/* An inbox is in the order of storing: what lies behind the first that is not old stays, whatever a wrong clock wrote on it. */
int inbox_drop(struct store_tx *tx, int64_t account, time_ms_t cutoff, int *room)
{
	struct copy copies[STEP_ROWS];
	struct query q;
	int n = 0, got, err = query_open(&q, tx->db,
		"SELECT i.pos, m.conversation, m.seq, m.deleted IS NOT NULL, m.at FROM inbox i CROSS JOIN message m ON m.pos = i.pos"
		" WHERE i.account = ?1 ORDER BY i.pos LIMIT ?2",
		DB_I(account), DB_I(*room < STEP_ROWS ? *room : STEP_ROWS));

	if (err)
		return err;
	while ((got = query_step(&q)) == 1 && query_int(&q, 4) < cutoff)
		copies[n++] = (struct copy){ account, query_int(&q, 0), query_int(&q, 1), query_int(&q, 2), query_int(&q, 3) };
	query_close(&q);
	err = got < 0 ? got : 0;
	for (int i = 0; i < n && !err; i++)
		err = copy_drop(tx, &copies[i]);
	*room -= n;
	return err;
}

/* The next accounts of an organisation, from `at` on. *last: there are no more. */
static int accounts_drop(struct store_tx *tx, const struct rule *rule, struct store_sweep *at, int *room, bool *last)
{
	int64_t accounts[STEP_ACCOUNTS];
	struct query q;
	int n = 0, got, err = query_open(&q, tx->db, "SELECT id FROM account WHERE tenant = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
		DB_I(rule->tenant), DB_I(at->account), DB_I(STEP_ACCOUNTS));

	if (err)
		return err;
	while ((got = query_step(&q)) == 1)
		accounts[n++] = query_int(&q, 0);
	query_close(&q);
	err = got < 0 ? got : 0;
	*last = n < STEP_ACCOUNTS;
	for (int i = 0; i < n && !err; i++) {
		err = inbox_drop(tx, accounts[i], rule->messages, room);
		if (*room <= 0) {
			/* This one may have more. */
			*last = false;
			return err;
		}
		at->account = accounts[i];
	}
	return err;
}

int store_retention_step(struct store_tx *tx, time_ms_t now, struct store_sweep *at, bool *more)
{
	int room = STEP_ROWS;
	bool last = true;
	struct rule rule;
	int err = rule_next(tx, now, at->tenant, &rule);

	*more = err == 0;
	if (err)
		return err == -ENOENT ? 0 : err;
	if (rule.tenant != at->tenant)
		*at = (struct store_sweep){ .tenant = rule.tenant };
	if (rule.calls)
		err = calls_drop(tx, &rule, &room);
	if (!err && rule.messages && room > 0)
		err = accounts_drop(tx, &rule, at, &room, &last);
	if (!err && last && room > 0)
		*at = (struct store_sweep){ .tenant = rule.tenant + 1 };
	return err;
}

/* What would go. */

/* The newest message that is older: times grow with pos, as far as the clock was right. 0: none. */
static int boundary_find(struct store_tx *tx, time_ms_t cutoff, int64_t *out)
{
	struct query q;
	int64_t low = 0, high;
	int err = query_first(&q, tx->db, "SELECT coalesce(max(pos), 0) FROM message");

	if (err)
		return err;
	high = query_int(&q, 0);
	query_close(&q);
	while (low < high) {
		int64_t middle = low + (high - low + 1) / 2;
		bool old;

		err = query_first(&q, tx->db, "SELECT at < ?2 FROM message WHERE pos <= ?1 ORDER BY pos DESC LIMIT 1", DB_I(middle), DB_I(cutoff));
		if (err && err != -ENOENT)
			return err;
		old = err == -ENOENT || query_int(&q, 0);
		if (!err)
			query_close(&q);
		if (old)
			low = middle;
		else
			high = middle - 1;
	}
	*out = low;
	return 0;
}

static int count_read(struct query *q, int err, int64_t *out)
{
	if (err)
		return err;
	*out = query_int(q, 0);
	query_close(q);
	return 0;
}

int store_retention_count(struct store_tx *tx, int64_t tenant_id, time_ms_t now, const struct store_retention *retention, int64_t most,
	int64_t *messages, int64_t *calls)
{
	struct query q;
	int64_t boundary = 0;
	int err = 0;

	*messages = *calls = 0;
	if (retention->messages_days)
		err = boundary_find(tx, now - retention->messages_days * DAY_MS, &boundary);
	if (!err && boundary) {
		err = query_first(&q, tx->db,
			"SELECT count(*) FROM (SELECT DISTINCT i.pos FROM account a CROSS JOIN inbox i ON i.account = a.id AND i.pos <= ?2"
			" WHERE a.tenant = ?1 LIMIT ?3)",
			DB_I(tenant_id), DB_I(boundary), DB_I(most));
		err = count_read(&q, err, messages);
	}
	if (!err && retention->calls_days) {
		err = query_first(&q, tx->db,
			"SELECT count(DISTINCT coalesce(call, id)) FROM (SELECT call, id FROM call_record WHERE home = ?1 AND placed < ?2 LIMIT ?3)",
			DB_I(tenant_id), DB_I(now - retention->calls_days * DAY_MS), DB_I(most));
		err = count_read(&q, err, calls);
	}
	return err;
}
