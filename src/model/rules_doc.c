/** @file model/rules_doc.c  Segments, barriers and policies of the world document. What they mean is reach/segment.c and reach/external.c. */
#include "base/limits.h"
#include "model/domain_list.h"
#include "model/filter.h"
#include "model/read.h"
#include "model/text_map.h"

#include <errno.h>
#include <stdlib.h>

static const char *const policy_modes[] = { "inherit", "open", "allow", "block", "none", NULL };
static const char *const unsegmented_words[] = { "visible", "hidden", NULL };

bool rules_segment(const struct rules_doc *rules, struct str name, size_t *out)
{
	for (size_t i = 0; i < rules->n_segments; i++) {
		if (!str_eq(str_of(rules->segments[i].name), name))
			continue;
		*out = i;
		return true;
	}
	return false;
}

static void leases_release(struct rules_doc *rules)
{
	for (size_t i = 0; i < rules->n_leases; i++) {
		struct lease_doc *lease = &rules->leases[i];

		free(lease->id);
		free(lease->lessee);
		texts_release(&lease->accounts);
		texts_release(&lease->holders);
		texts_release(&lease->reach);
		instant_release(&lease->starts);
		instant_release(&lease->ends);
	}
	free(rules->leases);
}

void rules_doc_release(struct rules_doc *rules)
{
	for (size_t i = 0; i < rules->n_segments; i++) {
		free(rules->segments[i].name);
		free(rules->segments[i].filter);
	}
	for (size_t i = 0; i < rules->n_barriers; i++) {
		free(rules->barriers[i].segment);
		texts_release(&rules->barriers[i].segments);
	}
	for (size_t i = 0; i < rules->n_policies; i++) {
		struct policy_doc *policy = &rules->policies[i];

		free(policy->name);
		texts_release(&policy->allow);
		texts_release(&policy->block);
		texts_release(&policy->accounts);
		texts_release(&policy->segments);
	}
	leases_release(rules);
	free(rules->segments);
	free(rules->barriers);
	free(rules->policies);
	*rules = (struct rules_doc){ 0 };
}

/* One decoding: what was named so far. */
struct naming {
	struct rules_doc *out;
	struct text_map segments;
	struct text_map barred;
	struct text_map policies;
};

static bool segment_take(json_t *v, const char *path, void *arg, struct json_err *err)
{
	static const char *const keys[] = { "name", "filter", NULL };
	struct naming *n = arg;
	struct segment_doc *segments, *segment;
	struct filter *filter;
	struct str text;
	char at[512], why[128];

	if (!json_only(v, path, keys, err))
		return false;
	segments = array_room(n->out->segments, n->out->n_segments, sizeof *segments);
	if (!segments)
		return json_bad(err, path, "out of memory");
	n->out->segments = segments;
	segment = &segments[n->out->n_segments++];
	*segment = (struct segment_doc){ 0 };
	if (!read_name(v, path, "name", &segment->name, err) || !json_get_str(v, path, "filter", true, &text, err))
		return false;
	json_path_key(at, path, "filter");
	filter = filter_parse(text, why);
	if (!filter)
		return json_bad(err, at, "%s", why);
	filter_free(filter);
	segment->filter = str_dup(text);
	json_path_key(at, path, "name");
	if (text_map_find(&n->segments, str_of(segment->name), NULL))
		return json_bad(err, at, "is the name of two segments");
	return (segment->filter && text_map_add(&n->segments, str_of(segment->name), 0) == 0) || json_bad(err, path, "out of memory");
}

static bool segments_known(const struct naming *n, json_t *object, const char *path, const char *key, struct json_err *err)
{
	char at[512], each[512];
	json_t *v;
	size_t i;

	json_path_key(at, path, key);
	json_array_foreach(json_object_get(object, key), i, v) {
		json_path_index(each, at, i);
		if (!text_map_find(&n->segments, str_of(json_string_value(v)), NULL))
			return json_bad(err, each, "is no segment of this tenant");
	}
	return true;
}

static bool barrier_side(json_t *v, const char *path, struct naming *n, struct barrier_doc *barrier, struct json_err *err)
{
	json_t *allow = json_object_get(v, "allow"), *block = json_object_get(v, "block");
	const char *key;

	if (json_is_null(allow))
		allow = NULL;
	if (json_is_null(block))
		block = NULL;
	if (!allow == !block)
		return json_bad(err, path, "needs exactly one of allow and block");
	barrier->allow = allow;
	key = allow ? "allow" : "block";
	return read_texts(v, path, key, &barrier->segments, err) && segments_known(n, v, path, key, err);
}

static bool barrier_take(json_t *v, const char *path, void *arg, struct json_err *err)
{
	static const char *const keys[] = { "segment", "allow", "block", NULL };
	struct naming *n = arg;
	struct barrier_doc *barriers, *barrier;
	struct str name;
	char at[512];

	if (!json_only(v, path, keys, err) || !json_get_str(v, path, "segment", true, &name, err))
		return false;
	json_path_key(at, path, "segment");
	if (!text_map_find(&n->segments, name, NULL))
		return json_bad(err, at, "is no segment of this tenant");
	if (text_map_find(&n->barred, name, NULL))
		return json_bad(err, at, "has two barriers");
	barriers = array_room(n->out->barriers, n->out->n_barriers, sizeof *barriers);
	if (!barriers)
		return json_bad(err, path, "out of memory");
	n->out->barriers = barriers;
	barrier = &barriers[n->out->n_barriers++];
	*barrier = (struct barrier_doc){ .segment = str_dup(name) };
	if (!barrier->segment || text_map_add(&n->barred, str_of(barrier->segment), 0))
		return json_bad(err, path, "out of memory");
	return barrier_side(v, path, n, barrier, err);
}

