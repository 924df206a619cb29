/** @file model/guest_doc.c  guest_access and guest controls of the world document. What they mean is reach/guest.c. */
#include "base/limits.h"
#include "model/domain_list.h"
#include "model/read.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const directory_names[] = { "exact", "full", "none", NULL };
static const char *const who_names[] = { "members", "admins", "nobody", NULL };
static const char *const invite_mode_names[] = { "open", "allow", "block", NULL };

/* Controls are on or off, but for two that have words. The places of the words are those of enum control_value. */
static const char *const screen_words[] = { "", "entire", "off", "app", NULL };
static const char *const reach_words[] = { "", "everyone", "named", NULL };
static const struct {
	const char *name;
	const char *const *words;
} controls[CONTROLS] = {
	[CONTROL_CHAT] = { "chat", NULL }, [CONTROL_CALL] = { "call", NULL }, [CONTROL_VIDEO] = { "video", NULL },
	[CONTROL_SCREEN] = { "screen", screen_words }, [CONTROL_ANNOTATE] = { "annotate", NULL }, [CONTROL_FILE] = { "file", NULL },
	[CONTROL_EDIT_MESSAGES] = { "edit_messages", NULL }, [CONTROL_DELETE_MESSAGES] = { "delete_messages", NULL },
	[CONTROL_REACH] = { "reach", reach_words },
};

const char *control_name(enum control control)
{
	assert(control < CONTROLS);
	return controls[control].name;
}

static bool control_decode(json_t *object, const char *path, enum control control, uint8_t *out, struct json_err *err)
{
	unsigned word = CONTROL_UNSET;
	bool on = true;

	if (!json_object_get(object, controls[control].name))
		return true;
	if (controls[control].words) {
		if (!read_choice(object, path, controls[control].name, controls[control].words + 1, &word, err))
			return false;
		*out = (uint8_t)(word + 1);
		return true;
	}
	if (!json_get_bool(object, path, controls[control].name, true, &on, err))
		return false;
	*out = on ? CONTROL_ON : CONTROL_OFF;
	return true;
}

bool controls_decode(json_t *object, const char *path, struct controls *out, struct json_err *err)
{
	const char *keys[CONTROLS + 1] = { NULL };

	*out = (struct controls){ 0 };
	for (unsigned c = 0; c < CONTROLS; c++)
		keys[c] = controls[c].name;
	if (!json_only(object, path, keys, err))
		return false;
	for (unsigned c = 0; c < CONTROLS; c++) {
		if (!control_decode(object, path, (enum control)c, &out->value[c], err))
			return false;
	}
	return true;
}

