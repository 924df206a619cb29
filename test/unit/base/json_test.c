/** @file base/json_test.c  Strict JSON: what is refused (RFC 8259, I-JSON, and our bounds), and the paths in errors. */
#include "base/json.h"

#include "base/limits.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Read an exact copy, so that a read behind the end is seen. */
static json_t *read_exact(struct str text, struct json_err *err)
{
	char *copy = malloc(text.n ? text.n : 1);
	json_t *v;

	assert_non_null(copy);
	memcpy(copy, text.p, text.n);
	memset(err, 0, sizeof *err);
	v = json_read((struct str){ copy, text.n }, LIMIT_JSON_DEPTH, err);
	free(copy);
	/* One or the other. */
	assert_int_equal(v == NULL, err->why[0] != '\0');
	return v;
}

static void expect_refused(struct str text)
{
	struct json_err err;
	json_t *v = read_exact(text, &err);

	if (v)
		fail_msg("accepted: %.*s", (int)(text.n < 200 ? text.n : 200), text.p);
	assert_string_equal(err.path, "");
}

static void expect_accepted(struct str text)
{
	struct json_err err;
	json_t *v = read_exact(text, &err);

	if (!v)
		fail_msg("%.*s: %s", (int)(text.n < 200 ? text.n : 200), text.p, err.why);
	json_decref(v);
}

static const struct str bad[] = {
	/* duplicate keys, also when one of them is escaped, also deeper */
	STR("{\"a\":1,\"a\":1}"), STR("{\"a\":1,\"\\u0061\":2}"), STR("[{\"x\":{\"a\":1,\"b\":2,\"a\":3}}]"), STR("{\"\":1,\"\":2}"),
	/* NUL, written and raw */
	STR("\"\\u0000\""), STR("{\"a\\u0000b\":1}"), STR("\"a\0b\""), STR("\0"), STR("{}\0"), STR("{\"a\":\0 1}"),
	/* lone surrogates, and a pair the wrong way round */
	STR("\"\\ud800\""), STR("\"\\udc00\""), STR("\"\\ud800x\""), STR("\"\\ud800\\u0041\""), STR("\"\\ude00\\ud83d\""), STR("{\"\\udfff\":1}"),
	/* not UTF-8 */
	STR("\"\xff\""), STR("\"\xc0\xaf\""), STR("\"\xed\xa0\x80\""), STR("\"\xf4\x90\x80\x80\""), STR("\"\xc3\""), STR("\xff\xfe{}"), STR("\xef\xbb\xbf{}"),
	/* numbers out of range, or not JSON's */
	STR("9223372036854775808"), STR("-9223372036854775809"), STR("99999999999999999999"), STR("1e999"), STR("-1e999"), STR("[1e309]"),
	STR("01"), STR("-01"), STR("+1"), STR(".5"), STR("1."), STR("1.e1"), STR("1e"), STR("1e+"), STR("0x10"), STR("NaN"), STR("Infinity"), STR("-"), STR("--1"),
	/* something behind the end */
	STR("{}{}"), STR("{} x"), STR("1 2"), STR("\"a\"\"b\""), STR("[],"), STR("{}]"),
	/* grammar */
	STR(""), STR(" "), STR("{"), STR("["), STR("}"), STR("[1,]"), STR("[,1]"), STR("{\"a\":1,}"), STR("{,}"), STR("{\"a\"}"), STR("{\"a\":}"), STR("{a:1}"), STR("{'a':1}"),
	STR("{1:1}"), STR("[1 2]"), STR("[1;2]"), STR("tru"), STR("True"), STR("nul"), STR("// c\n1"), STR("/* c */1"), STR("# c\n1"), STR("[1]/**/"),
	STR("\"a"), STR("\""), STR("\"\\\""), STR("\"\\x41\""), STR("\"\\u12\""), STR("\"\\u12g4\""), STR("\"\\'\""), STR("\"\n\""), STR("\"\t\""), STR("\"\x1f\""),
	STR("\v1"), STR("\f1"), STR("1\xc2\xa0"), STR("[1]\x1a"),
};

