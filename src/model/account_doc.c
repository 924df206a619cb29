/** @file model/account_doc.c  An account of the world document. */
#include "base/limits.h"
#include "model/person_doc.h"

#include <assert.h>
#include <stdlib.h>

static const char *const kind_names[] = { [KIND_INTERNAL] = "internal", [KIND_SERVICE] = "service", [KIND_GUEST] = "guest" };

const char *account_kind_name(enum account_kind kind)
{
	assert(kind <= KIND_GUEST);
	return kind_names[kind];
}

bool account_kind_parse(struct str text, enum account_kind *out)
{
	for (unsigned k = 0; k <= KIND_GUEST; k++) {
		if (!str_eq(text, str_of(kind_names[k])))
			continue;
		*out = (enum account_kind)k;
		return true;
	}
	return false;
}

void account_doc_release(struct account_doc *account)
{
	free(account->address);
	free(account->name);
	free(account->title);
	free(account->home);
	json_decref(account->attributes);
	for (size_t i = 0; i < account->n_contacts; i++)
		free(account->contacts[i].address);
	free(account->contacts);
	texts_release(&account->reach_list);
	instant_release(&account->expires);
	for (unsigned s = 0; s < SKUS; s++)
		instant_release(&account->licences[s].assigned);
	*account = (struct account_doc){ 0 };
}

static bool refuse_keys(json_t *object, const char *path, const char *const *keys, const char *why, struct json_err *err)
{
	char at[512];

	for (; *keys; keys++) {
		if (!json_object_get(object, *keys))
			continue;
		json_path_key(at, path, *keys);
		return json_bad(err, at, "%s", why);
	}
	return true;
}

static bool kind_decode(json_t *object, const char *path, struct account_doc *out, struct json_err *err)
{
	static const char *const of_guests[] = { "home", "state", "expires", "controls", "reach_list", NULL };
	static const char *const not_of_guests[] = { "address", NULL };
	static const char *const of_service[] = { "in_house", NULL };
	struct str text = STR("internal");
	char at[512];

	if (json_object_get(object, "home") && !json_object_get(object, "address"))
		text = STR("guest");
	if (!json_get_str(object, path, "kind", false, &text, err))
		return false;
	json_path_key(at, path, "kind");
	if (!account_kind_parse(text, &out->kind))
		return json_bad(err, at, "must be internal, service or guest");
	if (out->kind == KIND_GUEST && !refuse_keys(object, path, not_of_guests, "does not go with guests: their home names them", err))
		return false;
	if (out->kind != KIND_GUEST && !refuse_keys(object, path, of_guests, "goes with guests only", err))
		return false;
	return out->kind == KIND_SERVICE || refuse_keys(object, path, of_service, "goes with service accounts only", err);
}

static bool address_decode(json_t *object, const char *path, struct account_doc *out, struct json_err *err)
{
	char at[512], address[324], why[128];
	struct str text;

	if (!json_get_str(object, path, "address", true, &text, err))
		return false;
	json_path_key(at, path, "address");
	if (!address_canonical(text, address, why))
		return json_bad(err, at, "%s", why);
	out->address = str_dup(str_of(address));
	return out->address || json_bad(err, at, "out of memory");
}

static bool names_decode(json_t *object, const char *path, struct account_doc *out, struct json_err *err)
{
	struct str name = STR(""), title = STR("");
	char at[512];

	if (!json_get_str(object, path, "name", false, &name, err) || !json_get_str(object, path, "title", false, &title, err))
		return false;
	json_path_key(at, path, "name");
	if (text_chars(name) > LIMIT_NAME_CHARS)
		return json_bad(err, at, "is longer than %d characters", LIMIT_NAME_CHARS);
	out->name = str_dup(name);
	out->title = str_dup(title);
	return (out->name && out->title) || json_bad(err, path, "out of memory");
}

