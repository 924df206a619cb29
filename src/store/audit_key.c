/** @file store/audit_key.c  Reading and making the files of the audit log's key. */
#include "store/audit_key.h"

#include "base/id.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int fail(int err, const char *path, const char *what, char why[static 256])
{
	snprintf(why, 256, "%.180s: %.60s", path, what ? what : strerror(-err));
	return err;
}

static int text_read(const char *path, char out[static NOTE_KEY_CHARS + 1], struct str *text, char why[static 256])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return fail(-errno, path, NULL, why);
	n = read(fd, out, NOTE_KEY_CHARS + 1);
	close(fd);
	if (n < 0)
		return fail(-EIO, path, "can't be read", why);
	*text = (struct str){ out, (size_t)n };
	return 0;
}

int audit_key_read(struct note_key *out, const char *path, char why[static 256])
{
	char bytes[NOTE_KEY_CHARS + 1];
	struct str text;
	int err = text_read(path, bytes, &text, why);

	if (err)
		return err;
	return note_key_parse(text, out) ? 0 : fail(-EINVAL, path, "is not a key that checks checkpoints", why);
}

static int folder_sync(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (fsync(fd))
		err = -errno;
	close(fd);
	return err;
}

/* Written aside and renamed: a key that was torn would be none. */
static int text_write(const char *folder, const char *name, const char *text, char why[static 256])
{
	char path[PATH_MAX], aside[PATH_MAX];
	int fd, err = 0;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	snprintf(aside, sizeof aside, "%s/%s.new", folder, name);
	fd = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return fail(-errno, aside, NULL, why);
	if (dprintf(fd, "%s\n", text) != (int)strlen(text) + 1 || fsync(fd))
		err = errno ? -errno : -EIO;
	close(fd);
	if (!err && rename(aside, path))
		err = -errno;
	if (!err)
		err = folder_sync(folder);
	return err ? fail(err, path, NULL, why) : 0;
}

static int key_make(struct note_signer *out, const char *folder, char why[static 256])
{
	uint8_t seed[NOTE_SEED_BYTES];
	char text[NOTE_KEY_CHARS];
	int err;

	id_random(seed, sizeof seed);
	note_signer_of(seed, out);
	sodium_memzero(seed, sizeof seed);
	note_key_format(&out->key, text);
	err = text_write(folder, "audit.pub", text, why);
	if (err)
		return err;
	note_signer_format(out, text);
	err = text_write(folder, "audit.key", text, why);
	sodium_memzero(text, sizeof text);
	return err;
}

int audit_key_open(struct note_signer *out, const char *folder, bool make, char why[static 256])
{
	char path[PATH_MAX], bytes[NOTE_KEY_CHARS + 1];
	struct str text;
	int err;

	snprintf(path, sizeof path, "%s/audit.key", folder);
	err = text_read(path, bytes, &text, why);
	if (err == -ENOENT && make)
		return key_make(out, folder, why);
	if (!err && !note_signer_parse(text, out))
		err = fail(-EINVAL, path, "is not a key that signs checkpoints", why);
	sodium_memzero(bytes, sizeof bytes);
	return err;
}
