/** @file test/unit/net/deadline_test.c  The wheel of deadlines, on a real loop. */
#include "net/deadline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static uv_loop_t loop;
static struct deadlines wheel;

struct wait {
	struct deadline deadline;
	uint64_t not_before;
	int runs;
	struct deadline *clears;
	int again;
};

static void due(struct deadline *deadline)
{
	struct wait *wait = list_entry(deadline, struct wait, deadline);

	assert_true(uv_now(&loop) >= wait->not_before);
	wait->runs++;
	if (wait->clears)
		deadline_clear(&wheel, wait->clears);
	if (wait->again-- > 0)
		deadline_set(&wheel, deadline, 1);
}

static int begin(void **state)
{
	(void)state;
	uv_loop_init(&loop);
	deadlines_init(&wheel, &loop);
	return 0;
}

static int end(void **state)
{
	(void)state;
	uv_close((uv_handle_t *)&wheel.timer, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	return uv_loop_close(&loop);
}

static void start(struct wait *wait, uint64_t ms)
{
	wait->deadline.due = due;
	wait->not_before = uv_now(&loop) + ms;
	deadline_set(&wheel, &wait->deadline, ms);
}

static void runs_each_once_and_sleeps(void **state)
{
	struct wait waits[4] = { 0 };

	(void)state;
	for (size_t i = 0; i < 4; i++)
		start(&waits[i], 1 + 120 * i);
	/* Returns only when the timer has stopped by itself. */
	uv_run(&loop, UV_RUN_DEFAULT);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(waits[i].runs, 1);
}

static void cleared_never_runs(void **state)
{
	struct wait cleared = { 0 }, moved = { 0 };

	(void)state;
	start(&cleared, 10);
	start(&moved, 10);
	start(&moved, 250);
	deadline_clear(&wheel, &cleared.deadline);
	deadline_clear(&wheel, &cleared.deadline);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(cleared.runs, 0);
	assert_int_equal(moved.runs, 1);
}

static void due_may_clear_and_set(void **state)
{
	struct wait first = { .again = 2 }, second = { 0 };

	(void)state;
	first.clears = &second.deadline;
	start(&first, 10);
	start(&second, 10);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(first.runs, 3);
	assert_int_equal(second.runs, 0);
}

static void a_turn_of_the_wheel_further_on_waits(void **state)
{
	struct wait far = { 0 }, near = { 0 };

	(void)state;
	start(&near, 300);
	start(&far, (uint64_t)DEADLINE_SLOTS * DEADLINE_TICK_MS + 100);
	while (near.runs == 0)
		uv_run(&loop, UV_RUN_ONCE);
	assert_int_equal(far.runs, 0);
	deadline_clear(&wheel, &far.deadline);
	assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(runs_each_once_and_sleeps, begin, end),
		cmocka_unit_test_setup_teardown(cleared_never_runs, begin, end),
		cmocka_unit_test_setup_teardown(due_may_clear_and_set, begin, end),
		cmocka_unit_test_setup_teardown(a_turn_of_the_wheel_further_on_waits, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