static bool grant_decode(json_t *v, const char *path, struct account_doc *out, struct json_err *err)
{
	static const char *const keys[] = { "sku", "assigned", NULL };
	struct str text, assigned = STR("");
	char at[512], why[128];
	enum sku sku;

	if (!json_only(v, path, keys, err) || !json_get_str(v, path, "sku", true, &text, err))
		return false;
	json_path_key(at, path, "sku");
	if (!sku_parse(text, &sku))
		return json_bad(err, at, "must be connect or remote-assist");
	if (out->licences[sku].held)
		return json_bad(err, at, "is given twice");
	out->licences[sku].held = true;
	if (!json_object_get(v, "assigned") || json_is_null(json_object_get(v, "assigned")))
		return true;
	if (!json_get_str(v, path, "assigned", true, &assigned, err))
		return false;
	json_path_key(at, path, "assigned");
	return instant_parse(assigned, &out->licences[sku].assigned, why) || json_bad(err, at, "%s", why);
}

static bool licences_decode(json_t *object, const char *path, struct account_doc *out, struct json_err *err)
{
	json_t *list = json_object_get(object, "licences"), *v;
	char at[512], each[512];
	size_t i;

	if (!list)
		return true;
	json_path_key(at, path, "licences");
	if (!json_is_array(list))
		return json_bad(err, at, "must be a list");
	json_array_foreach(list, i, v) {
		json_path_index(each, at, i);
		if (!grant_decode(v, each, out, err))
			return false;
	}
	return true;
}

static bool decode(json_t *object, const char *path, struct account_doc *out, struct json_err *err)
{
	static const char *const keys[] = {
		"address", "kind", "name", "title", "enabled", "in_house", "attributes", "licences", "contacts", "home", "state", "expires",
		"controls", "reach_list", NULL,
	};

	out->enabled = true;
	out->contacts_given = json_object_get(object, "contacts") != NULL;
	return json_only(object, path, keys, err)
		&& kind_decode(object, path, out, err)
		&& (out->kind == KIND_GUEST ? guest_decode(object, path, out, err) : address_decode(object, path, out, err))
		&& names_decode(object, path, out, err)
		&& json_get_bool(object, path, "enabled", false, &out->enabled, err)
		&& json_get_bool(object, path, "in_house", false, &out->in_house, err)
		&& attributes_decode(object, path, out, err)
		&& licences_decode(object, path, out, err)
		&& contacts_decode(object, path, out, err);
}

bool account_doc_decode(json_t *object, const char *path, struct account_doc *out, struct json_err *err)
{
	*out = (struct account_doc){ 0 };
	if (decode(object, path, out, err))
		return true;
	account_doc_release(out);
	return false;
}

static json_t *grant_encode(enum sku sku, const struct instant *assigned)
{
	char *text;
	json_t *row;

	if (!assigned->given)
		return json_pack("{s:s}", "sku", sku_name(sku));
	text = instant_format(assigned);
	row = text ? json_pack("{s:s, s:s}", "sku", sku_name(sku), "assigned", text) : NULL;
	free(text);
	return row;
}

static json_t *licences_encode(const struct account_doc *account)
{
	json_t *list = json_array();

	for (unsigned s = 0; s < SKUS; s++) {
		const struct licence_grant *grant = &account->licences[s];

		if (grant->held && json_array_append_new(list, grant_encode((enum sku)s, &grant->assigned))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

json_t *account_doc_encode(const struct account_doc *account)
{
	json_t *object = account->kind == KIND_GUEST ? guest_encode(account) : json_pack("{s:s}", "address", account->address);
	json_t *common = json_pack("{s:s, s:s, s:s, s:b, s:o, s:o, s:o}",
		"kind", account_kind_name(account->kind),
		"name", account->name,
		"title", account->title,
		"enabled", account->enabled,
		"attributes", account->attributes ? json_incref(account->attributes) : json_object(),
		"licences", licences_encode(account),
		"contacts", contacts_encode(account));
	int err = object && common ? json_object_update(object, common) : -1;

	if (!err && account->kind == KIND_SERVICE)
		err = json_object_set_new(object, "in_house", json_boolean(account->in_house));
	json_decref(common);
	if (!err)
		return object;
	json_decref(object);
	return NULL;
}
