/** @file store/outside.c  The file of checkpoints outside of the database. What the notes say is not here. */
#include "store/outside.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TAIL_BYTES = 8 * NOTE_CHARS };

struct outside {
	int fd;
	pthread_mutex_t lock;	/* guards what follows, and the file's end */
	int64_t size;		/* rows of the newest note */
};

int outside_open(struct outside **op, const char *path, char why[static 256])
{
	struct outside *o = calloc(1, sizeof *o);
	struct stat is;

	if (!o)
		return -ENOMEM;
	o->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (o->fd < 0 || fstat(o->fd, &is) || !S_ISREG(is.st_mode)) {
		int err = o->fd < 0 ? -errno : -EINVAL;

		snprintf(why, 256, "%s", err == -EINVAL ? "is not a file" : strerror(-err));
		if (o->fd >= 0)
			close(o->fd);
		free(o);
		return err;
	}
	pthread_mutex_init(&o->lock, NULL);
	*op = o;
	return 0;
}

void outside_close(struct outside *outside)
{
	if (!outside)
		return;
	close(outside->fd);
	pthread_mutex_destroy(&outside->lock);
	free(outside);
}

/* The file's last bytes, and where they begin. */
static int tail_read(struct outside *o, char tail[static TAIL_BYTES], size_t *n, off_t *from)
{
	struct stat is;
	ssize_t got;

	if (fstat(o->fd, &is))
		return -errno;
	*from = is.st_size > TAIL_BYTES ? is.st_size - TAIL_BYTES : 0;
	got = pread(o->fd, tail, (size_t)(is.st_size - *from), *from);
	if (got < 0)
		return -errno;
	*n = (size_t)got;
	return 0;
}

int outside_last(struct outside *outside, const struct note_key *key, struct checkpoint_note *out, char *note, char why[static 256])
{
	char tail[TAIL_BYTES];
	struct str rest = { tail, 0 }, one;
	off_t from = 0;
	bool found = false;
	int err = tail_read(outside, tail, &rest.n, &from);

	if (err || !rest.n) {
		snprintf(why, 256, "%s", err ? strerror(-err) : "is empty");
		return err ? err : -ENOENT;
	}
	while (note_next(&rest, &one)) {
		struct checkpoint_note opened;

		found = one.n < NOTE_CHARS && note_open(key, one, &opened);
		if (!found)
			continue;
		*out = opened;
		memcpy(note, one.p, one.n);
		note[one.n] = '\0';
	}
	/* Behind the last whole one there may be a piece, never more. */
	if (!found || rest.n > NOTE_CHARS) {
		snprintf(why, 256, "does not end with a checkpoint signed by %s", key->name);
		return -EBADMSG;
	}
	if (rest.n && (ftruncate(outside->fd, from + (rest.p - tail)) || fsync(outside->fd))) {
		snprintf(why, 256, "%s", strerror(errno));
		return -errno;
	}
	outside->size = out->size;
	return 0;
}

static int text_add(int fd, const char *text, size_t n)
{
	struct stat before;
	ssize_t done;
	int err = 0;

	if (fstat(fd, &before))
		return -errno;
	done = write(fd, text, n);
	if (done != (ssize_t)n)
		err = done < 0 ? -errno : -ENOSPC;
	if (!err && fsync(fd))
		err = -errno;
	/* A piece would stand in the way of the next. */
	if (err && ftruncate(fd, before.st_size))
		err = -errno;
	return err;
}

int outside_add(struct outside *outside, const char *note, int64_t size)
{
	char text[NOTE_CHARS + 1];
	int n = snprintf(text, sizeof text, "\n%s", note), err = 0;

	pthread_mutex_lock(&outside->lock);
	if (size > outside->size)
		err = text_add(outside->fd, text, (size_t)n);
	if (!err && size > outside->size)
		outside->size = size;
	pthread_mutex_unlock(&outside->lock);
	return err;
}
