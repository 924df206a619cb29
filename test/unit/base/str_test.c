/** @file base/str_test.c  Borrowed text, and what is well-formed UTF-8. */
#include "base/str.h"

#include <stdlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct {
	const char *bytes;
	bool ok;
} texts[] = {
	{ "", true },
	{ "plain", true },
	{ "\x7f", true },
	{ "\xc2\x80", true },		/* the first of two bytes */
	{ "\xdf\xbf", true },
	{ "\xe0\xa0\x80", true },	/* the first of three */
	{ "\xed\x9f\xbf", true },	/* U+D7FF, below the surrogates */
	{ "\xee\x80\x80", true },	/* U+E000, above them */
	{ "\xef\xbf\xbf", true },	/* U+FFFF */
	{ "\xf0\x90\x80\x80", true },	/* the first of four */
	{ "\xf4\x8f\xbf\xbf", true },	/* U+10FFFF, the last */
	{ "a\xc3\xa4" "b", true },
	{ "\x80", false },		/* a tail alone */
	{ "\xbf", false },
	{ "\xc0\x80", false },		/* overlong NUL */
	{ "\xc0\xaf", false },		/* overlong slash */
	{ "\xc1\xbf", false },
	{ "\xe0\x80\x80", false },
	{ "\xe0\x9f\xbf", false },
	{ "\xf0\x80\x80\x80", false },
	{ "\xf0\x8f\xbf\xbf", false },
	{ "\xed\xa0\x80", false },	/* U+D800 */
	{ "\xed\xbf\xbf", false },	/* U+DFFF */
	{ "\xed\xa0\xbd\xed\xb8\x80", false },	/* a pair of surrogates */
	{ "\xf4\x90\x80\x80", false },	/* U+110000 */
	{ "\xf5\x80\x80\x80", false },
	{ "\xf8\x88\x80\x80\x80", false },
	{ "\xfe", false },
	{ "\xff", false },
	{ "\xc3", false },		/* cut */
	{ "\xe2\x82", false },
	{ "\xf0\x9f\x98", false },
	{ "\xc3" "a", false },
	{ "\xc3\xc3\xa4", false },
	{ "\xe2\x82" "a", false },
	{ "\xe2" "a\x82", false },
	{ "ok\xff", false },
	{ "\xc3\xa4\xa4", false },
};

static void utf8_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		/* An exact copy without a NUL: what reads behind the end is seen. */
		size_t n = strlen(texts[i].bytes);
		char *copy = malloc(n ? n : 1);

		assert_non_null(copy);
		memcpy(copy, texts[i].bytes, n);
		if (str_utf8((struct str){ copy, n }) != texts[i].ok)
			fail_msg("row %zu", i);
		free(copy);
	}
	assert_true(str_utf8((struct str){ "a\0b", 3 }));
}

/* Every sequence of two bytes and every lead with good tails, against the definition. */
static void utf8_two_bytes(void **state)
{
	unsigned good = 0;

	(void)state;
	for (unsigned a = 0; a < 256; a++) {
		for (unsigned b = 0; b < 256; b++) {
			char bytes[2] = { (char)a, (char)b };

			good += str_utf8((struct str){ bytes, 2 });
		}
	}
	/* Two of ASCII, or one of the 1,920 that take two bytes. */
	assert_int_equal(good, 128 * 128 + 1920);
}

static void compares_bytes(void **state)
{
	(void)state;
	assert_true(str_eq(STR(""), str_of(NULL)));
	assert_true(str_eq((struct str){ NULL, 0 }, STR("")));
	assert_true(str_eq(STR("ab"), str_of("ab")));
	assert_false(str_eq(STR("ab"), STR("abc")));
	assert_false(str_eq(STR("ab"), STR("aB")));
	assert_false(str_eq(STR("a\0b"), STR("a\0c")));
}

static void copies_end_with_nul(void **state)
{
	char *copy = str_dup((struct str){ "abc", 2 });

	(void)state;
	assert_string_equal(copy, "ab");
	free(copy);
	copy = str_dup((struct str){ NULL, 0 });
	assert_string_equal(copy, "");
	free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_is_told),
		cmocka_unit_test(utf8_two_bytes),
		cmocka_unit_test(compares_bytes),
		cmocka_unit_test(copies_end_with_nul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
