/** @file ctl/contents.c  The folder of files, copied: every content is read whole and must have the hash that is its name. */
#include "ctl/contents.h"

#include "ctl/command.h"
#include "store/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE_BYTES = 262144 };

static bool fail(const char *path, const char *what)
{
	complain("%s: %s", path, what);
	return false;
}

static bool path_in(const char *folder, const char *name, char out[static PATH_MAX])
{
	return snprintf(out, PATH_MAX, "%s/%s", folder, name) < PATH_MAX || fail(folder, "the name is too long");
}

bool contents_hold(const char *data, struct folder **out)
{
	char path[PATH_MAX], why[256];
	int err;

	*out = NULL;
	if (!path_in(data, FOLDER_NAME, path))
		return false;
	/* Of a time before files. */
	if (access(path, F_OK))
		return errno == ENOENT || fail(path, strerror(errno));
	if (folder_open(out, path, why))
		return fail("files", why);
	err = folder_hold(*out);
	return !err || fail(path, strerror(-err));
}

/* 0 or a negative errno; the hash of what was copied. */
static int bytes_copy(int from, int to, char hash[static FILE_HASH_CHARS + 1])
{
	unsigned char raw[crypto_hash_sha256_BYTES], *piece = malloc(PIECE_BYTES);
	crypto_hash_sha256_state state;
	ssize_t n = 0;
	int err = piece ? 0 : -ENOMEM;

	crypto_hash_sha256_init(&state);
	while (!err && (n = read(from, piece, PIECE_BYTES)) > 0) {
		crypto_hash_sha256_update(&state, piece, (unsigned long long)n);
		for (ssize_t done = 0, put; !err && done < n; done += put) {
			put = write(to, piece + done, (size_t)(n - done));
			if (put < 0)
				err = -errno;
		}
	}
	if (!err && n < 0)
		err = -errno;
	crypto_hash_sha256_final(&state, raw);
	sodium_bin2hex(hash, FILE_HASH_CHARS + 1, raw, sizeof raw);
	free(piece);
	return err || fsync(to) == 0 ? err : -errno;
}

static bool content_copy(const struct folder *from, const char *folder, const char *name)
{
	char path[PATH_MAX], hash[FILE_HASH_CHARS + 1];
	int in = folder_content_open(from, name), out = -1, err = in < 0 ? in : 0;

	if (!path_in(folder, name, path))
		err = -ENAMETOOLONG;
	if (!err && (out = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)) < 0)
		err = -errno;
	if (!err)
		err = bytes_copy(in, out, hash);
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	if (err)
		return fail(name, strerror(-err));
	return strcmp(hash, name) == 0 || fail(name, "the file's bytes are not those that were sent");
}

static bool each_copy(const struct folder *from, const char *path, const char *names, size_t bytes)
{
	char id[ID_CHARS + 1];

	for (const char *name = names; name < names + bytes; name += strlen(name) + 1)
		if (folder_name_read(name, id) == FOLDER_CONTENT && !content_copy(from, path, name))
			return false;
	return true;
}

bool contents_copy(const struct folder *from, const char *to)
{
	char path[PATH_MAX], *names;
	size_t bytes;
	int fd, err;
	bool ok;

	if (!from)
		return true;
	if (!path_in(to, FOLDER_NAME, path))
		return false;
	if (mkdir(path, 0700))
		return fail(path, strerror(errno));
	err = folder_names(from, &names, &bytes);
	if (err)
		return fail(path, strerror(-err));
	ok = each_copy(from, path, names, bytes);
	free(names);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (ok && (fd < 0 || fsync(fd)))
		ok = fail(path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return ok;
}

void contents_remove(const char *aside)
{
	char path[PATH_MAX], why[256], id[ID_CHARS + 1], *names;
	struct folder *folder;
	size_t bytes;

	if (!path_in(aside, FOLDER_NAME, path) || access(path, F_OK) || folder_open(&folder, path, why))
		return;
	if (folder_names(folder, &names, &bytes) == 0) {
		for (const char *name = names; name < names + bytes; name += strlen(name) + 1)
			if (folder_name_read(name, id) == FOLDER_CONTENT)
				folder_remove(folder, name);
		free(names);
	}
	folder_close(folder);
	rmdir(path);
}
