/** @file base/buf_test.c  The growing buffer. */
#include "base/buf.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void starts_empty(void **state)
{
	struct buf b = { 0 };

	(void)state;
	assert_int_equal(buf_str(&b).n, 0);
	assert_non_null(buf_str(&b).p);
	assert_int_equal(buf_add(&b, NULL, 0), 0);
	buf_consume(&b, 0);
	buf_release(&b);
	buf_release(&b);
}

static void grows_and_keeps(void **state)
{
	struct buf b = { 0 };

	(void)state;
	for (unsigned i = 0; i < 10000; i++) {
		char c = (char)(i % 251);

		assert_int_equal(buf_add(&b, &c, 1), 0);
	}
	assert_int_equal(b.n, 10000);
	for (unsigned i = 0; i < 10000; i++)
		assert_int_equal((unsigned char)b.p[i], i % 251);
	buf_release(&b);
	assert_int_equal(b.n, 0);
}

static void prints_behind(void **state)
{
	struct buf b = { 0 };

	(void)state;
	assert_int_equal(buf_add(&b, "ab", 2), 0);
	assert_int_equal(buf_printf(&b, "%d%s", 12, ""), 0);
	assert_true(str_eq(buf_str(&b), STR("ab12")));
	/* Longer than all that is there: it must be printed twice. */
	assert_int_equal(buf_printf(&b, "%1000d", 7), 0);
	assert_int_equal(b.n, 1004);
	assert_int_equal(b.p[1003], '7');
	assert_int_equal(buf_printf(&b, "%s", ""), 0);
	assert_int_equal(b.n, 1004);
	buf_release(&b);
}

static void consumes_from_the_front(void **state)
{
	struct buf b = { 0 };

	(void)state;
	assert_int_equal(buf_add(&b, "abcdef", 6), 0);
	buf_consume(&b, 2);
	assert_true(str_eq(buf_str(&b), STR("cdef")));
	assert_int_equal(buf_add(&b, "g", 1), 0);
	assert_true(str_eq(buf_str(&b), STR("cdefg")));
	buf_consume(&b, 5);
	assert_int_equal(b.n, 0);
	buf_release(&b);
}

/* More than memory holds is an answer, not a wrapped number. */
static void refuses_the_absurd(void **state)
{
	struct buf b = { 0 };

	(void)state;
	assert_int_equal(buf_add(&b, "abc", 3), 0);
	assert_int_equal(buf_add(&b, b.p, SIZE_MAX), -ENOMEM);
	assert_int_equal(buf_add(&b, b.p, SIZE_MAX / 2), -ENOMEM);
	assert_true(str_eq(buf_str(&b), STR("abc")));
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_empty),
		cmocka_unit_test(grows_and_keeps),
		cmocka_unit_test(prints_behind),
		cmocka_unit_test(consumes_from_the_front),
		cmocka_unit_test(refuses_the_absurd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
