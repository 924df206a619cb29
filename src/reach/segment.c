/** @file reach/segment.c  Segments: who is in which, circles of accounts, and barriers between them. */
#include "reach/facts.h"

#include <errno.h>
#include <stdlib.h>

int circle_init(struct circle *circle, const struct rules_doc *rules, const struct texts *entries, bool everyone)
{
	size_t segment;
	int err = 0;

	*circle = (struct circle){ .everyone = everyone };
	for (size_t i = 0; i < entries->n && !err; i++) {
		const char *entry = entries->v[i];

		if (strncmp(entry, "segment:", 8) != 0) {
			err = text_map_add(&circle->addresses, str_of(entry), 0);
			continue;
		}
		if (!circle->segments)
			circle->segments = calloc(rules->n_segments / 8 + 1, 1);
		if (!circle->segments)
			err = -ENOMEM;
		else if (rules_segment(rules, str_of(entry + 8), &segment))
			circle->segments[segment / 8] |= (uint8_t)(1u << segment % 8);
	}
	if (err == -EEXIST)
		err = 0;
	if (err)
		circle_release(circle);
	return err;
}

void circle_release(struct circle *circle)
{
	text_map_release(&circle->addresses);
	free(circle->segments);
	*circle = (struct circle){ 0 };
}

static bool bit(const uint8_t *bits, unsigned at)
{
	return bits[at / 8] & 1u << at % 8;
}

bool circle_holds(const struct circle *circle, const struct core *core, const struct account *a)
{
	const struct segment_set *set = &core->sets[a->set];

	for (size_t i = 0; circle->segments && i < set->n; i++) {
		if (bit(circle->segments, set->v[i]))
			return true;
	}
	return text_map_find(&circle->addresses, account_address(a), NULL);
}

void sets_release(struct core *core)
{
	for (size_t i = 0; i < core->n_sets; i++)
		free(core->sets[i].v);
	free(core->sets);
	text_map_release(&core->set_ids);
}

static int set_add(struct core *core, const uint16_t *v, size_t n, uint32_t *out)
{
	struct segment_set *sets = realloc(core->sets, (core->n_sets + 1) * sizeof *sets);
	uint16_t *copy;

	if (!sets)
		return -ENOMEM;
	core->sets = sets;
	copy = malloc((n + 1) * sizeof *copy);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, v, n * sizeof *copy);
	*out = (uint32_t)core->n_sets;
	sets[core->n_sets++] = (struct segment_set){ copy, n };
	return text_map_add(&core->set_ids, (struct str){ (const char *)copy, n * sizeof *copy }, *out);
}

int segments_of(struct core *core, const struct rules *rules, const struct account_doc *doc, uint32_t *out)
{
	const struct filter_subject subject = { account_kind_name(doc->kind), doc->address, doc->name, doc->title, doc->enabled, doc->attributes };
	size_t n = 0, all = rules->doc.n_segments;
	uint16_t *in;
	int err = 0;

	*out = 0;
	if (!all)
		return 0;
	in = malloc(all * sizeof *in);
	if (!in)
		return -ENOMEM;
	for (size_t i = 0; i < all && err >= 0; i++) {
		err = filter_matches(rules->filters[i], &subject);
		if (err > 0)
			in[n++] = (uint16_t)i;
	}
	if (err > 0)
		err = 0;
	if (!err && n && !text_map_find(&core->set_ids, (struct str){ (const char *)in, n * sizeof *in }, out))
		err = set_add(core, in, n, out);
	free(in);
	return err;
}

/* Does the barrier of x's segment list any of y's? */
static bool lists(const struct rules *rules, unsigned x, const struct segment_set *y)
{
	for (size_t i = 0; i < y->n; i++) {
		if (bit(rules->matrix + x * rules->row_bytes, y->v[i]))
			return true;
	}
	return false;
}

static bool both_internal(const struct account *x, const struct account *y)
{
	return x->kind == KIND_INTERNAL && y->kind == KIND_INTERNAL;
}

enum reason barrier_admits(const struct tenant *tenant, const struct account *x, const struct account *y, const char **segment)
{
	const struct rules *rules = tenant->rules;
	const struct segment_set *from = &tenant->core->sets[x->set], *to = &tenant->core->sets[y->set];
	bool listed = false;

	*segment = NULL;
	if (!rules->barriers)
		return REASON_OK;
	for (size_t i = 0; i < from->n; i++) {
		*segment = rules->doc.segments[from->v[i]].name;
		if (rules->barriers[from->v[i]] == BARRIER_BLOCK && lists(rules, from->v[i], to))
			return REASON_BARRIER_BLOCKED;
	}
	*segment = NULL;
	for (size_t i = 0; i < from->n && !listed; i++) {
		if (rules->barriers[from->v[i]] != BARRIER_ALLOW)
			continue;
		*segment = rules->doc.segments[from->v[i]].name;
		listed = lists(rules, from->v[i], to);
	}
	if (!*segment || listed)
		return REASON_OK;
	return !to->n && both_internal(x, y) && !rules->doc.unsegmented_hidden ? REASON_OK : REASON_BARRIER_NOT_ALLOWED;
}
