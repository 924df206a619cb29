/** @file test/unit/base/csv_test.c  Comma-separated values: what goes in comes out, and nothing is a formula. */
#include "base/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void row_is(const char *const *fields, const char *expected)
{
	struct buf out = { 0 };

	for (; *fields; fields++)
		assert_int_equal(csv_field(&out, str_of(*fields)), 0);
	assert_int_equal(csv_end(&out), 0);
	assert_true(str_eq(buf_str(&out), str_of(expected)));
	buf_release(&out);
}

static void fields_are_quoted(void **state)
{
	(void)state;
	row_is((const char *const[]){ "a", "", "b c", NULL }, "\"a\",\"\",\"b c\"\r\n");
	row_is((const char *const[]){ "a,b", "c\r\nd", NULL }, "\"a,b\",\"c\r\nd\"\r\n");
	row_is((const char *const[]){ "\"", "a\"b\"\"c", NULL }, "\"\"\"\",\"a\"\"b\"\"\"\"c\"\r\n");
}

static void formulas_are_text(void **state)
{
	(void)state;
	row_is((const char *const[]){ "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", NULL },
		"\"'=1+1\",\"'+1\",\"'-1\",\"'@SUM(A1)\",\"'\t=1\",\"'\r=1\"\r\n");
	row_is((const char *const[]){ "a=1", " =1", "'=1", NULL }, "\"a=1\",\" =1\",\"'=1\"\r\n");
}

static void rows_follow_each_other(void **state)
{
	struct buf out = { 0 };

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(csv_field(&out, STR("x")), 0);
		assert_int_equal(csv_field(&out, STR("y")), 0);
		assert_int_equal(csv_end(&out), 0);
	}
	assert_true(str_eq(buf_str(&out), STR("\"x\",\"y\"\r\n\"x\",\"y\"\r\n")));
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_quoted),
		cmocka_unit_test(formulas_are_text),
		cmocka_unit_test(rows_follow_each_other),
	};

	return cmocka_run_group_tests_name("base/csv", tests, NULL, NULL);
}
