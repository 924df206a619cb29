/** @file act/breached_test.c  The list of known passwords: every line is found, nothing else is, and what is no list is refused. */
#include "act/breached.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { WORDS_MOST = 300, LINE_BYTES = 64 };

static char path[] = "/tmp/farhand-breached-XXXXXX";

static int file_make(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 || close(fd);
}

static int file_drop(void **state)
{
	(void)state;
	return unlink(path);
}

static void file_write(const char *text, size_t n)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	fclose(f);
}

static void word_of(unsigned i, char out[static 32])
{
	snprintf(out, 32, "known %u", i);
}

static void line_of(unsigned i, const char *tail, bool lower, char out[static LINE_BYTES])
{
	unsigned char hash[20];
	char word[32];

	word_of(i, word);
	EVP_Digest(word, strlen(word), hash, NULL, EVP_sha1(), NULL);
	for (unsigned b = 0; b < 20; b++)
		snprintf(out + 2 * b, 3, "%02X", hash[b]);
	if (lower)
		for (unsigned b = 0; b < 40; b++)
			out[b] = (char)tolower((unsigned char)out[b]);
	snprintf(out + 40, LINE_BYTES - 40, "%s", tail);
}

static int order(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* n lines; counts of different lengths, so that a place in the file says little about a line. */
static void list_write(unsigned n, bool counts, const char *end, bool lower, bool last_open)
{
	static char lines[WORDS_MOST][LINE_BYTES];
	char text[WORDS_MOST * LINE_BYTES], tail[24];
	size_t used = 0;

	for (unsigned i = 0; i < n; i++) {
		if (counts)
			snprintf(tail, sizeof tail, ":%u%s", 1u << (i % 31), end);
		else
			snprintf(tail, sizeof tail, "%s", end);
		line_of(i, tail, lower, lines[i]);
	}
	qsort(lines, n, LINE_BYTES, order);
	for (unsigned i = 0; i < n; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, "%s", lines[i]);
	file_write(text, used - (last_open ? strlen(end) : 0));
}

static void expect_list(unsigned n)
{
	struct breached *b;
	char why[256] = "", word[32];

	if (breached_open(&b, path, why))
		fail_msg("%s", why);
	for (unsigned i = 0; i < 2 * WORDS_MOST; i++) {
		word_of(i, word);
		if (breached_has(b, str_of(word)) != (i < n))
			fail_msg("%s of %u", word, n);
	}
	breached_close(b);
}

static void every_line_is_found(void **state)
{
	static const unsigned sizes[] = { 1, 2, 3, 7, 64, WORDS_MOST };

	(void)state;
	for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (unsigned form = 0; form < 16; form++) {
			list_write(sizes[i], form & 1, form & 2 ? "\r\n" : "\n", form & 4, form & 8);
			expect_list(sizes[i]);
		}
}

static void what_is_no_list_is_refused(void **state)
{
	static const char *const texts[] = { "", "password\n", "\n", "0123456789012345678901234567890123456789x\n", "012345678901234567890123456789012345678\n" };
	struct breached *b;
	char why[256];

	(void)state;
	for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) {
		file_write(texts[i], strlen(texts[i]));
		assert_true(breached_open(&b, path, why) < 0);
		assert_non_null(strstr(why, path));
	}
	assert_true(breached_open(&b, "/nowhere/at/all", why) < 0);
	assert_true(breached_open(&b, "/tmp", why) < 0);
}

/* A fault, never "not on the list": whatever stands in the middle, a search ends. */
static void damage_is_a_fault(void **state)
{
	char text[64 * LINE_BYTES], word[32];
	struct breached *b;
	unsigned faults = 0;
	char why[256];

	(void)state;
	memset(text, 'x', sizeof text);
	line_of(0, "\n", false, text);
	text[41] = 'x';
	file_write(text, sizeof text);
	assert_int_equal(breached_open(&b, path, why), 0);
	for (unsigned i = 1; i < 100; i++) {
		word_of(i, word);
		faults += breached_has(b, str_of(word)) < 0;
	}
	assert_int_equal(faults, 99);
	breached_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_is_found),
		cmocka_unit_test(what_is_no_list_is_refused),
		cmocka_unit_test(damage_is_a_fault),
	};

	return cmocka_run_group_tests(tests, file_make, file_drop);
}
