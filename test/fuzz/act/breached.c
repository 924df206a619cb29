/**
 * @file fuzz/act/breached.c  A list of known passwords of any bytes. A search ends; what it finds stands in the file; and in a file
 * that is a list, whatever stands in it is found.
 */
#include "act/breached.h"

#include <assert.h>
#include <ctype.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { WORDS = 8, HASH_CHARS = 40 };

static void hash_of(const char *word, char out[static HASH_CHARS + 1])
{
	uint8_t hash[20];

	EVP_Digest(word, strlen(word), hash, NULL, EVP_sha1(), NULL);
	for (unsigned i = 0; i < sizeof hash; i++)
		snprintf(out + 2 * i, 3, "%02X", hash[i]);
}

static bool stands_in(const char *hash, const uint8_t *data, size_t n)
{
	for (size_t at = 0; at + HASH_CHARS <= n; at++) {
		size_t i = 0;

		while (i < HASH_CHARS && toupper(data[at + i]) == hash[i])
			i++;
		if (i == HASH_CHARS)
			return true;
	}
	return false;
}

/* Lines of "HASH" or "HASH:digits" in strictly ascending order, each of one case. */
static bool is_list(const uint8_t *data, size_t n)
{
	const uint8_t *before = NULL;

	for (size_t at = 0; at < n;) {
		const uint8_t *line = data + at, *end = memchr(line, '\n', n - at);
		size_t length = end ? (size_t)(end - line) : n - at, i = 0;

		while (i < length && i < HASH_CHARS && (isdigit(line[i]) || (line[i] >= 'A' && line[i] <= 'F')))
			i++;
		if (i < HASH_CHARS || (length > HASH_CHARS && line[HASH_CHARS] != ':') || length > 60)
			return false;
		for (i = HASH_CHARS + 1; i < length; i++)
			if (!isdigit(line[i]))
				return false;
		if (before && memcmp(before, line, HASH_CHARS) >= 0)
			return false;
		before = line;
		at += length + 1;
	}
	return before;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	int fd = memfd_create("list", MFD_CLOEXEC);
	char path[40], why[256] = "", word[16], hash[HASH_CHARS + 1];
	struct breached *b;

	assert(fd >= 0 && write(fd, data, n) == (ssize_t)n);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (breached_open(&b, path, why)) {
		assert(*why && !is_list(data, n));
		close(fd);
		return 0;
	}
	for (unsigned i = 0; i < WORDS; i++) {
		int known;

		snprintf(word, sizeof word, "known %u", i);
		hash_of(word, hash);
		known = breached_has(b, str_of(word));
		assert(known <= 1 && (known != 1 || stands_in(hash, data, n)));
		assert(!is_list(data, n) || known == stands_in(hash, data, n));
	}
	breached_close(b);
	close(fd);
	return 0;
}
