/** @file test/unit/store/join_test.c  Links by which somebody joins a call: kept, used once, taken back, too old. */
#include "base/limits.h"
#include "rig.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { ANN = 1, AMY = 2, BOB = 3, NOBODY = 99 };
enum { MADE = 1000, USED = 1500, ENDS = 2000, STAYS = 9000 };

static int begin(void **state)
{
	static struct rig rig;

	rig_init(&rig);
	rig_people(&rig);
	*state = &rig;
	return 0;
}

static int end(void **state)
{
	rig_release(*state);
	return 0;
}

struct link {
	uint8_t hash[TOKEN_HASH_BYTES];
	int64_t host, id, guest;
	time_ms_t at, expires;
};

static int add(struct store_tx *tx, void *arg)
{
	struct link *l = arg;

	return store_join_add(tx, l->hash, l->host, l->at, l->expires, &l->id);
}

static int admit(struct store_tx *tx, void *arg)
{
	struct link *l = arg;

	return store_join_admit(tx, l->id, l->host, l->at, l->guest, STAYS);
}

static int drop(struct store_tx *tx, void *arg)
{
	const struct link *l = arg;

	return store_join_drop(tx, l->id, l->host);
}

static struct link made(struct rig *rig, uint8_t first, int64_t host)
{
	struct link l = { .hash = { first }, .host = host, .at = MADE, .expires = ENDS };

	assert_int_equal(rig_write(rig, add, &l), 0);
	return l;
}

static void a_link_is_found_until_it_ends(void **state)
{
	struct rig *rig = *state;
	struct link l = made(rig, 1, ANN);
	const uint8_t other[TOKEN_HASH_BYTES] = { 2 };
	struct store_join got;

	assert_int_equal(store_join_get(rig->store, l.hash, ENDS - 1, &got), 0);
	assert_int_equal(got.id, l.id);
	assert_int_equal(got.host, ANN);
	assert_int_equal(got.expires, ENDS);
	assert_int_equal(got.guest, 0);
	assert_int_equal(store_join_get(rig->store, l.hash, ENDS, &got), -ENOENT);
	assert_int_equal(store_join_get(rig->store, other, MADE, &got), -ENOENT);
	assert_int_equal(store_join_own(rig->store, l.id, ANN, ENDS - 1, &got), 0);
	assert_int_equal(store_join_own(rig->store, l.id, ANN, ENDS, &got), -ENOENT);
	assert_int_equal(store_join_own(rig->store, l.id, AMY, MADE, &got), -ENOENT);
}

static void it_lets_in_one_person_in_time(void **state)
{
	struct rig *rig = *state;
	struct link l = made(rig, 1, ANN), another = made(rig, 2, ANN);
	struct store_join got;

	l.guest = BOB;
	l.at = ENDS;
	assert_int_equal(rig_write(rig, admit, &l), -ENOENT);
	l.at = USED;
	l.host = AMY;
	assert_int_equal(rig_write(rig, admit, &l), -ENOENT);
	l.host = ANN;
	assert_int_equal(rig_write(rig, admit, &l), 0);
	assert_int_equal(rig_write(rig, admit, &l), -ENOENT);
	assert_int_equal(store_join_of_guest(rig->store, BOB, &got), 0);
	assert_int_equal(got.id, l.id);
	assert_int_equal(got.expires, STAYS);
	assert_int_equal(store_join_of_guest(rig->store, AMY, &got), -ENOENT);
	/* Nor does anybody come by two links. */
	another.guest = BOB;
	another.at = USED;
	assert_int_equal(rig_write(rig, admit, &another), -EEXIST);
}

static void it_is_taken_back_by_its_host(void **state)
{
	struct rig *rig = *state;
	struct link l = made(rig, 1, ANN), not_his = l;
	struct store_join got;

	not_his.host = AMY;
	assert_int_equal(rig_write(rig, drop, &not_his), -ENOENT);
	assert_int_equal(rig_write(rig, drop, &l), 0);
	assert_int_equal(rig_write(rig, drop, &l), -ENOENT);
	assert_int_equal(store_join_get(rig->store, l.hash, MADE, &got), -ENOENT);
}

static int count_row(void *arg, const struct store_join *join)
{
	int64_t *last = arg;

	assert_true(*last == 0 || join->id < *last);
	*last = join->id;
	return 0;
}

static void there_are_so_many_of_a_host(void **state)
{
	struct rig *rig = *state;
	struct link l = { .host = ANN, .at = MADE, .expires = ENDS };
	int64_t last = 0;

	for (unsigned i = 0; i < LIMIT_JOIN_LINKS; i++)
		made(rig, (uint8_t)i, ANN);
	l.hash[0] = 200;
	assert_int_equal(rig_write(rig, add, &l), -EDQUOT);
	l.host = AMY;
	assert_int_equal(rig_write(rig, add, &l), 0);
	assert_int_equal(store_join_list(rig->store, ANN, ENDS - 1, count_row, &last), 0);
	assert_true(last > 0);
	last = 0;
	assert_int_equal(store_join_list(rig->store, ANN, ENDS, count_row, &last), 0);
	assert_int_equal(last, 0);
	/* Those whose time is over count no more, and go with the next one. */
	l = (struct link){ .hash = { 201 }, .host = ANN, .at = ENDS, .expires = ENDS + 1 };
	assert_int_equal(rig_write(rig, add, &l), 0);
	assert_int_equal(rig_number(rig, "SELECT count(*) FROM join_link"), 1);
}

static void the_next_account_is_known(void **state)
{
	struct rig *rig = *state;
	int64_t next;

	assert_int_equal(store_account_next(rig->store, &next), 0);
	assert_int_equal(next, rig_number(rig, "SELECT max(id) + 1 FROM account"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_link_is_found_until_it_ends, begin, end),
		cmocka_unit_test_setup_teardown(it_lets_in_one_person_in_time, begin, end),
		cmocka_unit_test_setup_teardown(it_is_taken_back_by_its_host, begin, end),
		cmocka_unit_test_setup_teardown(there_are_so_many_of_a_host, begin, end),
		cmocka_unit_test_setup_teardown(the_next_account_is_known, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