static bool barriers_decode(json_t *tenant, const char *path, struct naming *n, struct json_err *err)
{
	static const char *const keys[] = { "unsegmented", "rules", NULL };
	json_t *barriers = json_object_get(tenant, "barriers");
	unsigned word = 0;
	char at[512];

	if (!barriers)
		return true;
	json_path_key(at, path, "barriers");
	if (!json_only(barriers, at, keys, err) || !read_choice(barriers, at, "unsegmented", unsegmented_words, &word, err))
		return false;
	n->out->unsegmented_hidden = word;
	return read_list(barriers, at, "rules", LIMIT_SEGMENTS_PER_TENANT, barrier_take, n, err);
}

static bool policy_take(json_t *v, const char *path, void *arg, struct json_err *err)
{
	static const char *const keys[] = { "name", "external", "mode", "allow", "block", "accounts", "segments", NULL };
	struct naming *n = arg;
	struct policy_doc *policies, *policy;
	unsigned mode = POLICY_INHERIT;
	char at[512];

	if (!json_only(v, path, keys, err))
		return false;
	policies = array_room(n->out->policies, n->out->n_policies, sizeof *policies);
	if (!policies)
		return json_bad(err, path, "out of memory");
	n->out->policies = policies;
	policy = &policies[n->out->n_policies++];
	*policy = (struct policy_doc){ .external = true };
	if (!read_name(v, path, "name", &policy->name, err))
		return false;
	json_path_key(at, path, "name");
	if (text_map_find(&n->policies, str_of(policy->name), NULL))
		return json_bad(err, at, "is the name of two policies");
	if (text_map_add(&n->policies, str_of(policy->name), 0))
		return json_bad(err, at, "out of memory");
	if (!json_get_bool(v, path, "external", false, &policy->external, err) || !read_choice(v, path, "mode", policy_modes, &mode, err))
		return false;
	policy->mode = (enum policy_mode)mode;
	return domain_list_decode(v, path, "allow", &policy->allow, err)
		&& domain_list_decode(v, path, "block", &policy->block, err)
		&& read_addresses(v, path, "accounts", &policy->accounts, err)
		&& read_texts(v, path, "segments", &policy->segments, err)
		&& segments_known(n, v, path, "segments", err);
}

bool rules_doc_decode(json_t *tenant, const char *path, struct rules_doc *out, struct json_err *err)
{
	struct naming n = { .out = out };
	bool ok;

	*out = (struct rules_doc){ 0 };
	ok = read_list(tenant, path, "segments", LIMIT_SEGMENTS_PER_TENANT, segment_take, &n, err)
		&& barriers_decode(tenant, path, &n, err)
		&& read_list(tenant, path, "policies", LIMIT_SEGMENTS_PER_TENANT, policy_take, &n, err)
		&& leases_decode(tenant, path, out, err);
	text_map_release(&n.segments);
	text_map_release(&n.barred);
	text_map_release(&n.policies);
	if (!ok)
		rules_doc_release(out);
	return ok;
}

/* A list of n objects, each made by `one`. */
static json_t *list_encode(const struct rules_doc *rules, size_t n, json_t *(*one)(const struct rules_doc *rules, size_t i))
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		if (json_array_append_new(list, one(rules, i))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *segment_encode(const struct rules_doc *rules, size_t i)
{
	return json_pack("{s:s, s:s}", "name", rules->segments[i].name, "filter", rules->segments[i].filter);
}

static json_t *barrier_encode(const struct rules_doc *rules, size_t i)
{
	const struct barrier_doc *barrier = &rules->barriers[i];

	return json_pack("{s:s, s:o}", "segment", barrier->segment, barrier->allow ? "allow" : "block", texts_encode(&barrier->segments));
}

static json_t *policy_encode(const struct rules_doc *rules, size_t i)
{
	const struct policy_doc *policy = &rules->policies[i];

	return json_pack("{s:s, s:b, s:s, s:o, s:o, s:o, s:o}",
		"name", policy->name,
		"external", policy->external,
		"mode", policy_modes[policy->mode],
		"allow", texts_encode(&policy->allow),
		"block", texts_encode(&policy->block),
		"accounts", texts_encode(&policy->accounts),
		"segments", texts_encode(&policy->segments));
}

int rules_doc_encode(const struct rules_doc *rules, json_t *tenant)
{
	json_t *barriers = json_pack("{s:s, s:o}", "unsegmented", unsegmented_words[rules->unsegmented_hidden],
		"rules", list_encode(rules, rules->n_barriers, barrier_encode));

	if (json_object_set_new(tenant, "segments", list_encode(rules, rules->n_segments, segment_encode))
			|| json_object_set_new(tenant, "barriers", barriers)
			|| json_object_set_new(tenant, "policies", list_encode(rules, rules->n_policies, policy_encode))
			|| json_object_set_new(tenant, "leases", leases_encode(rules)))
		return -ENOMEM;
	return 0;
}
