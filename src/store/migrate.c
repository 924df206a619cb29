/** @file store/migrate.c  Whose database is it, how old, and the steps that are missing. */
#include "store/migrate.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>

enum { APPLICATION_ID = 0x46415248 };	/* "FARH", in the file's header */

static int migrate_fail(struct db *db, const char *op, int code, char why[static 256])
{
	snprintf(why, 256, "%s: %s", op, sqlite3_errmsg(db_handle(db)));
	return db_fault(db, op, code);
}

/* Not through the cache: these run once, and on files that may not be databases at all. */
static int number_read(struct db *db, const char *sql, int64_t *out, char why[static 256])
{
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(db_handle(db), sql, -1, &stmt, NULL);

	if (code == SQLITE_OK)
		code = sqlite3_step(stmt);
	if (code != SQLITE_ROW) {
		sqlite3_finalize(stmt);
		return migrate_fail(db, sql, code, why);
	}
	*out = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return 0;
}

int migrate_check(struct db *db, char why[static 256])
{
	int64_t id, version, tables;
	int err;

	if ((err = number_read(db, "PRAGMA application_id", &id, why)))
		return err;
	if ((err = number_read(db, "PRAGMA user_version", &version, why)))
		return err;
	if ((err = number_read(db, "SELECT count(*) FROM sqlite_schema", &tables, why)))
		return err;
	if (id == 0 && version == 0 && tables == 0)
		return 0;
	if (id != APPLICATION_ID) {
		snprintf(why, 256, "the file is another program's database");
		return -EINVAL;
	}
	if (version > schema_steps_n) {
		snprintf(why, 256, "the database is newer than this program: it has schema %lld, this program knows up to %u",
			(long long)version, schema_steps_n);
		return -ENOTSUP;
	}
	return 0;
}

static int step_run(struct db *db, unsigned step, char why[static 256])
{
	char sign[96];
	const char *const parts[] = { "BEGIN IMMEDIATE", schema_steps[step], sign, "COMMIT" };

	snprintf(sign, sizeof sign, "PRAGMA application_id = %d; PRAGMA user_version = %u", APPLICATION_ID, step + 1);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		int code = sqlite3_exec(db_handle(db), parts[i], NULL, NULL, NULL);

		if (code != SQLITE_OK) {
			int err = migrate_fail(db, "migrate", code, why);

			sqlite3_exec(db_handle(db), "ROLLBACK", NULL, NULL, NULL);
			return err;
		}
	}
	return 0;
}

int migrate_run(struct db *db, char why[static 256])
{
	int64_t version;
	int err = number_read(db, "PRAGMA user_version", &version, why);

	for (unsigned step = (unsigned)version; !err && step < schema_steps_n; step++)
		err = step_run(db, step, why);
	return err;
}
