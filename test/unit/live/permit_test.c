/** @file live/permit_test.c  Kept verdicts: asked again when the world changes or their time comes, and lost at most once. */
#include "live/permit.h"
#include "worlds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MOST = 300 };

/** What lasts: it notes in which order its kind was lost, and may take others with it. */
struct thing {
	struct permit permit;
	struct thing *takes;	/* released when this is lost */
	bool again;		/* kept again when lost, for an ask that is allowed */
	unsigned lost;
	enum reason why;
};

static struct permits permits;
static struct world *open_world, *shut_world;
static struct thing things[MOST];
static unsigned order[MOST], n_order;

/* a is open to b, or not; c always is. */
static struct world *world_made(const char *mode)
{
	char text[1024];

	snprintf(text, sizeof text, "{\"tenants\": ["
		"{\"id\": \"a\", \"domains\": [\"a.example\"], \"external_access\": {\"mode\": \"%s\", \"block\": [\"b.example\"]}, \"licences\": [{\"sku\": \"connect\"}],"
		" \"accounts\": [{\"address\": \"ann@a.example\", \"licences\": [{\"sku\": \"connect\"}]}]},"
		"{\"id\": \"b\", \"domains\": [\"b.example\"], \"licences\": [{\"sku\": \"connect\"}],"
		" \"accounts\": [{\"address\": \"bob@b.example\", \"licences\": [{\"sku\": \"connect\"}]}]},"
		"{\"id\": \"c\", \"domains\": [\"c.example\"], \"licences\": [{\"sku\": \"connect\"}],"
		" \"accounts\": [{\"address\": \"cat@c.example\", \"licences\": [{\"sku\": \"connect\"}]}]}]}", mode);
	return world_of(text);
}

static struct ask ask_to(const char *to)
{
	struct ask ask = { .from = STR("ann@a.example"), .to = str_of(to), .action = ACTION_CHAT };

	instant_of_ms(1000, &ask.at);
	return ask;
}

static const char bob[] = "bob@b.example", cat[] = "cat@c.example";

static void lost_h(struct permit *permit, const struct verdict *verdict);

static void keep(struct world *world, struct thing *thing, const char *to)
{
	struct ask ask = ask_to(to);
	struct verdict verdict;

	reach_decide(world, &ask, &verdict);
	assert_true(verdict.allowed);
	assert_int_equal(permit_keep(&permits, &thing->permit, world, &ask, &verdict, lost_h, thing), 0);
	assert_true(permit_held(&thing->permit));
}

/* Kept from a verdict that ends at a time. */
static void keep_until(struct thing *thing, const char *to, struct instant until)
{
	struct verdict verdict = { .allowed = true, .until_given = true, .until = until };
	struct ask ask = ask_to(to);

	assert_int_equal(permit_keep(&permits, &thing->permit, open_world, &ask, &verdict, lost_h, thing), 0);
}

static struct instant at_ms(time_ms_t ms)
{
	struct instant at;

	instant_of_ms(ms, &at);
	return at;
}

static void lost_h(struct permit *permit, const struct verdict *verdict)
{
	struct thing *thing = permit->owner;

	assert_false(permit_held(permit));
	assert_false(verdict->allowed);
	thing->lost++;
	thing->why = verdict->reason;
	order[n_order++] = (unsigned)(thing - things);
	if (thing->takes)
		permit_release(&permits, &thing->takes->permit);
	if (thing->again)
		keep(shut_world, thing, cat);
}

static int begin(void **state)
{
	(void)state;
	permits_init(&permits);
	memset(things, 0, sizeof things);
	n_order = 0;
	open_world = world_made("open");
	shut_world = world_made("block");
	return 0;
}

static int end(void **state)
{
	(void)state;
	for (size_t i = 0; i < MOST; i++)
		permit_release(&permits, &things[i].permit);
	permits_release(&permits);	/* asserts that none is left */
	world_unref(open_world);
	world_unref(shut_world);
	return 0;
}

