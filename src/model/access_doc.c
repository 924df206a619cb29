/** @file model/access_doc.c  external_access of the world document: decode, encode, copy. What it means is reach/external.c. */
#include "model/domain_list.h"
#include "model/read.h"
#include "model/text_map.h"

#include "base/limits.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

static const char *const mode_names[] = {
	[ACCESS_OPEN] = "open", [ACCESS_ALLOW] = "allow", [ACCESS_BLOCK] = "block", [ACCESS_OFF] = "off",
};

/* Calls and chats can't be switched off for people outside, only what happens in them. */
enum {
	MAY_BE_OFF = 1 << ACTION_PRESENCE | 1 << ACTION_FILE | 1 << ACTION_SCREEN | 1 << ACTION_VIDEO | 1 << ACTION_ANNOTATE,
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
	for (size_t i = 0; i < access->n_blocked_people; i++) {
		free(access->blocked_people[i].address);
		instant_release(&access->blocked_people[i].until);
	}
	free(access->blocked_people);
	*access = (struct external_access){ 0 };
}

static int people_copy(struct external_access *out, const struct external_access *from)
{
	if (!from->n_blocked_people)
		return 0;
	out->blocked_people = calloc(from->n_blocked_people, sizeof *out->blocked_people);
	if (!out->blocked_people)
		return -ENOMEM;
	for (; out->n_blocked_people < from->n_blocked_people; out->n_blocked_people++) {
		const struct blocked_person *person = &from->blocked_people[out->n_blocked_people];
		struct blocked_person *copy = &out->blocked_people[out->n_blocked_people];

		copy->address = str_dup(str_of(person->address));
		if (!copy->address || instant_copy(&copy->until, &person->until)) {
			free(copy->address);
			return -ENOMEM;
		}
	}
	return 0;
}

int external_access_copy(struct external_access *out, const struct external_access *from)
{
	int err;

	*out = (struct external_access){
		.mode = from->mode, .unverified_pass = from->unverified_pass, .off_actions = from->off_actions,
		.first_contact_asks = from->first_contact_asks, .outbound_guests_off = from->outbound_guests_off,
		.max_organisations = from->max_organisations,
	};
	err = texts_copy(&out->allow, &from->allow);
	if (!err)
		err = texts_copy(&out->block, &from->block);
	if (!err)
		err = texts_copy(&out->unverified_exceptions, &from->unverified_exceptions);
	if (!err)
		err = texts_copy(&out->directory_cards, &from->directory_cards);
	if (!err)
		err = people_copy(out, from);
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

static bool blocked_person_take(json_t *v, const char *path, void *arg, struct json_err *err)
{
	static const char *const keys[] = { "address", "until", NULL };
	struct external_access *out = arg;
	struct blocked_person *people, *person;

	if (!json_only(v, path, keys, err))
		return false;
	people = array_room(out->blocked_people, out->n_blocked_people, sizeof *people);
	if (!people)
		return json_bad(err, path, "out of memory");
	out->blocked_people = people;
	person = &people[out->n_blocked_people++];
	*person = (struct blocked_person){ 0 };
	return read_address(v, path, "address", &person->address, err) && read_instant(v, path, "until", &person->until, err);
}

static bool blocked_people_decode(json_t *object, const char *path, struct external_access *out, struct json_err *err)
{
	return read_list(object, path, "blocked_people", LIMIT_ACCOUNTS_PER_TENANT, blocked_person_take, out, err);
}

static bool first_contact_decode(json_t *object, const char *path, struct external_access *out, struct json_err *err)
{
	static const char *const words[] = { "open", "ask", NULL };
	unsigned word = 0;

	if (!read_choice(object, path, "first_contact", words, &word, err))
		return false;
	out->first_contact_asks = word;
	return true;
}

static bool travel_decode(json_t *object, const char *path, struct external_access *out, struct json_err *err)
{
	bool on = true;
	char at[512];

	if (!json_get_bool(object, path, "outbound_guests", false, &on, err))
		return false;
	out->outbound_guests_off = !on;
	if (!json_object_get(object, "max_organisations") || json_is_null(json_object_get(object, "max_organisations")))
		return true;
	if (!json_get_int(object, path, "max_organisations", true, &out->max_organisations, err))
		return false;
	json_path_key(at, path, "max_organisations");
	return out->max_organisations > 0 || json_bad(err, at, "must be 1 or more, or null for no cap");
}

static bool decode(json_t *object, const char *path, struct external_access *out, struct json_err *err)
{
	static const char *const keys[] = {
		"mode", "allow", "block", "unverified_tenants", "unverified_exceptions", "blocked_people", "off_actions",
		"directory_cards", "first_contact", "outbound_guests", "max_organisations", NULL,
	};

	return json_only(object, path, keys, err)
		&& mode_decode(object, path, out, err)
		&& domain_list_decode(object, path, "allow", &out->allow, err)
		&& domain_list_decode(object, path, "block", &out->block, err)
		&& unverified_decode(object, path, out, err)
		&& domain_list_decode(object, path, "unverified_exceptions", &out->unverified_exceptions, err)
		&& blocked_people_decode(object, path, out, err)
		&& read_actions(object, path, "off_actions", MAY_BE_OFF, "presence, file, screen, video or annotate", &out->off_actions, err)
		&& domain_list_decode(object, path, "directory_cards", &out->directory_cards, err)
		&& first_contact_decode(object, path, out, err)
		&& travel_decode(object, path, out, err);
}

bool external_access_decode(json_t *object, const char *path, struct external_access *out, struct json_err *err)
{
	external_access_default(out);
	if (decode(object, path, out, err))
		return true;
	external_access_release(out);
	return false;
}

static json_t *blocked_people_encode(const struct external_access *access)
{
	json_t *list = json_array();

	for (size_t i = 0; i < access->n_blocked_people; i++) {
		const struct blocked_person *person = &access->blocked_people[i];
		json_t *row = person->until.given ? json_pack("{s:s, s:o}", "address", person->address, "until", write_instant(&person->until))
			: json_pack("{s:s}", "address", person->address);

		if (json_array_append_new(list, row)) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

json_t *external_access_encode(const struct external_access *access)
{
	return json_pack("{s:s, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:s, s:b, s:o}",
		"mode", access_mode_name(access->mode),
		"allow", texts_encode(&access->allow),
		"block", texts_encode(&access->block),
		"unverified_tenants", access->unverified_pass ? "allow" : "block",
		"unverified_exceptions", texts_encode(&access->unverified_exceptions),
		"blocked_people", blocked_people_encode(access),
		"off_actions", write_actions(access->off_actions),
		"directory_cards", texts_encode(&access->directory_cards),
		"first_contact", access->first_contact_asks ? "ask" : "open",
		"outbound_guests", !access->outbound_guests_off,
		"max_organisations", access->max_organisations ? json_integer(access->max_organisations) : json_null());
}
