/** @file model/tenant_doc.c  A tenant of the world document, without its accounts. */
#include "base/limits.h"
#include "model/domain_list.h"
#include "model/text_map.h"
#include "model/world_doc.h"

#include <assert.h>
#include <stdlib.h>

static const char *const sku_names[SKUS] = { [SKU_CONNECT] = "connect", [SKU_REMOTE_ASSIST] = "remote-assist" };

const char *sku_name(enum sku sku)
{
	assert(sku < SKUS);
	return sku_names[sku];
}

bool sku_parse(struct str text, enum sku *out)
{
	for (unsigned s = 0; s < SKUS; s++) {
		if (!str_eq(text, str_of(sku_names[s])))
			continue;
		*out = (enum sku)s;
		return true;
	}
	return false;
}

void tenant_doc_release(struct tenant_doc *tenant)
{
	free(tenant->id);
	free(tenant->name);
	texts_release(&tenant->domains);
	external_access_release(&tenant->access);
	guest_access_release(&tenant->guests);
	rules_doc_release(&tenant->rules);
	*tenant = (struct tenant_doc){ 0 };
}

/* A slug: it stands in web addresses and in file names. */
static bool id_valid(struct str id)
{
	for (size_t i = 0; i < id.n; i++) {
		char c = id.p[i];
		bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

		if (!alnum && (i == 0 || (c != '-' && c != '_' && c != '.')))
			return false;
	}
	return id.n > 0 && id.n <= LIMIT_NAME_CHARS;
}

static bool names_decode(json_t *object, const char *path, struct tenant_doc *out, struct json_err *err)
{
	struct str id, name = STR("");
	char at[512];

	if (!json_get_str(object, path, "id", true, &id, err) || !json_get_str(object, path, "name", false, &name, err))
		return false;
	json_path_key(at, path, "id");
	if (!id_valid(id))
		return json_bad(err, at, "must be 1 to %d letters, digits, '-', '_' or '.', and begin with a letter or digit", LIMIT_NAME_CHARS);
	json_path_key(at, path, "name");
	if (text_chars(name) > LIMIT_NAME_CHARS)
		return json_bad(err, at, "is longer than %d characters", LIMIT_NAME_CHARS);
	out->id = str_dup(id);
	out->name = str_dup(name);
	return (out->id && out->name) || json_bad(err, path, "out of memory");
}

static bool domain_add(json_t *v, const char *path, struct text_map *seen, struct texts *domains, struct json_err *err)
{
	char domain[260], why[128];

	if (!json_is_string(v))
		return json_bad(err, path, "must be a domain");
	if (!domain_canonical((struct str){ json_string_value(v), json_string_length(v) }, false, domain, why))
		return json_bad(err, path, "%s", why);
	if (text_map_find(seen, str_of(domain), NULL))
		return json_bad(err, path, "is given twice");
	if (texts_add(domains, str_of(domain)) || text_map_add(seen, str_of(domains->v[domains->n - 1]), 0))
		return json_bad(err, path, "out of memory");
	return true;
}

static bool domains_decode(json_t *object, const char *path, struct texts *out, struct json_err *err)
{
	json_t *list = json_object_get(object, "domains"), *v;
	struct text_map seen = { 0 };
	char at[512], each[512];
	bool ok = true;
	size_t i;

	if (!list)
		return true;
	json_path_key(at, path, "domains");
	if (!json_is_array(list))
		return json_bad(err, at, "must be a list of domains");
	if (json_array_size(list) > LIMIT_DOMAINS_PER_LIST)
		return json_bad(err, at, "has more than %d domains", LIMIT_DOMAINS_PER_LIST);
	json_array_foreach(list, i, v) {
		json_path_index(each, at, i);
		ok = domain_add(v, each, &seen, out, err);
		if (!ok)
			break;
	}
	text_map_release(&seen);
	return ok;
}

static bool disclose_decode(json_t *object, const char *path, struct tenant_doc *out, struct json_err *err)
{
	struct str text = STR("reason");
	char at[512];

	if (!json_get_str(object, path, "disclose", false, &text, err))
		return false;
	out->disclose = str_eq(text, STR("reason"));
	json_path_key(at, path, "disclose");
	return out->disclose || str_eq(text, STR("generic")) || json_bad(err, at, "must be reason or generic");
}

