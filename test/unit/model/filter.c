/** @file test/unit/model/filter.c  Segment filters: what they match, and that errors point at the column. */
#include "model/filter.h"

#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char attributes[] = "{\"department\": \"Experts\", \"floor\": 2, \"remote\": true, \"skills\": [\"pump\", \"Valve\", 7], \"none\": [], \"blank\": \"\", \"Dup\": \"x\"}";

static int match(const char *text)
{
	struct filter_subject subject = { "internal", "ann@abc.example", "Ann Ångström", "", true, NULL };
	struct json_err err;
	char why[128] = "";
	struct filter *f = filter_parse(str_of(text), why);
	int yes;

	if (!f)
		fail_msg("%s: %s", text, why);
	subject.attributes = json_read(str_of(attributes), 8, &err);
	yes = filter_matches(f, &subject);
	json_decref(subject.attributes);
	filter_free(f);
	return yes;
}

static void test_matches(void **state)
{
	static const char *const yes[] = {
		"department eq \"EXPERTS\"", "DEPARTMENT EQ \"experts\"", "floor eq 2", "floor eq 2.0", "floor gt 1", "floor le 2", "remote eq true",
		"remote pr", "skills eq \"valve\"", "skills eq 7", "skills co \"um\"", "name sw \"ann å\"", "name ew \"STRÖM\"", "kind eq \"internal\"",
		"enabled eq true", "address co \"@abc\"", "not (floor eq 3)", "not(floor eq 3)", "nobody ne \"x\"", "floor ne \"2\"", "remote ne 1",
		"floor eq 3 or floor eq 2 and remote eq true", "(floor eq 2 or floor eq 3) and department pr", "department ge \"experts\"",
		"department lt \"f\"", "skills ne \"none\"", "dup eq \"X\"", "blank eq \"\"", "nobody eq null", "((((floor eq 2))))",
	};
	static const char *const no[] = {
		"department eq \"Expert\"", "floor eq \"2\"", "floor eq true", "remote eq \"true\"", "remote ne true", "none pr", "blank pr", "title pr",
		"nobody pr", "nobody eq \"x\"", "nobody gt 1", "department gt 1", "skills ne \"PUMP\"", "not (floor eq 2)", "department eq null", "department ne \"experts\"",
		"floor eq 3 and floor eq 2 or remote eq false", "nobody ne null",
	};

	(void)state;
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		if (match(yes[i]) != 1)
			fail_msg("%s does not match", yes[i]);
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		if (match(no[i]) != 0)
			fail_msg("%s matches", no[i]);
}

static void test_errors_point_at_the_column(void **state)
{
	static const struct { const char *text, *why; } rows[] = {
		{ "", "column 1: the name" }, { "   ", "column 4: the name" }, { "floor", "column 6: an operator" }, { "floor is 2", "column 7: an operator" },
		{ "floor eq", "column 9: a space" }, { "floor eq ", "column 10: a value" }, { "floor eq x", "column 10: is no value" },
		{ "floor eq \"x", "column 10: is no value" }, { "floor co 2", "column 10: co needs text" }, { "floor gt true", "column 10: gt needs" },
		{ "floor lt null", "column 10: lt needs" }, { "not floor pr", "column 1: not stands only" }, { "(floor pr", "column 10: a )" },
		{ "floor pr)", "column 9: and, or" }, { "floor pr and", "column 13" }, { "name eq \"å\" x", "column 13: and, or" }, { "emails.type eq \"x\"", "column 7: paths" },
		{ "emails[type eq \"x\"]", "column 7: paths" }, { "floor eq 2and floor pr", "column 10: is no value" }, { "floor pr or or", "column 15: an operator" },
		{ "floor eq [1]", "column 10: " }, { "1floor pr", "column 1: the name" }, { "floor pr not (x pr)", "column 10: and, or" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char why[128] = "";

		assert_null(filter_parse(str_of(rows[i].text), why));
		if (strncmp(why, rows[i].why, strlen(rows[i].why)) != 0)
			fail_msg("%s: %s, not %s", rows[i].text, why, rows[i].why);
	}
}

static void nested(unsigned depth, bool good)
{
	char text[512], why[128];
	struct filter *f;

	memset(text, '(', depth);
	memcpy(text + depth, "a pr", 4);
	memset(text + depth + 4, ')', depth);
	text[2 * depth + 4] = '\0';
	f = filter_parse(str_of(text), why);
	assert_true((f != NULL) == good);
	filter_free(f);
}

static void test_nesting_is_bounded(void **state)
{
	(void)state;
	nested(100, true);
	nested(101, false);
}

static void test_attribute_names(void **state)
{
	(void)state;
	assert_true(filter_attribute_valid(STR("a-_9")) && filter_attribute_valid(STR("Kinds")));
	assert_false(filter_attribute_valid(STR("")) || filter_attribute_valid(STR("9a")) || filter_attribute_valid(STR("KIND")) || filter_attribute_valid(STR("a.b")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matches), cmocka_unit_test(test_errors_point_at_the_column), cmocka_unit_test(test_nesting_is_bounded),
		cmocka_unit_test(test_attribute_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
