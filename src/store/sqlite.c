/** @file store/sqlite.c  One SQLite connection: settings, prepared statements, faults. No nouns. */
#include "store/sqlite.h"

#include "base/log.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

_Static_assert(SQLITE_VERSION_NUMBER >= 3037000, "STRICT tables need SQLite 3.37");

enum { STATEMENTS = 256 };	/* a power of two, well above the literals in this room */

struct db {
	sqlite3 *handle;
	struct {
		const char *sql;
		sqlite3_stmt *stmt;
	} kept[STATEMENTS];
	unsigned kept_n;
};

/* What each connection must be, set and then read back: a build of SQLite may ignore a setting without an error. */
static const struct setting {
	const char *set;
	const char *get;
	const char *want;
} settings[] = {
	{ "PRAGMA busy_timeout = 5000", "PRAGMA busy_timeout", "5000" },
	{ "PRAGMA locking_mode = NORMAL", "PRAGMA locking_mode", "normal" },
	{ "PRAGMA journal_mode = WAL", "PRAGMA journal_mode", "wal" },
	{ "PRAGMA synchronous = FULL", "PRAGMA synchronous", "2" },
	{ "PRAGMA wal_autocheckpoint = 0", "PRAGMA wal_autocheckpoint", "0" },
	{ "PRAGMA foreign_keys = ON", "PRAGMA foreign_keys", "1" },
	/* Without it INSERT OR REPLACE deletes rows behind the back of the audit log's triggers. */
	{ "PRAGMA recursive_triggers = ON", "PRAGMA recursive_triggers", "1" },
	{ "PRAGMA trusted_schema = OFF", "PRAGMA trusted_schema", "0" },
	{ "PRAGMA cell_size_check = ON", "PRAGMA cell_size_check", "1" },
	/* KiB of pages. New messages go to places all over the indexes: with SQLite's own 2 MB they are read back again and again. */
	{ "PRAGMA cache_size = -32768", "PRAGMA cache_size", "-32768" },
	/* No temporary files: nothing is written outside the data folder. */
	{ "PRAGMA temp_store = MEMORY", "PRAGMA temp_store", "2" },
};

static int fault_errno(sqlite3 *handle, int code)
{
	switch (code) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
		return -EEXIST;
	case SQLITE_CONSTRAINT_FOREIGNKEY:
		return -ENOENT;
	case SQLITE_IOERR_NOMEM:
		return -ENOMEM;
	}
	switch (code & 0xff) {
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_IOERR:
		return handle && sqlite3_system_errno(handle) == EDQUOT ? -ENOSPC : -EIO;
	default:
		return -EIO;
	}
}

int db_fault(struct db *db, const char *op, int code)
{
	int err = fault_errno(db->handle, code);

	if (err == -EEXIST || err == -ENOENT)
		return err;
	log_event(LOG_ERROR, "store.fault", LOG_S("op", op), LOG_I("sqlite", code), LOG_S("why", sqlite3_errstr(code)));
	if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC)
		abort();
	return err;
}

static int setting_apply(struct db *db, const struct setting *s, char why[static 256])
{
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_exec(db->handle, s->set, NULL, NULL, NULL);
	const char *is;
	bool same;

	if (code == SQLITE_OK)
		code = sqlite3_prepare_v2(db->handle, s->get, -1, &stmt, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_step(stmt);
	if (code != SQLITE_ROW) {
		snprintf(why, 256, "%s: %s", s->set, sqlite3_errmsg(db->handle));
		sqlite3_finalize(stmt);
		return db_fault(db, s->set, code);
	}
	is = (const char *)sqlite3_column_text(stmt, 0);
	same = is && strcmp(is, s->want) == 0;
	if (!same)
		snprintf(why, 256, "%s: reads back as %s", s->set, is ? is : "nothing");
	sqlite3_finalize(stmt);
	return same ? 0 : -ENOTSUP;
}

static int db_set(struct db *db, char why[static 256])
{
	static const struct { int option, value; } options[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },
		{ SQLITE_DBCONFIG_DQS_DDL, 0 },
		{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
	};

	for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
		int is = -1;

		if (sqlite3_db_config(db->handle, options[i].option, options[i].value, &is) != SQLITE_OK || is != options[i].value) {
			snprintf(why, 256, "SQLite does not take option %d", options[i].option);
			return -ENOTSUP;
		}
	}
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
		int err = setting_apply(db, &settings[i], why);

		if (err)
			return err;
	}
	return 0;
}

