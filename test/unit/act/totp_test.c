/** @file act/totp_test.c  One-time codes: RFC 6238's own vectors, what is near enough in time, and never twice. */
#include "act/totp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const uint8_t secret[] = "12345678901234567890";

/* Appendix B, with the last six of its eight digits. */
static const struct {
	int64_t seconds;
	const char *code;
} vectors[] = {
	{ 59, "287082" }, { 1111111109, "081804" }, { 1111111111, "050471" }, { 1234567890, "005924" }, { 2000000000, "279037" }, { 20000000000, "353130" },
};

static void codes_are_the_standards(void **state)
{
	char code[TOTP_DIGITS + 1];

	(void)state;
	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
		assert_int_equal(totp_code(secret, vectors[i].seconds / 30, code), 0);
		assert_string_equal(code, vectors[i].code);
		assert_int_equal(totp_match(secret, vectors[i].seconds * 1000, 0, str_of(code)), vectors[i].seconds / 30);
	}
}

static void a_code_is_near_in_time_and_new(void **state)
{
	int64_t step = 41152263, now = step * 30000;
	char code[TOTP_DIGITS + 1];

	(void)state;
	totp_code(secret, step, code);
	assert_int_equal(totp_match(secret, now, 0, str_of(code)), step);
	assert_int_equal(totp_match(secret, now - 1, 0, str_of(code)), step);
	assert_int_equal(totp_match(secret, now - 30000, 0, str_of(code)), step);
	assert_int_equal(totp_match(secret, now - 30001, 0, str_of(code)), 0);
	assert_int_equal(totp_match(secret, now + 59999, 0, str_of(code)), step);
	assert_int_equal(totp_match(secret, now + 60000, 0, str_of(code)), 0);
	/* Not again, and none older than the newest that was taken. */
	assert_int_equal(totp_match(secret, now, step - 1, str_of(code)), step);
	assert_int_equal(totp_match(secret, now, step, str_of(code)), 0);
	assert_int_equal(totp_match(secret, now, step + 1, str_of(code)), 0);
}

static void what_is_no_code_matches_nothing(void **state)
{
	char code[TOTP_DIGITS + 2];

	(void)state;
	totp_code(secret, 1, code);
	assert_int_equal(totp_match(secret, 59000, 0, (struct str){ code, TOTP_DIGITS - 1 }), 0);
	code[TOTP_DIGITS] = '0';
	assert_int_equal(totp_match(secret, 59000, 0, (struct str){ code, TOTP_DIGITS + 1 }), 0);
	assert_int_equal(totp_match(secret, 59000, 0, STR("")), 0);
	code[0] = code[0] == '9' ? '0' : (char)(code[0] + 1);
	assert_int_equal(totp_match(secret, 59000, 0, (struct str){ code, TOTP_DIGITS }), 0);
}

static void secrets_are_base32(void **state)
{
	char text[TOTP_SECRET_CHARS + 1];

	(void)state;
	totp_secret_text(secret, text);
	assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_are_the_standards),
		cmocka_unit_test(a_code_is_near_in_time_and_new),
		cmocka_unit_test(what_is_no_code_matches_nothing),
		cmocka_unit_test(secrets_are_base32),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
