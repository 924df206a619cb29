/** @file known_test.c  Sessions in memory: what stands there is what the database says, whatever was committed meanwhile. */
#include "store/inside.h"
#include "store/known.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static struct known *known;
static struct sieve sieve;

static int fresh(void **state)
{
	(void)state;
	known = calloc(1, sizeof *known);
	sieve = (struct sieve){ 0 };
	return known ? 0 : -1;
}

static int gone(void **state)
{
	(void)state;
	free(known);
	return 0;
}

/* Tokens whose hashes fall into one set, told apart by their last byte. */
static const uint8_t *hash_of(uint8_t last)
{
	static uint8_t hash[TOKEN_HASH_BYTES];

	memset(hash, 7, sizeof hash);
	hash[TOKEN_HASH_BYTES - 1] = last;
	return hash;
}

static void put(uint8_t last, int64_t account)
{
	known_put(known, hash_of(last), &(struct store_session){ .id = last, .account_id = account }, sieve_number(&sieve, account));
}

static bool has(uint8_t last)
{
	struct store_session session;

	return known_get(known, &sieve, hash_of(last), &session) && session.id == last;
}

static void what_was_put_is_found_and_nothing_else(void **state)
{
	(void)state;
	assert_false(has(1));
	put(1, 10);
	put(2, 20);
	assert_true(has(1) && has(2));
	assert_false(has(3));
}

static void a_commit_makes_its_accounts_old(void **state)
{
	struct touched touched = { .n = 0 };

	(void)state;
	put(1, 10);
	put(2, 20);
	touch(&touched, 10);
	assert_true(has(1));
	sieve_move(&sieve, &touched);
	assert_false(has(1));
	assert_true(has(2));
	put(1, 10);
	assert_true(has(1));
}

static void what_was_read_before_the_commit_is_old_when_it_comes(void **state)
{
	struct touched touched = { .n = 0 };
	uint64_t before = sieve_number(&sieve, 10);

	(void)state;
	touch(&touched, 10);
	sieve_move(&sieve, &touched);
	known_put(known, hash_of(1), &(struct store_session){ .id = 1, .account_id = 10 }, before);
	assert_false(has(1));
}

static void everybody_and_too_many_are_the_same(void **state)
{
	struct touched touched = { .n = 0 };

	(void)state;
	put(1, 10);
	touch(&touched, 0);
	touch(&touched, 5);
	sieve_move(&sieve, &touched);
	assert_false(has(1));

	put(1, 10);
	touched.n = 0;
	for (int64_t account = 100; account <= 100 + TOUCHED_MOST; account++)
		touch(&touched, account);
	sieve_move(&sieve, &touched);
	assert_false(has(1));
}

static void a_full_set_loses_one_and_never_mixes(void **state)
{
	unsigned found = 0;

	(void)state;
	for (uint8_t i = 1; i <= 2 * KNOWN_WAYS; i++)
		put(i, i);
	for (uint8_t i = 1; i <= 2 * KNOWN_WAYS; i++)
		found += has(i);
	assert_int_equal(found, KNOWN_WAYS);
	/* Put again, it takes its own place. */
	put(2 * KNOWN_WAYS, 1);
	found = 0;
	for (uint8_t i = 1; i <= 2 * KNOWN_WAYS; i++)
		found += has(i);
	assert_int_equal(found, KNOWN_WAYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_was_put_is_found_and_nothing_else, fresh, gone),
		cmocka_unit_test_setup_teardown(a_commit_makes_its_accounts_old, fresh, gone),
		cmocka_unit_test_setup_teardown(what_was_read_before_the_commit_is_old_when_it_comes, fresh, gone),
		cmocka_unit_test_setup_teardown(everybody_and_too_many_are_the_same, fresh, gone),
		cmocka_unit_test_setup_teardown(a_full_set_loses_one_and_never_mixes, fresh, gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
