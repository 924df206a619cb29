/** @file store/backup.c  Copying by SQLite's own backup, and what a restored database must forget. */
#include "store/backup.h"

#include "store/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int fail(sqlite3 *db, const char *path, int code, char why[static 256])
{
	snprintf(why, 256, "%.180s: %.60s", path, db ? sqlite3_errmsg(db) : sqlite3_errstr(code));
	return (code & 0xff) == SQLITE_FULL ? -ENOSPC : -EIO;
}

/* All pages in one step, under one read lock: what is written meanwhile is in the log behind it. */
static int pages_copy(struct db *from, sqlite3 *to, const char *path, char why[static 256])
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", db_handle(from), "main");
	int code = backup ? sqlite3_backup_step(backup, -1) : sqlite3_errcode(to);

	if (backup)
		sqlite3_backup_finish(backup);
	if (code != SQLITE_DONE)
		return fail(NULL, path, code, why);
	/* A copy is one file: the log begins when a server opens it. */
	code = sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
	return code == SQLITE_OK ? 0 : fail(to, path, code, why);
}

static int file_sync(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (fsync(fd))
		err = -errno;
	close(fd);
	return err;
}

int store_backup(const char *from, const char *to, char why[static 256])
{
	struct db *source;
	sqlite3 *copy = NULL;
	int fd, code, err = db_open_still(&source, from, why);

	if (err)
		return err;
	fd = open(to, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		err = -errno;
		snprintf(why, 256, "%.180s: %.60s", to, strerror(errno));
		db_close(source);
		return err;
	}
	close(fd);
	code = sqlite3_open_v2(to, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE, NULL);
	err = code == SQLITE_OK ? pages_copy(source, copy, to, why) : fail(NULL, to, code, why);
	sqlite3_close(copy);
	db_close(source);
	if (!err && (err = file_sync(to)))
		snprintf(why, 256, "%.180s: %.60s", to, strerror(-err));
	return err;
}

static void woken(void *arg)
{
	(void)arg;
}

static int run_restored(struct store_tx *tx, void *arg)
{
	int err = db_run(tx->db, "DELETE FROM session");

	(void)arg;
	/* Their bytes were not taken along. */
	if (!err)
		err = db_run(tx->db, "DELETE FROM upload");
	if (!err)
		err = store_calls_unkeep(tx);
	return err ? err : store_audit_add(tx, clock_wall_ms(), "operator", "backup.restored", NULL, NULL);
}

static void restored(void *arg, int err)
{
	*(int *)arg = err;
}

int store_restored(const char *path, char why[static 256])
{
	struct store *store;
	int done = -EIO, err = store_open(&store, path, woken, NULL, why);

	if (err)
		return err;
	err = store_submit(store, run_restored, restored, &done);
	store_close(store);
	err = err ? err : done;
	if (err)
		snprintf(why, 256, "%.150s: the sessions can't be ended: %.60s", path, strerror(-err));
	return err;
}
