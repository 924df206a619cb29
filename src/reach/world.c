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

int world_with_access(struct world *world, const struct tenant *tenant, const struct external_access *access, int64_t access_rev, int64_t revision, struct world **wp)
{
	struct core *core = tenant->core;
	struct world *next = calloc(1, sizeof *next + world->n * sizeof *next->tenants);
	struct tenant *changed = next ? tenant_new(core, tenant->rules, access, access_rev) : NULL;

	if (!changed) {
		free(next);
		return -ENOMEM;
	}
	atomic_fetch_add(&core->refs, 1);
	atomic_fetch_add(&tenant->rules->refs, 1);
	atomic_fetch_add(&world->directory->refs, 1);
	atomic_init(&next->refs, 1);
	next->revision = revision;
	next->directory = world->directory;
	next->n = world->n;
	for (size_t i = 0; i < world->n; i++) {
		next->tenants[i] = i == core->index ? changed : world->tenants[i];
		if (i != core->index)
			atomic_fetch_add(&next->tenants[i]->refs, 1);
	}
	*wp = next;
	return 0;
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
