/** @file base/id_test.c  Ids and tokens: their alphabet and length, and that all their bits are random. */
#include "base/id.h"

#include <sodium.h>
#include <stdbool.h>
#include <string.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { ROUNDS = 4000 };

static const char base32[] = "abcdefghijklmnopqrstuvwxyz234567";
static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void ids_are_base32(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++) {
		char id[ID_CHARS + 1];

		id_make(id);
		assert_int_equal(strlen(id), ID_CHARS);
		assert_int_equal(strspn(id, base32), ID_CHARS);
	}
}

static void tokens_are_base64url(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++) {
		char token[TOKEN_CHARS + 1];

		token_make(token);
		assert_int_equal(strlen(token), TOKEN_CHARS);
		assert_int_equal(strspn(token, base64url), TOKEN_CHARS);
	}
}

/* Each place takes every value it can: 25 whole characters, and the last with the three bits that are left of 128. */
static void ids_use_all_their_bits(void **state)
{
	bool seen[ID_CHARS][32] = { 0 };

	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++) {
		char id[ID_CHARS + 1];

		id_make(id);
		for (unsigned c = 0; c < ID_CHARS; c++)
			seen[c][strchr(base32, id[c]) - base32] = true;
	}
	for (unsigned c = 0; c < ID_CHARS; c++) {
		unsigned n = 0;

		for (unsigned v = 0; v < 32; v++)
			n += seen[c][v];
		assert_int_equal(n, c < ID_CHARS - 1 ? 32 : 8);
	}
}

static void hashes_are_of_the_whole(void **state)
{
	uint8_t a[TOKEN_HASH_BYTES], b[TOKEN_HASH_BYTES];

	(void)state;
	token_hash("secret", 6, a);
	token_hash("secret", 6, b);
	assert_memory_equal(a, b, sizeof a);
	token_hash("secre", 5, b);
	assert_memory_not_equal(a, b, sizeof a);
	token_hash("secret\0", 7, b);
	assert_memory_not_equal(a, b, sizeof a);
	token_hash("", 0, b);
	assert_memory_not_equal(a, b, sizeof a);
}

/* BLAKE2b-256 of "abc": what is kept must be found again by every later version. */
static void hash_is_blake2b(void **state)
{
	static const char known[] = "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319";
	uint8_t hash[TOKEN_HASH_BYTES];
	char hex[2 * TOKEN_HASH_BYTES + 1];

	(void)state;
	token_hash("abc", 3, hash);
	sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
	assert_string_equal(hex, known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_base32),
		cmocka_unit_test(tokens_are_base64url),
		cmocka_unit_test(ids_use_all_their_bits),
		cmocka_unit_test(hashes_are_of_the_whole),
		cmocka_unit_test(hash_is_blake2b),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
