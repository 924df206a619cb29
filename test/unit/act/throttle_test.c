/** @file act/throttle_test.c  Sign-in tries: so many an address, so many a client, and they come back with time. */
#include "act/room.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* As throttle.c has them. */
enum { ADDRESS_TRIES = 10, PEER_TRIES = 60, REFILL_MS = 6000 };

static const int64_t start = 1000000;

static int begin(void **state)
{
	*state = throttle_new();
	return *state ? 0 : -1;
}

static int end(void **state)
{
	throttle_free(*state);
	return 0;
}

static unsigned take(struct throttle *t, const char *address, const char *peer, int64_t now)
{
	return throttle_take(t, str_of(address), str_of(peer), now);
}

static void address_runs_out(void **state)
{
	struct throttle *t = *state;

	for (unsigned i = 0; i < ADDRESS_TRIES; i++)
		assert_int_equal(take(t, "ann@abc.example", "192.0.2.1", start), 0);
	assert_int_equal(take(t, "ann@abc.example", "192.0.2.1", start), REFILL_MS / 1000);
	/* From elsewhere too: it is the address that is guarded. Others are free. */
	assert_int_equal(take(t, "ann@abc.example", "192.0.2.2", start), REFILL_MS / 1000);
	assert_int_equal(take(t, "bob@abc.example", "192.0.2.1", start), 0);
}

/* A refused try costs nothing: who waits as told gets in. */
static void refusals_cost_nothing(void **state)
{
	struct throttle *t = *state;

	for (unsigned i = 0; i < ADDRESS_TRIES; i++)
		take(t, "ann@abc.example", "192.0.2.1", start);
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(take(t, "ann@abc.example", "192.0.2.1", start + 1000), 5);
	assert_int_equal(take(t, "ann@abc.example", "192.0.2.1", start + REFILL_MS - 1), 1);
	assert_int_equal(take(t, "ann@abc.example", "192.0.2.1", start + REFILL_MS), 0);
	assert_int_equal(take(t, "ann@abc.example", "192.0.2.1", start + REFILL_MS), 6);
}

static void tries_come_back(void **state)
{
	struct throttle *t = *state;
	int64_t later = start + (int64_t)ADDRESS_TRIES * REFILL_MS;

	for (unsigned i = 0; i < ADDRESS_TRIES; i++)
		take(t, "ann@abc.example", "192.0.2.1", start);
	/* All of them, and no more than all, however long it was. */
	for (unsigned round = 0; round < 2; round++, later += 1000000000) {
		for (unsigned i = 0; i < ADDRESS_TRIES; i++)
			assert_int_equal(take(t, "ann@abc.example", "192.0.2.1", later), 0);
		assert_int_not_equal(take(t, "ann@abc.example", "192.0.2.1", later), 0);
	}
}

static void client_runs_out(void **state)
{
	struct throttle *t = *state;
	char address[32];

	for (unsigned i = 0; i < PEER_TRIES; i++) {
		snprintf(address, sizeof address, "a%u@abc.example", i);
		assert_int_equal(take(t, address, "192.0.2.1", start), 0);
	}
	assert_int_equal(take(t, "fresh@abc.example", "192.0.2.1", start), REFILL_MS / 1000);
	assert_int_equal(take(t, "fresh@abc.example", "192.0.2.2", start), 0);
}

/* A malformed address is the empty one for all: it has a bucket like any other. */
static void empty_names_are_names(void **state)
{
	struct throttle *t = *state;

	for (unsigned i = 0; i < ADDRESS_TRIES; i++)
		assert_int_equal(take(t, "", "192.0.2.1", start), 0);
	assert_int_not_equal(take(t, "", "192.0.2.1", start), 0);
	/* One name in both places is one bucket, spent once a try. */
	for (unsigned i = 0; i < ADDRESS_TRIES; i++)
		assert_int_equal(take(t, "same", "same", start), 0);
	assert_int_not_equal(take(t, "same", "same", start), 0);
}

