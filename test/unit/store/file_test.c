/** @file test/unit/store/file_test.c  The database as a file: who may open it, what is in it after a close, how its log is moved. */
#include "rig.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static int begin(void **state)
{
	static struct rig rig;

	rig_init(&rig);
	*state = &rig;
	return 0;
}

static int end(void **state)
{
	rig_release(*state);
	return 0;
}

static void never_h(void *arg)
{
	(void)arg;
	abort();
}

/* Opening must fail with `err` and say `because`. */
static void refused(struct rig *rig, int err, const char *because)
{
	char why[256] = "";
	struct store *store = NULL;

	assert_int_equal(store_open(&store, rig->path, never_h, NULL, why), err);
	assert_null(store);
	if (!strstr(why, because))
		fail_msg("\"%s\" does not say \"%s\"", why, because);
}

static off_t bytes_of(struct rig *rig, const char *tail)
{
	struct stat is;
	char name[96];

	snprintf(name, sizeof name, "%s%s", rig->path, tail);
	return stat(name, &is) == 0 ? is.st_size : -1;
}

static int mode_of(struct rig *rig, const char *tail)
{
	struct stat is;
	char name[96];

	snprintf(name, sizeof name, "%s%s", rig->path, tail);
	return stat(name, &is) == 0 ? (int)(is.st_mode & 07777) : -1;
}

static int revision_run(struct store_tx *tx, void *arg)
{
	return store_revision_next(tx, *(int64_t *)arg, &(int64_t){ 0 });
}

static void what_was_written_is_there_after_reopening(void **state)
{
	struct rig *rig = *state;
	int64_t revision = 0;

	assert_int_equal(store_revision(rig->store, &revision), 0);
	assert_int_equal(revision, 0);
	assert_int_equal(rig_write(rig, revision_run, &revision), 0);
	assert_int_equal(rig_write(rig, revision_run, &revision), -ESTALE);
	rig_close(rig);
	assert_int_equal(bytes_of(rig, "-wal"), -1);
	rig_open(rig);
	assert_int_equal(store_revision(rig->store, &revision), 0);
	assert_int_equal(revision, 1);
}

static void files_are_for_their_owner_alone(void **state)
{
	struct rig *rig = *state;
	int64_t revision = 0;

	assert_int_equal(rig_write(rig, revision_run, &revision), 0);
	assert_int_equal(mode_of(rig, ""), 0600);
	assert_int_equal(mode_of(rig, "-wal"), 0600);
	assert_int_equal(mode_of(rig, "-shm"), 0600);
	assert_int_equal(mode_of(rig, "-lock"), 0600);
	rig_close(rig);
	assert_int_equal(chmod(rig->path, 0644), 0);
	rig_open(rig);
	assert_int_equal(mode_of(rig, ""), 0600);
}

static void second_opener_is_refused(void **state)
{
	struct rig *rig = *state;

	refused(rig, -EBUSY, "another process");
}

static void newer_schema_is_refused_and_kept(void **state)
{
	struct rig *rig = *state;
	int64_t schema = rig_number(rig, "PRAGMA user_version");
	char sql[64];

	rig_close(rig);
	assert_int_equal(rig_sql(rig, "PRAGMA user_version = 1000"), SQLITE_OK);
	refused(rig, -ENOTSUP, "newer than this program");
	assert_int_equal(rig_number(rig, "PRAGMA user_version"), 1000);
	snprintf(sql, sizeof sql, "PRAGMA user_version = %lld", (long long)schema);
	assert_int_equal(rig_sql(rig, sql), SQLITE_OK);
	rig_open(rig);
}

static void foreign_database_is_refused_untouched(void **state)
{
	struct rig *rig = *state;

	rig_close(rig);
	assert_int_equal(truncate(rig->path, 0), 0);
	assert_int_equal(rig_sql(rig, "CREATE TABLE theirs (x); PRAGMA user_version = 1"), SQLITE_OK);
	refused(rig, -EINVAL, "another program");
	assert_int_equal(rig_number(rig, "SELECT count(*) FROM sqlite_schema"), 1);
	assert_int_equal(rig_number(rig, "SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'delete'"), 1);
}

static void what_is_no_database_is_refused(void **state)
{
	struct rig *rig = *state;
	FILE *file;

	rig_close(rig);
	file = fopen(rig->path, "w");
	assert_non_null(file);
	for (int i = 0; i < 100; i++)
		fputs("not a database, whatever its name says\n", file);
	fclose(file);
	refused(rig, -EIO, "not a database");
}

static void missing_folder_is_named(void **state)
{
	struct rig *rig = *state, elsewhere = *rig;

	snprintf(elsewhere.path, sizeof elsewhere.path, "%s/none/db", rig->folder);
	refused(&elsewhere, -ENOENT, "/none/db");
}

static void link_is_not_followed(void **state)
{
	struct rig *rig = *state, link = *rig;

	snprintf(link.path, sizeof link.path, "%s/link", rig->folder);
	assert_int_equal(symlink("db", link.path), 0);
	refused(&link, -ELOOP, "link");
	assert_int_equal(unlink(link.path), 0);
	snprintf(link.path, sizeof link.path, "%s/link-lock", rig->folder);
	assert_int_equal(unlink(link.path), 0);
}

static int megabyte_run(struct store_tx *tx, void *arg)
{
	static const char zeros[1 << 20];
	char name[8];

	snprintf(name, sizeof name, "%d", *(int *)arg);
	return store_meta_put(tx, name, zeros, sizeof zeros);
}

static void long_log_is_moved_while_open(void **state)
{
	struct rig *rig = *state;

	/* Well under the five seconds between passes, so it is the length that makes it move. */
	for (int i = 0; i < 6; i++)
		assert_int_equal(rig_write(rig, megabyte_run, &i), 0);
	for (int i = 0; bytes_of(rig, "") < 4 << 20; i++) {
		assert_true(i < 2000);
		poll(NULL, 0, 10);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_was_written_is_there_after_reopening, begin, end),
		cmocka_unit_test_setup_teardown(files_are_for_their_owner_alone, begin, end),
		cmocka_unit_test_setup_teardown(second_opener_is_refused, begin, end),
		cmocka_unit_test_setup_teardown(newer_schema_is_refused_and_kept, begin, end),
		cmocka_unit_test_setup_teardown(foreign_database_is_refused_untouched, begin, end),
		cmocka_unit_test_setup_teardown(what_is_no_database_is_refused, begin, end),
		cmocka_unit_test_setup_teardown(missing_folder_is_named, begin, end),
		cmocka_unit_test_setup_teardown(link_is_not_followed, begin, end),
		cmocka_unit_test_setup_teardown(long_log_is_moved_while_open, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