static void bad_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		expect_refused(bad[i]);
}

static const struct str good[] = {
	STR("null"), STR("true"), STR("0"), STR("-0"), STR("\"\""), STR("{}"), STR("[]"), STR(" \t\r\n{ \"a\" : [ 1 , 2 ] } \n"),
	STR("9223372036854775807"), STR("-9223372036854775808"), STR("1e308"), STR("1E-400"), STR("0.1e+1"), STR("-1.5"),
	STR("\"\\ud83d\\ude00\""), STR("\"\xf0\x9f\x98\x80\""), STR("\"\\u0001\\b\\f\\n\\r\\t\\/\\\\\\\"\""), STR("\"\x7f\""),
	STR("{\"a\":1,\"A\":2,\"\":3}"), STR("[{\"a\":1},{\"a\":1}]"), STR("\"[[[[{{{{\\\"[[\""), STR("{\"]]\":\"}\"}"),
};

static void good_is_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		expect_accepted(good[i]);
}

static void values_are_kept(void **state)
{
	struct json_err err;
	json_t *v = read_exact(STR("[9223372036854775807, -9223372036854775808, 1e308, \"\\ud83d\\ude00\"]"), &err);

	(void)state;
	assert_true(json_integer_value(json_array_get(v, 0)) == INT64_MAX);
	assert_true(json_integer_value(json_array_get(v, 1)) == INT64_MIN);
	assert_true(isfinite(json_real_value(json_array_get(v, 2))));
	assert_string_equal(json_string_value(json_array_get(v, 3)), "\xf0\x9f\x98\x80");
	json_decref(v);
}

/* A document of `depth` levels, arrays and objects in turn. */
static size_t nested(char *out, unsigned depth)
{
	size_t n = 0;

	for (unsigned i = 0; i < depth; i++) {
		memcpy(out + n, i % 2 ? "{\"a\":" : "[", i % 2 ? 5 : 1);
		n += i % 2 ? 5 : 1;
	}
	out[n++] = '1';
	for (unsigned i = depth; i--;)
		out[n++] = i % 2 ? '}' : ']';
	return n;
}

static void depth_is_bounded(void **state)
{
	static char text[1 << 20];

	(void)state;
	expect_accepted((struct str){ text, nested(text, LIMIT_JSON_DEPTH) });
	expect_refused((struct str){ text, nested(text, LIMIT_JSON_DEPTH + 1) });
	expect_refused((struct str){ text, nested(text, 65) });
	/* Far deeper than any stack, and never closed. */
	memset(text, '[', sizeof text);
	expect_refused((struct str){ text, sizeof text });
	/* Brackets in strings are text; many beside each other are not deep. */
	text[0] = '"';
	text[sizeof text - 1] = '"';
	expect_accepted((struct str){ text, sizeof text });
	for (size_t i = 0; i < sizeof text; i += 4)
		memcpy(text + i, i ? ",[] " : "[[] ", 4);
	text[sizeof text - 1] = ']';
	expect_accepted((struct str){ text, sizeof text });
}

static size_t with_key(char *out, size_t key, const char *behind)
{
	out[0] = '{';
	out[1] = '"';
	memset(out + 2, 'k', key);
	return 2 + key + (size_t)sprintf(out + 2 + key, "\"%s1}", behind);
}

static void keys_are_bounded(void **state)
{
	static char text[(1 << 20) + 64];

	(void)state;
	expect_accepted((struct str){ text, with_key(text, LIMIT_JSON_KEY_BYTES, ":") });
	expect_refused((struct str){ text, with_key(text, LIMIT_JSON_KEY_BYTES + 1, ":") });
	expect_refused((struct str){ text, with_key(text, LIMIT_JSON_KEY_BYTES + 1, " \t\r\n:") });
	expect_refused((struct str){ text, with_key(text, 1 << 20, ":") });
	/* A value may be as long. */
	text[1 << 20] = '"';
	text[0] = ' ';
	expect_accepted((struct str){ text, (1 << 20) + 1 });
}

