/** @file store/store.c  Opening and closing: the file, its three connections, its two threads. */
#include "store/audit_tree.h"
#include "store/inside.h"
#include "store/migrate.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(int err, const char *what, const char *path, char why[static 256])
{
	snprintf(why, 256, "%.40s %.150s: %.60s", what, path, strerror(-err));
	return err;
}

/* flock on a file beside the database: closing any descriptor of the database itself would drop SQLite's own locks. */
static int lock_take(const char *path, int *fdp, char why[static 256])
{
	char name[PATH_MAX];
	int fd;

	if (snprintf(name, sizeof name, "%s-lock", path) >= (int)sizeof name)
		return fail(-ENAMETOOLONG, "database", path, why);
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return fail(-errno, "open", name, why);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		/* Read by whoever started a second server on the same folder. */
		int err = errno == EWOULDBLOCK ? fail(-EBUSY, "another process has the database open:", path, why)
					       : fail(-errno, "lock", name, why);

		close(fd);
		return err;
	}
	*fdp = fd;
	return 0;
}

/* SQLite gives its log the database's own mode and owner, so this settles it for all files. */
static int file_make(const char *path, char why[static 256])
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int err = 0;

	if (fd < 0)
		return fail(-errno, "open", path, why);
	if (fchmod(fd, 0600) != 0)
		err = fail(-errno, "chmod", path, why);
	close(fd);
	return err;
}

/* A new file survives a power cut only when its folder has been synced too. */
static int folder_sync(const char *path, char why[static 256])
{
	const char *slash = strrchr(path, '/');
	char name[PATH_MAX];
	int fd, err = 0;

	snprintf(name, sizeof name, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
	fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fail(-errno, "open", name, why);
	if (fsync(fd) != 0)
		err = fail(-errno, "sync", name, why);
	close(fd);
	return err;
}

static int committed_h(void *arg, sqlite3 *handle, const char *name, int frames)
{
	(void)handle;
	(void)name;
	checkpoint_note(arg, frames);
	return SQLITE_OK;
}

static int connections_open(struct store *store, const char *path, char why[static 256])
{
	int err;

	if ((err = db_open(&store->written, path, migrate_check, why)))
		return err;
	if ((err = migrate_run(store->written, why)))
		return err;
	if ((err = audit_settle(store->written, why)))
		return err;
	if ((err = folder_sync(path, why)))
		return err;
	if ((err = db_open(&store->reader, path, NULL, why)))
		return err;
	if ((err = db_only_reads(store->reader)))
		return fail(err, "settle", path, why);
	return 0;
}

static int threads_start(struct store *store, const char *path, void (*wake)(void *arg), void *arg, char why[static 256])
{
	int err = checkpoint_start(&store->checkpoint, path, why);

	if (err)
		return err;
	sqlite3_wal_hook(db_handle(store->written), committed_h, &store->checkpoint);
	err = writer_start(&store->writer, store->written, &store->sieve, wake, arg);
	if (err) {
		checkpoint_stop(&store->checkpoint);
		return fail(err, "no thread to write", path, why);
	}
	return 0;
}

static void store_free(struct store *store)
{
	db_close(store->reader);
	db_close(store->written);
	free(store->known);
	if (store->lock_fd >= 0)
		close(store->lock_fd);
	free(store);
}

int store_open(struct store **sp, const char *path, void (*wake)(void *arg), void *arg, char why[static 256])
{
	struct store *store = calloc(1, sizeof *store);
	int err;

	if (!store)
		return fail(-ENOMEM, "open", path, why);
	store->lock_fd = -1;
	store->known = calloc(1, sizeof *store->known);
	err = store->known ? lock_take(path, &store->lock_fd, why) : fail(-ENOMEM, "open", path, why);
	if (!err)
		err = file_make(path, why);
	if (!err)
		err = connections_open(store, path, why);
	if (!err)
		err = threads_start(store, path, wake, arg, why);
	if (err) {
		store_free(store);
		return err;
	}
	*sp = store;
	return 0;
}

void store_close(struct store *store)
{
	writer_stop(&store->writer);
	checkpoint_stop(&store->checkpoint);
	store_free(store);
}

int store_submit(struct store *store, store_run run, store_done done, void *arg)
{
	return writer_submit(&store->writer, run, done, arg, false);
}

int store_submit_large(struct store *store, store_run run, store_done done, void *arg)
{
	return writer_submit(&store->writer, run, done, arg, true);
}

void store_reap(struct store *store)
{
	writer_reap(&store->writer);
}

void store_counts(struct store *store, struct store_counts *out)
{
	struct writer *w = &store->writer;

	pthread_mutex_lock(&w->lock);
	out->submitted = w->submitted;
	out->finished = w->finished;
	out->commits = w->commits;
	pthread_mutex_unlock(&w->lock);
}