static void release_is_idempotent(void **state)
{
	(void)state;
	assert_false(permit_held(&things[0].permit));
	permit_release(&permits, &things[0].permit);
	keep(open_world, &things[0], bob);
	permit_release(&permits, &things[0].permit);
	assert_false(permit_held(&things[0].permit));
	permit_release(&permits, &things[0].permit);
	assert_int_equal(permits_sweep(&permits, shut_world, 1000), 0);
	assert_int_equal(things[0].lost, 0);
}

static void sweep_loses_what_is_refused(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 10; i++)
		keep(open_world, &things[i], i % 2 ? bob : cat);
	assert_int_equal(permits_sweep(&permits, open_world, 1000), 0);
	assert_int_equal(permits_sweep(&permits, shut_world, 1000), 5);
	for (unsigned i = 0; i < 10; i++) {
		assert_int_equal(things[i].lost, i % 2);
		assert_int_equal(permit_held(&things[i].permit), i % 2 == 0);
		if (i % 2)
			assert_int_equal(things[i].why, REASON_EXTERNAL_BLOCKED);
	}
	/* In the order of keeping; and never a second time. */
	for (unsigned i = 0; i < n_order; i++)
		assert_int_equal(order[i], 2 * i + 1);
	assert_int_equal(permits_sweep(&permits, shut_world, 1000), 0);
	assert_int_equal(permits_sweep(&permits, open_world, 1000), 0);
}

static void survivors_know_the_new_world(void **state)
{
	struct world *later;
	const struct tenant *a = world_tenant(open_world, STR("a"));

	(void)state;
	keep(open_world, &things[0], bob);
	assert_int_equal(world_with_access(open_world, a, tenant_access(a), 2, world_revision(open_world) + 5, &later), 0);
	assert_int_equal(permits_sweep(&permits, later, 1000), 0);
	assert_int_equal(things[0].permit.revision, world_revision(open_world) + 5);
	world_unref(later);
}

/* An owner that goes releases its other permits, also those that were found lost in the same sweep. */
static void owners_take_others_along(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 6; i++)
		keep(open_world, &things[i], i == 5 ? cat : bob);
	things[0].takes = &things[1];	/* found lost, comes next */
	things[2].takes = &things[4];	/* found lost, comes later */
	things[3].takes = &things[5];	/* not found lost */
	assert_int_equal(permits_sweep(&permits, shut_world, 1000), 3);
	assert_int_equal(n_order, 3);
	assert_int_equal(things[1].lost + things[4].lost + things[5].lost, 0);
	for (unsigned i = 0; i < 6; i++)
		assert_false(permit_held(&things[i].permit));
}

static void lost_is_kept_again(void **state)
{
	(void)state;
	keep(open_world, &things[0], bob);
	assert_int_equal(permits_sweep(&permits, shut_world, 1000), 1);
	keep(open_world, &things[0], bob);
	assert_int_equal(permits_sweep(&permits, shut_world, 1000), 1);
	assert_int_equal(things[0].lost, 2);
	/* From inside of the loss too, and the sweep ends. */
	things[0].again = true;
	keep(open_world, &things[0], bob);
	assert_int_equal(permits_sweep(&permits, shut_world, 1000), 1);
	assert_true(permit_held(&things[0].permit));
	assert_int_equal(permits_sweep(&permits, shut_world, 1000), 0);
	assert_int_equal(things[0].lost, 3);
}

static const struct {
	struct instant until;
	time_ms_t due;	/* the first millisecond at which it is asked again */
} untils[] = {
	{ { .seconds = 5, .given = true }, 5000 },
	{ { .seconds = 5, .nanos = 123000000, .given = true }, 5123 },
	{ { .seconds = 5, .nanos = 123000001, .given = true }, 5124 },
	{ { .seconds = 5, .nanos = 122999999, .given = true }, 5123 },
	{ { .seconds = 5, .nanos = 123000000, .finer = (char[]){ "1" }, .given = true }, 5124 },
	{ { .seconds = 5, .nanos = 999999999, .given = true }, 6000 },
};

