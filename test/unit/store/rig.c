/** @file test/unit/store/rig.c  The store's test ground. */
#include "rig.h"

#include "base/log.h"

#include <poll.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATIENCE_MS = 30000 };

static void wake_h(void *arg)
{
	const struct rig *rig = arg;

	if (eventfd_write(rig->wake_fd, 1) != 0)
		abort();	/* cmocka's own assertions belong to the test's thread */
}

void rig_init(struct rig *rig)
{
	const char *tmp = getenv("TMPDIR");

	log_level_set(LOG_ERROR + 1);	/* faults are made on purpose here */
	*rig = (struct rig){ .wake_fd = eventfd(0, EFD_CLOEXEC) };
	assert_true(rig->wake_fd >= 0);
	snprintf(rig->folder, sizeof rig->folder, "%.40s/store-XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(rig->folder));
	snprintf(rig->path, sizeof rig->path, "%s/db", rig->folder);
	rig_open(rig);
}

void rig_release(struct rig *rig)
{
	static const char *const tails[] = { "", "-wal", "-shm", "-lock" };

	if (rig->store)
		rig_close(rig);
	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
		char name[96];

		snprintf(name, sizeof name, "%s%s", rig->path, tails[i]);
		unlink(name);
	}
	assert_int_equal(rmdir(rig->folder), 0);	/* nothing else was left behind */
	close(rig->wake_fd);
}

void rig_open(struct rig *rig)
{
	char why[256] = "";
	int err = store_open(&rig->store, rig->path, wake_h, rig, why);

	if (err)
		fail_msg("store_open: %d: %s", err, why);
}

void rig_close(struct rig *rig)
{
	store_close(rig->store);
	rig->store = NULL;
}

void rig_turn(struct rig *rig)
{
	struct pollfd pollfd = { .fd = rig->wake_fd, .events = POLLIN };
	eventfd_t count;

	assert_int_equal(poll(&pollfd, 1, PATIENCE_MS), 1);
	assert_int_equal(eventfd_read(rig->wake_fd, &count), 0);
	store_reap(rig->store);
}

struct wrapped {
	store_run run;
	void *arg;
	int err;
	bool told;
};

static int wrapped_run(struct store_tx *tx, void *arg)
{
	struct wrapped *w = arg;

	return w->run(tx, w->arg);
}

static void wrapped_done(void *arg, int err)
{
	struct wrapped *w = arg;

	assert_false(w->told);
	w->err = err;
	w->told = true;
}

int rig_write(struct rig *rig, store_run run, void *arg)
{
	struct wrapped w = { .run = run, .arg = arg };

	assert_int_equal(store_submit(rig->store, wrapped_run, wrapped_done, &w), 0);
	while (!w.told)
		rig_turn(rig);
	return w.err;
}

struct sqlite3 *rig_foreign(struct rig *rig)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open_v2(rig->path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	sqlite3_busy_timeout(db, PATIENCE_MS);
	return db;
}

int rig_sql(struct rig *rig, const char *sql)
{
	sqlite3 *db = rig_foreign(rig);
	int code = sqlite3_exec(db, sql, NULL, NULL, NULL);

	sqlite3_close(db);
	return code;
}

int64_t rig_number(struct rig *rig, const char *sql)
{
	sqlite3 *db = rig_foreign(rig);
	sqlite3_stmt *stmt;
	int64_t number;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	number = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return number;
}

void rig_people(struct rig *rig)
{
	assert_int_equal(rig_sql(rig,
		"BEGIN;"
		"INSERT INTO tenant (id, slug, name, verified, disclose, connect_listed, connect_seats, remote_assist_listed, remote_assist_seats)"
		" VALUES (1, 'abc', '', 1, 1, 0, NULL, 0, NULL), (2, 'contoso', '', 1, 1, 0, NULL, 0, NULL);"
		"INSERT INTO account (id, tenant, address, kind, name, title, enabled, in_house, connect_held, connect_assigned, remote_assist_held, remote_assist_assigned) VALUES"
		" (1, 1, 'ann@abc.example', 0, 'Ann', '', 1, 0, 0, NULL, 0, NULL),"
		" (2, 1, 'amy@abc.example', 0, 'Amy', '', 1, 0, 0, NULL, 0, NULL),"
		" (3, 2, 'bob@contoso.example', 0, 'Bob', '', 1, 0, 0, NULL, 0, NULL),"
		" (4, 2, 'ben@contoso.example', 0, 'Ben', '', 1, 0, 0, NULL, 0, NULL);"
		"COMMIT"), SQLITE_OK);
}
