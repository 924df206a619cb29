/** @file model/domain_list.c  Reading and writing lists of domains. */
#include "model/domain_list.h"

#include "base/limits.h"
#include "model/text_map.h"

#include <errno.h>

static bool entry_decode(json_t *v, const char *path, struct text_map *seen, struct texts *out, struct json_err *err)
{
	char domain[260], why[128];
	int e;

	if (!json_is_string(v))
		return json_bad(err, path, "must be a domain, or *. and a domain");
	if (!domain_canonical((struct str){ json_string_value(v), json_string_length(v) }, true, domain, why))
		return json_bad(err, path, "%s", why);
	if (text_map_find(seen, str_of(domain), NULL))
		return true;
	e = texts_add(out, str_of(domain));
	if (!e)
		e = text_map_add(seen, str_of(out->v[out->n - 1]), 0);
	return !e || json_bad(err, path, "out of memory");
}

bool domain_list_decode(json_t *object, const char *path, const char *key, struct texts *out, struct json_err *err)
{
	json_t *list = json_object_get(object, key), *v;
	struct text_map seen = { 0 };
	char at[512], each[512];
	bool ok = true;
	size_t i;

	if (!list)
		return true;
	json_path_key(at, path, key);
	if (!json_is_array(list))
		return json_bad(err, at, "must be a list of domains");
	if (json_array_size(list) > LIMIT_DOMAINS_PER_LIST)
		return json_bad(err, at, "has more than %d domains", LIMIT_DOMAINS_PER_LIST);
	json_array_foreach(list, i, v) {
		json_path_index(each, at, i);
		ok = entry_decode(v, each, &seen, out, err);
		if (!ok)
			break;
	}
	text_map_release(&seen);
	return ok;
}

json_t *texts_encode(const struct texts *texts)
{
	json_t *list = json_array();

	for (size_t i = 0; i < texts->n; i++) {
		if (json_array_append_new(list, json_string(texts->v[i]))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}
