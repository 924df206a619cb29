/** @file model/filter_match.c  What a compiled filter matches. */
#include "model/filter_node.h"

#include "model/names.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

static bool text_test(enum filter_operator op, struct str got, struct str wanted)
{
	size_t n = got.n < wanted.n ? got.n : wanted.n;
	int order = memcmp(got.p, wanted.p, n);

	order = order ? order : (got.n > wanted.n) - (got.n < wanted.n);
	switch (op) {
	case FILTER_EQ:
	case FILTER_NE:
		return order == 0;
	case FILTER_CO:
		return wanted.n == 0 || memmem(got.p, got.n, wanted.p, wanted.n);
	case FILTER_SW:
		return got.n >= wanted.n && memcmp(got.p, wanted.p, wanted.n) == 0;
	case FILTER_EW:
		return got.n >= wanted.n && memcmp(got.p + got.n - wanted.n, wanted.p, wanted.n) == 0;
	case FILTER_GT:
		return order > 0;
	case FILTER_GE:
		return order >= 0;
	case FILTER_LT:
		return order < 0;
	case FILTER_LE:
		return order <= 0;
	default:
		return false;
	}
}

static bool number_test(enum filter_operator op, long double got, long double wanted)
{
	switch (op) {
	case FILTER_EQ:
	case FILTER_NE:
		return !(got < wanted) && !(got > wanted);
	case FILTER_GT:
		return got > wanted;
	case FILTER_GE:
		return got >= wanted;
	case FILTER_LT:
		return got < wanted;
	case FILTER_LE:
		return got <= wanted;
	default:
		return false;
	}
}

/* Wide enough for every integer and every double that JSON gives us. */
static long double number_of(const json_t *number)
{
	return json_is_integer(number) ? (long double)json_integer_value(number) : (long double)json_real_value(number);
}

static int one_test(const struct filter *f, json_t *got)
{
	struct str text = { json_string_value(got), json_string_length(got) };
	char *folded;
	bool yes;

	if (json_is_number(got) && json_is_number(f->value))
		return number_test(f->op, number_of(got), number_of(f->value));
	if (!json_is_string(got) || !json_is_string(f->value))
		return json_is_boolean(got) && json_equal(got, f->value);
	folded = text_fold(text);
	if (!folded)
		return -ENOMEM;
	yes = text_test(f->op, str_of(folded), str_of(f->folded));
	free(folded);
	return yes;
}

static bool present(json_t *got)
{
	if (json_is_array(got))
		return json_array_size(got) > 0;
	return !json_is_string(got) || json_string_length(got) > 0;
}

/* A value, or any element of a list. "ne" is turned round where all values have been seen. */
static int value_test(const struct filter *f, json_t *got)
{
	json_t *element;
	size_t i;
	int yes;

	if (f->op == FILTER_PR)
		return present(got);
	if (!json_is_array(got))
		return one_test(f, got);
	json_array_foreach(got, i, element) {
		yes = one_test(f, element);
		if (yes)
			return yes;
	}
	return 0;
}

static int builtin_test(const struct filter *f, const struct filter_subject *subject)
{
	const char *const texts[] = { subject->kind, subject->address, subject->name, subject->title };
	json_t *value = f->builtin == FILTER_ENABLED ? json_boolean(subject->enabled) : json_string(texts[f->builtin]);
	int yes = value ? value_test(f, value) : -ENOMEM;

	json_decref(value);
	return yes;
}

/* Names ignore case, so several keys may be meant: any of them. */
static int attributes_test(const struct filter *f, json_t *attributes)
{
	/* What an account does not have is null. */
	int yes = 0;
	bool had = false;
	const char *key;
	json_t *value;

	json_object_foreach(attributes, key, value) {
		if (strcasecmp(key, f->name) != 0)
			continue;
		had = true;
		yes = value_test(f, value);
		if (yes)
			return yes;
	}
	return !had && json_is_null(f->value) && (f->op == FILTER_EQ || f->op == FILTER_NE);
}

static int test(const struct filter *f, const struct filter_subject *subject)
{
	int yes = f->builtin == FILTER_BUILTINS ? attributes_test(f, subject->attributes) : builtin_test(f, subject);

	return yes < 0 || f->op != FILTER_NE ? yes : !yes;
}

bool filter_attributes_only(const struct filter *f)
{
	if (f->kind == FILTER_TEST)
		return f->builtin == FILTER_BUILTINS;
	for (const struct filter *part = f->first; part; part = part->next) {
		if (!filter_attributes_only(part))
			return false;
	}
	return true;
}

int filter_matches(const struct filter *f, const struct filter_subject *subject)
{
	int yes;

	if (f->kind == FILTER_TEST)
		return test(f, subject);
	if (f->kind == FILTER_NOT) {
		yes = filter_matches(f->first, subject);
		return yes < 0 ? yes : !yes;
	}
	for (const struct filter *part = f->first; part; part = part->next) {
		yes = filter_matches(part, subject);
		if (yes < 0 || yes == (f->kind == FILTER_OR))
			return yes;
	}
	return f->kind == FILTER_AND;
}
