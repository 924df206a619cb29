/**
 * @file edge/route.c  Fuzz: which route a request is, and its arguments. An input is "METHOD PATH?QUERY" with any bytes in it.
 * Holds: nothing is read outside of the text (the sanitizer sees), what is decoded fits, is UTF-8 and has no NUL; a path without
 * percent signs is decoded to itself; the decoded text, encoded again, decodes to the same.
 */
#include "edge/inside.h"

#include <assert.h>
#include <stdio.h>

enum { ROOM = 64, UNTOUCHED = 'U' };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct str cut(struct str *text, char at)
{
	const char *end = text->n ? memchr(text->p, at, text->n) : NULL;
	struct str first = { text->p, end ? (size_t)(end - text->p) : text->n };

	text->p += first.n + (end != NULL);
	text->n -= first.n + (end != NULL);
	return first;
}

/* Text that ends at its one NUL: nothing was written behind it. */
static void expect_text(const char *out)
{
	size_t n = strnlen(out, ROOM);

	assert(n < ROOM && str_utf8((struct str){ out, n }));
	for (size_t i = n + 1; i < ROOM; i++)
		assert(out[i] == UNTOUCHED);
}

/* Every byte of it percent-encoded. */
static void encode(const char *text, const char *before, char out[static 4 * ROOM])
{
	size_t n = (size_t)snprintf(out, 4 * ROOM, "%s", before);

	for (; *text; text++)
		n += (size_t)snprintf(out + n, 4 * ROOM - n, "%%%02x", (unsigned char)*text);
}

static void expect_query(struct str query)
{
	char out[ROOM], encoded[4 * ROOM], again[ROOM];

	memset(out, UNTOUCHED, sizeof out);
	if (route_query(query, "q", out, sizeof out) != 1)
		return;
	expect_text(out);
	encode(out, "q=", encoded);
	assert(route_query(str_of(encoded), "q", again, sizeof again) == 1);
	assert(strcmp(out, again) == 0);
}

static void expect_segments(const struct route_row *row, struct str path)
{
	for (unsigned i = 0; i < 3; i++) {
		char out[ROOM];

		memset(out, UNTOUCHED, sizeof out);
		if (!route_segment(row, path, i, out, sizeof out))
			continue;
		expect_text(out);
		assert(!strchr(out, '/'));
		assert(!out[0] || memchr(path.p, '%', path.n) || memmem(path.p, path.n, out, strlen(out)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str rest = { (const char *)data, n }, method = cut(&rest, ' '), path = cut(&rest, '?');
	enum reason refusal = REASON_OK;
	const struct route_row *row;

	expect_query(rest);
	/* Every path that net hands on begins with a slash. */
	if (path.n == 0 || *path.p != '/')
		return 0;
	row = route_find(method, path, &refusal);
	assert(row || refusal == REASON_NOT_FOUND || refusal == REASON_METHOD);
	if (row)
		expect_segments(row, path);
	return 0;
}