int db_open(struct db **dbp, const char *path, int (*settle)(struct db *db, char why[static 256]), char why[static 256])
{
	/* Each connection has one thread at a time, so SQLite's own lock on it is not needed. */
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	struct db *db = calloc(1, sizeof *db);
	int code, err = 0;

	if (!db) {
		snprintf(why, 256, "out of memory");
		return -ENOMEM;
	}
	code = sqlite3_open_v2(path, &db->handle, flags, NULL);
	if (code != SQLITE_OK) {
		snprintf(why, 256, "%s: %s", path, sqlite3_errstr(code));
		err = db_fault(db, "open", code);
	}
	if (!err && settle)
		err = settle(db, why);
	if (!err)
		err = db_set(db, why);
	if (err) {
		db_close(db);
		return err;
	}
	*dbp = db;
	return 0;
}

/* Without a log beside it nobody writes, and SQLite need not make the files with which writers are watched. */
static bool uri_of(const char *path, char *out, size_t room)
{
	char log[4096];
	size_t n = (size_t)snprintf(out, room, "file:");

	if (snprintf(log, sizeof log, "%s-wal", path) >= (int)sizeof log)
		return false;
	for (const char *p = path; *p; p++) {
		if (n + 32 > room)
			return false;
		n += (size_t)snprintf(out + n, room - n, strchr("%?#", *p) ? "%%%02x" : "%c", (unsigned char)*p);
	}
	snprintf(out + n, room - n, "?mode=ro%s", access(log, F_OK) ? "&immutable=1" : "");
	return true;
}

