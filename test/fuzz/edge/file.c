/** @file edge/file.c  Fuzz target: a Range field against files of several sizes, and a file's name on its way into a header. */
#include "edge/inside.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void range_check(struct str field, int64_t bytes)
{
	int64_t first = -1, last = -1;

	if (range_read(field, bytes, &first, &last) == 1 && !(first >= 0 && first <= last && last < bytes))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const int64_t sizes[] = { 1, 2, 1000, 100000000, INT64_MAX };
	char name[LIMIT_FILE_NAME_BYTES + 1], out[DISPOSITION_CHARS];
	size_t length = n < sizeof name ? n : sizeof name - 1;

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		range_check((struct str){ (const char *)data, n }, sizes[i]);
	if (n)
		memcpy(name, data, length);
	name[length] = '\0';
	disposition_write(name, out);
	/* A header is one line of plain letters. */
	for (const char *c = out; *c; c++)
		if ((unsigned char)*c < ' ' || (unsigned char)*c >= 0x7f)
			abort();
	return 0;
}
