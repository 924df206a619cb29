/** @file model/later.c  A setting that nobody enforces must not be stored: an admin would believe in it. */
#include "model/later.h"

static bool harmless_at(json_t *value, json_t *harmless, const char *path, struct json_err *err)
{
	const char *key;
	char at[512];
	json_t *v;

	if (!json_is_object(value) || !json_is_object(harmless) || !json_object_size(harmless))
		return json_equal(value, harmless) || json_bad(err, path, "is not enforced by this version, so it is refused");
	json_object_foreach(value, key, v) {
		json_path_key(at, path, key);
		if (!json_object_get(harmless, key))
			return json_bad(err, at, "is not a known key");
		if (!harmless_at(v, json_object_get(harmless, key), at, err))
			return false;
	}
	return true;
}

bool later_check(json_t *object, const char *path, const struct later *rows, struct json_err *err)
{
	for (; rows->key; rows++) {
		json_t *value = json_object_get(object, rows->key), *harmless;
		char at[512];
		bool ok;

		if (!value)
			continue;
		harmless = json_loads(rows->harmless, JSON_DECODE_ANY, NULL);
		if (!harmless)
			return json_bad(err, path, "out of memory");
		json_path_key(at, path, rows->key);
		ok = harmless_at(value, harmless, at, err);
		json_decref(harmless);
		if (!ok)
			return false;
	}
	return true;
}
