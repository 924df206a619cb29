/** @file test/crash/store/shadow.c  The disk that fails: SQLite's own file layer with a memory of what was synced. */
#include "shadow.h"

#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PATHS = 4, KINDS = 4, OPEN_MOST = 32, SECTOR = 512 };
enum what { WRITE, TRUNCATE, DELETE };

struct change {
	enum what what;
	sqlite3_int64 at;	/* or the new length */
	size_t n;
	unsigned char *bytes;
};

/** A file as it is on the disk, and what was done to it since it was last synced. */
struct kept {
	char path[256];
	unsigned char *bytes;
	size_t n, room;
	bool there;
	struct change *changes;
	size_t changes_n;
};

static struct {
	char mode[8];
	unsigned long when, operations;
	char folder[256];
	unsigned seed;
	pthread_mutex_t lock;
	struct kept kept[PATHS];
	size_t kept_n;
	/* SQLite has a set of methods for each kind of file. */
	struct { const sqlite3_io_methods *real; sqlite3_io_methods bent; } kinds[KINDS];
	size_t kinds_n;
	struct { sqlite3_file *file; struct kept *kept; } open[OPEN_MOST];
	size_t open_n;
	sqlite3_vfs vfs, *real;
} shadow = { .lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP };

static bool mode_is(const char *mode)
{
	return strcmp(shadow.mode, mode) == 0;
}

static bool remembers(void)
{
	return mode_is("cut") || mode_is("lie");
}

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

static void length_set(struct kept *k, size_t n)
{
	if (n > k->room) {
		k->room = n * 2;
		k->bytes = must(realloc(k->bytes, k->room));
	}
	if (n > k->n)
		memset(k->bytes + k->n, 0, n - k->n);
	k->n = n;
}

static void change_apply(struct kept *k, const struct change *c, size_t n)
{
	if (c->what == DELETE) {
		k->n = 0;
		k->there = false;
		return;
	}
	k->there = true;
	if (c->what == TRUNCATE) {
		length_set(k, (size_t)c->at);
		return;
	}
	if ((size_t)c->at + n > k->n)
		length_set(k, (size_t)c->at + n);
	memcpy(k->bytes + c->at, c->bytes, n);
}

static void changes_sync(struct kept *k)
{
	for (size_t i = 0; i < k->changes_n; i++) {
		change_apply(k, &k->changes[i], k->changes[i].n);
		free(k->changes[i].bytes);
	}
	k->changes_n = 0;
	k->there = true;
}

static void change_add(struct kept *k, enum what what, sqlite3_int64 at, const void *p, size_t n)
{
	struct change *c;

	k->changes = must(realloc(k->changes, (k->changes_n + 1) * sizeof *k->changes));
	c = &k->changes[k->changes_n++];
	*c = (struct change){ what, at, n, n ? must(malloc(n)) : NULL };
	if (n)
		memcpy(c->bytes, p, n);
}

static unsigned dice(unsigned most)
{
	shadow.seed = (unsigned)(((unsigned long)shadow.seed * 1103515245 + 12345) % 2147483648u);
	return (shadow.seed >> 8) % most;
}

/* What was not synced: a third is lost, a third is there, a third is torn. */
static void changes_gamble(struct kept *k)
{
	for (size_t i = 0; i < k->changes_n; i++) {
		const struct change *c = &k->changes[i];
		unsigned luck = dice(3);

		if (luck == 1 || (luck == 2 && c->what != WRITE))
			change_apply(k, c, c->n);
		else if (luck == 2)
			change_apply(k, c, c->n > SECTOR ? dice((unsigned)(c->n / SECTOR)) * SECTOR : 0);
	}
}

static void kept_write(const struct kept *k)
{
	const char *slash = strrchr(k->path, '/');
	char path[600];
	int fd;

	if (!k->there)
		return;
	snprintf(path, sizeof path, "%s/%s", shadow.folder, slash ? slash + 1 : k->path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, k->bytes, k->n) != (ssize_t)k->n)
		abort();
	close(fd);
}

static void power_fails(void)
{
	for (size_t i = 0; i < shadow.kept_n; i++) {
		if (shadow.seed)
			changes_gamble(&shadow.kept[i]);
		kept_write(&shadow.kept[i]);
	}
	raise(SIGKILL);
}

/* Count one; what it ends with. Under the lock. */
static int operation(void)
{
	unsigned long n = ++shadow.operations;

	if (n == shadow.when && mode_is("kill"))
		raise(SIGKILL);
	if (n == shadow.when && remembers())
		power_fails();
	if ((n == shadow.when && mode_is("full")) || (n >= shadow.when && mode_is("full+")))
		return SQLITE_FULL;
	return SQLITE_OK;
}

static struct kept *kept_of(const char *path)
{
	struct kept *k;
	struct stat is;
	int fd;

	for (size_t i = 0; i < shadow.kept_n; i++)
		if (strcmp(shadow.kept[i].path, path) == 0)
			return &shadow.kept[i];
	assert(shadow.kept_n < PATHS);
	k = &shadow.kept[shadow.kept_n++];
	snprintf(k->path, sizeof k->path, "%s", path);
	/* What is there at the start has been there for long. */
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && fstat(fd, &is) == 0) {
		length_set(k, (size_t)is.st_size);
		if (read(fd, k->bytes, k->n) != (ssize_t)k->n)
			abort();
		k->there = true;
	}
	if (fd >= 0)
		close(fd);
	return k;
}

