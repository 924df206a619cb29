/** @file live/call_test.c  The states of a call and of its parties, seats and pairs, and the pointer's budget. */
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

static const enum party_state party_expected[PARTY_STATES][PARTY_EVENTS] = {
	[PARTY_NONE] = { [PARTY_EV_RING] = PARTY_RINGING, [PARTY_EV_JOIN] = PARTY_TALKING },
	[PARTY_RINGING] = { [PARTY_EV_JOIN] = PARTY_TALKING, [PARTY_EV_LEAVE] = PARTY_GONE },
	[PARTY_TALKING] = { [PARTY_EV_TAKE] = PARTY_TALKING, [PARTY_EV_HOLD] = PARTY_HELD, [PARTY_EV_LEAVE] = PARTY_GONE },
	[PARTY_HELD] = { [PARTY_EV_TAKE] = PARTY_TALKING, [PARTY_EV_RESUME] = PARTY_TALKING, [PARTY_EV_LEAVE] = PARTY_GONE },
	[PARTY_GONE] = { [PARTY_EV_RING] = PARTY_RINGING },
};

static void every_party_state_and_event(void **state)
{
	struct call *call = call_new();
	struct party *party = call_seat(call, 7, STR("a@b.example"));

	(void)state;
	assert_int_equal(party->state, PARTY_NONE);
	for (unsigned s = 0; s < PARTY_STATES; s++) {
		for (unsigned e = 0; e < PARTY_EVENTS; e++) {
			enum party_state to = party_expected[s][e];

			party->state = (enum party_state)s;
			assert_int_equal(party_step(party, (enum party_event)e), to != PARTY_NONE);
			assert_int_equal(party->state, to == PARTY_NONE ? s : to);
		}
	}
	call_free(call);
}

static void seats_are_given_in_order(void **state)
{
	struct call *call = call_new();

	(void)state;
	for (unsigned i = 0; i < LIMIT_CALL_SEATS; i++) {
		struct party *party = call_seat(call, 100 + i, STR("a@b.example"));

		assert_int_equal(party->seat, i);
		assert_int_equal(party->ended_by, -1);
		assert_string_equal(party->address, "a@b.example");
		assert_ptr_equal(call_party(call, 100 + i), party);
	}
	assert_null(call_seat(call, 99, STR("a@b.example")));
	assert_null(call_party(call, 99));
	call_unseat(call);
	assert_int_equal(call_seat(call, 99, STR("a@b.example"))->seat, LIMIT_CALL_SEATS - 1);
	call_free(call);
}

static void pairs_have_two_ends(void **state)
{
	struct call *call = call_new();
	struct pair *pair, *again;

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		call_seat(call, 100 + i, STR("a@b.example"));
	pair = pair_new(call, 2, 0, 3);
	assert_int_equal(pair->seat[0], 0);
	assert_int_equal(pair_end(pair, 2), 1);
	assert_int_equal(pair_party(pair, 0)->account, 100);
	assert_int_equal(pair_other(pair, 0)->account, 102);
	assert_ptr_equal(call_pair(call, 0, 2), pair);
	assert_null(call_pair(call, 0, 1));
	/* Who comes again is met anew. */
	again = pair_new(call, 0, 2, 6);
	assert_ptr_equal(call_pair(call, 2, 0), again);
	pair_free(again);
	assert_ptr_equal(call_pair(call, 2, 0), pair);
	call_free(call);
}

static void whom_one_is_with(void **state)
{
	struct call *call = call_new();

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		call_seat(call, 100 + i, STR("a@b.example"))->state = PARTY_TALKING;
		call->party[i]->asked_by = i ? i - 1 : 0;
	}
	assert_int_equal(party_opposite(call->party[0])->seat, 1);
	assert_int_equal(party_opposite(call->party[1])->seat, 0);
	assert_int_equal(party_opposite(call->party[2])->seat, 1);
	call->party[1]->state = PARTY_GONE;
	assert_int_equal(party_opposite(call->party[0])->seat, 2);
	assert_int_equal(party_opposite(call->party[2])->seat, 0);
	/* When it is over: whom it was with from the start. */
	assert_int_equal(party_opposite(call->party[1])->seat, 0);
	call->party[0]->state = call->party[2]->state = PARTY_GONE;
	assert_int_equal(party_opposite(call->party[0])->seat, 1);
	assert_int_equal(call_live(call), 0);
	call_free(call);
}

static unsigned points_until_refused(struct party *party, int64_t now)
{
	unsigned n = 0;

	while (n < 1000 && party_point(party, now))
		n++;
	return n;
}

static void pointer_has_a_budget(void **state)
{
	struct call *call = call_new();
	struct party *one = call_seat(call, 7, STR("a@b.example")), *two = call_seat(call, 9, STR("c@d.example"));

	(void)state;
	assert_int_equal(points_until_refused(one, 5000), LIMIT_POINTS_PER_SECOND);
	assert_int_equal(points_until_refused(one, 5999), 0);
	/* The other has his own. */
	assert_int_equal(points_until_refused(two, 5999), LIMIT_POINTS_PER_SECOND);
	assert_int_equal(points_until_refused(one, 6000), LIMIT_POINTS_PER_SECOND);
	assert_int_equal(points_until_refused(two, 6001), LIMIT_POINTS_PER_SECOND);
	call_free(call);
}

static void calls_have_names_of_their_own(void **state)
{
	struct call *a = call_new(), *b = call_new();

	(void)state;
	assert_string_not_equal(a->id, b->id);
	assert_int_equal(strlen(a->id), ID_CHARS);
	call_free(a);
	call_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state_and_event),
		cmocka_unit_test(tries_to_call_are_counted_by_the_minute),
		cmocka_unit_test(every_party_state_and_event),
		cmocka_unit_test(seats_are_given_in_order),
		cmocka_unit_test(pairs_have_two_ends),
		cmocka_unit_test(whom_one_is_with),
		cmocka_unit_test(calls_have_names_of_their_own),
		cmocka_unit_test(pointer_has_a_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
