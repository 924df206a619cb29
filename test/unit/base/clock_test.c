/** @file base/clock_test.c  Times as text, and a clock that never goes back. */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct {
	time_ms_t at;
	const char *text;
} times[] = {
	{ 0, "1970-01-01T00:00:00.000Z" },
	{ 1, "1970-01-01T00:00:00.001Z" },
	{ 999, "1970-01-01T00:00:00.999Z" },
	{ 951782400000, "2000-02-29T00:00:00.000Z" },
	{ 1709251199999, "2024-02-29T23:59:59.999Z" },
	{ 1795455300123, "2026-11-23T17:35:00.123Z" },
	{ 2147483648000, "2038-01-19T03:14:08.000Z" },	/* behind the end of 32 bits */
	{ 4107542400000, "2100-03-01T00:00:00.000Z" },	/* 2100 is no leap year */
	{ 253402300799999, "9999-12-31T23:59:59.999Z" },
};

static void formats_in_utc(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		char text[25];

		clock_format(times[i].at, text);
		assert_string_equal(text, times[i].text);
	}
}

static void does_not_go_back(void **state)
{
	int64_t before = clock_mono_ms();

	(void)state;
	assert_true(before >= 0);
	for (unsigned i = 0; i < 1000; i++) {
		int64_t now = clock_mono_ms();

		assert_true(now >= before);
		before = now;
	}
	assert_true(clock_wall_ms() > 1700000000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_in_utc),
		cmocka_unit_test(does_not_go_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