json_t *controls_encode(const struct controls *given)
{
	json_t *object = json_object();

	for (unsigned c = 0; c < CONTROLS; c++) {
		uint8_t value = given->value[c];

		if (value == CONTROL_UNSET)
			continue;
		if (json_object_set_new(object, controls[c].name,
				controls[c].words ? json_string(controls[c].words[value]) : json_boolean(value == CONTROL_ON))) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

void guest_access_default(struct guest_access *out)
{
	*out = (struct guest_access){ .enabled = true };
}

void guest_access_release(struct guest_access *guests)
{
	texts_release(&guests->invite_allow);
	texts_release(&guests->invite_block);
	for (size_t i = 0; i < guests->n_by_domain; i++)
		free(guests->by_domain[i].domain);
	free(guests->by_domain);
	*guests = (struct guest_access){ 0 };
}

static bool invite_decode(json_t *object, const char *path, struct guest_access *out, struct json_err *err)
{
	static const char *const keys[] = { "who", "mode", "allow", "block", NULL };
	json_t *invite = json_object_get(object, "invite");
	unsigned who = out->invite_who, mode = out->invite_mode;
	char at[512];

	if (!invite)
		return true;
	json_path_key(at, path, "invite");
	if (!json_only(invite, at, keys, err) || !read_choice(invite, at, "who", who_names, &who, err)
			|| !read_choice(invite, at, "mode", invite_mode_names, &mode, err))
		return false;
	out->invite_who = (enum invite_who)who;
	out->invite_mode = (enum access_mode)mode;
	return domain_list_decode(invite, at, "allow", &out->invite_allow, err) && domain_list_decode(invite, at, "block", &out->invite_block, err);
}

static bool by_domain_add(struct guest_access *out, const char *key, json_t *v, const char *path, struct json_err *err)
{
	struct domain_controls *rows = array_room(out->by_domain, out->n_by_domain, sizeof *rows), *row;
	char domain[260], why[128];

	if (!rows)
		return json_bad(err, path, "out of memory");
	out->by_domain = rows;
	if (!domain_canonical(str_of(key), false, domain, why))
		return json_bad(err, path, "%s", why);
	for (size_t i = 0; i < out->n_by_domain; i++) {
		if (strcmp(rows[i].domain, domain) == 0)
			return json_bad(err, path, "is given twice");
	}
	row = &rows[out->n_by_domain];
	row->domain = str_dup(str_of(domain));
	if (!row->domain)
		return json_bad(err, path, "out of memory");
	out->n_by_domain++;
	return controls_decode(v, path, &row->controls, err);
}

static bool by_domain_decode(json_t *object, const char *path, struct guest_access *out, struct json_err *err)
{
	json_t *by_domain = json_object_get(object, "by_domain"), *v;
	char at[512], each[512];
	const char *key;

	if (!by_domain)
		return true;
	json_path_key(at, path, "by_domain");
	if (!json_is_object(by_domain))
		return json_bad(err, at, "must be an object");
	if (json_object_size(by_domain) > LIMIT_DOMAINS_PER_LIST)
		return json_bad(err, at, "has more than %d domains", LIMIT_DOMAINS_PER_LIST);
	json_object_foreach(by_domain, key, v) {
		json_path_key(each, at, key);
		if (!by_domain_add(out, key, v, each, err))
			return false;
	}
	return true;
}

static bool decode(json_t *object, const char *path, struct guest_access *out, struct json_err *err)
{
	static const char *const keys[] = { "enabled", "directory", "invite", "controls", "by_domain", NULL };
	unsigned directory = out->directory;
	char at[512];

	if (!json_only(object, path, keys, err) || !json_get_bool(object, path, "enabled", false, &out->enabled, err)
			|| !read_choice(object, path, "directory", directory_names, &directory, err))
		return false;
	out->directory = (enum guest_directory)directory;
	json_path_key(at, path, "controls");
	if (json_object_get(object, "controls") && !controls_decode(json_object_get(object, "controls"), at, &out->controls, err))
		return false;
	return invite_decode(object, path, out, err) && by_domain_decode(object, path, out, err);
}

bool guest_access_decode(json_t *object, const char *path, struct guest_access *out, struct json_err *err)
{
	guest_access_default(out);
	if (decode(object, path, out, err))
		return true;
	guest_access_release(out);
	return false;
}

static json_t *by_domain_encode(const struct guest_access *guests)
{
	json_t *object = json_object();

	for (size_t i = 0; i < guests->n_by_domain; i++) {
		if (json_object_set_new(object, guests->by_domain[i].domain, controls_encode(&guests->by_domain[i].controls))) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

json_t *guest_access_encode(const struct guest_access *guests)
{
	return json_pack("{s:b, s:s, s:{s:s, s:s, s:o, s:o}, s:o, s:o}",
		"enabled", guests->enabled,
		"directory", directory_names[guests->directory],
		"invite",
			"who", who_names[guests->invite_who],
			"mode", invite_mode_names[guests->invite_mode],
			"allow", texts_encode(&guests->invite_allow),
			"block", texts_encode(&guests->invite_block),
		"controls", controls_encode(&guests->controls),
		"by_domain", by_domain_encode(guests));
}

bool guest_address(struct str home, struct str host_domain, char out[static 324])
{
	size_t at = home.n - address_domain(home).n - 1, n = home.n + 1 + host_domain.n;

	if (n > LIMIT_ADDRESS_BYTES)
		return false;
	memcpy(out, home.p, home.n);
	out[at] = '=';
	out[home.n] = '@';
	memcpy(out + home.n + 1, host_domain.p, host_domain.n);
	out[n] = '\0';
	return true;
}

bool account_doc_fits(const struct account_doc *account, const struct rules_doc *rules, const char *path, struct json_err *err)
{
	char at[512], each[512];
	size_t place;

	json_path_key(at, path, "reach_list");
	for (size_t i = 0; i < account->reach_list.n; i++) {
		const char *entry = account->reach_list.v[i];

		json_path_index(each, at, i);
		if (strncmp(entry, "segment:", 8) == 0 && !rules_segment(rules, str_of(entry + 8), &place))
			return json_bad(err, each, "is no segment of this tenant");
	}
	return true;
}

bool account_doc_place(struct account_doc *account, const struct tenant_doc *tenant, const char *path, struct json_err *err)
{
	char at[512], address[324];

	if (account->kind != KIND_GUEST)
		return true;
	json_path_key(at, path, "home");
	if (!tenant->domains.n)
		return json_bad(err, at, "the tenant has no domain for its guests");
	for (size_t i = 0; i < tenant->domains.n; i++) {
		if (str_eq(address_domain(str_of(account->home)), str_of(tenant->domains.v[i])))
			return json_bad(err, at, "is in a domain of this tenant: its own people are no guests");
	}
	if (!guest_address(str_of(account->home), str_of(tenant->domains.v[0]), address))
		return json_bad(err, at, "the guest's address would be longer than %d bytes", LIMIT_ADDRESS_BYTES);
	free(account->address);
	account->address = str_dup(str_of(address));
	return account->address || json_bad(err, at, "out of memory");
}
