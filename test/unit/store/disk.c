/** @file test/unit/store/disk.c  The failing disk. */
#include "disk.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stddef.h>

static atomic_int write_code, sync_code;
static sqlite3_vfs bent_vfs;
static sqlite3_io_methods bent_file;
static sqlite3_vfs *real_vfs;
static const sqlite3_io_methods *real_file;

static int log_write(sqlite3_file *file, const void *p, int n, sqlite3_int64 at)
{
	int code = write_code;

	return code ? code : real_file->xWrite(file, p, n, at);
}

static int log_sync(sqlite3_file *file, int flags)
{
	int code = sync_code;

	return code ? code : real_file->xSync(file, flags);
}

static int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
	int code = real_vfs->xOpen(vfs, name, file, flags, out);

	if (code != SQLITE_OK || !(flags & SQLITE_OPEN_WAL))
		return code;
	/* All logs share one set of methods; the first to be opened shows which. */
	if (!real_file) {
		real_file = file->pMethods;
		bent_file = *real_file;
		bent_file.xWrite = log_write;
		bent_file.xSync = log_sync;
	}
	assert(file->pMethods == real_file);
	file->pMethods = &bent_file;
	return code;
}

void disk_init(void)
{
	real_vfs = sqlite3_vfs_find(NULL);
	bent_vfs = *real_vfs;
	bent_vfs.pNext = NULL;
	bent_vfs.zName = "bent";
	bent_vfs.xOpen = disk_open;
	sqlite3_vfs_register(&bent_vfs, 1);
}

void disk_write_fails(int code)
{
	write_code = code;
}

void disk_sync_fails(int code)
{
	sync_code = code;
}
