/** @file model/later.h  Keys of the world document whose gates are not there yet: only their default, which changes nothing, is taken. */
#pragma once
#include "base/json.h"

struct later {
	const char *key;
	const char *harmless;	/* the default as JSON; an object's keys may be left out */
};

/** Refuse by path what would have to be enforced. `rows` end with a NULL key. */
bool later_check(json_t *object, const char *path, const struct later *rows, struct json_err *err);
