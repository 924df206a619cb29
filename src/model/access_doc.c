/** @file model/access_doc.c  external_access of the world document: decode, encode, copy. What it means is reach/external.c. */
#include "model/domain_list.h"
#include "model/later.h"
#include "model/world_doc.h"

#include <assert.h>

static const char *const mode_names[] = {
	[ACCESS_OPEN] = "open", [ACCESS_ALLOW] = "allow", [ACCESS_BLOCK] = "block", [ACCESS_OFF] = "off",
};

/* Calls and chats can't be switched off for people outside, only what happens in them. */
enum {
	MAY_BE_OFF = 1 << ACTION_PRESENCE | 1 << ACTION_FILE | 1 << ACTION_SCREEN | 1 << ACTION_VIDEO | 1 << ACTION_ANNOTATE,
};

static const struct later later[] = {
	{ "blocked_people", "[]" },
	{ "first_contact", "\"open\"" },
	{ "outbound_guests", "true" },
	{ "max_organisations", "null" },
	{ NULL, NULL },
};

const char *access_mode_name(enum access_mode mode)
{
	assert(mode <= ACCESS_OFF);
	return mode_names[mode];
}

bool access_mode_parse(struct str text, enum access_mode *out)
{
	for (unsigned m = 0; m <= ACCESS_OFF; m++) {
		if (!str_eq(text, str_of(mode_names[m])))
			continue;
		*out = (enum access_mode)m;
		return true;
	}
	return false;
}

void external_access_default(struct external_access *out)
{
	*out = (struct external_access){ .mode = ACCESS_OPEN, .off_actions = 1 << ACTION_FILE };
}

void external_access_release(struct external_access *access)
{
	texts_release(&access->allow);
	texts_release(&access->block);
	texts_release(&access->unverified_exceptions);
	texts_release(&access->directory_cards);
	*access = (struct external_access){ 0 };
}

int external_access_copy(struct external_access *out, const struct external_access *from)
{
	int err;

	*out = (struct external_access){ .mode = from->mode, .unverified_pass = from->unverified_pass, .off_actions = from->off_actions };
	err = texts_copy(&out->allow, &from->allow);
	if (!err)
		err = texts_copy(&out->block, &from->block);
	if (!err)
		err = texts_copy(&out->unverified_exceptions, &from->unverified_exceptions);
	if (!err)
		err = texts_copy(&out->directory_cards, &from->directory_cards);
	if (err)
		external_access_release(out);
	return err;
}

static bool mode_decode(json_t *object, const char *path, struct external_access *out, struct json_err *err)
{
	struct str mode = str_of(access_mode_name(out->mode));
	char at[512];

	if (!json_get_str(object, path, "mode", false, &mode, err))
		return false;
	json_path_key(at, path, "mode");
	return access_mode_parse(mode, &out->mode) || json_bad(err, at, "must be open, allow, block or off");
}

static bool unverified_decode(json_t *object, const char *path, struct external_access *out, struct json_err *err)
{
	struct str text = STR("block");
	char at[512];

	if (!json_get_str(object, path, "unverified_tenants", false, &text, err))
		return false;
	out->unverified_pass = str_eq(text, STR("allow"));
	json_path_key(at, path, "unverified_tenants");
	return out->unverified_pass || str_eq(text, STR("block")) || json_bad(err, at, "must be block or allow");
}

static bool off_actions_decode(json_t *object, const char *path, struct external_access *out, struct json_err *err)
{
	json_t *list = json_object_get(object, "off_actions"), *v;
	char at[512], each[512];
	enum action action;
	size_t i;

	if (!list)
		return true;
	json_path_key(at, path, "off_actions");
	if (!json_is_array(list))
		return json_bad(err, at, "must be a list");
	out->off_actions = 0;
	json_array_foreach(list, i, v) {
		json_path_index(each, at, i);
		if (!json_is_string(v) || !action_parse(str_of(json_string_value(v)), &action) || !(MAY_BE_OFF & 1 << action))
			return json_bad(err, each, "must be presence, file, screen, video or annotate");
		out->off_actions |= 1u << action;
	}
	return true;
}

static bool decode(json_t *object, const char *path, struct external_access *out, struct json_err *err)
{
	static const char *const keys[] = {
		"mode", "allow", "block", "unverified_tenants", "unverified_exceptions", "blocked_people", "off_actions",
		"directory_cards", "first_contact", "outbound_guests", "max_organisations", NULL,
	};

	return json_only(object, path, keys, err)
		&& later_check(object, path, later, err)
		&& mode_decode(object, path, out, err)
		&& domain_list_decode(object, path, "allow", &out->allow, err)
		&& domain_list_decode(object, path, "block", &out->block, err)
		&& unverified_decode(object, path, out, err)
		&& domain_list_decode(object, path, "unverified_exceptions", &out->unverified_exceptions, err)
		&& off_actions_decode(object, path, out, err)
		&& domain_list_decode(object, path, "directory_cards", &out->directory_cards, err);
}

bool external_access_decode(json_t *object, const char *path, struct external_access *out, struct json_err *err)
{
	external_access_default(out);
	if (decode(object, path, out, err))
		return true;
	external_access_release(out);
	return false;
}

static json_t *off_actions_encode(unsigned off_actions)
{
	json_t *list = json_array();

	for (unsigned a = 0; a < ACTION_COUNT; a++) {
		if ((off_actions & 1u << a) && json_array_append_new(list, json_string(action_name((enum action)a)))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

json_t *external_access_encode(const struct external_access *access)
{
	return json_pack("{s:s, s:o, s:o, s:s, s:o, s:[], s:o, s:o, s:s, s:b, s:n}",
		"mode", access_mode_name(access->mode),
		"allow", texts_encode(&access->allow),
		"block", texts_encode(&access->block),
		"unverified_tenants", access->unverified_pass ? "allow" : "block",
		"unverified_exceptions", texts_encode(&access->unverified_exceptions),
		"blocked_people",
		"off_actions", off_actions_encode(access->off_actions),
		"directory_cards", texts_encode(&access->directory_cards),
		"first_contact", "open",
		"outbound_guests", true,
		"max_organisations");
}
