/** @file reach/rules.c  A tenant's rules compiled: policies, leases, guest settings. Segments and barriers are segment.c. */
#include "reach/facts.h"

#include <errno.h>
#include <stdlib.h>

/* Through their own encoding: settings are copied seldom, and what is written is what is read. */
int rules_copy(const struct guest_access *guests, const struct rules_doc *doc, struct guest_access *guests_out, struct rules_doc *doc_out)
{
	json_t *a = guest_access_encode(guests), *b = json_object();
	struct json_err bad;
	int err = -ENOMEM;

	*doc_out = (struct rules_doc){ 0 };
	*guests_out = (struct guest_access){ 0 };
	if (a && b && rules_doc_encode(doc, b) == 0 && guest_access_decode(a, "", guests_out, &bad)) {
		err = rules_doc_decode(b, "", doc_out, &bad) ? 0 : -ENOMEM;
		if (err)
			guest_access_release(guests_out);
	}
	json_decref(a);
	json_decref(b);
	return err;
}

static void leases_free(struct rules *rules)
{
	for (size_t i = 0; rules->leases && i < rules->doc.n_leases; i++) {
		free(rules->leases[i].accounts);
		circle_release(&rules->leases[i].reach);
	}
	free(rules->leases);
	free(rules->lent.v);
	free(rules->held.v);
	text_map_release(&rules->lent.first);
	text_map_release(&rules->held.first);
}

void rules_unref(struct rules *rules)
{
	if (!rules || atomic_fetch_sub(&rules->refs, 1) > 1)
		return;
	leases_free(rules);
	for (size_t i = 0; rules->policies && i < rules->doc.n_policies; i++) {
		text_map_release(&rules->policies[i].allow.map);
		text_map_release(&rules->policies[i].block.map);
	}
	for (size_t i = 0; rules->filters && i < rules->doc.n_segments; i++)
		filter_free(rules->filters[i]);
	free(rules->policies);
	free(rules->filters);
	free(rules->barriers);
	free(rules->matrix);
	free(rules->segment_policy);
	text_map_release(&rules->own_policy);
	text_map_release(&rules->by_domain);
	text_map_release(&rules->invite_allow.map);
	text_map_release(&rules->invite_block.map);
	guest_access_release(&rules->guests);
	rules_doc_release(&rules->doc);
	free(rules);
}

static int guests_compile(struct rules *rules)
{
	int err = domain_list_compile(&rules->invite_allow, &rules->guests.invite_allow);

	if (!err)
		err = domain_list_compile(&rules->invite_block, &rules->guests.invite_block);
	for (size_t i = 0; !err && i < rules->guests.n_by_domain; i++)
		err = text_map_add(&rules->by_domain, str_of(rules->guests.by_domain[i].domain), (uint32_t)i);
	return err;
}

/* Of several policies the first in the tenant's order wins, so a later one adds nothing where one is. */
static int policy_assign(struct rules *rules, uint32_t i)
{
	const struct policy_doc *doc = rules->policies[i].doc;
	size_t segment;

	for (size_t j = 0; j < doc->accounts.n; j++) {
		int err = text_map_add(&rules->own_policy, str_of(doc->accounts.v[j]), i);

		if (err && err != -EEXIST)
			return err;
	}
	for (size_t j = 0; j < doc->segments.n; j++) {
		if (rules_segment(&rules->doc, str_of(doc->segments.v[j]), &segment) && !rules->segment_policy[segment])
			rules->segment_policy[segment] = i + 1;
	}
	return 0;
}

static int policies_compile(struct rules *rules)
{
	rules->policies = calloc(rules->doc.n_policies + 1, sizeof *rules->policies);
	rules->segment_policy = calloc(rules->doc.n_segments + 1, sizeof *rules->segment_policy);
	if (!rules->policies || !rules->segment_policy)
		return -ENOMEM;
	for (size_t i = 0; i < rules->doc.n_policies; i++) {
		struct policy *policy = &rules->policies[i];
		int err;

		policy->doc = &rules->doc.policies[i];
		err = domain_list_compile(&policy->allow, &policy->doc->allow);
		if (!err)
			err = domain_list_compile(&policy->block, &policy->doc->block);
		if (!err)
			err = policy_assign(rules, (uint32_t)i);
		if (err)
			return err;
	}
	return 0;
}

