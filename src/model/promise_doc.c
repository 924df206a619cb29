/** @file model/promise_doc.c  Promises of the world document: a tenant's own tests. Whether they hold is reach/promise.c. */
#include "base/limits.h"
#include "model/read.h"

#include <stdlib.h>

static const char *const expect_words[] = { "deny", "allow", NULL };

void promise_doc_release(struct promise_doc *promise)
{
	free(promise->from);
	free(promise->to);
	free(promise->query);
	instant_release(&promise->at);
	*promise = (struct promise_doc){ 0 };
}

static bool words_decode(json_t *object, const char *path, struct promise_doc *out, struct json_err *err)
{
	unsigned expect = 0;
	struct str text;
	char at[512];

	json_path_key(at, path, "expect");
	if (!json_object_get(object, "expect"))
		return json_bad(err, at, "is missing");
	if (!read_choice(object, path, "expect", expect_words, &expect, err) || !json_get_str(object, path, "action", true, &text, err))
		return false;
	out->allow = expect;
	json_path_key(at, path, "action");
	return action_parse(text, &out->action) || json_bad(err, at, "is no action");
}

static bool query_decode(json_t *object, const char *path, struct promise_doc *out, struct json_err *err)
{
	struct str text;

	if (!json_object_get(object, "query") || json_is_null(json_object_get(object, "query")))
		return true;
	if (!json_get_str(object, path, "query", true, &text, err))
		return false;
	out->query = str_dup(text);
	return out->query || json_bad(err, path, "out of memory");
}

bool promise_doc_decode(json_t *object, const char *path, struct promise_doc *out, struct json_err *err)
{
	static const char *const keys[] = { "expect", "from", "to", "action", "at", "query", NULL };

	*out = (struct promise_doc){ 0 };
	if (json_only(object, path, keys, err)
			&& words_decode(object, path, out, err)
			&& read_address(object, path, "from", &out->from, err)
			&& read_address(object, path, "to", &out->to, err)
			&& read_instant(object, path, "at", &out->at, err)
			&& query_decode(object, path, out, err))
		return true;
	promise_doc_release(out);
	return false;
}

json_t *promise_doc_encode(const struct promise_doc *promise)
{
	json_t *object = json_pack("{s:s, s:s, s:s, s:s}", "expect", expect_words[promise->allow], "from", promise->from, "to", promise->to,
		"action", action_name(promise->action));

	if ((promise->at.given && json_object_set_new(object, "at", write_instant(&promise->at)))
			|| (promise->query && json_object_set_new(object, "query", json_string(promise->query)))) {
		json_decref(object);
		return NULL;
	}
	return object;
}
