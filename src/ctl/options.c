/** @file ctl/options.c  Reading a command's words. */
#include "ctl/options.h"

#include "ctl/command.h"

#include <string.h>

static const struct option_row *row_of(const struct option_row *rows, const char *word)
{
	for (; rows->name; rows++) {
		if (strcmp(rows->name, word) == 0)
			return rows;
	}
	return NULL;
}

int options_read(int argc, char **argv, const struct option_row *rows, const char **rest, int most)
{
	int n = 0;

	for (int i = 0; i < argc; i++) {
		const struct option_row *row;

		if (argv[i][0] != '-' || argv[i][1] == '\0') {
			if (n == most) {
				complain("what is meant by \"%s\"?", argv[i]);
				return -1;
			}
			rest[n++] = argv[i];
			continue;
		}
		row = row_of(rows, argv[i]);
		if (!row) {
			complain("there is no option %s here", argv[i]);
			return -1;
		}
		if (row->flag) {
			*row->flag = true;
		} else if (i + 1 == argc) {
			complain("%s needs a value", argv[i]);
			return -1;
		} else {
			*row->value = argv[++i];
		}
	}
	return n;
}