static const sqlite3_io_methods *real_of(sqlite3_file *file)
{
	for (size_t i = 0; i < shadow.kinds_n; i++)
		if (file->pMethods == &shadow.kinds[i].bent)
			return shadow.kinds[i].real;
	abort();
}

static struct kept *file_kept(sqlite3_file *file)
{
	for (size_t i = 0; i < shadow.open_n; i++)
		if (shadow.open[i].file == file)
			return shadow.open[i].kept;
	abort();
}

static int file_write(sqlite3_file *file, const void *p, int n, sqlite3_int64 at)
{
	int code;

	pthread_mutex_lock(&shadow.lock);
	code = operation();
	if (code == SQLITE_OK)
		code = real_of(file)->xWrite(file, p, n, at);
	if (code == SQLITE_OK && remembers())
		change_add(file_kept(file), WRITE, at, p, (size_t)n);
	pthread_mutex_unlock(&shadow.lock);
	return code;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 n)
{
	int code;

	pthread_mutex_lock(&shadow.lock);
	operation();	/* making a file shorter needs no room */
	code = real_of(file)->xTruncate(file, n);
	if (code == SQLITE_OK && remembers())
		change_add(file_kept(file), TRUNCATE, n, NULL, 0);
	pthread_mutex_unlock(&shadow.lock);
	return code;
}

static int file_sync(sqlite3_file *file, int flags)
{
	int code;

	pthread_mutex_lock(&shadow.lock);
	operation();	/* nor does a sync, and its failure ends the process: that is tried elsewhere */
	code = real_of(file)->xSync(file, flags);
	if (code == SQLITE_OK && mode_is("cut"))
		changes_sync(file_kept(file));
	pthread_mutex_unlock(&shadow.lock);
	return code;
}

static int file_close(sqlite3_file *file)
{
	const sqlite3_io_methods *real;

	pthread_mutex_lock(&shadow.lock);
	real = real_of(file);
	for (size_t i = 0; i < shadow.open_n; i++)
		if (shadow.open[i].file == file)
			shadow.open[i] = shadow.open[--shadow.open_n];
	pthread_mutex_unlock(&shadow.lock);
	return real->xClose(file);
}

static void file_bend(sqlite3_file *file, const char *path)
{
	size_t i = 0;

	while (i < shadow.kinds_n && shadow.kinds[i].real != file->pMethods)
		i++;
	assert(i < KINDS && shadow.open_n < OPEN_MOST);
	if (i == shadow.kinds_n) {
		shadow.kinds[i].real = file->pMethods;
		shadow.kinds[i].bent = *file->pMethods;
		shadow.kinds[i].bent.xWrite = file_write;
		shadow.kinds[i].bent.xTruncate = file_truncate;
		shadow.kinds[i].bent.xSync = file_sync;
		shadow.kinds[i].bent.xClose = file_close;
		shadow.kinds_n++;
	}
	file->pMethods = &shadow.kinds[i].bent;
	shadow.open[shadow.open_n].file = file;
	shadow.open[shadow.open_n++].kept = remembers() ? kept_of(path) : NULL;
}

static int disk_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out)
{
	int code;

	(void)vfs;
	pthread_mutex_lock(&shadow.lock);
	/* What it holds is looked at before SQLite makes the file. */
	if (path && remembers())
		kept_of(path);
	code = shadow.real->xOpen(shadow.real, path, file, flags, out);
	if (code == SQLITE_OK && path)
		file_bend(file, path);
	pthread_mutex_unlock(&shadow.lock);
	return code;
}

static int disk_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
	int code;

	(void)vfs;
	pthread_mutex_lock(&shadow.lock);
	operation();
	if (remembers())
		change_add(kept_of(path), DELETE, 0, NULL, 0);	/* before it: SQLite may sync the folder in there */
	code = shadow.real->xDelete(shadow.real, path, sync);
	pthread_mutex_unlock(&shadow.lock);
	return code;
}

/* A deletion is of the folder. What was done to the file before it counts no more, and what was done after it waits for its own sync. */
static void deletions_sync(struct kept *k)
{
	size_t last = k->changes_n;

	while (last && k->changes[last - 1].what != DELETE)
		last--;
	if (!last)
		return;
	for (size_t i = 0; i < last; i++)
		free(k->changes[i].bytes);
	k->changes_n -= last;
	memmove(k->changes, k->changes + last, k->changes_n * sizeof *k->changes);
	k->n = 0;
	k->there = false;
}

int fsync(int fd)
{
	struct stat is;
	int got = (int)syscall(SYS_fsync, fd);

	if (got || !mode_is("cut") || fstat(fd, &is) || !S_ISDIR(is.st_mode))
		return got;
	pthread_mutex_lock(&shadow.lock);
	for (size_t i = 0; i < shadow.kept_n; i++)
		deletions_sync(&shadow.kept[i]);
	pthread_mutex_unlock(&shadow.lock);
	return 0;
}

static void operations_tell(void)
{
	fprintf(stderr, "operations %lu\n", shadow.operations);
}

void shadow_init(void)
{
	const char *how = getenv("SHADOW");

	if (!how)
		return;
	if (sscanf(how, "%7s %lu %255s %u", shadow.mode, &shadow.when, shadow.folder, &shadow.seed) < 1)
		abort();
	if (mode_is("count"))
		atexit(operations_tell);
	shadow.real = sqlite3_vfs_find(NULL);
	shadow.vfs = *shadow.real;
	shadow.vfs.pNext = NULL;
	shadow.vfs.zName = "shadow";
	shadow.vfs.xOpen = disk_open;
	shadow.vfs.xDelete = disk_delete;
	sqlite3_vfs_register(&shadow.vfs, 1);
}
