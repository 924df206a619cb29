/** @file edge/protocol_test.c  The table of requests in doc/protocol.md is the table of the live protocol, in the same order. */
#include "edge/inside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *folder;

/* The next row of the table of requests: its op, without the backquotes. */
static bool row_next(FILE *doc, bool *inside, char op[static 64])
{
	char line[4096];

	while (fgets(line, sizeof line, doc)) {
		if (strncmp(line, "## ", 3) == 0)
			*inside = strcmp(line, "## Requests\n") == 0;
		else if (*inside && sscanf(line, "| `%63[^`]`", op) == 1)
			return true;
	}
	return false;
}

static void requests_are_the_table(void **state)
{
	char file[4096], op[64];
	bool inside = false;
	size_t n = 0;
	FILE *doc;

	(void)state;
	snprintf(file, sizeof file, "%s/protocol.md", folder);
	doc = fopen(file, "r");
	assert_non_null(doc);
	for (; row_next(doc, &inside, op); n++) {
		if (!live_op(n))
			fail_msg("the server has no request %s", op);
		assert_string_equal(op, live_op(n));
	}
	fclose(doc);
	if (live_op(n))
		fail_msg("%s is not described", live_op(n));
	assert_true(n > 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(requests_are_the_table) };

	if (argc != 2)
		return 2;
	folder = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
