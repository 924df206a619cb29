/**
 * @file base/json.c  Fuzz: what json_read takes, written out, is taken again and is equal; strings are UTF-8 without NUL, numbers are
 * finite, nothing is deeper than allowed. What it refuses, it says why.
 */
#include "base/json.h"

#include "base/limits.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void expect_text(const char *p, size_t n)
{
	assert(strlen(p) == n && str_utf8((struct str){ p, n }));
}

static void expect_strict(json_t *v, unsigned depth)
{
	const char *key;
	json_t *inner;
	size_t i;

	if (json_is_string(v))
		expect_text(json_string_value(v), json_string_length(v));
	if (json_is_real(v))
		assert(isfinite(json_real_value(v)));
	if (json_is_object(v) || json_is_array(v))
		assert(depth < LIMIT_JSON_DEPTH);
	json_object_foreach(v, key, inner) {
		expect_text(key, strlen(key));
		assert(strlen(key) <= LIMIT_JSON_KEY_BYTES);
		expect_strict(inner, depth + 1);
	}
	json_array_foreach(v, i, inner)
		expect_strict(inner, depth + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str text = { (const char *)data, n };
	struct json_err err = { 0 };
	json_t *v = json_read(text, LIMIT_JSON_DEPTH, &err), *again;
	char *out;

	if (!v) {
		assert(err.why[0] && memchr(err.why, '\0', sizeof err.why));
		return 0;
	}
	/* Valid JSON is valid UTF-8 as a whole. */
	assert(str_utf8(text));
	expect_strict(v, 0);
	out = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);
	assert(out);
	again = json_read(str_of(out), LIMIT_JSON_DEPTH, &err);
	assert(again && json_equal(v, again));
	json_decref(again);
	json_decref(v);
	free(out);
	return 0;
}
