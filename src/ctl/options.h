/** @file ctl/options.h  Reading a command's words: "--name value", "--flag", and the rest in order. */
#pragma once
#include <stdbool.h>

struct option_row {
	const char *name;	/* "--world"; NULL ends the table */
	const char **value;	/* takes the next word; or NULL */
	bool *flag;		/* is set; or NULL */
};

/** Words that are no options go to rest[0..most). How many there were, or -1 when something is wrong (then it has complained). */
int options_read(int argc, char **argv, const struct option_row *rows, const char **rest, int most);
