/** @file store/sqlite.h  One SQLite connection: opened strictly, statements kept prepared, faults logged and made errnos. Inside this room only. */
#pragma once
#include "base/str.h"

#include <sqlite3.h>
#include <stdint.h>

/** A connection and its prepared statements. Used by one thread at a time; owned by whoever opened it. */
struct db;

/**
 * Open an existing file. `settle(db, why)`, when given, runs before the settings are made, to look at a file that may not be ours.
 * Every setting (WAL, synchronous=FULL …) is read back. 0 and *dbp, or a negative errno with `why` filled.
 */
int db_open(struct db **dbp, const char *path, int (*settle)(struct db *db, char why[static 256]), char why[static 256]);

/**
 * Open an existing file to look at it, also a copy on a disk that can't be written, and also while a server runs on it. Nothing is set.
 * 0 and *dbp, or a negative errno with `why`.
 */
int db_open_still(struct db **dbp, const char *path, char why[static 256]);

/** Refuse every write from now on: for connections that only read. */
int db_only_reads(struct db *db);

/** Finalise the statements and close. NULL is harmless. */
void db_close(struct db *db);

sqlite3 *db_handle(struct db *db);

/** A value to bind; build it with DB_I(), DB_S(), DB_T(), DB_B() or DB_NULL. NULL text binds NULL. Borrowed until the query is closed. */
struct db_value {
	enum { DB_END, DB_INT, DB_TEXT, DB_BLOB } kind;
	int64_t i;
	const void *p;
	size_t n;
};

#define DB_I(v) ((struct db_value){ DB_INT, (v), NULL, 0 })
#define DB_S(v) ((struct db_value){ DB_TEXT, 0, (v), str_of(v).n })
#define DB_T(v, bytes) ((struct db_value){ DB_TEXT, 0, (v), (bytes) })
#define DB_B(v, bytes) ((struct db_value){ DB_BLOB, 0, (v), (bytes) })
#define DB_NULL ((struct db_value){ DB_TEXT, 0, NULL, 0 })
#define DB_VALUES(...) ((const struct db_value[]){ __VA_ARGS__ __VA_OPT__(,) { 0 } })

/** A statement in use: from query_open() to query_close(). One statement can't be in use twice on a connection. */
struct query {
	struct db *db;
	sqlite3_stmt *stmt;
};

int query_open_values(struct query *q, struct db *db, const char *sql, const struct db_value *values);
int query_first_values(struct query *q, struct db *db, const char *sql, const struct db_value *values);
int db_run_values(struct db *db, const char *sql, const struct db_value *values);

/** Prepare (once a connection; `sql` is a literal and is kept by its address) and bind. 0, or a fault with nothing to close. */
#define query_open(q, db, sql, ...) query_open_values((q), (db), (sql), DB_VALUES(__VA_ARGS__))

/** query_open() and step to the first row. 0 with the query on it; -ENOENT without a row, or a fault: nothing to close. */
#define query_first(q, db, sql, ...) query_first_values((q), (db), (sql), DB_VALUES(__VA_ARGS__))

/** Run a statement to its end. 0; -EEXIST for what must be unique, -ENOENT for what it refers to, or a fault. */
#define db_run(db, sql, ...) db_run_values((db), (sql), DB_VALUES(__VA_ARGS__))

/** 1 on a row, 0 behind the last, or what db_run() says. */
int query_step(struct query *q);

/** Give the statement back; a read's snapshot ends here. For reads, and after a fault. */
void query_close(struct query *q);

/** Run what writes with RETURNING to its end and close: before its end a write may still fail. What db_run() says. */
int query_end(struct query *q);

int64_t query_int(struct query *q, int column);
bool query_null(struct query *q, int column);
/** Borrowed until the next step; NUL-terminated. p is NULL for an SQL NULL, or when memory is out. */
struct str query_text(struct query *q, int column);
struct str query_blob(struct query *q, int column);
/** A copy that the caller frees. 0 or -ENOMEM. */
int query_keep(struct query *q, int column, char **out);

/** Rows changed by the last statement. */
int db_changes(struct db *db);

/** True when no transaction is open: after a grave fault SQLite may have rolled it back by itself. */
bool db_idle(struct db *db);

/**
 * The errno of an SQLite result, logged as store.fault unless it is an expected no (unique, absent reference). A failed fsync ends
 * the process here: the kernel may have dropped the pages, so that a second try would succeed without the data.
 */
int db_fault(struct db *db, const char *op, int code);
