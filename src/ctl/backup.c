/** @file ctl/backup.c  farhandctl backup and restore: a data folder to a folder and back, each whole or not at all. */
#include "ctl/audit.h"
#include "ctl/command.h"
#include "ctl/contents.h"
#include "ctl/options.h"
#include "store/backup.h"
#include "store/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define DATABASE "farhand.db"
#define CHECKPOINTS "audit.checkpoints"

/* Beside the database; those that a folder does not have are elsewhere, or were never made. */
static const char *const files[] = { "audit.key", "audit.pub", "operator.token", "tls.pem", "tls.key", NULL };

static bool fail(const char *path, const char *what)
{
	complain("%s: %s", path, what ? what : strerror(errno));
	return false;
}

static bool path_in(const char *folder, const char *name, char out[static PATH_MAX])
{
	return snprintf(out, PATH_MAX, "%s/%s", folder, name) < PATH_MAX || fail(folder, "the name is too long");
}

static bool folder_sync(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (!ok)
		fail(path, NULL);
	if (fd >= 0)
		close(fd);
	return ok;
}

/* A new name in the folder that holds `path` survives a power cut behind this. */
static bool parent_sync(const char *path)
{
	char parent[PATH_MAX];
	char *slash;

	snprintf(parent, sizeof parent, "%s", path);
	slash = strrchr(parent, '/');
	if (slash == parent)
		slash[1] = '\0';
	else if (slash)
		*slash = '\0';
	return folder_sync(slash ? parent : ".");
}

static bool bytes_write(const char *path, const struct buf *bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	size_t done = 0;
	bool ok = fd >= 0;

	while (ok && done < bytes->n) {
		ssize_t n = write(fd, bytes->p + done, bytes->n - done);

		ok = n > 0;
		done += ok ? (size_t)n : 0;
	}
	ok = ok && fsync(fd) == 0;
	if (!ok)
		fail(path, NULL);
	if (fd >= 0)
		close(fd);
	return ok;
}

static bool file_copy(const char *from, const char *folder, const char *name)
{
	struct buf bytes = { 0 };
	char to[PATH_MAX];
	bool ok = path_in(folder, name, to) && file_read(from, &bytes) && bytes_write(to, &bytes);

	if (bytes.p)
		sodium_memzero(bytes.p, bytes.n);
	buf_release(&bytes);
	return ok;
}

static bool files_copy(const char *from, const char *to)
{
	for (size_t i = 0; files[i]; i++) {
		char path[PATH_MAX];

		if (!path_in(from, files[i], path))
			return false;
		if (access(path, F_OK) == 0 && !file_copy(path, to, files[i]))
			return false;
	}
	return true;
}

/* Before the database: the file must not speak for rows that the copy does not have. */
static bool checkpoints_copy(const char *from, const char *named, const char *to)
{
	char path[PATH_MAX];

	if (named)
		return file_copy(named, to, CHECKPOINTS);
	if (!path_in(from, CHECKPOINTS, path))
		return false;
	return access(path, F_OK) || file_copy(path, to, CHECKPOINTS);
}

/* Made aside: a folder under its right name is a whole one. */
static bool aside_make(const char *folder, char out[static PATH_MAX])
{
	if (snprintf(out, PATH_MAX, "%s.new", folder) >= PATH_MAX)
		return fail(folder, "the name is too long");
	if (mkdir(out, 0700) == 0)
		return true;
	return fail(out, errno == EEXIST ? "is there, of a run that did not end; remove it" : NULL);
}

static void aside_remove(const char *folder)
{
	static const char *const made[] = { DATABASE, DATABASE "-journal", DATABASE "-wal", DATABASE "-shm", DATABASE "-lock", CHECKPOINTS, NULL };
	char path[PATH_MAX];

	for (size_t i = 0; made[i]; i++)
		if (path_in(folder, made[i], path))
			unlink(path);
	for (size_t i = 0; files[i]; i++)
		if (path_in(folder, files[i], path))
			unlink(path);
	contents_remove(folder);
	rmdir(folder);
}

static bool folder_name(const char *word, char out[static PATH_MAX])
{
	size_t n = strlen(word);

	while (n > 1 && word[n - 1] == '/')
		n--;
	return snprintf(out, PATH_MAX, "%.*s", (int)n, word) < PATH_MAX - 16 || fail(word, "the name is too long");
}

static bool database_copy(const char *from, const char *to)
{
	char source[PATH_MAX], copy[PATH_MAX], why[256];

	if (!path_in(from, DATABASE, source) || !path_in(to, DATABASE, copy))
		return false;
	if (store_backup(source, copy, why) == 0)
		return true;
	complain("%s", why);
	return false;
}

