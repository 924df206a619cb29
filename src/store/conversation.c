/** @file store/conversation.c  One-to-one conversations and their members. Whether two may talk is not asked here. */
#include "store/inside.h"
#include "store/message.h"

#include <assert.h>
#include <errno.h>

/* A conversation c with what its members x and y have received and read. */
#define COLUMNS "c.id, c.a, c.b, c.last_seq, x.delivered, x.read, x.told_delivered, x.told_read, x.gone," \
	" y.delivered, y.read, y.told_delivered, y.told_read, y.gone"
#define MEMBERS " CROSS JOIN member x ON x.account = c.a AND x.conversation = c.id CROSS JOIN member y ON y.account = c.b AND y.conversation = c.id"
enum { COLUMNS_N = 14 };

/* The columns of COLUMNS, which come first in each select. */
static void conversation_of(struct query *q, struct store_conversation *out)
{
	*out = (struct store_conversation){
		.id = query_int(q, 0),
		.account = { query_int(q, 1), query_int(q, 2) },
		.last_seq = query_int(q, 3),
	};
	for (int i = 0; i < 2; i++)
		out->receipt[i] = (struct store_receipt){ query_int(q, 4 + 5 * i), query_int(q, 5 + 5 * i), query_int(q, 6 + 5 * i),
			query_int(q, 7 + 5 * i), query_int(q, 8 + 5 * i) };
}

static int conversation_find(struct db *db, int64_t a, int64_t b, struct store_conversation *out)
{
	struct query q;
	int err = query_first(&q, db, "SELECT " COLUMNS " FROM conversation c" MEMBERS " WHERE c.a = min(?1, ?2) AND c.b = max(?1, ?2)",
		DB_I(a), DB_I(b));

	if (err)
		return err;
	conversation_of(&q, out);
	query_close(&q);
	return 0;
}

int store_conversation_find(struct store *store, int64_t a, int64_t b, struct store_conversation *out)
{
	return conversation_find(store->reader, a, b, out);
}

int store_conversation_get(struct store *store, int64_t id, int64_t account, struct store_conversation *out)
{
	struct query q;
	int err = query_first(&q, store->reader, "SELECT " COLUMNS " FROM conversation c" MEMBERS " WHERE c.id = ?1 AND ?2 IN (c.a, c.b)",
		DB_I(id), DB_I(account));

	if (err)
		return err;
	conversation_of(&q, out);
	query_close(&q);
	return 0;
}

static int conversation_make(struct store_tx *tx, int64_t a, int64_t b, time_ms_t now, struct store_conversation *out)
{
	struct query q;
	/* No row comes back unless both accounts are there. */
	int err = query_first(&q, tx->db,
		"INSERT INTO conversation (a, b, low, high, made, last_seq)"
		" SELECT x.id, y.id, min(x.tenant, y.tenant), max(x.tenant, y.tenant), ?3, 0"
		" FROM account x, account y WHERE x.id = min(?1, ?2) AND y.id = max(?1, ?2)"
		" RETURNING id, a, b, last_seq, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0",
		DB_I(a), DB_I(b), DB_I(now));

	if (err)
		return err;
	conversation_of(&q, out);
	if ((err = query_end(&q)))
		return err;
	return db_run(tx->db, "INSERT INTO member (account, conversation, last_pos) VALUES (?1, ?3, 0), (?2, ?3, 0)",
		DB_I(a), DB_I(b), DB_I(out->id));
}

int store_conversation_open(struct store_tx *tx, int64_t a, int64_t b, time_ms_t now, struct store_conversation *out, bool *made)
{
	int err;

	assert(a != b);
	err = conversation_find(tx->db, a, b, out);
	*made = err == -ENOENT;
	return *made ? conversation_make(tx, a, b, now, out) : err;
}

int store_conversation_list(struct store *store, int64_t account, int64_t before, unsigned most,
	int (*row)(void *arg, const struct store_conversation *conversation, const struct store_message *last), void *arg)
{
	struct query q;
	int got, err;

	assert(most <= LIMIT_ROWS_PER_READ);
	/* CROSS JOIN keeps SQLite to this order: walk one member's index from its new end. */
	err = query_open(&q, store->reader,
		"SELECT " COLUMNS ", r.last_pos, " MESSAGE_COLUMNS
		" FROM member r CROSS JOIN conversation c ON c.id = r.conversation" MEMBERS " LEFT JOIN message m ON m.pos = r.last_pos AND m.seq > r.gone"
		" WHERE r.account = ?1 AND r.last_pos < ?2 ORDER BY r.last_pos DESC, r.conversation DESC LIMIT ?3",
		DB_I(account), DB_I(before ? before : INT64_MAX), DB_I(most));
	if (err)
		return err;
	while ((got = query_step(&q)) == 1) {
		struct store_conversation conversation;
		struct store_message last = { 0 };

		conversation_of(&q, &conversation);
		conversation.pos = query_int(&q, COLUMNS_N);
		err = query_null(&q, COLUMNS_N + 1) ? 0 : message_of(&q, COLUMNS_N + 1, &last);
		if (!err)
			err = row(arg, &conversation, &last);
		if (err)
			break;
	}
	query_close(&q);
	return err ? err : got;
}

int store_conversation_between(struct store *store, int64_t tenant_a, int64_t tenant_b,
	int (*row)(void *arg, const struct store_conversation *conversation), void *arg)
{
	struct query q;
	int got, err;

	err = query_open(&q, store->reader,
		"SELECT " COLUMNS " FROM conversation c" MEMBERS " WHERE c.low = min(?1, ?2) AND c.high = max(?1, ?2) ORDER BY c.id",
		DB_I(tenant_a), DB_I(tenant_b));
	if (err)
		return err;
	while ((got = query_step(&q)) == 1) {
		struct store_conversation conversation;

		conversation_of(&q, &conversation);
		err = row(arg, &conversation);
		if (err)
			break;
	}
	query_close(&q);
	return err ? err : got;
}

int store_contacts(struct store *store, int64_t tenant_id, int (*row)(void *arg, int64_t other_tenant, int64_t people), void *arg)
{
	struct query q;
	int got, err;

	/* The two halves are ranges of two indexes; a conversation of two tenants is in one of them only. */
	err = query_open(&q, store->reader,
		"WITH met (tenant, account) AS ("
		" SELECT c.high, CASE WHEN x.tenant = ?1 THEN c.b ELSE c.a END FROM conversation c JOIN account x ON x.id = c.a"
		"  WHERE c.low = ?1 AND c.high <> ?1 AND c.last_seq > 0"
		" UNION ALL"
		" SELECT c.low, CASE WHEN x.tenant = ?1 THEN c.b ELSE c.a END FROM conversation c JOIN account x ON x.id = c.a"
		"  WHERE c.high = ?1 AND c.low <> ?1 AND c.last_seq > 0)"
		" SELECT tenant, count(DISTINCT account) FROM met GROUP BY tenant ORDER BY 2 DESC, 1",
		DB_I(tenant_id));
	if (err)
		return err;
	while ((got = query_step(&q)) == 1) {
		err = row(arg, query_int(&q, 0), query_int(&q, 1));
		if (err)
			break;
	}
	query_close(&q);
	return err ? err : got;
}
