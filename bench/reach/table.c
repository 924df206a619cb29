/** @file table.c  The same rules in SQLite: one prepared statement a decision. The furthest of all attempts is the answer. */
#include "table.h"

#include <err.h>
#include <sqlite3.h>
#include <stdlib.h>

struct table {
	sqlite3 *db;
	sqlite3_stmt *decide;
};

static const char SCHEMA[] =
	"PRAGMA temp_store = MEMORY;"
	"CREATE TABLE tenant(id INTEGER PRIMARY KEY, mode INT);"
	"CREATE TABLE listed(tenant INT, other INT, PRIMARY KEY(tenant, other)) WITHOUT ROWID;"
	"CREATE TABLE barrier(tenant INT, segment INT, allow INT, mask INT, PRIMARY KEY(tenant, segment)) WITHOUT ROWID;"
	"CREATE TABLE account(id INTEGER PRIMARY KEY, address TEXT UNIQUE, tenant INT, kind INT, enabled INT, licensed INT, segment INT, "
	"home INT, accepted INT, over INT);"
	"CREATE UNIQUE INDEX account_home ON account(home, tenant) WHERE home IS NOT NULL;"
	"CREATE TABLE holds(holder INT, tenant INT, account INT, PRIMARY KEY(holder, tenant, account)) WITHOUT ROWID;"
	"BEGIN";

/* Routes and kinds are numbered as in facts.h and reach/reach.h; codes as in facts.h. */
static const char DECIDE[] =
	"WITH a AS (SELECT * FROM account WHERE address = ?1), b AS (SELECT * FROM account WHERE address = ?2), "
	"attempt(n, route, x, y, holder) AS ("
	" SELECT 0, 1, a.id, b.id, NULL FROM a, b WHERE a.tenant = b.tenant"
	" UNION ALL SELECT 1, 2, a.id, b.id, NULL FROM a, b WHERE a.tenant <> b.tenant"
	" UNION ALL SELECT 2, 3, g.id, b.id, NULL FROM a CROSS JOIN b CROSS JOIN account g WHERE a.tenant <> b.tenant AND g.home = a.id AND g.tenant = b.tenant AND g.id <> b.id"
	" UNION ALL SELECT 3, 3, a.id, g.id, NULL FROM a CROSS JOIN b CROSS JOIN account g WHERE a.tenant <> b.tenant AND g.home = b.id AND g.tenant = a.tenant AND g.id <> a.id"
	" UNION ALL SELECT 4, 4, s.id, b.id, a.id FROM a CROSS JOIN b CROSS JOIN holds h CROSS JOIN account s ON s.id = h.account"
	"  WHERE a.tenant <> b.tenant AND a.enabled AND h.holder = a.id AND h.tenant = b.tenant AND NOT s.over AND s.id <> b.id) "
	"SELECT route, CASE"
	" WHEN NOT x.enabled OR (x.kind = 2 AND NOT xh.enabled) THEN 101"
	" WHEN x.kind = 2 AND NOT x.accepted THEN 102"
	" WHEN x.kind = 1 AND x.over THEN 103"
	" WHEN NOT y.enabled OR (y.kind = 2 AND NOT yh.enabled) THEN 101"
	" WHEN y.kind = 2 AND NOT y.accepted THEN 102"
	" WHEN y.kind = 1 AND y.over THEN 103"
	" WHEN NOT iif(x.kind = 2, xh.licensed, x.licensed) OR NOT iif(y.kind = 2, yh.licensed, y.licensed) THEN 200"
	" WHEN route = 2 THEN CASE"
	"  WHEN x.kind = 2 THEN 300 WHEN x.kind = 1 THEN 301 WHEN y.kind = 2 THEN 300 WHEN y.kind = 1 THEN 301"
	"  WHEN xt.mode = 1 AND NOT EXISTS (SELECT 1 FROM listed WHERE tenant = x.tenant AND other = y.tenant) THEN 302"
	"  WHEN xt.mode = 2 AND EXISTS (SELECT 1 FROM listed WHERE tenant = x.tenant AND other = y.tenant) THEN 303"
	"  WHEN yt.mode = 1 AND NOT EXISTS (SELECT 1 FROM listed WHERE tenant = y.tenant AND other = x.tenant) THEN 302"
	"  WHEN yt.mode = 2 AND EXISTS (SELECT 1 FROM listed WHERE tenant = y.tenant AND other = x.tenant) THEN 303"
	"  ELSE 900 END"
	" WHEN x.kind = 1 AND y.kind = 1 THEN 500"
	" WHEN bx.mask >> y.segment & 1 <> bx.allow THEN 600 + bx.allow"
	" WHEN byy.mask >> x.segment & 1 <> byy.allow THEN 600 + byy.allow"
	" WHEN xh.tenant = yh.tenant AND bxh.mask >> yh.segment & 1 <> bxh.allow THEN 600 + bxh.allow"
	" WHEN xh.tenant = yh.tenant AND byh.mask >> xh.segment & 1 <> byh.allow THEN 600 + byh.allow"
	" ELSE 900 END AS code "
	"FROM attempt CROSS JOIN account x ON x.id = attempt.x CROSS JOIN account y ON y.id = attempt.y"
	" CROSS JOIN tenant xt ON xt.id = x.tenant CROSS JOIN tenant yt ON yt.id = y.tenant"
	" CROSS JOIN barrier bx ON bx.tenant = x.tenant AND bx.segment = x.segment CROSS JOIN barrier byy ON byy.tenant = y.tenant AND byy.segment = y.segment"
	" LEFT JOIN account xh ON xh.id = ifnull(x.home, holder) LEFT JOIN account yh ON yh.id = y.home"
	" LEFT JOIN barrier bxh ON bxh.tenant = xh.tenant AND bxh.segment = xh.segment"
	" LEFT JOIN barrier byh ON byh.tenant = yh.tenant AND byh.segment = yh.segment "
	"ORDER BY code / 100 DESC, n, x.address LIMIT 1";

