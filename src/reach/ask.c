/** @file reach/ask.c  Reading an ask. */
#include "reach/ask.h"

static bool address_decode(json_t *object, const char *path, const char *key, char out[static 324], struct json_err *err)
{
	char at[512], why[128];
	struct str text;

	if (!json_get_str(object, path, key, true, &text, err))
		return false;
	json_path_key(at, path, key);
	return address_canonical(text, out, why) || json_bad(err, at, "%s", why);
}

static bool action_decode(json_t *object, const char *path, enum action *out, struct json_err *err)
{
	struct str text;
	char at[512];

	if (!json_get_str(object, path, "action", true, &text, err))
		return false;
	json_path_key(at, path, "action");
	return action_parse(text, out) || json_bad(err, at, "must be find, presence, chat, call, video, screen, annotate or file");
}

static bool at_decode(json_t *object, const char *path, time_ms_t now, struct instant *out, struct json_err *err)
{
	char at[512], why[128];
	struct str text;

	if (!json_object_get(object, "at") || json_is_null(json_object_get(object, "at"))) {
		instant_of_ms(now, out);
		return true;
	}
	if (!json_get_str(object, path, "at", true, &text, err))
		return false;
	json_path_key(at, path, "at");
	return instant_parse(text, out, why) || json_bad(err, at, "%s", why);
}

static bool query_decode(json_t *object, const char *path, struct ask_doc *out, struct json_err *err)
{
	struct str text;
	char at[512];

	if (!json_object_get(object, "query") || json_is_null(json_object_get(object, "query")))
		return true;
	if (!json_get_str(object, path, "query", true, &text, err))
		return false;
	json_path_key(at, path, "query");
	if (query_init(&out->query, text))
		return json_bad(err, at, "can't be read");
	out->ask.query = &out->query;
	return true;
}

bool ask_doc_decode(json_t *object, const char *path, time_ms_t now, struct ask_doc *out, struct json_err *err)
{
	static const char *const keys[] = { "from", "to", "action", "at", "query", NULL };

	*out = (struct ask_doc){ 0 };
	if (json_only(object, path, keys, err)
			&& address_decode(object, path, "from", out->from, err)
			&& address_decode(object, path, "to", out->to, err)
			&& action_decode(object, path, &out->ask.action, err)
			&& at_decode(object, path, now, &out->ask.at, err)
			&& query_decode(object, path, out, err)) {
		out->ask.from = str_of(out->from);
		out->ask.to = str_of(out->to);
		return true;
	}
	ask_doc_release(out);
	return false;
}

void ask_doc_release(struct ask_doc *doc)
{
	instant_release(&doc->ask.at);
	query_release(&doc->query);
	*doc = (struct ask_doc){ 0 };
}
