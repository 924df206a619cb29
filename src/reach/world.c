/** @file reach/world.c  A world as a whole: references, look-ups, and the same world with one setting changed. */
#include "reach/facts.h"

#include <errno.h>
#include <stdlib.h>

struct world *world_ref(struct world *world)
{
	atomic_fetch_add(&world->refs, 1);
	return world;
}

static void directory_unref(struct directory *d)
{
	if (atomic_fetch_sub(&d->refs, 1) > 1)
		return;
	text_map_release(&d->ids);
	text_map_release(&d->domains);
	account_table_release(&d->by_address);
	account_table_release(&d->by_row);
	free(d);
}

void world_unref(struct world *world)
{
	if (!world || atomic_fetch_sub(&world->refs, 1) > 1)
		return;
	directory_unref(world->directory);
	for (size_t i = 0; i < world->n; i++)
		tenant_unref(world->tenants[i]);
	free(world);
}

int64_t world_revision(const struct world *world)
{
	return world->revision;
}

/* The same world with one tenant replaced; everything else is shared. Takes over `changed` on success. */
static int with_tenant(struct world *world, struct tenant *changed, int64_t revision, struct world **wp)
{
	struct world *next = calloc(1, sizeof *next + world->n * sizeof *next->tenants);

	if (!next)
		return -ENOMEM;
	atomic_fetch_add(&world->directory->refs, 1);
	atomic_init(&next->refs, 1);
	next->revision = revision;
	next->directory = world->directory;
	next->n = world->n;
	for (size_t i = 0; i < world->n; i++) {
		next->tenants[i] = i == changed->core->index ? changed : world->tenants[i];
		if (next->tenants[i] != changed)
			atomic_fetch_add(&next->tenants[i]->refs, 1);
	}
	*wp = next;
	return 0;
}

int world_with_access(struct world *world, const struct tenant *tenant, const struct external_access *access, int64_t access_rev, int64_t revision, struct world **wp)
{
	struct tenant *changed = tenant_new(tenant->core, tenant->rules, access, access_rev);
	int err;

	if (!changed)
		return -ENOMEM;
	atomic_fetch_add(&tenant->core->refs, 1);
	atomic_fetch_add(&tenant->rules->refs, 1);
	err = with_tenant(world, changed, revision, wp);
	if (err)
		tenant_unref(changed);
	return err;
}

/* Which accounts are in which segment is known of these segments only. */
static bool segments_same(const struct rules_doc *a, const struct rules_doc *b)
{
	bool same = a->n_segments == b->n_segments;

	for (size_t i = 0; same && i < a->n_segments; i++)
		same = strcmp(a->segments[i].name, b->segments[i].name) == 0 && strcmp(a->segments[i].filter, b->segments[i].filter) == 0;
	return same;
}

int world_with_rules(struct world *world, const struct tenant *tenant, const struct guest_access *guests, const struct rules_doc *rules, int64_t revision, struct world **wp)
{
	struct tenant *changed;
	struct rules *next;
	int err;

	if (!segments_same(&tenant->rules->doc, rules))
		return -EINVAL;
	next = rules_new(guests, rules);
	changed = next ? tenant_new(tenant->core, next, &tenant->access, tenant->access_rev) : NULL;
	if (!changed) {
		rules_unref(next);
		return -ENOMEM;
	}
	atomic_fetch_add(&tenant->core->refs, 1);
	err = with_tenant(world, changed, revision, wp);
	if (err)
		tenant_unref(changed);
	return err;
}

const struct tenant *world_tenant(const struct world *world, struct str id)
{
	uint32_t index;

	return text_map_find(&world->directory->ids, id, &index) ? world->tenants[index] : NULL;
}

const struct tenant *world_tenant_by_domain(const struct world *world, struct str domain)
{
	uint32_t index;

	return text_map_find(&world->directory->domains, domain, &index) ? world->tenants[index] : NULL;
}

const struct tenant *world_tenant_next(const struct world *world, const struct tenant *after)
{
	size_t next = after ? after->core->index + 1 : 0;

	return next < world->n ? world->tenants[next] : NULL;
}

const struct account *world_account(const struct world *world, struct str canonical_address)
{
	return account_table_by_address(&world->directory->by_address, canonical_address);
}

const struct account *world_account_by_id(const struct world *world, int64_t account_id)
{
	return account_table_by_row(&world->directory->by_row, account_id);
}

const struct account *world_account_next(const struct world *world, const struct tenant *tenant, const struct account *after)
{
	const struct core *core = tenant->core;
	size_t next = after ? (size_t)(after - core->accounts) + 1 : 0;

	(void)world;
	return next < core->n_accounts ? &core->accounts[next] : NULL;
}

size_t world_search(const struct world *world, const struct tenant *tenant, struct str query, const struct account **out, size_t most)
{
	const struct core *core = tenant->core;
	size_t n = 0;

	(void)world;
	for (size_t i = 0; i < core->n_accounts && n < most; i++) {
		const struct account *a = &core->accounts[core->by_name[i]];

		if (!query.p || account_matches(a, query))
			out[n++] = a;
	}
	return n;
}