static void run(struct table *table, const char *sql)
{
	if (sqlite3_exec(table->db, sql, NULL, NULL, NULL))
		errx(1, "SQLite: %s", sqlite3_errmsg(table->db));
}

static sqlite3_stmt *prepare(struct table *table, const char *sql)
{
	sqlite3_stmt *stmt;

	if (sqlite3_prepare_v3(table->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL))
		errx(1, "SQLite: %s", sqlite3_errmsg(table->db));
	return stmt;
}

/* One row of numbers; `columns` of them are bound from `first` on. NOBODY is NULL. */
static void insert(struct table *table, sqlite3_stmt *stmt, int first, const uint32_t *values, int columns)
{
	for (int i = 0; i < columns; i++)
		values[i] == NOBODY ? sqlite3_bind_null(stmt, first + i) : sqlite3_bind_int64(stmt, first + i, values[i]);
	if (sqlite3_step(stmt) != SQLITE_DONE)
		errx(1, "SQLite: %s", sqlite3_errmsg(table->db));
	sqlite3_reset(stmt);
}

static void accounts_add(struct table *table, const struct facts *facts)
{
	sqlite3_stmt *stmt = prepare(table, "INSERT INTO account(address, id, tenant, kind, enabled, licensed, segment, home, accepted, over) "
		"VALUES (?,?,?,?,?,?,?,?,?,?)");

	for (uint32_t i = 0; i < facts->n_accounts; i++) {
		const struct fact_account *a = &facts->accounts[i];

		sqlite3_bind_text(stmt, 1, a->address.p, (int)a->address.n, SQLITE_STATIC);
		insert(table, stmt, 2, (const uint32_t[]){ i, a->tenant, a->kind, a->enabled, a->licensed, a->segment, a->home, a->accepted, a->lease_over }, 9);
	}
	sqlite3_finalize(stmt);
}

static void tenants_add(struct table *table, const struct facts *facts)
{
	sqlite3_stmt *tenant = prepare(table, "INSERT INTO tenant VALUES (?,?)");
	sqlite3_stmt *barrier = prepare(table, "INSERT INTO barrier VALUES (?,?,?,?)");
	sqlite3_stmt *listed = prepare(table, "INSERT INTO listed VALUES (?,?)");
	sqlite3_stmt *holds = prepare(table, "INSERT INTO holds VALUES (?,?,?)");

	for (uint32_t i = 0; i < facts->n_tenants; i++) {
		const struct fact_tenant *t = &facts->tenants[i];

		insert(table, tenant, 1, (const uint32_t[]){ i, t->mode }, 2);
		for (uint32_t s = 0; s < SEGMENTS; s++)
			insert(table, barrier, 1, (const uint32_t[]){ i, s, t->allows >> s & 1, t->lists[s] }, 4);
	}
	for (size_t i = 0; i < facts->n_lists; i++)
		insert(table, listed, 1, (const uint32_t[]){ facts->lists[i].a, facts->lists[i].b }, 2);
	for (size_t i = 0; i < facts->n_holds; i++)
		insert(table, holds, 1, (const uint32_t[]){ facts->holds[i].a, facts->accounts[facts->holds[i].b].tenant, facts->holds[i].b }, 3);
	sqlite3_finalize(tenant);
	sqlite3_finalize(barrier);
	sqlite3_finalize(listed);
	sqlite3_finalize(holds);
}

struct table *table_new(const struct facts *facts)
{
	struct table *table = calloc(1, sizeof(*table));

	if (!table || sqlite3_open_v2(":memory:", &table->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL))
		errx(1, "SQLite can't be opened");
	run(table, SCHEMA);
	tenants_add(table, facts);
	accounts_add(table, facts);
	/* No ANALYZE: by its statistics SQLite makes a Bloom filter over all accounts anew for each decision. */
	run(table, "COMMIT");
	table->decide = prepare(table, DECIDE);
	return table;
}

void table_free(struct table *table)
{
	sqlite3_finalize(table->decide);
	sqlite3_close(table->db);
	free(table);
}

struct fact_answer table_decide(struct table *table, struct str from, struct str to)
{
	struct fact_answer answer = { 0, CODE_UNKNOWN };

	sqlite3_bind_text(table->decide, 1, from.p, (int)from.n, SQLITE_STATIC);
	sqlite3_bind_text(table->decide, 2, to.p, (int)to.n, SQLITE_STATIC);
	if (sqlite3_step(table->decide) == SQLITE_ROW)
		answer = (struct fact_answer){ (uint8_t)sqlite3_column_int(table->decide, 0), (uint16_t)sqlite3_column_int(table->decide, 1) };
	sqlite3_reset(table->decide);
	return answer;
}
