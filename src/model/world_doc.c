/** @file model/world_doc.c  The whole document: tenant by tenant, account by account. What one alone can't show to be wrong is refused here. */
#include "model/world_doc.h"

#include "base/limits.h"
#include "model/arena.h"
#include "model/span.h"
#include "model/text_map.h"

/* How many levels lie above a part that is parsed alone. */
enum { TOP_LEVELS = 1, TENANT_LEVELS = 3, ACCOUNT_LEVELS = 4 };

/* One decoding. The maps borrow from `texts`. */
struct walk {
	struct str whole;
	const struct world_doc_ops *ops;
	void *arg;
	struct json_err *err;
	struct arena texts;
	struct text_map ids;
	struct text_map domains;		/* value: the tenant's index */
};

/* The tenant that is being decoded. */
struct stay {
	struct walk *walk;
	struct tenant_doc doc;
	uint32_t index;
	struct arena texts;
	struct text_map addresses;
};

/* True when the text is new. */
static bool once(struct text_map *seen, struct arena *texts, struct str text, uint32_t value, const char *path, const char *twice, struct json_err *err)
{
	char *copy;

	if (text_map_find(seen, text, NULL))
		return json_bad(err, path, "%s", twice);
	copy = arena_text(texts, text);
	if (!copy || text_map_add(seen, (struct str){ copy, text.n }, value))
		return json_bad(err, path, "out of memory");
	return true;
}

/* Take one member: parsed into `object`, or, when it is the one named `apart`, as bytes (and null in the object). */
static bool member_take(struct walk *w, json_t *object, const char *name, struct str bytes, unsigned levels, const char *at, const char *apart, struct str *part)
{
	json_t *v;

	if (json_object_get(object, name))
		return json_bad(w->err, at, "is given twice");
	if (strcmp(name, apart) == 0) {
		*part = bytes;
		v = json_null();
	} else {
		v = span_read(w->whole, bytes, LIMIT_JSON_DEPTH - levels, at, w->err);
	}
	if (!v)
		return false;
	return json_object_set_new(object, name, v) == 0 || json_bad(w->err, at, "out of memory");
}

/* Cut an object into its members; *part stays as it was when the one named `apart` is not there. */
static bool members_take(struct walk *w, struct str value, const char *path, unsigned levels, json_t *object, const char *apart, struct str *part)
{
	enum span_step step;
	struct str token, bytes;
	struct span span;

	if (!span_open(&span, w->whole, value, '{', path, w->err))
		return false;
	while ((step = span_next(&span, &token, &bytes, w->err)) == SPAN_MORE) {
		json_t *key = span_read(w->whole, token, 1, path, w->err);
		char at[512];
		bool ok;

		if (!key)
			return false;
		json_path_key(at, path, json_string_value(key));
		ok = member_take(w, object, json_string_value(key), bytes, levels, at, apart, part);
		json_decref(key);
		if (!ok)
			return false;
	}
	return step == SPAN_DONE;
}

static bool account_fits(struct stay *stay, const struct account_doc *account, const char *path)
{
	struct str domain = address_domain(str_of(account->address));
	struct walk *w = stay->walk;
	char at[512];
	uint32_t owner;

	json_path_key(at, path, account->kind == KIND_GUEST ? "home" : "address");
	if (!account_doc_fits(account, &stay->doc.rules, path, w->err))
		return false;
	if (!text_map_find(&w->domains, domain, &owner) || owner != stay->index)
		return json_bad(w->err, at, "%s is not a domain of this tenant", domain.p);
	return once(&stay->addresses, &stay->texts, str_of(account->address), account->kind, at, "is the address of two accounts", w->err);
}

static bool account_take(struct stay *stay, struct str bytes, const char *path)
{
	struct walk *w = stay->walk;
	struct account_doc account;
	json_t *object = span_read(w->whole, bytes, LIMIT_JSON_DEPTH - ACCOUNT_LEVELS, path, w->err);
	bool ok;

	if (!object)
		return false;
	ok = account_doc_decode(object, path, &account, w->err);
	json_decref(object);
	if (!ok)
		return false;
	ok = account_doc_place(&account, &stay->doc, path, w->err) && account_fits(stay, &account, path) && (!w->ops->account || w->ops->account(w->arg, &stay->doc, &account, path, w->err));
	account_doc_release(&account);
	return ok;
}

static bool accounts_take(struct stay *stay, struct str value, const char *path)
{
	struct walk *w = stay->walk;
	enum span_step step;
	struct str none, bytes;
	struct span span;
	char at[512], each[512];

	json_path_key(at, path, "accounts");
	if (!span_open(&span, w->whole, value, '[', at, w->err))
		return false;
	for (size_t i = 0; (step = span_next(&span, &none, &bytes, w->err)) == SPAN_MORE; i++) {
		if (i == LIMIT_ACCOUNTS_PER_TENANT)
			return json_bad(w->err, at, "has more than %d accounts", LIMIT_ACCOUNTS_PER_TENANT);
		json_path_index(each, at, i);
		if (!account_take(stay, bytes, each))
			return false;
	}
	return step == SPAN_DONE;
}