static int text_cmp(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int lease_compile(struct rules *rules, size_t i)
{
	const struct lease_doc *doc = &rules->doc.leases[i];
	struct lease *lease = &rules->leases[i];

	lease->doc = doc;
	lease->accounts = calloc(doc->accounts.n + 1, sizeof(const char *));
	if (!lease->accounts)
		return -ENOMEM;
	for (size_t j = 0; j < doc->accounts.n; j++)
		lease->accounts[j] = doc->accounts.v[j];
	qsort(lease->accounts, doc->accounts.n, sizeof(const char *), text_cmp);
	return circle_init(&lease->reach, &rules->doc, &doc->reach, doc->everyone);
}

static int entry_cmp(const void *a, const void *b, void *arg)
{
	const struct lease_doc *leases = arg;
	const struct lease_entry *x = a, *y = b;
	int order = strcmp(x->text, y->text);

	if (!order)
		order = instant_cmp(&leases[x->lease].starts, &leases[y->lease].starts);
	return order ? order : (x->lease > y->lease) - (x->lease < y->lease);
}

static const struct texts *entries_of(const struct lease_doc *lease, bool holders)
{
	return holders ? &lease->holders : &lease->accounts;
}

static int lease_index_init(struct lease_index *index, const struct rules_doc *doc, bool holders)
{
	size_t n = 0;

	for (size_t i = 0; i < doc->n_leases; i++)
		n += entries_of(&doc->leases[i], holders)->n;
	index->v = calloc(n + 1, sizeof *index->v);
	if (!index->v)
		return -ENOMEM;
	for (size_t i = 0; i < doc->n_leases; i++) {
		const struct texts *texts = entries_of(&doc->leases[i], holders);

		for (size_t j = 0; j < texts->n; j++)
			index->v[index->n++] = (struct lease_entry){ texts->v[j], (uint32_t)i };
	}
	qsort_r(index->v, n, sizeof *index->v, entry_cmp, doc->leases);
	for (size_t i = 0; i < n; i++) {
		int err = text_map_add(&index->first, str_of(index->v[i].text), (uint32_t)i);

		if (err && err != -EEXIST)
			return err;
	}
	return 0;
}

static int leases_compile(struct rules *rules)
{
	int err;

	rules->leases = calloc(rules->doc.n_leases + 1, sizeof *rules->leases);
	if (!rules->leases)
		return -ENOMEM;
	for (size_t i = 0; i < rules->doc.n_leases; i++) {
		err = lease_compile(rules, i);
		if (err)
			return err;
	}
	err = lease_index_init(&rules->lent, &rules->doc, false);
	return err ? err : lease_index_init(&rules->held, &rules->doc, true);
}

static int filters_compile(struct rules *rules)
{
	char why[128];

	rules->filters = calloc(rules->doc.n_segments + 1, sizeof(struct filter *));
	if (!rules->filters)
		return -ENOMEM;
	rules->attributes_only = true;
	for (size_t i = 0; i < rules->doc.n_segments; i++) {
		/* It was compiled when it was decoded: only memory can be missing. */
		rules->filters[i] = filter_parse(str_of(rules->doc.segments[i].filter), why);
		if (!rules->filters[i])
			return -ENOMEM;
		rules->attributes_only = rules->attributes_only && filter_attributes_only(rules->filters[i]);
	}
	return 0;
}

/* A row of bits for each segment: the barrier's list. */
static int barriers_compile(struct rules *rules)
{
	size_t n = rules->doc.n_segments, row, column;

	if (!rules->doc.n_barriers)
		return 0;
	rules->row_bytes = (n + 7) / 8;
	rules->barriers = calloc(n + 1, 1);
	rules->matrix = calloc(n + 1, rules->row_bytes);
	if (!rules->barriers || !rules->matrix)
		return -ENOMEM;
	for (size_t i = 0; i < rules->doc.n_barriers; i++) {
		const struct barrier_doc *barrier = &rules->doc.barriers[i];

		if (!rules_segment(&rules->doc, str_of(barrier->segment), &row))
			continue;
		rules->barriers[row] = barrier->allow ? BARRIER_ALLOW : BARRIER_BLOCK;
		for (size_t j = 0; j < barrier->segments.n; j++) {
			if (rules_segment(&rules->doc, str_of(barrier->segments.v[j]), &column))
				rules->matrix[row * rules->row_bytes + column / 8] |= (uint8_t)(1u << column % 8);
		}
	}
	return 0;
}

struct rules *rules_new(const struct guest_access *guests, const struct rules_doc *doc)
{
	struct rules *rules = calloc(1, sizeof *rules);

	if (!rules)
		return NULL;
	atomic_init(&rules->refs, 1);
	if (rules_copy(guests, doc, &rules->guests, &rules->doc)) {
		free(rules);
		return NULL;
	}
	if (guests_compile(rules) || filters_compile(rules) || barriers_compile(rules) || policies_compile(rules) || leases_compile(rules)) {
		rules_unref(rules);
		return NULL;
	}
	return rules;
}

const struct policy *policy_of(const struct tenant *tenant, const struct account *a)
{
	const struct rules *rules = tenant->rules;
	const struct segment_set *set = &tenant->roster->sets->v[a->set];
	uint32_t at = UINT32_MAX;

	if (!rules->doc.n_policies)
		return NULL;
	if (text_map_find(&rules->own_policy, account_address(a), &at))
		return &rules->policies[at];
	for (size_t i = 0; i < set->n; i++) {
		uint32_t of_segment = rules->segment_policy[segment_set_of(set)[i]];

		if (of_segment && of_segment - 1 < at)
			at = of_segment - 1;
	}
	return at == UINT32_MAX ? NULL : &rules->policies[at];
}
