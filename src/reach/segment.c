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

bool circle_holds(const struct circle *circle, const struct roster *roster, const struct account *a)
{
	const struct segment_set *set = &roster->sets->v[a->set];

	for (size_t i = 0; circle->segments && i < set->n; i++) {
		if (bit(circle->segments, segment_set_of(set)[i]))
			return true;
	}
	return text_map_find(&circle->addresses, account_address(a), NULL);
}

struct segment_sets *segment_sets_new(void)
{
	struct segment_sets *sets = calloc(1, sizeof *sets);

	if (!sets)
		return NULL;
	atomic_init(&sets->refs, 1);
	sets->v = calloc(1, sizeof *sets->v);
	sets->n = sets->v != NULL;
	if (sets->v)
		return sets;
	free(sets);
	return NULL;
}

void segment_sets_unref(struct segment_sets *sets)
{
	if (!sets || atomic_fetch_sub(&sets->refs, 1) > 1)
		return;
	for (size_t i = 0; i < sets->n; i++)
		free(sets->v[i].all);
	free(sets->v);
	text_map_release(&sets->ids);
	free(sets);
}

static int set_add(struct segment_sets *sets, const uint16_t *in, uint32_t n)
{
	const uint32_t few = sizeof sets->v->few / sizeof sets->v->few[0];
	struct segment_set *set;

	if ((sets->n & (sets->n - 1)) == 0) {
		struct segment_set *v = realloc(sets->v, sets->n * 2 * sizeof *v);

		if (!v)
			return -ENOMEM;
		sets->v = v;
	}
	set = &sets->v[sets->n];
	*set = (struct segment_set){ .n = n, .all = malloc(n * sizeof *in) };
	if (!set->all)
		return -ENOMEM;
	memcpy(set->all, in, n * sizeof *in);
	memcpy(set->few, in, (n < few ? n : few) * sizeof *in);
	sets->n++;
	return text_map_add(&sets->ids, (struct str){ (const char *)set->all, n * sizeof *in }, (uint32_t)sets->n - 1);
}

/* *sets as nobody else's. */
static int sets_own(struct segment_sets **sets)
{
	struct segment_sets *copy;
	int err = 0;

	if (atomic_load(&(*sets)->refs) == 1)
		return 0;
	copy = segment_sets_new();
	if (!copy)
		return -ENOMEM;
	for (size_t i = 1; i < (*sets)->n && !err; i++)
		err = set_add(copy, (*sets)->v[i].all, (*sets)->v[i].n);
	if (err) {
		segment_sets_unref(copy);
		return err;
	}
	segment_sets_unref(*sets);
	*sets = copy;
	return 0;
}

static int set_place(struct segment_sets **sets, const uint16_t *in, uint32_t n, uint32_t *out)
{
	int err;

	if (!n || text_map_find(&(*sets)->ids, (struct str){ (const char *)in, n * sizeof *in }, out))
		return 0;
	err = sets_own(sets);
	if (err)
		return err;
	*out = (uint32_t)(*sets)->n;
	return set_add(*sets, in, n);
}

int segments_of(struct segment_sets **sets, const struct rules *rules, const struct account_doc *doc, struct likeness *like, uint32_t *out)
{
	const struct filter_subject subject = { account_kind_name(doc->kind), doc->address, doc->name, doc->title, doc->enabled, doc->attributes };
	size_t all = rules->doc.n_segments;
	uint32_t n = 0;
	uint16_t *in;
	int err = 0;

	*out = like->set;
	if (!all || like->placed)
		return 0;
	in = malloc(all * sizeof *in);
	if (!in)
		return -ENOMEM;
	for (size_t i = 0; i < all && err >= 0; i++) {
		err = filter_matches(rules->filters[i], &subject);
		if (err > 0)
			in[n++] = (uint16_t)i;
	}
	err = err < 0 ? err : set_place(sets, in, n, out);
	free(in);
	if (err || !rules->attributes_only)
		return err;
	like->placed = true;
	like->set = *out;
	return 0;
}

/* Does the barrier of x's segment list any of y's? */
static bool lists(const struct rules *rules, unsigned x, const struct segment_set *y)
{
	for (size_t i = 0; i < y->n; i++) {
		if (bit(rules->matrix + x * rules->row_bytes, segment_set_of(y)[i]))
			return true;
	}
	return false;
}

static bool both_internal(const struct account *x, const struct account *y)
{
	return x->kind == KIND_INTERNAL && y->kind == KIND_INTERNAL;
}

enum reason barrier_admits(const struct tenant *tenant, const struct account *x, const struct account *y, const char *waived, const char **segment)
{
	const struct rules *rules = tenant->rules;
	const struct segment_set *from = &tenant->roster->sets->v[x->set], *to = &tenant->roster->sets->v[y->set];
	const uint16_t *in = segment_set_of(from);
	size_t allows = from->n;	/* place of the last that allows only whom it lists */

	*segment = NULL;
	if (!rules->barriers)
		return REASON_OK;
	for (size_t i = 0; i < from->n; i++) {
		if (rules->barriers[in[i]] != BARRIER_BLOCK || !lists(rules, in[i], to) || rules->doc.segments[in[i]].name == waived)
			continue;
		*segment = rules->doc.segments[in[i]].name;
		return REASON_BARRIER_BLOCKED;
	}
	for (size_t i = 0; i < from->n; i++) {
		bool lifted = rules->doc.segments[in[i]].name == waived;

		if (rules->barriers[in[i]] != BARRIER_ALLOW)
			continue;
		if (lists(rules, in[i], to) || (lifted && to->n))
			return REASON_OK;
		/* Who is in no segment can't be listed: for him the barrier goes, and others stay. */
		if (!lifted)
			allows = i;
	}
	if (allows == from->n || (!to->n && both_internal(x, y) && !rules->doc.unsegmented_hidden))
		return REASON_OK;
	*segment = rules->doc.segments[in[allows]].name;
	return REASON_BARRIER_NOT_ALLOWED;
}
