/** @file relay/seen_test.c */
#include "relay/seen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void an_id_counts_once(void **state)
{
	struct seen seen = { 0 };

	(void)state;
	assert_int_equal(seen_note(&seen, 7, 1), SEEN_NEW);
	assert_int_equal(seen_note(&seen, 7, 1), SEEN_AGAIN);
	assert_int_equal(seen_note(&seen, 7, 2), SEEN_ELSEWHERE);
	assert_int_equal(seen_note(&seen, 7, 1), SEEN_AGAIN);
	assert_int_equal(seen_note(&seen, 8, 2), SEEN_NEW);
	seen_release(&seen);
}

static void the_newest_are_kept(void **state)
{
	struct seen seen = { 0 };
	uint64_t last = 3 * SEEN_MOST + 17;

	(void)state;
	for (uint64_t i = 1; i <= last; i++)
		assert_int_equal(seen_note(&seen, i * 0x9e3779b97f4a7c15u, i), SEEN_NEW);
	for (uint64_t i = last - SEEN_MOST + 1; i <= last; i++)
		assert_int_equal(seen_note(&seen, i * 0x9e3779b97f4a7c15u, 0), SEEN_ELSEWHERE);
	assert_int_equal(seen.cap, SEEN_MOST);
	assert_int_equal(seen_note(&seen, 0x9e3779b97f4a7c15u, 0), SEEN_NEW);
	seen_release(&seen);
}

static void chains_of_one_slot_hold(void **state)
{
	struct seen seen = { 0 };

	(void)state;
	for (uint64_t i = 0; i < 2 * SEEN_MOST; i++)
		assert_int_equal(seen_note(&seen, i << 32, 1), SEEN_NEW);
	assert_int_equal(seen_note(&seen, (uint64_t)SEEN_MOST << 32, 1), SEEN_AGAIN);
	assert_int_equal(seen_note(&seen, (uint64_t)(SEEN_MOST - 1) << 32, 1), SEEN_NEW);
	seen_release(&seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_id_counts_once),
		cmocka_unit_test(the_newest_are_kept),
		cmocka_unit_test(chains_of_one_slot_hold),
	};

	return cmocka_run_group_tests_name("relay/seen", tests, NULL, NULL);
}