/* Ids and domains are one tenant's alone. */
static bool tenant_fits(struct stay *stay, const char *path)
{
	const struct texts *domains = &stay->doc.domains;
	struct walk *w = stay->walk;
	char at[512], each[512];

	json_path_key(at, path, "id");
	if (!once(&w->ids, &w->texts, str_of(stay->doc.id), stay->index, at, "is the id of two tenants", w->err))
		return false;
	json_path_key(at, path, "domains");
	for (size_t i = 0; i < domains->n; i++) {
		json_path_index(each, at, i);
		if (!once(&w->domains, &w->texts, str_of(domains->v[i]), stay->index, each, "is a domain of two tenants", w->err))
			return false;
	}
	return true;
}

static bool tenant_decode(struct stay *stay, struct str value, const char *path, struct str *accounts)
{
	struct walk *w = stay->walk;
	json_t *object = json_object();
	bool ok;

	if (!object)
		return json_bad(w->err, path, "out of memory");
	ok = members_take(w, value, path, TENANT_LEVELS, object, "accounts", accounts);
	json_object_del(object, "accounts");
	ok = ok && tenant_doc_decode(object, path, &stay->doc, w->err);
	json_decref(object);
	return ok;
}

/* A lease lends this tenant's service accounts, and each of them to one lessee at a time. */
static bool leases_fit(struct stay *stay, const char *path)
{
	const struct rules_doc *rules = &stay->doc.rules;
	char at[512], lease[512], each[512];
	uint32_t kind;

	json_path_key(at, path, "leases");
	for (size_t i = 0; i < rules->n_leases; i++) {
		json_path_index(lease, at, i);
		json_path_key(each, lease, "accounts");
		for (size_t j = 0; j < rules->leases[i].accounts.n; j++) {
			json_path_index(lease, each, j);
			if (!text_map_find(&stay->addresses, str_of(rules->leases[i].accounts.v[j]), &kind) || kind != KIND_SERVICE)
				return json_bad(stay->walk->err, lease, "%s is no service account of this tenant", rules->leases[i].accounts.v[j]);
		}
	}
	return terms_fit(rules, at, stay->walk->err);
}

static bool tenant_take(struct walk *w, struct str value, uint32_t index, const char *path)
{
	struct stay stay = { .walk = w, .index = index };
	struct str accounts = STR("[]");
	bool ok;

	if (!tenant_decode(&stay, value, path, &accounts))
		return false;
	ok = tenant_fits(&stay, path)
		&& (!w->ops->tenant || w->ops->tenant(w->arg, &stay.doc, path, w->err))
		&& accounts_take(&stay, accounts, path)
		&& leases_fit(&stay, path);
	text_map_release(&stay.addresses);
	arena_release(&stay.texts);
	tenant_doc_release(&stay.doc);
	return ok;
}

static bool tenants_take(struct walk *w, struct str value)
{
	enum span_step step;
	struct str none, bytes;
	struct span span;
	uint32_t i = 0;
	char each[512];

	if (!span_open(&span, w->whole, value, '[', "/tenants", w->err))
		return false;
	for (; (step = span_next(&span, &none, &bytes, w->err)) == SPAN_MORE; i++) {
		json_path_index(each, "/tenants", i);
		if (!tenant_take(w, bytes, i, each))
			return false;
	}
	return step == SPAN_DONE;
}

static bool promises_check(struct walk *w, json_t *top)
{
	json_t *promises = json_object_get(top, "promises"), *v;
	struct promise_doc promise;
	char each[512];
	size_t i;

	if (promises && !json_is_array(promises))
		return json_bad(w->err, "/promises", "must be a list");
	json_array_foreach(promises, i, v) {
		json_path_index(each, "/promises", i);
		if (!promise_doc_decode(v, each, &promise, w->err))
			return false;
		promise_doc_release(&promise);
	}
	return true;
}

static bool top_decode(json_t *top, struct json_err *err)
{
	static const char *const keys[] = { "version", "tenants", "promises", NULL };
	int64_t version = 1;

	if (!json_only(top, "", keys, err) || !json_get_int(top, "", "version", false, &version, err))
		return false;
	return version == 1 || json_bad(err, "/version", "must be 1");
}

bool world_doc_decode(struct str text, const struct world_doc_ops *ops, void *arg, struct json_err *err)
{
	json_t *promises;
	bool ok = world_doc_decode_promises(text, ops, arg, &promises, err);

	json_decref(promises);
	return ok;
}

bool world_doc_decode_promises(struct str text, const struct world_doc_ops *ops, void *arg, json_t **promises, struct json_err *err)
{
	struct walk w = { .whole = text, .ops = ops, .arg = arg, .err = err };
	struct str tenants = STR("[]");
	json_t *top = json_object();
	bool ok;

	*promises = NULL;
	if (!top)
		return json_bad(err, "", "out of memory");
	ok = members_take(&w, text, "", TOP_LEVELS, top, "tenants", &tenants)
		&& top_decode(top, err)
		&& tenants_take(&w, tenants)
		&& promises_check(&w, top);
	if (ok)
		*promises = json_incref(json_object_get(top, "promises"));
	json_decref(top);
	text_map_release(&w.ids);
	text_map_release(&w.domains);
	arena_release(&w.texts);
	return ok;
}
