/** @file model/read.c  Fields of the world document that come in many places. */
#include "model/read.h"

#include "base/limits.h"
#include "model/domain_list.h"
#include "model/text_map.h"

#include <stdlib.h>

bool read_list(json_t *object, const char *path, const char *key, size_t most, read_element *take, void *arg, struct json_err *err)
{
	json_t *list = json_object_get(object, key), *v;
	char at[512], each[512];
	size_t i;

	if (!list)
		return true;
	json_path_key(at, path, key);
	if (!json_is_array(list))
		return json_bad(err, at, "must be a list");
	if (json_array_size(list) > most)
		return json_bad(err, at, "has more than %zu entries", most);
	json_array_foreach(list, i, v) {
		json_path_index(each, at, i);
		if (!take(v, each, arg, err))
			return false;
	}
	return true;
}

bool read_choice(json_t *object, const char *path, const char *key, const char *const *names, unsigned *out, struct json_err *err)
{
	struct str text = STR("");
	char at[512];

	if (!json_object_get(object, key))
		return true;
	if (!json_get_str(object, path, key, true, &text, err))
		return false;
	for (unsigned i = 0; names[i]; i++) {
		if (!str_eq(text, str_of(names[i])))
			continue;
		*out = i;
		return true;
	}
	json_path_key(at, path, key);
	return json_bad(err, at, "is none of the words that it may be: %s, %s …", names[0], names[1]);
}

bool read_instant(json_t *object, const char *path, const char *key, struct instant *out, struct json_err *err)
{
	char at[512], why[128];
	struct str text;

	if (!json_object_get(object, key) || json_is_null(json_object_get(object, key)))
		return true;
	if (!json_get_str(object, path, key, true, &text, err))
		return false;
	json_path_key(at, path, key);
	return instant_parse(text, out, why) || json_bad(err, at, "%s", why);
}

static bool address_take(json_t *v, const char *path, char address[static 324], struct json_err *err)
{
	char why[128];

	if (!json_is_string(v))
		return json_bad(err, path, "must be an address");
	return address_canonical((struct str){ json_string_value(v), json_string_length(v) }, address, why) || json_bad(err, path, "%s", why);
}

bool read_address(json_t *object, const char *path, const char *key, char **out, struct json_err *err)
{
	char at[512], address[324];

	json_path_key(at, path, key);
	if (!json_object_get(object, key))
		return json_bad(err, at, "is missing");
	if (!address_take(json_object_get(object, key), at, address, err))
		return false;
	*out = str_dup(str_of(address));
	return *out || json_bad(err, at, "out of memory");
}

/* A list whose repeated entries are kept once. */
struct gathering {
	struct texts *out;
	struct text_map seen;
};

static bool gather(struct gathering *g, struct str text, const char *path, struct json_err *err)
{
	if (text_map_find(&g->seen, text, NULL))
		return true;
	if (texts_add(g->out, text) || text_map_add(&g->seen, str_of(g->out->v[g->out->n - 1]), 0))
		return json_bad(err, path, "out of memory");
	return true;
}

static bool gather_address(json_t *v, const char *path, void *arg, struct json_err *err)
{
	char address[324];

	return address_take(v, path, address, err) && gather(arg, str_of(address), path, err);
}

static bool gather_text(json_t *v, const char *path, void *arg, struct json_err *err)
{
	if (!json_is_string(v) || strlen(json_string_value(v)) != json_string_length(v))
		return json_bad(err, path, "must be text");
	return gather(arg, str_of(json_string_value(v)), path, err);
}

static bool gather_circle(json_t *v, const char *path, void *arg, struct json_err *err)
{
	if (json_is_string(v) && strncmp(json_string_value(v), "segment:", 8) == 0)
		return gather_text(v, path, arg, err);
	return gather_address(v, path, arg, err);
}

static bool gather_list(json_t *object, const char *path, const char *key, read_element *take, struct texts *out, struct json_err *err)
{
	struct gathering g = { .out = out };
	bool ok = read_list(object, path, key, LIMIT_ACCOUNTS_PER_TENANT, take, &g, err);

	text_map_release(&g.seen);
	return ok;
}

bool read_addresses(json_t *object, const char *path, const char *key, struct texts *out, struct json_err *err)
{
	return gather_list(object, path, key, gather_address, out, err);
}

bool read_texts(json_t *object, const char *path, const char *key, struct texts *out, struct json_err *err)
{
	return gather_list(object, path, key, gather_text, out, err);
}

bool read_circle(json_t *object, const char *path, const char *key, struct texts *out, struct json_err *err)
{
	return gather_list(object, path, key, gather_circle, out, err);
}

bool read_name(json_t *object, const char *path, const char *key, char **out, struct json_err *err)
{
	struct str text;
	char at[512];

	if (!json_get_str(object, path, key, true, &text, err))
		return false;
	json_path_key(at, path, key);
	if (text.n == 0 || text_chars(text) > LIMIT_NAME_CHARS)
		return json_bad(err, at, "must be 1 to %d characters", LIMIT_NAME_CHARS);
	*out = str_dup(text);
	return *out || json_bad(err, at, "out of memory");
}

struct action_reading {
	unsigned may, actions;
	const char *which;
};

static bool action_take(json_t *v, const char *path, void *arg, struct json_err *err)
{
	struct action_reading *r = arg;
	enum action action;

	if (!json_is_string(v) || !action_parse(str_of(json_string_value(v)), &action) || !(r->may & 1u << action))
		return json_bad(err, path, "must be %s", r->which);
	r->actions |= 1u << action;
	return true;
}

bool read_actions(json_t *object, const char *path, const char *key, unsigned may, const char *which, unsigned *out, struct json_err *err)
{
	struct action_reading r = { .may = may, .which = which };

	if (!json_object_get(object, key))
		return true;
	if (!read_list(object, path, key, LIMIT_ACCOUNTS_PER_TENANT, action_take, &r, err))
		return false;
	*out = r.actions;
	return true;
}

json_t *write_instant(const struct instant *at)
{
	char *text;
	json_t *json;

	if (!at->given)
		return json_null();
	text = instant_format(at);
	json = text ? json_string(text) : NULL;
	free(text);
	return json;
}

json_t *write_actions(unsigned actions)
{
	json_t *list = json_array();

	for (unsigned a = 0; a < ACTION_COUNT; a++) {
		if ((actions & 1u << a) && json_array_append_new(list, json_string(action_name((enum action)a)))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

void *array_room(void *array, size_t n, size_t size)
{
	/* Room doubles at each power of two, so the count alone tells when. */
	return n & (n - 1) ? array : realloc(array, (n ? n * 2 : 1) * size);
}