static bool seats_decode(json_t *v, const char *path, struct tenant_doc *out, struct json_err *err)
{
	static const char *const keys[] = { "sku", "seats", NULL };
	struct licence_seats *seats;
	struct str text;
	enum sku sku;
	char at[512];

	if (!json_only(v, path, keys, err) || !json_get_str(v, path, "sku", true, &text, err))
		return false;
	json_path_key(at, path, "sku");
	if (!sku_parse(text, &sku))
		return json_bad(err, at, "must be connect or remote-assist");
	seats = &out->licences[sku];
	if (seats->listed)
		return json_bad(err, at, "is given twice");
	seats->listed = true;
	seats->limited = json_object_get(v, "seats") && !json_is_null(json_object_get(v, "seats"));
	if (seats->limited && !json_get_int(v, path, "seats", true, &seats->seats, err))
		return false;
	json_path_key(at, path, "seats");
	return seats->seats >= 0 || json_bad(err, at, "must not be below 0");
}

static bool licences_decode(json_t *object, const char *path, struct tenant_doc *out, struct json_err *err)
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
		if (!seats_decode(v, each, out, err))
			return false;
	}
	return true;
}

static bool access_decode(json_t *object, const char *path, struct tenant_doc *out, struct json_err *err)
{
	json_t *access = json_object_get(object, "external_access");
	char at[512];

	external_access_default(&out->access);
	if (!access)
		return true;
	json_path_key(at, path, "external_access");
	return external_access_decode(access, at, &out->access, err);
}

static bool guests_decode(json_t *object, const char *path, struct tenant_doc *out, struct json_err *err)
{
	json_t *guests = json_object_get(object, "guest_access");
	char at[512];

	guest_access_default(&out->guests);
	if (!guests)
		return true;
	json_path_key(at, path, "guest_access");
	return guest_access_decode(guests, at, &out->guests, err);
}

static bool decode(json_t *object, const char *path, struct tenant_doc *out, struct json_err *err)
{
	static const char *const keys[] = {
		"id", "name", "domains", "verified", "disclose", "licences", "external_access", "guest_access", "segments", "barriers",
		"policies", "leases", NULL,
	};

	out->verified = true;
	return json_only(object, path, keys, err)
		&& names_decode(object, path, out, err)
		&& domains_decode(object, path, &out->domains, err)
		&& json_get_bool(object, path, "verified", false, &out->verified, err)
		&& disclose_decode(object, path, out, err)
		&& licences_decode(object, path, out, err)
		&& access_decode(object, path, out, err)
		&& guests_decode(object, path, out, err)
		&& rules_doc_decode(object, path, &out->rules, err);
}

bool tenant_doc_decode(json_t *object, const char *path, struct tenant_doc *out, struct json_err *err)
{
	*out = (struct tenant_doc){ 0 };
	if (decode(object, path, out, err))
		return true;
	tenant_doc_release(out);
	return false;
}

static json_t *licences_encode(const struct tenant_doc *tenant)
{
	json_t *list = json_array();

	for (unsigned s = 0; s < SKUS; s++) {
		const struct licence_seats *seats = &tenant->licences[s];
		json_t *row;

		if (!seats->listed)
			continue;
		row = json_pack("{s:s, s:o}", "sku", sku_names[s], "seats", seats->limited ? json_integer(seats->seats) : json_null());
		if (json_array_append_new(list, row)) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

json_t *tenant_doc_encode(const struct tenant_doc *tenant)
{
	json_t *object = json_pack("{s:s, s:s, s:o, s:b, s:s, s:o, s:o, s:o}",
		"id", tenant->id,
		"name", tenant->name,
		"domains", texts_encode(&tenant->domains),
		"verified", tenant->verified,
		"disclose", tenant->disclose ? "reason" : "generic",
		"licences", licences_encode(tenant),
		"external_access", external_access_encode(&tenant->access),
		"guest_access", guest_access_encode(&tenant->guests));

	if (object && rules_doc_encode(&tenant->rules, object) == 0 && json_object_set_new(object, "accounts", json_array()) == 0)
		return object;
	json_decref(object);
	return NULL;
}
