/** @file base/config.h  A configuration file of `key = value` lines, read against one table of keys. */
#pragma once
#include "base/str.h"

#include <stdint.h>

enum config_type { CONFIG_TEXT, CONFIG_NUMBER, CONFIG_CHOICE };

/** One key: the table is the documentation too. */
struct config_key {
	const char *name;
	enum config_type type;
	const char *fallback;		/* as it would be written in the file */
	int64_t least, most;		/* of a number */
	const char *choices;		/* of a choice: "a b c" */
	const char *doc;
};

/** The values, in the table's order. Owned: config_release(). */
struct config {
	const struct config_key *keys;
	size_t n;
	char **values;
};

/** All keys at their fallbacks. 0 or -ENOMEM. */
int config_init(struct config *config, const struct config_key *keys, size_t n);
void config_release(struct config *config);

/**
 * Read a file over what is there. Empty lines and lines that begin with '#' are skipped. False with `why` naming file, line and
 * the fix: an unknown key (with the nearest one), a key given twice, a bad value, an unreadable file.
 */
bool config_read(struct config *config, const char *file, char why[static 512]);

/** Set one key from "key=value", as on a command line. False with `why`. */
bool config_set(struct config *config, const char *assignment, char why[static 512]);

/** A value by its key, which must be in the table. */
const char *config_text(const struct config *config, const char *key);
int64_t config_number(const struct config *config, const char *key);

/** Cut a text with spaces between in place: at most `most` words, and a NULL behind the last, so `out` holds one more. */
void config_words(char *text, const char **out, size_t most);

/** Write the whole table as a commented file to standard output. */
void config_document(const struct config_key *keys, size_t n);