static void paths_are_pointers(void **state)
{
	char path[512], index[512];

	(void)state;
	json_path_key(path, "", "a");
	assert_string_equal(path, "/a");
	json_path_key(path, "/a", "b/c~d");
	assert_string_equal(path, "/a/b~1c~0d");
	json_path_key(path, "", "");
	assert_string_equal(path, "/");
	json_path_index(index, "/a", 17);
	assert_string_equal(index, "/a/17");
	json_path_index(index, index, 3);	/* in place */
	assert_string_equal(index, "/a/17/3");
}

/* However long, it is cut and ended, and an index is whole. */
static void long_paths_are_cut(void **state)
{
	char key[2000], path[512], out[512];

	(void)state;
	memset(key, '~', sizeof key - 1);
	key[sizeof key - 1] = '\0';
	json_path_key(path, "", key);
	assert_true(strlen(path) < 512);
	for (size_t i = 1; path[i]; i += 2)
		assert_memory_equal(path + i, "~0", 2);	/* no half escape */
	json_path_key(out, path, "more");
	assert_true(strlen(out) < 512);
	json_path_index(out, path, 4294967295u);
	assert_true(strlen(out) < 512);
	assert_string_equal(strrchr(out, '/'), "/4294967295");
}

static const char *const known[] = { "s", "b", "i", NULL };

static void fields_are_read(void **state)
{
	struct json_err err;
	json_t *o = read_exact(STR("{\"s\":\"text\",\"b\":true,\"i\":-5}"), &err);
	struct str s = STR("default");
	bool b = false;
	int64_t i = 0;

	(void)state;
	assert_true(json_only(o, "", known, &err));
	assert_true(json_get_str(o, "", "s", true, &s, &err) && str_eq(s, STR("text")));
	assert_true(json_get_bool(o, "", "b", true, &b, &err) && b);
	assert_true(json_get_int(o, "", "i", true, &i, &err) && i == -5);
	/* Absent: the default stays, unless it is required. */
	s = STR("default");
	assert_true(json_get_str(o, "", "x", false, &s, &err) && str_eq(s, STR("default")));
	assert_false(json_get_str(o, "/up", "x", true, &s, &err));
	assert_string_equal(err.path, "/up/x");
	assert_string_equal(err.why, "is required");
	json_decref(o);
}

static void wrong_types_are_named(void **state)
{
	struct json_err err;
	json_t *o = read_exact(STR("{\"s\":1,\"b\":0,\"i\":1.0,\"n\":null}"), &err);
	struct str s;
	bool b;
	int64_t i;

	(void)state;
	assert_false(json_get_str(o, "", "s", false, &s, &err));
	assert_string_equal(err.path, "/s");
	assert_false(json_get_bool(o, "", "b", false, &b, &err));
	assert_string_equal(err.path, "/b");
	assert_false(json_get_int(o, "", "i", false, &i, &err));
	assert_string_equal(err.path, "/i");
	assert_false(json_get_str(o, "", "n", false, &s, &err));
	assert_false(json_get_bool(o, "", "n", false, &b, &err));
	assert_false(json_get_int(o, "", "n", false, &i, &err));
	assert_false(json_only(o, "/o", known, &err));
	assert_string_equal(err.path, "/o/n");
	assert_string_equal(err.why, "is not a known key");
	assert_false(json_only(json_object_get(o, "s"), "/o/s", known, &err));
	assert_string_equal(err.why, "must be an object");
	assert_false(json_only(NULL, "/none", known, &err));
	json_decref(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_is_refused),
		cmocka_unit_test(good_is_accepted),
		cmocka_unit_test(values_are_kept),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(keys_are_bounded),
		cmocka_unit_test(paths_are_pointers),
		cmocka_unit_test(long_paths_are_cut),
		cmocka_unit_test(fields_are_read),
		cmocka_unit_test(wrong_types_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
