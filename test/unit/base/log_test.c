/** @file base/log_test.c  Log lines: always one whole JSON object, whatever the values. Read from the real standard error. */
#include "base/log.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static char written[8192];

/* What a log_event writes, as bytes in `written`; returns how many. */
#define LOGGED(...) (begin(), log_event(__VA_ARGS__), end())

static int kept_stderr, pipe_fds[2];

static void begin(void)
{
	assert_int_equal(pipe(pipe_fds), 0);
	kept_stderr = dup(STDERR_FILENO);
	assert_true(dup2(pipe_fds[1], STDERR_FILENO) >= 0);
}

static size_t end(void)
{
	ssize_t n;

	assert_true(dup2(kept_stderr, STDERR_FILENO) >= 0);
	close(kept_stderr);
	close(pipe_fds[1]);
	n = read(pipe_fds[0], written, sizeof written - 1);
	close(pipe_fds[0]);
	assert_true(n >= 0);
	written[n] = '\0';
	return (size_t)n;
}

/* The line as an object; one line, ended. */
static json_t *parsed(size_t n)
{
	json_t *o;

	assert_true(n > 0 && strchr(written, '\n') == written + n - 1);
	o = json_loadb(written, n, JSON_REJECT_DUPLICATES, NULL);
	if (!o)
		fail_msg("%s", written);
	return o;
}

static void expect_text(json_t *o, const char *key, const char *text)
{
	const char *is = json_string_value(json_object_get(o, key));

	assert_non_null(is);
	assert_string_equal(is, text);
}

static void fields_are_typed(void **state)
{
	json_t *o = parsed(LOGGED(LOG_WARN, "test.event", LOG_S("a", "text"), LOG_S("none", NULL), LOG_STRN("b", ((struct str){ "cut here", 3 })),
		LOG_I("c", -7), LOG_I("least", INT64_MIN), LOG_B("yes", true), LOG_B("no", 0)));

	(void)state;
	expect_text(o, "level", "warn");
	expect_text(o, "ev", "test.event");
	expect_text(o, "a", "text");
	expect_text(o, "none", "");
	expect_text(o, "b", "cut");
	assert_int_equal(json_integer_value(json_object_get(o, "c")), -7);
	assert_true(json_integer_value(json_object_get(o, "least")) == INT64_MIN);
	assert_true(json_is_true(json_object_get(o, "yes")));
	assert_true(json_is_false(json_object_get(o, "no")));
	assert_int_equal(json_string_length(json_object_get(o, "at")), 24);
	json_decref(o);
}

static void no_fields_are_fine(void **state)
{
	json_t *o = parsed(LOGGED(LOG_INFO, "test.bare"));

	(void)state;
	assert_int_equal(json_object_size(o), 3);
	json_decref(o);
}

/* A line break, a quote or half a character in a value can't forge or break a line: bytes above ASCII are shown one by one. */
static void values_are_escaped(void **state)
{
	json_t *o = parsed(LOGGED(LOG_INFO, "test.escape", LOG_S("q", "a\"b\\c"), LOG_S("n", "a\nb\r\x1b[31m\x7f"), LOG_S("u", "\xc3\xa4\xff")));

	(void)state;
	expect_text(o, "q", "a\"b\\c");
	expect_text(o, "n", "a\nb\r\x1b[31m\x7f");
	expect_text(o, "u", "\xc3\x83\xc2\xa4\xc3\xbf");
	for (const char *p = written; *p; p++)
		assert_true((*p >= 0x20 && *p < 0x7f) || (*p == '\n' && !p[1]));
	json_decref(o);
}

static void every_byte_is_escaped(void **state)
{
	(void)state;
	for (int c = 1; c < 256; c++) {
		char value[2] = { (char)c, '\0' };
		json_t *o = parsed(LOGGED(LOG_INFO, "test.byte", LOG_S("v", value)));

		assert_true(json_string_length(json_object_get(o, "v")) >= 1);
		json_decref(o);
	}
}

/* However much is logged, the line is whole: long values are cut, fields without room are left out. */
static void long_lines_are_cut(void **state)
{
	char bytes[5000];
	json_t *o;
	size_t n;

	(void)state;
	for (int fill = 0; fill < 3; fill++) {
		memset(bytes, "a\"\x01"[fill], sizeof bytes - 1);
		bytes[sizeof bytes - 1] = '\0';
		n = LOGGED(LOG_INFO, "test.long", LOG_S("a", bytes), LOG_S("b", bytes), LOG_S("c", bytes), LOG_S("d", bytes), LOG_S("e", bytes),
			LOG_S("f", bytes), LOG_S("g", bytes), LOG_I("h", INT64_MIN), LOG_B("i", true));
		assert_true(n <= 2048);
		o = parsed(n);
		assert_non_null(json_object_get(o, "a"));
		json_decref(o);
	}
}

static void levels_are_kept(void **state)
{
	(void)state;
	log_level_set(LOG_ERROR);
	assert_int_equal(LOGGED(LOG_WARN, "test.quiet"), 0);
	assert_true(LOGGED(LOG_ERROR, "test.loud") > 0);
	log_level_set(LOG_INFO);
	assert_int_equal(LOGGED(LOG_DEBUG, "test.quiet"), 0);
	assert_true(LOGGED(LOG_INFO, "test.loud") > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_typed),
		cmocka_unit_test(no_fields_are_fine),
		cmocka_unit_test(values_are_escaped),
		cmocka_unit_test(every_byte_is_escaped),
		cmocka_unit_test(long_lines_are_cut),
		cmocka_unit_test(levels_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
