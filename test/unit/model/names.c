/** @file test/unit/model/names.c  Addresses, domains, folding and times, exactly as spec/reach.md section 1 says. */
#include "model/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void domain_is(const char *text, const char *wanted)
{
	char out[260], why[128];

	if (!domain_canonical(str_of(text), false, out, why))
		fail_msg("%s: %s", text, why);
	assert_string_equal(out, wanted);
}

static void domain_refused(struct str text)
{
	char out[260], why[128] = "";

	assert_false(domain_canonical(text, false, out, why));
	assert_true(why[0]);
}

static void test_domains(void **state)
{
	(void)state;
	domain_is("Contoso1.EXAMPLE", "contoso1.example");
	domain_is("bücher.example", "xn--bcher-kva.example");
	domain_is("BÜCHER.example", "xn--bcher-kva.example");
	domain_is("XN--BCHER-KVA.example", "xn--bcher-kva.example");
	domain_is("faß.example", "xn--fa-hia.example");
	domain_is("localhost", "localhost");
	domain_is("a。example", "a.example");
	domain_is("r3---sn-abc.example", "r3---sn-abc.example");
	domain_is("a.1", "a.1");
}

static void test_domains_refused(void **state)
{
	static const char *const bad[] = {
		"", ".", "a.", ".a", "a..b", "a_b.example", "-a.example", "a-.example", "a b", "a@b", "xn--.example", "xn--a.example", "xn--aaaaaaaaa999999", "*.a",
		"\xff\xfe.example", "a.example。", "a\u200d.example",
	};
	char text[300];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		domain_refused(str_of(bad[i]));
	domain_refused((struct str){ "a\0b", 3 });
	memset(text, 'a', sizeof text);
	domain_refused((struct str){ text, 64 });
	for (size_t i = 63; i < sizeof text; i += 64)
		text[i] = '.';
	domain_refused((struct str){ text, 254 });
	text[253] = '\0';
	domain_is(text, text);
	text[63] = 'a';
	domain_refused((struct str){ text, 100 });
}

static void test_wildcards(void **state)
{
	char out[260], why[128];

	(void)state;
	assert_true(domain_canonical(STR("*.BÜCHER.example"), true, out, why));
	assert_string_equal(out, "*.xn--bcher-kva.example");
	assert_false(domain_canonical(STR("*.a"), false, out, why));
	assert_false(domain_canonical(STR("*."), true, out, why));
	assert_false(domain_canonical(STR("*"), true, out, why));
	assert_false(domain_canonical(STR("*.*.a"), true, out, why));
	assert_false(domain_canonical(STR("a.*.b"), true, out, why));
	assert_false(domain_canonical(STR("*a.b"), true, out, why));
}

static void address_is(const char *text, const char *wanted)
{
	char out[324], again[324], why[128];

	if (!address_canonical(str_of(text), out, why))
		fail_msg("%s: %s", text, why);
	assert_string_equal(out, wanted);
	assert_true(address_canonical(str_of(out), again, why));
	assert_string_equal(again, out);
}

static void test_addresses(void **state)
{
	(void)state;
	address_is("Ann@ABC.example", "ann@abc.example");
	address_is("LEA@BÜCHER.example", "lea@xn--bcher-kva.example");
	address_is("A\u030asa@abc.example", "åsa@abc.example");
	address_is("ÅSA@abc.example", "åsa@abc.example");
	address_is("BOB=Contoso1.Example@HOST.example", "bob=contoso1.example@host.example");
	address_is("bob=bücher.example@abc.example", "bob=xn--bcher-kva.example@abc.example");
	address_is("a=b=Bücher.example@abc.example", "a=b=xn--bcher-kva.example@abc.example");
	address_is("a=@abc.example", "a=@abc.example");
	address_is("a=b_c@abc.example", "a=b_c@abc.example");
	address_is("o'neil+x@a", "o'neil+x@a");
}

static void test_addresses_refused(void **state)
{
	static const char *const bad[] = {
		"", "ann", "@abc.example", "ann@", "ann@@abc.example", "a@b@c", "a b@c", " a@c", "a@c ", "a\tb@c", "a\nb@c", "a\u00a0b@c", "a\u2003b@c",
		"a\xc2\x85@c", "a\x7f@c", "a\x01@c", "ann@abc.example.", "ann@a_b", "\xff@c", "ann@*.abc.example",
	};
	char out[324], why[128], text[400];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		why[0] = '\0';
		if (address_canonical(str_of(bad[i]), out, why))
			fail_msg("\"%s\" was taken as %s", bad[i], out);
		assert_true(why[0]);
	}
	assert_false(address_canonical((struct str){ "a\0b@c", 5 }, out, why));
	memset(text, 'a', sizeof text);
	memcpy(text + 318, "@b", 3);
	assert_true(address_canonical(str_of(text), out, why));
	memcpy(text + 319, "@b", 3);
	text[318] = 'a';
	assert_false(address_canonical(str_of(text), out, why));
}

