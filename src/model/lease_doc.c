/** @file model/lease_doc.c  Leases of the world document. What they mean is reach/lease.c. */
#include "base/limits.h"
#include "model/domain_list.h"
#include "model/read.h"
#include "model/text_map.h"

#include <stdlib.h>

static bool lessee_decode(json_t *v, const char *path, struct lease_doc *out, struct json_err *err)
{
	struct str text;

	if (!json_object_get(v, "lessee") || json_is_null(json_object_get(v, "lessee")))
		return true;
	if (!json_get_str(v, path, "lessee", true, &text, err))
		return false;
	out->lessee = str_dup(text);
	return out->lessee || json_bad(err, path, "out of memory");
}

static bool term_decode(json_t *v, const char *path, struct lease_doc *out, struct json_err *err)
{
	char at[512];

	if (!read_instant(v, path, "starts", &out->starts, err) || !read_instant(v, path, "ends", &out->ends, err))
		return false;
	json_path_key(at, path, "ends");
	if (out->starts.given && out->ends.given && instant_cmp(&out->ends, &out->starts) <= 0)
		return json_bad(err, at, "must be after starts");
	return true;
}

static bool scope_decode(json_t *v, const char *path, struct lease_doc *out, struct json_err *err)
{
	json_t *reach = json_object_get(v, "reach"), *actions = json_object_get(v, "actions");
	const unsigned all = (1u << ACTION_COUNT) - 1;
	char at[512];

	json_path_key(at, path, "reach");
	if (json_is_string(reach)) {
		out->everyone = strcmp(json_string_value(reach), "everyone") == 0;
		if (!out->everyone)
			return json_bad(err, at, "must be \"everyone\" or a list");
	} else if (!read_circle(v, path, "reach", &out->reach, err)) {
		return false;
	}
	out->narrowed = actions && !json_is_null(actions);
	return !out->narrowed || read_actions(v, path, "actions", all, "an action", &out->actions, err);
}

struct leasing {
	struct rules_doc *out;
	struct text_map ids, segments;
};

static bool segments_known(const struct leasing *l, json_t *lease, const char *path, struct json_err *err)
{
	char at[512], each[512];
	json_t *v;
	size_t i;

	json_path_key(at, path, "reach");
	json_array_foreach(json_object_get(lease, "reach"), i, v) {
		const char *entry = json_string_value(v);

		json_path_index(each, at, i);
		if (strncmp(entry, "segment:", 8) == 0 && !text_map_find(&l->segments, str_of(entry + 8), NULL))
			return json_bad(err, each, "is no segment of this tenant");
	}
	return true;
}

static bool lease_take(json_t *v, const char *path, void *arg, struct json_err *err)
{
	static const char *const keys[] = {
		"id", "accounts", "lessee", "holders", "starts", "ends", "suspended", "reach", "actions", "peers", "federation", NULL,
	};
	struct leasing *l = arg;
	struct lease_doc *leases, *lease;
	char at[512];

	if (!json_only(v, path, keys, err))
		return false;
	leases = array_room(l->out->leases, l->out->n_leases, sizeof *leases);
	if (!leases)
		return json_bad(err, path, "out of memory");
	l->out->leases = leases;
	lease = &leases[l->out->n_leases++];
	*lease = (struct lease_doc){ 0 };
	if (!read_name(v, path, "id", &lease->id, err))
		return false;
	json_path_key(at, path, "id");
	if (text_map_find(&l->ids, str_of(lease->id), NULL))
		return json_bad(err, at, "is the id of two leases");
	if (text_map_add(&l->ids, str_of(lease->id), 0))
		return json_bad(err, at, "out of memory");
	return read_addresses(v, path, "accounts", &lease->accounts, err)
		&& lessee_decode(v, path, lease, err)
		&& read_addresses(v, path, "holders", &lease->holders, err)
		&& term_decode(v, path, lease, err)
		&& json_get_bool(v, path, "suspended", false, &lease->suspended, err)
		&& scope_decode(v, path, lease, err)
		&& json_get_bool(v, path, "peers", false, &lease->peers, err)
		&& json_get_bool(v, path, "federation", false, &lease->federation, err)
		&& segments_known(l, v, path, err);
}

bool leases_decode(json_t *tenant, const char *path, struct rules_doc *out, struct json_err *err)
{
	struct leasing l = { .out = out };
	bool ok = true;

	for (size_t i = 0; i < out->n_segments && ok; i++)
		ok = text_map_add(&l.segments, str_of(out->segments[i].name), 0) == 0 || json_bad(err, path, "out of memory");
	ok = ok && read_list(tenant, path, "leases", LIMIT_ACCOUNTS_PER_TENANT, lease_take, &l, err);
	text_map_release(&l.ids);
	text_map_release(&l.segments);
	return ok;
}

static json_t *lease_encode(const struct lease_doc *lease)
{
	return json_pack("{s:s, s:o, s:s?, s:o, s:o, s:o, s:b, s:o, s:o, s:b, s:b}",
		"id", lease->id,
		"accounts", texts_encode(&lease->accounts),
		"lessee", lease->lessee,
		"holders", texts_encode(&lease->holders),
		"starts", write_instant(&lease->starts),
		"ends", write_instant(&lease->ends),
		"suspended", lease->suspended,
		"reach", lease->everyone ? json_string("everyone") : texts_encode(&lease->reach),
		"actions", lease->narrowed ? write_actions(lease->actions) : json_null(),
		"peers", lease->peers,
		"federation", lease->federation);
}

json_t *leases_encode(const struct rules_doc *rules)
{
	json_t *list = json_array();

	for (size_t i = 0; i < rules->n_leases; i++) {
		if (json_array_append_new(list, lease_encode(&rules->leases[i]))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* One account's time on one lease. */
struct term {
	const char *account;
	const struct lease_doc *lease;
	size_t place;
};

static int term_cmp(const void *a, const void *b)
{
	const struct term *x = a, *y = b;
	int order = strcmp(x->account, y->account);

	if (!order)
		order = instant_cmp(&x->lease->starts, &y->lease->starts);
	return order ? order : (x->place > y->place) - (x->place < y->place);
}

bool terms_fit(const struct rules_doc *rules, const char *path, struct json_err *err)
{
	struct term *terms;
	size_t n = 0;
	bool ok = true;
	char at[512];

	for (size_t i = 0; i < rules->n_leases; i++)
		n += rules->leases[i].accounts.n;
	if (!n)
		return true;
	terms = calloc(n, sizeof *terms);
	if (!terms)
		return json_bad(err, path, "out of memory");
	n = 0;
	for (size_t i = 0; i < rules->n_leases; i++) {
		for (size_t j = 0; j < rules->leases[i].accounts.n; j++)
			terms[n++] = (struct term){ rules->leases[i].accounts.v[j], &rules->leases[i], i };
	}
	qsort(terms, n, sizeof *terms, term_cmp);
	for (size_t i = 1; i < n && ok; i++) {
		const struct instant *ends = &terms[i - 1].lease->ends, *starts = &terms[i].lease->starts;

		if (strcmp(terms[i - 1].account, terms[i].account) != 0)
			continue;
		json_path_index(at, path, terms[i].place);
		ok = (ends->given && starts->given && instant_cmp(ends, starts) <= 0)
			|| json_bad(err, at, "lends %s while %s does", terms[i].account, terms[i - 1].lease->id);
	}
	free(terms);
	return ok;
}