static bool copy_whole(const char *from, const char *checkpoints, const char *to)
{
	struct folder *contents;
	/* From before the database on nothing is removed; what comes after it is more than it knows, and does no harm. */
	bool ok = contents_hold(from, &contents) && checkpoints_copy(from, checkpoints, to) && files_copy(from, to) &&
		database_copy(from, to) && contents_copy(contents, to);

	folder_close(contents);
	return ok;
}

int backup_command(int argc, char **argv)
{
	const char *data = "/var/lib/farhand", *checkpoints = NULL, *word;
	const struct option_row rows[] = { { "--data", &data, NULL }, { "--checkpoints", &checkpoints, NULL }, { 0 } };
	char folder[PATH_MAX], aside[PATH_MAX];
	bool ok;

	if (options_read(argc, argv, rows, &word, 1) != 1) {
		complain("backup needs one FOLDER to make");
		return EXIT_MALFORMED;
	}
	if (sodium_init() < 0)
		return EXIT_REFUSED;
	umask(0077);
	if (!folder_name(word, folder))
		return EXIT_MALFORMED;
	if (access(folder, F_OK) == 0) {
		fail(folder, "is there already");
		return EXIT_REFUSED;
	}
	if (!aside_make(folder, aside))
		return EXIT_REFUSED;
	/* A backup that can't be restored is none. */
	ok = copy_whole(data, checkpoints, aside) && audit_folder_verify(aside, NULL, NULL) == EXIT_OK && folder_sync(aside);
	if (ok && rename(aside, folder))
		ok = fail(folder, NULL);
	if (!ok) {
		aside_remove(aside);
		return EXIT_REFUSED;
	}
	return parent_sync(folder) ? EXIT_OK : EXIT_REFUSED;
}

static bool folder_empty(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	bool empty = true;

	if (!dir)
		return errno == ENOENT || fail(path, NULL);
	while (empty && (entry = readdir(dir)))
		empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	closedir(dir);
	return empty || fail(path, "is not empty: stop the server and move what is there away");
}

static bool owner_give_in(const char *path, const struct stat *like)
{
	struct dirent *entry;
	DIR *dir = opendir(path);
	bool ok = true;

	if (!dir)
		return fail(path, NULL);
	while (ok && (entry = readdir(dir)))
		if (strcmp(entry->d_name, "..") != 0 && fchownat(dirfd(dir), entry->d_name, like->st_uid, like->st_gid, AT_SYMLINK_NOFOLLOW))
			ok = fail(entry->d_name, NULL);
	closedir(dir);
	return ok;
}

/* By root, for the account that the folder was made for. */
static bool owner_give(const char *folder, const char *aside)
{
	char contents[PATH_MAX];
	struct stat like;

	if (geteuid() != 0 || stat(folder, &like))
		return true;
	if (!path_in(aside, FOLDER_NAME, contents) || !owner_give_in(aside, &like))
		return false;
	return access(contents, F_OK) || owner_give_in(contents, &like);
}

static bool restore_into(const char *backup, const char *aside, const char *key, const char *checkpoints)
{
	char path[PATH_MAX], why[256];

	if (!copy_whole(backup, NULL, aside) || audit_folder_verify(aside, key, checkpoints) != EXIT_OK || !path_in(aside, DATABASE, path))
		return false;
	if (store_restored(path, why)) {
		complain("%s", why);
		return false;
	}
	return true;
}

int restore_command(int argc, char **argv)
{
	const char *data = "/var/lib/farhand", *key = NULL, *checkpoints = NULL, *backup;
	const struct option_row rows[] = { { "--data", &data, NULL }, { "--key", &key, NULL }, { "--checkpoints", &checkpoints, NULL }, { 0 } };
	char folder[PATH_MAX], aside[PATH_MAX];
	bool ok;

	if (options_read(argc, argv, rows, &backup, 1) != 1) {
		complain("restore needs one FOLDER that a backup made");
		return EXIT_MALFORMED;
	}
	if (sodium_init() < 0)
		return EXIT_REFUSED;
	umask(0077);
	if (!folder_name(data, folder))
		return EXIT_MALFORMED;
	if (!folder_empty(folder) || !aside_make(folder, aside))
		return EXIT_REFUSED;
	ok = restore_into(backup, aside, key, checkpoints) && owner_give(folder, aside) && folder_sync(aside);
	/* Over the empty folder; somebody who has put something there meanwhile keeps it. */
	if (ok && rename(aside, folder))
		ok = fail(folder, NULL);
	if (!ok) {
		aside_remove(aside);
		return EXIT_REFUSED;
	}
	return parent_sync(folder) ? EXIT_OK : EXIT_REFUSED;
}