/* More names than the table has room for: they share, nobody gains tries, and the answer stays within its bounds. */
static void flood_stays_bounded(void **state)
{
	struct throttle *t = *state;
	unsigned taken = 0;

	for (unsigned i = 0; i < 200000; i++) {
		char address[32], peer[32];
		unsigned wait;

		snprintf(address, sizeof address, "%u@abc.example", i);
		snprintf(peer, sizeof peer, "2001:db8::%x", i);
		wait = take(t, address, peer, start);
		assert_true(wait <= PEER_TRIES * REFILL_MS / 1000);
		taken += wait == 0;
	}
	/* 8,192 places with ten tries each: far below what was asked. */
	assert_true(taken < 8192 * ADDRESS_TRIES);
}

/* One household is one client, and its neighbours are others. */
static void ipv6_is_counted_by_64(void **state)
{
	struct throttle *t = *state;
	char address[32], peer[64];

	for (unsigned i = 0; i < PEER_TRIES; i++) {
		snprintf(address, sizeof address, "a%u@abc.example", i);
		snprintf(peer, sizeof peer, "2001:db8:1:2::%x", i + 1);
		assert_int_equal(take(t, address, peer, start), 0);
	}
	assert_int_equal(take(t, "new@abc.example", "2001:db8:1:2:ffff::1", start), REFILL_MS / 1000);
	assert_int_equal(take(t, "new@abc.example", "2001:db8:1:3::1", start), 0);
	/* Those of IPv4 are no /64. */
	for (unsigned i = 0; i < PEER_TRIES; i++) {
		snprintf(address, sizeof address, "b%u@abc.example", i);
		assert_int_equal(take(t, address, "::ffff:192.0.2.1", start), 0);
	}
	assert_int_equal(take(t, "new@abc.example", "::ffff:192.0.2.2", start), 0);
}

static void requests_are_paced(void **state)
{
	static const enum pace kinds[] = { PACE_CLIENT, PACE_ACCOUNT, PACE_TENANT };
	static const unsigned rates[] = { 2, 50, 1000 };
	struct throttle *t = *state;

	for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		for (unsigned n = 0; n < 10 * rates[i]; n++)
			assert_int_equal(throttle_pace(t, kinds[i], STR("7"), rates[i], start), 0);
		assert_int_equal(throttle_pace(t, kinds[i], STR("7"), rates[i], start), 1);
		/* Another's is untouched, and so are the other kinds' of the same name. */
		assert_int_equal(throttle_pace(t, kinds[i], STR("8"), rates[i], start), 0);
		for (unsigned n = 0; n < rates[i]; n++)
			assert_int_equal(throttle_pace(t, kinds[i], STR("7"), rates[i], start + 1000), 0);
		assert_int_equal(throttle_pace(t, kinds[i], STR("7"), rates[i], start + 1000), 1);
	}
}

/* Five wrong ones, then one in five minutes; to be right costs nothing. */
static void wrong_codes_wait(void **state)
{
	struct throttle *t = *state;

	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(throttle_code(t, 7, false, start), 0);
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(throttle_code(t, 7, false, start), 0);
		throttle_code(t, 7, true, start);
	}
	assert_int_equal(throttle_code(t, 7, false, start), 300);
	assert_int_equal(throttle_code(t, 8, false, start), 0);
	assert_int_equal(throttle_code(t, 7, false, start + 299999), 1);
	assert_int_equal(throttle_code(t, 7, false, start + 300000), 0);
	throttle_code(t, 7, true, start + 300000);
	assert_int_equal(throttle_code(t, 7, false, start + 300000), 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(address_runs_out, begin, end),
		cmocka_unit_test_setup_teardown(refusals_cost_nothing, begin, end),
		cmocka_unit_test_setup_teardown(tries_come_back, begin, end),
		cmocka_unit_test_setup_teardown(client_runs_out, begin, end),
		cmocka_unit_test_setup_teardown(empty_names_are_names, begin, end),
		cmocka_unit_test_setup_teardown(flood_stays_bounded, begin, end),
		cmocka_unit_test_setup_teardown(ipv6_is_counted_by_64, begin, end),
		cmocka_unit_test_setup_teardown(requests_are_paced, begin, end),
		cmocka_unit_test_setup_teardown(wrong_codes_wait, begin, end),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
