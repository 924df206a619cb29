/** @file relay/frame_test.c  Datagrams over TCP: whole, cut, empty, too long. */
#include "relay/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void expect(struct frame_in *in, const uint8_t **p, size_t *n, const char *text)
{
	const uint8_t *datagram;
	size_t length;

	assert_int_equal(frame_next(in, p, n, &datagram, &length), FRAME_WHOLE);
	assert_int_equal(length, strlen(text));
	assert_memory_equal(datagram, text, length);
}

static void expect_none(struct frame_in *in, const uint8_t **p, size_t *n)
{
	const uint8_t *datagram;
	size_t length;

	assert_int_equal(frame_next(in, p, n, &datagram, &length), FRAME_NONE);
	assert_int_equal(*n, 0);
}

static void several_come_at_once(void **state)
{
	const uint8_t bytes[] = { 0, 2, 'a', 'b', 0, 0, 0, 1, 'c', 0 };
	const uint8_t *p = bytes;
	struct frame_in in = { 0 };
	size_t n = sizeof bytes;

	(void)state;
	expect(&in, &p, &n, "ab");
	expect(&in, &p, &n, "");
	expect(&in, &p, &n, "c");
	expect_none(&in, &p, &n);
	p = (const uint8_t *)"\x01z";
	n = 2;
	expect(&in, &p, &n, "z");
	expect_none(&in, &p, &n);
}

static void one_comes_byte_by_byte(void **state)
{
	const uint8_t bytes[] = { 0, 3, 'x', 'y', 'z' };
	struct frame_in in = { 0 };

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < sizeof bytes; i++) {
			const uint8_t *p = bytes + i;
			size_t n = 1;

			if (i + 1 < sizeof bytes)
				expect_none(&in, &p, &n);
			else
				expect(&in, &p, &n, "xyz");
		}
	}
}

static void the_longest_passes_and_a_longer_one_ends_it(void **state)
{
	static uint8_t bytes[FRAME_BYTES];
	const uint8_t *p = bytes, *datagram;
	struct frame_in in = { 0 };
	size_t n = sizeof bytes, length;

	(void)state;
	frame_head(bytes, LIMIT_DATAGRAM_BYTES);
	assert_int_equal(frame_next(&in, &p, &n, &datagram, &length), FRAME_WHOLE);
	assert_int_equal(length, LIMIT_DATAGRAM_BYTES);
	bytes[0] = (LIMIT_DATAGRAM_BYTES + 1) >> 8;
	bytes[1] = (LIMIT_DATAGRAM_BYTES + 1) & 255;
	for (size_t first = 1; first <= 3; first++) {
		in = (struct frame_in){ 0 };
		p = bytes;
		n = first;
		if (first == 1)
			expect_none(&in, &p, &n);
		n = sizeof bytes - (size_t)(p - bytes);
		assert_int_equal(frame_next(&in, &p, &n, &datagram, &length), FRAME_TOO_LONG);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(several_come_at_once),
		cmocka_unit_test(one_comes_byte_by_byte),
		cmocka_unit_test(the_longest_passes_and_a_longer_one_ends_it),
	};

	return cmocka_run_group_tests_name("relay/frame", tests, NULL, NULL);
}
