/** @file store/folder.c  The folder with the bytes of files: what is written is synced, what has its name is whole. */
#include "store/folder.h"

#include "base/buf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART ".part"
enum { READ_BYTES = 262144, PART_NAME = ID_CHARS + sizeof PART };

struct folder {
	int fd;
};

int folder_open(struct folder **fp, const char *path, char why[static 256])
{
	struct folder *folder = malloc(sizeof *folder);
	int err = folder ? 0 : -ENOMEM;

	if (!err && mkdir(path, 0700) && errno != EEXIST)
		err = -errno;
	if (!err)
		folder->fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (!err && folder->fd < 0)
		err = -errno;
	if (err) {
		snprintf(why, 256, "%.180s: %.60s", path, strerror(-err));
		free(folder);
		return err;
	}
	*fp = folder;
	return 0;
}

void folder_close(struct folder *folder)
{
	if (folder)
		close(folder->fd);
	free(folder);
}

static void part_name(const char *id, char out[static PART_NAME])
{
	snprintf(out, PART_NAME, "%s" PART, id);
}

static int all_write(int fd, int64_t at, struct str piece)
{
	while (piece.n) {
		ssize_t n = pwrite(fd, piece.p, piece.n, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		piece = (struct str){ piece.p + n, piece.n - (size_t)n };
		at += n;
	}
	return fdatasync(fd) ? -errno : 0;
}

int folder_part_write(const struct folder *folder, const char *id, int64_t at, struct str piece)
{
	char name[PART_NAME];
	int fd, err;

	part_name(id, name);
	/* What a fault left behind an acknowledged piece is written over; the name itself is as lasting as the folder's next sync. */
	fd = openat(folder->fd, name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | (at ? 0 : O_CREAT), 0600);
	if (fd < 0)
		return -errno;
	err = all_write(fd, at, piece);
	close(fd);
	if (!err && at == 0 && fsync(folder->fd))
		err = -errno;
	return err;
}

static int hash_read(int fd, int64_t bytes, crypto_hash_sha256_state *state, char *head, size_t *head_bytes)
{
	unsigned char *piece = malloc(READ_BYTES);
	size_t room = *head_bytes;
	int64_t at = 0;
	int err = piece ? 0 : -ENOMEM;

	*head_bytes = 0;
	while (!err && at < bytes) {
		ssize_t n = pread(fd, piece, bytes - at < READ_BYTES ? (size_t)(bytes - at) : READ_BYTES, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			err = n ? -errno : -ENODATA;
			break;
		}
		crypto_hash_sha256_update(state, piece, (unsigned long long)n);
		if (*head_bytes < room) {
			size_t more = (size_t)n < room - *head_bytes ? (size_t)n : room - *head_bytes;

			memcpy(head + *head_bytes, piece, more);
			*head_bytes += more;
		}
		at += n;
	}
	free(piece);
	return err;
}

int folder_part_hash(const struct folder *folder, const char *id, int64_t bytes, char hash[static FILE_HASH_CHARS + 1], void *head, size_t *head_bytes)
{
	crypto_hash_sha256_state state;
	unsigned char raw[crypto_hash_sha256_BYTES];
	char name[PART_NAME];
	struct stat st;
	int fd, err = 0;

	part_name(id, name);
	fd = openat(folder->fd, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		err = -errno;
	else if (st.st_size < bytes)
		err = -ENODATA;
	/* Bytes of a piece that was never acknowledged do not belong to it. */
	if (!err && (ftruncate(fd, bytes) || fsync(fd)))
		err = -errno;
	crypto_hash_sha256_init(&state);
	if (!err)
		err = hash_read(fd, bytes, &state, head, head_bytes);
	crypto_hash_sha256_final(&state, raw);
	sodium_bin2hex(hash, FILE_HASH_CHARS + 1, raw, sizeof raw);
	close(fd);
	return err;
}

int folder_part_name(const struct folder *folder, const char *id, const char *hash)
{
	char name[PART_NAME];

	part_name(id, name);
	/* A second name, not another: until the database knows the content, a kill leaves the upload as it was. */
	if (linkat(folder->fd, name, folder->fd, hash, 0) && errno != EEXIST)
		return -errno;
	return fsync(folder->fd) ? -errno : 0;
}

int folder_content_open(const struct folder *folder, const char *hash)
{
	int fd = openat(folder->fd, hash, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int folder_remove(const struct folder *folder, const char *name)
{
	return unlinkat(folder->fd, name, 0) && errno != ENOENT ? -errno : 0;
}

bool folder_claim(const struct folder *folder)
{
	return flock(folder->fd, LOCK_EX | LOCK_NB) == 0;
}

void folder_release(const struct folder *folder)
{
	flock(folder->fd, LOCK_UN);
}

int folder_hold(const struct folder *folder)
{
	return flock(folder->fd, LOCK_SH) ? -errno : 0;
}

int folder_names(const struct folder *folder, char **out, size_t *bytes)
{
	int fd = openat(folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct buf names = { 0 };
	const struct dirent *entry;
	int err = dir ? 0 : -errno;

	if (!dir && fd >= 0)
		close(fd);
	while (dir && !err && (entry = readdir(dir)))
		err = buf_add(&names, entry->d_name, strlen(entry->d_name) + 1);
	if (dir)
		closedir(dir);
	if (err) {
		buf_release(&names);
		return err;
	}
	*out = names.p;
	*bytes = names.n;
	return 0;
}

enum folder_name folder_name_read(const char *name, char id[static ID_CHARS + 1])
{
	size_t hex = strspn(name, "0123456789abcdef"), word = strspn(name, "abcdefghijklmnopqrstuvwxyz234567");

	if (hex == FILE_HASH_CHARS && !name[hex])
		return FOLDER_CONTENT;
	if (word != ID_CHARS || strcmp(name + word, PART) != 0)
		return FOLDER_OTHER;
	memcpy(id, name, ID_CHARS);
	id[ID_CHARS] = '\0';
	return FOLDER_PART;
}