static void test_address_domain(void **state)
{
	(void)state;
	assert_true(str_eq(address_domain(STR("bob=contoso1.example@abc.example")), STR("abc.example")));
	assert_int_equal(address_domain(STR("x")).n, 0);
	assert_int_equal(address_domain(STR("")).n, 0);
}

static void test_unicode_domain(void **state)
{
	char out[1024];

	(void)state;
	domain_unicode(STR("xn--bcher-kva.example"), out);
	assert_string_equal(out, "bücher.example");
	domain_unicode(STR("abc.example"), out);
	assert_string_equal(out, "abc.example");
}

static void fold_is(const char *text, const char *wanted)
{
	char *folded = text_fold(str_of(text));

	assert_non_null(folded);
	assert_string_equal(folded, wanted);
	free(folded);
}

static void test_folding(void **state)
{
	(void)state;
	fold_is("Ann LEE", "ann lee");
	fold_is("ÅBERG", "åberg");
	fold_is("A\u030aberg", "åberg");
	fold_is("Straße", "strasse");
	fold_is("ΟΔΟΣ", "οδοσ");
	fold_is("οδος", "οδοσ");
	fold_is("", "");
	assert_null(text_fold(STR("\xc3")));
	assert_true(str_eq(text_trim(STR(" \u2003 a b\u00a0\n")), STR("a b")));
	assert_int_equal(text_trim(STR(" \u3000 ")).n, 0);
	assert_int_equal(text_trim(STR("")).n, 0);
	assert_true(str_eq(text_trim(STR("é")), STR("é")));
	assert_int_equal(text_chars(STR("aé\u3000😀")), 4);
}

static struct instant instant(const char *text)
{
	struct instant at;
	char why[128];

	if (!instant_parse(str_of(text), &at, why))
		fail_msg("%s: %s", text, why);
	assert_true(at.given);
	return at;
}

static int order(const char *a, const char *b)
{
	struct instant x = instant(a), y = instant(b);
	int cmp = instant_cmp(&x, &y);

	instant_release(&x);
	instant_release(&y);
	return (cmp > 0) - (cmp < 0);
}

static void test_instants_compare_exactly(void **state)
{
	struct instant none = { 0 }, some = instant("0000-01-01T00:00:00Z");

	(void)state;
	assert_int_equal(order("2026-06-15T12:00:00Z", "2026-06-15T14:00:00+02:00"), 0);
	assert_int_equal(order("2026-06-15t12:00:00z", "2026-06-15T12:00:00.000000000000Z"), 0);
	assert_int_equal(order("2026-03-01T00:00:00Z", "2026-02-28T23:59:59Z"), 1);
	assert_int_equal(order("2026-06-15T12:00:00Z", "2026-06-15T12:00:00.001Z"), -1);
	assert_int_equal(order("2026-06-15T12:00:00.1Z", "2026-06-15T12:00:00.09Z"), 1);
	assert_int_equal(order("2026-06-15T12:00:00.0000000001Z", "2026-06-15T12:00:00Z"), 1);
	assert_int_equal(order("2026-06-15T12:00:00.00000000010Z", "2026-06-15T12:00:00.0000000001Z"), 0);
	assert_int_equal(order("2026-06-15T12:00:00.123456789123456789Z", "2026-06-15T12:00:00.123456789123456788Z"), 1);
	assert_int_equal(order("2026-06-15T12:00:00.1234567891Z", "2026-06-15T12:00:00.12345678901Z"), 1);
	assert_int_equal(order("1969-12-31T23:59:59.9Z", "1970-01-01T00:00:00Z"), -1);
	assert_int_equal(order("2026-01-01T00:00:00-00:00", "2026-01-01T00:00:00Z"), 0);
	assert_true(instant_cmp(&none, &some) < 0);
	assert_true(instant_cmp(&some, &none) > 0);
	assert_int_equal(instant_cmp(&none, &none), 0);
}

