/** @file base/usage_test.c  The process' own numbers are there and move the right way. */
#include "base/usage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void numbers_follow_what_is_done(void **state)
{
	enum { FILES = 10, BYTES = 32 << 20 };
	struct usage before, then;
	int files[FILES];
	char *memory;

	(void)state;
	usage_open();
	usage_read(&before);
	assert_true(before.resident_bytes > 0 && before.open_files >= 3 && before.files_most >= before.open_files);
	assert_true(clock_wall_ms() - before.started < 60000);

	for (int i = 0; i < FILES; i++)
		files[i] = dup(0);
	memory = malloc(BYTES);
	assert_non_null(memory);
	memset(memory, 1, BYTES);
	usage_read(&then);
	assert_int_equal(then.open_files, before.open_files + FILES);
	assert_true(then.resident_bytes >= before.resident_bytes + BYTES / 2);
	assert_true(then.cpu_seconds >= before.cpu_seconds);
	free(memory);
	for (int i = 0; i < FILES; i++)
		close(files[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_follow_what_is_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
