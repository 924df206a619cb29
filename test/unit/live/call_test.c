/** @file live/call_test.c  A call's states and the pointer's budget. */
#include "base/limits.h"
#include "live/call.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const enum call_state expected[CALL_STATES][CALL_EVENTS] = {
	[CALL_NONE] = { [CALL_EV_ANSWER] = CALL_NONE, [CALL_EV_END] = CALL_NONE },
	[CALL_RINGING] = { [CALL_EV_ANSWER] = CALL_TALKING, [CALL_EV_END] = CALL_ENDED },
	[CALL_TALKING] = { [CALL_EV_ANSWER] = CALL_NONE, [CALL_EV_END] = CALL_ENDED },
	[CALL_ENDED] = { [CALL_EV_ANSWER] = CALL_NONE, [CALL_EV_END] = CALL_NONE },
};

static void every_state_and_event(void **state)
{
	struct call *call = call_new();

	(void)state;
	assert_non_null(call);
	assert_int_equal(call->state, CALL_RINGING);
	for (unsigned s = 0; s < CALL_STATES; s++) {
		for (unsigned e = 0; e < CALL_EVENTS; e++) {
			call->state = (enum call_state)s;
			assert_int_equal(call_step(call, (enum call_event)e), expected[s][e] != CALL_NONE);
			/* What does not fit changes nothing. */
			assert_int_equal(call->state, expected[s][e] == CALL_NONE ? s : expected[s][e]);
		}
	}
	call_free(call);
}

static void tries_to_call_are_counted_by_the_minute(void **state)
{
	struct endpoint endpoint = { 0 };

	(void)state;
	for (int minute = 5; minute < 7; minute++) {
		for (int i = 0; i < LIMIT_CALLS_PER_MINUTE; i++)
			assert_true(call_try(&endpoint, minute * 60000 + i));
		assert_false(call_try(&endpoint, minute * 60000 + 59999));
	}
}

static void calls_begin_empty(void **state)
{
	struct call *a = call_new(), *b = call_new();

	(void)state;
	assert_string_not_equal(a->id, b->id);
	assert_int_equal(strlen(a->id), ID_CHARS);
	assert_int_equal(a->ended_by, -1);
	a->party[CALL_FROM].account = 7;
	a->party[CALL_TO].account = 9;
	assert_int_equal(call_side(a, 7), CALL_FROM);
	assert_int_equal(call_side(a, 9), CALL_TO);
	call_free(a);
	call_free(b);
}

static unsigned points_until_refused(struct call *call, enum call_side by, int64_t now)
{
	unsigned n = 0;

	while (n < 1000 && call_point(call, by, now))
		n++;
	return n;
}

static void pointer_has_a_budget(void **state)
{
	struct call *call = call_new();

	(void)state;
	assert_int_equal(points_until_refused(call, CALL_FROM, 5000), LIMIT_POINTS_PER_SECOND);
	assert_int_equal(points_until_refused(call, CALL_FROM, 5999), 0);
	/* The other side has its own. */
	assert_int_equal(points_until_refused(call, CALL_TO, 5999), LIMIT_POINTS_PER_SECOND);
	assert_int_equal(points_until_refused(call, CALL_FROM, 6000), LIMIT_POINTS_PER_SECOND);
	assert_int_equal(points_until_refused(call, CALL_TO, 6001), LIMIT_POINTS_PER_SECOND);
	call_free(call);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state_and_event),
		cmocka_unit_test(tries_to_call_are_counted_by_the_minute),
		cmocka_unit_test(calls_begin_empty),
		cmocka_unit_test(pointer_has_a_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
