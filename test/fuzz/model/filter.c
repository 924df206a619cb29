/** @file test/fuzz/model/filter.c  Filters from anybody: compiled or refused at a column; a compiled one is what its double negation is. */
#include "base/json.h"
#include "model/filter.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct filter_subject subject = { "guest", "bob=c.example@a.example", "Bob", "", false, NULL };
	struct str text = { (const char *)data, n };
	struct filter *f, *twice;
	struct json_err err;
	char why[128] = "", *again;

	f = filter_parse(text, why);
	if (!f) {
		assert(strncmp(why, "column ", 7) == 0);
		return 0;
	}
	subject.attributes = json_read(STR("{\"a\": [1, \"x\", true], \"b\": \"Sales\", \"c\": 2.5}"), 8, &err);
	assert(asprintf(&again, "not (not (%.*s))", (int)n, (const char *)data) > 0);
	/* Two levels deeper it may be too deep. */
	twice = filter_parse(str_of(again), why);
	assert(!twice || filter_matches(f, &subject) == filter_matches(twice, &subject));
	json_decref(subject.attributes);
	filter_free(f);
	filter_free(twice);
	free(again);
	return 0;
}
