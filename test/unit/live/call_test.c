/** @file live/call_test.c  A call's states, its marks, and the pointer's budget. */
#include "base/limits.h"
#include "live/call.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
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

static void calls_begin_empty(void **state)
{
	struct call *a = call_new(), *b = call_new();
	char id[65];

	(void)state;
	assert_string_not_equal(a->id, b->id);
	assert_int_equal(strlen(a->id), ID_CHARS);
	assert_int_equal(a->ended_by, -1);
	assert_false(call_mark_undo(a, CALL_FROM, id));
	a->party[CALL_FROM].account = 7;
	a->party[CALL_TO].account = 9;
	assert_int_equal(call_side(a, 7), CALL_FROM);
	assert_int_equal(call_side(a, 9), CALL_TO);
	call_free(a);
	call_free(b);
}

static int mark_add(struct call *call, enum call_side by, const char *id)
{
	struct mark mark = { .by = by, .of = CALL_FROM, .points = { { 0.1, 0.2 }, { 0.3, 0.4 } } };

	snprintf(mark.id, sizeof mark.id, "%s", id);
	return call_mark_add(call, &mark);
}

static void undo_takes_ones_own_newest(void **state)
{
	static const struct { enum call_side by; const char *id; } undone[] = {
		{ CALL_FROM, "f3" }, { CALL_TO, "t2" }, { CALL_FROM, "f2" }, { CALL_FROM, "f1" }, { CALL_TO, "t1" },
	};
	struct call *call = call_new();
	char id[65];

	(void)state;
	assert_int_equal(mark_add(call, CALL_FROM, "f1"), 0);
	assert_int_equal(mark_add(call, CALL_TO, "t1"), 0);
	assert_int_equal(mark_add(call, CALL_FROM, "f2"), 0);
	assert_int_equal(mark_add(call, CALL_TO, "t2"), 0);
	assert_int_equal(mark_add(call, CALL_FROM, "f3"), 0);
	for (size_t i = 0; i < sizeof undone / sizeof *undone; i++) {
		assert_true(call_mark_undo(call, undone[i].by, id));
		assert_string_equal(id, undone[i].id);
		if (i == 3)
			assert_false(call_mark_undo(call, CALL_FROM, id));	/* the other's stay */
	}
	assert_false(call_mark_undo(call, CALL_TO, id));
	assert_int_equal(call->n_marks, 0);
	call_free(call);
}

static void ids_are_used_once(void **state)
{
	struct call *call = call_new();
	char id[65];

	(void)state;
	assert_int_equal(mark_add(call, CALL_FROM, "x"), 0);
	assert_int_equal(mark_add(call, CALL_FROM, "x"), -EEXIST);
	assert_int_equal(mark_add(call, CALL_TO, "x"), -EEXIST);
	assert_int_equal(call->n_marks, 1);
	/* An undone mark's id is free again. */
	assert_true(call_mark_undo(call, CALL_FROM, id));
	assert_int_equal(mark_add(call, CALL_TO, "x"), 0);
	call_free(call);
}

static void marks_are_bounded(void **state)
{
	struct call *call = call_new();
	char id[65];

	(void)state;
	for (unsigned i = 0; i < LIMIT_MARKS_PER_CALL; i++) {
		snprintf(id, sizeof id, "m%u", i);
		assert_int_equal(mark_add(call, i % 2 ? CALL_TO : CALL_FROM, id), 0);
	}
	assert_int_equal(mark_add(call, CALL_FROM, "more"), -ENOSPC);
	assert_true(call_mark_undo(call, CALL_TO, id));
	assert_int_equal(mark_add(call, CALL_FROM, "more"), 0);
	assert_int_equal(mark_add(call, CALL_FROM, "still more"), -ENOSPC);
	call_free(call);
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
		cmocka_unit_test(calls_begin_empty),
		cmocka_unit_test(undo_takes_ones_own_newest),
		cmocka_unit_test(ids_are_used_once),
		cmocka_unit_test(marks_are_bounded),
		cmocka_unit_test(pointer_has_a_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
