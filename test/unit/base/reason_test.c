/** @file base/reason_test.c  The table of reasons holds together. */
#include "base/reason.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void slugs_lead_back(void **state)
{
	(void)state;
	for (unsigned r = 0; r < REASON_COUNT; r++) {
		enum reason found = REASON_COUNT;

		/* Were a slug given twice, the second would lead to the first. */
		assert_true(reason_parse(str_of(reason_slug((enum reason)r)), &found));
		assert_int_equal(found, r);
	}
}

static void slugs_are_codes(void **state)
{
	(void)state;
	for (unsigned r = 0; r < REASON_COUNT; r++) {
		const char *slug = reason_slug((enum reason)r);

		assert_true(islower((unsigned char)*slug));
		for (; *slug; slug++)
			assert_true(islower((unsigned char)*slug) || (strchr("._", *slug) && islower((unsigned char)slug[1])));
	}
}

static void statuses_are_http(void **state)
{
	(void)state;
	for (unsigned r = 0; r < REASON_COUNT; r++) {
		int status = reason_status((enum reason)r);

		assert_true(status == 200 || (status >= 400 && status < 600));
	}
	assert_int_equal(reason_status(REASON_OK), 200);
	/* Who is told nothing learns nothing from the status either. */
	assert_int_equal(reason_status(REASON_UNREACHABLE), reason_status(REASON_IDENTITY_UNKNOWN));
	assert_int_equal(reason_status(REASON_UNREACHABLE), reason_status(REASON_EXTERNAL_OFF));
}

static void sentences_are_sentences(void **state)
{
	(void)state;
	for (unsigned r = 0; r < REASON_COUNT; r++) {
		const char *sentence = reason_sentence((enum reason)r);

		assert_true(isupper((unsigned char)*sentence));
		assert_int_equal(sentence[strlen(sentence) - 1], '.');
	}
}

static void others_are_none(void **state)
{
	static const char *const none[] = { "", "external", "external.of", "external.offf", "EXTERNAL.OFF", " ok", "ok ", "REASON_OK" };
	enum reason r = REASON_FAULT;

	(void)state;
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		assert_false(reason_parse(str_of(none[i]), &r));
	assert_false(reason_parse((struct str){ "ok\0", 3 }, &r));
	assert_int_equal(r, REASON_FAULT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slugs_lead_back),
		cmocka_unit_test(slugs_are_codes),
		cmocka_unit_test(statuses_are_http),
		cmocka_unit_test(sentences_are_sentences),
		cmocka_unit_test(others_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