int db_open_still(struct db **dbp, const char *path, char why[static 256])
{
	int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, code;
	struct db *db = calloc(1, sizeof *db);
	char uri[3 * 4096 + 64];
	int err = 0;

	if (!db || !uri_of(path, uri, sizeof uri)) {
		free(db);
		snprintf(why, 256, "%s", db ? "the name is too long" : "out of memory");
		return db ? -ENAMETOOLONG : -ENOMEM;
	}
	code = sqlite3_open_v2(uri, &db->handle, flags, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_exec(db->handle, "PRAGMA busy_timeout = 5000; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY", NULL, NULL, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_exec(db->handle, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
	if (code != SQLITE_OK) {
		snprintf(why, 256, "%.180s: %.60s", path, sqlite3_errstr(code));
		err = db_fault(db, "open", code);
		db_close(db);
		return err ? err : -EIO;
	}
	*dbp = db;
	return 0;
}

int db_only_reads(struct db *db)
{
	return db_run(db, "PRAGMA query_only = ON");
}

void db_close(struct db *db)
{
	int code;

	if (!db)
		return;
	for (unsigned i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(db->kept[i].stmt);
	code = sqlite3_close(db->handle);
	assert(code == SQLITE_OK);	/* else a statement has escaped the cache */
	free(db);
}

sqlite3 *db_handle(struct db *db)
{
	return db->handle;
}

/* Literals are found by address: no text is compared on the way to a statement. */
static int statement_of(struct db *db, const char *sql, sqlite3_stmt **stmtp)
{
	unsigned i = (unsigned)(((uintptr_t)sql * 0x9e3779b97f4a7c15u) >> 32) % STATEMENTS;
	int code;

	while (db->kept[i].sql && db->kept[i].sql != sql)
		i = (i + 1) % STATEMENTS;
	if (!db->kept[i].sql) {
		assert(db->kept_n < STATEMENTS * 3 / 4);
		code = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &db->kept[i].stmt, NULL);
		if (code != SQLITE_OK)
			return db_fault(db, sql, code);
		db->kept[i].sql = sql;
		db->kept_n++;
	}
	*stmtp = db->kept[i].stmt;
	assert(!sqlite3_stmt_busy(*stmtp));	/* a row's callback must not start the same read again */
	return 0;
}

static int value_bind(sqlite3_stmt *stmt, int at, const struct db_value *v)
{
	if (v->kind == DB_INT)
		return sqlite3_bind_int64(stmt, at, v->i);
	if (!v->p)
		return sqlite3_bind_null(stmt, at);
	if (v->kind == DB_BLOB)
		return sqlite3_bind_blob64(stmt, at, v->p, v->n, SQLITE_STATIC);
	return sqlite3_bind_text64(stmt, at, v->p, v->n, SQLITE_STATIC, SQLITE_UTF8);
}

int query_open_values(struct query *q, struct db *db, const char *sql, const struct db_value *values)
{
	struct query opened = { .db = db };
	int err = statement_of(db, sql, &opened.stmt);
	int at = 0;

	if (err)
		return err;
	for (; values[at].kind != DB_END; at++) {
		int code = value_bind(opened.stmt, at + 1, &values[at]);

		if (code != SQLITE_OK) {
			query_close(&opened);
			return db_fault(db, sql, code);
		}
	}
	assert(at == sqlite3_bind_parameter_count(opened.stmt));
	*q = opened;
	return 0;
}

int query_step(struct query *q)
{
	int code = sqlite3_step(q->stmt);

	if (code == SQLITE_ROW)
		return 1;
	if (code == SQLITE_DONE)
		return 0;
	return db_fault(q->db, sqlite3_sql(q->stmt), code);
}

void query_close(struct query *q)
{
	sqlite3_reset(q->stmt);	/* its result repeats the last step's, which was reported */
	sqlite3_clear_bindings(q->stmt);
	q->stmt = NULL;
}

int query_end(struct query *q)
{
	int got;

	do
		got = query_step(q);
	while (got == 1);
	query_close(q);
	return got;
}

int query_first_values(struct query *q, struct db *db, const char *sql, const struct db_value *values)
{
	int got = query_open_values(q, db, sql, values);

	if (got)
		return got;
	got = query_step(q);
	if (got == 1)
		return 0;
	query_close(q);
	return got ? got : -ENOENT;
}

int db_run_values(struct db *db, const char *sql, const struct db_value *values)
{
	struct query q;
	int err = query_open_values(&q, db, sql, values);

	return err ? err : query_end(&q);
}

int64_t query_int(struct query *q, int column)
{
	return sqlite3_column_int64(q->stmt, column);
}

bool query_null(struct query *q, int column)
{
	return sqlite3_column_type(q->stmt, column) == SQLITE_NULL;
}

struct str query_text(struct query *q, int column)
{
	const char *p = (const char *)sqlite3_column_text(q->stmt, column);

	return (struct str){ p, p ? (size_t)sqlite3_column_bytes(q->stmt, column) : 0 };
}

struct str query_blob(struct query *q, int column)
{
	const char *p = sqlite3_column_blob(q->stmt, column);

	return (struct str){ p, (size_t)sqlite3_column_bytes(q->stmt, column) };
}

int query_keep(struct query *q, int column, char **out)
{
	struct str text = query_text(q, column);
	char *copy = text.p ? str_dup(text) : NULL;

	if (!copy)
		return -ENOMEM;
	*out = copy;
	return 0;
}

int db_changes(struct db *db)
{
	return sqlite3_changes(db->handle);
}

bool db_idle(struct db *db)
{
	return sqlite3_get_autocommit(db->handle) != 0;
}