static void test_instants_refused(void **state)
{
	static const char *const bad[] = {
		"", "2026-06-15", "2026-06-15T12:00:00", "2026-06-15 12:00:00Z", "2026-06-15T12:00:60Z", "2026-06-15T24:00:00Z", "2026-06-15T12:60:00Z",
		"2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z",
		"2026-04-31T00:00:00Z", "2026-06-15T12:00:00.Z", "2026-06-15T12:00:00,5Z", "2026-06-15T12:00:00+2:00", "2026-06-15T12:00:00+0200",
		"2026-06-15T12:00:00+24:00", "2026-06-15T12:00:00+01:60", "2026-06-15T12:00:00Zx", " 2026-06-15T12:00:00Z", "2026-06-15T12:00Z",
		"+2026-06-15T12:00:00Z", "20260615T120000Z", "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct instant at;
		char why[128] = "";

		if (instant_parse(str_of(bad[i]), &at, why))
			fail_msg("%s was taken", bad[i]);
		assert_true(why[0]);
		assert_false(at.given);
	}
}

static void written(const char *text, const char *wanted)
{
	struct instant at = instant(text), copy;
	char *out = instant_format(&at);

	assert_string_equal(out, wanted);
	assert_int_equal(instant_copy(&copy, &at), 0);
	assert_int_equal(instant_cmp(&copy, &at), 0);
	free(out);
	instant_release(&copy);
	instant_release(&at);
}

static void test_instants_written(void **state)
{
	struct instant at;
	char *out;

	(void)state;
	written("2026-06-15T12:00:00Z", "2026-06-15T12:00:00Z");
	written("2024-02-29T23:59:59.120-01:00", "2024-03-01T00:59:59.12Z");
	written("2026-06-15T12:00:00.0000000000100Z", "2026-06-15T12:00:00.00000000001Z");
	written("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z");
	written("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z");
	written("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.5Z");
	written("2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z");
	instant_of_ms(1781524800123, &at);
	out = instant_format(&at);
	assert_string_equal(out, "2026-06-15T12:00:00.123Z");
	free(out);
	instant_of_ms(-1, &at);
	out = instant_format(&at);
	assert_string_equal(out, "1969-12-31T23:59:59.999Z");
	free(out);
}

static void test_actions(void **state)
{
	enum action action;

	(void)state;
	for (unsigned a = 0; a < ACTION_COUNT; a++) {
		assert_true(action_parse(str_of(action_name((enum action)a)), &action));
		assert_int_equal(action, a);
		assert_int_equal(action_needs(action_needs((enum action)a)), action_needs((enum action)a));
	}
	assert_false(action_parse(STR("Chat"), &action));
	assert_false(action_parse(STR(""), &action));
	assert_int_equal(action_needs(ACTION_SCREEN), ACTION_CALL);
	assert_int_equal(action_needs(ACTION_FILE), ACTION_CHAT);
	assert_int_equal(action_needs(ACTION_PRESENCE), ACTION_PRESENCE);
}

static void test_lookalikes(void **state)
{
	static const struct { const char *text; enum lookalike seems; } rows[] = {
		{ "", LOOKALIKE_NONE }, { "Tess Walcott", LOOKALIKE_NONE }, { "O\u2019Neill", LOOKALIKE_NONE }, { "J\u00fcrgen", LOOKALIKE_NONE },
		{ "\u0416\u0443\u043a\u043e\u0432", LOOKALIKE_NONE }, { "\u5c71\u7530 Taro", LOOKALIKE_NONE }, { "\u0421\u0430\u0440\u0430", LOOKALIKE_DISGUISED },
		{ "T\u0435ss", LOOKALIKE_MIXED }, { "Ann\u200b Lee", LOOKALIKE_MIXED }, { "Ann\u202e Lee", LOOKALIKE_MIXED }, { "\u0645\u06cc\u200c\u062e", LOOKALIKE_NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (text_lookalike(str_of(rows[i].text)) != rows[i].seems)
			fail_msg("%s", rows[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_domains), cmocka_unit_test(test_domains_refused), cmocka_unit_test(test_wildcards),
		cmocka_unit_test(test_addresses), cmocka_unit_test(test_addresses_refused), cmocka_unit_test(test_address_domain),
		cmocka_unit_test(test_unicode_domain), cmocka_unit_test(test_folding), cmocka_unit_test(test_instants_compare_exactly),
		cmocka_unit_test(test_instants_refused), cmocka_unit_test(test_instants_written), cmocka_unit_test(test_actions), cmocka_unit_test(test_lookalikes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