static void due_exactly_then(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof untils / sizeof *untils; i++) {
		keep_until(&things[i], bob, untils[i].until);
		assert_int_equal(permits_due(&permits, shut_world, untils[i].due - 1), 0);
		assert_int_equal(permits_due(&permits, shut_world, untils[i].due), 1);
		assert_int_equal(things[i].lost, 1);
	}
}

/* Its time has come, and it may go on: kept, without that time. */
static void due_may_go_on(void **state)
{
	(void)state;
	keep_until(&things[0], bob, at_ms(5000));
	assert_int_equal(permits_due(&permits, open_world, 5000), 0);
	assert_true(permit_held(&things[0].permit));
	assert_int_equal(permits.n, 0);
	assert_int_equal(permits_due(&permits, shut_world, 9000), 0);
	assert_int_equal(permits_sweep(&permits, shut_world, 9000), 1);
	/* A sweep before its time takes it out of the heap too. */
	keep_until(&things[1], bob, at_ms(5000));
	assert_int_equal(permits_sweep(&permits, shut_world, 1000), 1);
	assert_int_equal(permits.n, 0);
	assert_int_equal(permits_due(&permits, shut_world, 9000), 0);
	assert_int_equal(things[1].lost, 1);
}

static void expect_heap(void)
{
	for (size_t i = 0; i < permits.n; i++) {
		assert_int_equal(permits.heap[i]->at, i + 1);
		if (i)
			assert_true(permits.heap[(i - 1) / 2]->until <= permits.heap[i]->until);
	}
}

/* Many, kept and released in a fixed disorder: they come by their time, and none that was released. */
static void heap_gives_the_earliest(void **state)
{
	uint32_t dice = 1;
	time_ms_t before = 0;
	unsigned left = 0;

	(void)state;
	for (unsigned i = 0; i < MOST; i++) {
		dice = dice * 1664525 + 1013904223;
		keep_until(&things[i], bob, at_ms(1000 + (dice >> 16) % 500));
		expect_heap();
	}
	for (unsigned i = 0; i < MOST; i += 3) {
		permit_release(&permits, &things[i].permit);
		expect_heap();
	}
	for (time_ms_t now = 1000; now < 1500; now++) {
		unsigned at = n_order;

		permits_due(&permits, shut_world, now);
		expect_heap();
		for (; at < n_order; at++)
			assert_int_equal(things[order[at]].permit.until, now);
	}
	for (unsigned i = 0; i < MOST; i++) {
		assert_int_equal(things[i].lost, i % 3 != 0);
		left += permit_held(&things[i].permit);
	}
	assert_int_equal(left, 0);
	for (unsigned i = 0; i < n_order; before = things[order[i++]].permit.until)
		assert_true(things[order[i]].permit.until >= before);
}

/* All at once, late: still the earliest first; one that goes with another is not asked. */
static void late_ones_come_in_order(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 50; i++)
		keep_until(&things[i], bob, at_ms(2000 - (time_ms_t)i));
	things[49].takes = &things[0];
	assert_int_equal(permits_due(&permits, shut_world, 9000), 49);
	for (unsigned i = 0; i < 49; i++)
		assert_int_equal(order[i], 49 - i);
	assert_int_equal(things[0].lost, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(release_is_idempotent, begin, end),
		cmocka_unit_test_setup_teardown(sweep_loses_what_is_refused, begin, end),
		cmocka_unit_test_setup_teardown(survivors_know_the_new_world, begin, end),
		cmocka_unit_test_setup_teardown(owners_take_others_along, begin, end),
		cmocka_unit_test_setup_teardown(lost_is_kept_again, begin, end),
		cmocka_unit_test_setup_teardown(due_exactly_then, begin, end),
		cmocka_unit_test_setup_teardown(due_may_go_on, begin, end),
		cmocka_unit_test_setup_teardown(heap_gives_the_earliest, begin, end),
		cmocka_unit_test_setup_teardown(late_ones_come_in_order, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
