/** @file act/breached.c  The list of known passwords: a binary search over the bytes of a file, some 40 reads in the longest one. */
#include "act/breached.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HASH_BYTES = 20, HASH_CHARS = 40, LINE_MOST = 64 };

struct breached {
	int fd;
	off_t size;
};

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool hash_read(const char *text, size_t n, uint8_t out[static HASH_BYTES])
{
	if (n < HASH_CHARS)
		return false;
	for (unsigned i = 0; i < HASH_BYTES; i++) {
		int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return n == HASH_CHARS || strchr(":\r\n", text[HASH_CHARS]);
}

/* The first line that begins at `from` or behind it: its hash and place (the size when there is none). 0, or -EIO when it is none. */
static int line_read(const struct breached *b, off_t from, uint8_t hash[static HASH_BYTES], off_t *at)
{
	char text[2 * LINE_MOST];
	off_t start = from ? from - 1 : 0;
	ssize_t n = pread(b->fd, text, sizeof text, start);
	const char *line = text, *end;

	if (n < 0)
		return -errno;
	if (from) {
		line = memchr(text, '\n', (size_t)n);
		if (!line && n >= LINE_MOST)
			return -EIO;
		line = line ? line + 1 : text + n;
	}
	end = text + n;
	*at = start + (line - text);
	if (line == end)
		return *at >= b->size ? 0 : -EIO;
	return hash_read(line, (size_t)(end - line), hash) ? 0 : -EIO;
}

int breached_open(struct breached **bp, const char *file, char why[static 256])
{
	struct breached *b = calloc(1, sizeof *b);
	uint8_t hash[HASH_BYTES];
	struct stat st;
	off_t at = 0;
	int err = 0;

	if (!b)
		return -ENOMEM;
	b->fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (b->fd < 0 || fstat(b->fd, &st))
		err = -errno;
	else if (!S_ISREG(st.st_mode) || st.st_size == 0)
		err = -EINVAL;
	else
		b->size = st.st_size;
	if (!err && line_read(b, 0, hash, &at))
		err = -EINVAL;
	if (err) {
		snprintf(why, 256, "%.160s: %s", file, err == -EINVAL ? "is no list of SHA-1 hashes, one a line" : strerror(-err));
		breached_close(b);
		return err;
	}
	*bp = b;
	return 0;
}

void breached_close(struct breached *breached)
{
	if (breached && breached->fd >= 0)
		close(breached->fd);
	free(breached);
}

int breached_has(const struct breached *b, struct str password)
{
	uint8_t wanted[HASH_BYTES], hash[HASH_BYTES];
	off_t low = 0, high = b->size;

	if (EVP_Digest(password.p, password.n, wanted, NULL, EVP_sha1(), NULL) != 1)
		return -ENOMEM;
	/* The line that is looked for begins in [low, high). */
	while (low < high) {
		off_t middle = low + (high - low) / 2, at = 0;
		int err = line_read(b, middle, hash, &at), order;

		if (err)
			return err;
		if (at >= high) {
			high = middle;
			continue;
		}
		order = memcmp(hash, wanted, HASH_BYTES);
		if (order == 0)
			return 1;
		if (order < 0)
			low = at + HASH_CHARS;
		else
			high = middle;
	}
	return 0;
}
