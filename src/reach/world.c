/** @file reach/world.c  A world as a whole: references and look-ups. */
#include "reach/word_index.h"

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
	free(d);
}

void world_unref(struct world *world)
{
	if (!world || atomic_fetch_sub(&world->refs, 1) > 1)
		return;
	directory_unref(world->directory);
	account_table_unref(world->by_address);
	account_table_unref(world->by_row);
	for (size_t i = 0; i < world->n; i++)
		tenant_unref(world->tenants[i]);
	free(world);
}

int64_t world_revision(const struct world *world)
{
	return world->revision;
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
	return account_table_by_address(world->by_address, canonical_address, text_hash(canonical_address));
}

const struct account *world_account_by_id(const struct world *world, int64_t account_id)
{
	return account_table_by_row(world->by_row, account_id);
}

const struct account *world_account_next(const struct world *world, const struct tenant *tenant, const struct account *after)
{
	(void)world;
	return account_list_next(&tenant->roster->by_address, after, account_address_cmp);
}

struct listing {
	const struct account **out;
	size_t n, most;
};

static bool list_each(void *arg, const struct account *a)
{
	struct listing *listing = arg;

	if (listing->n == listing->most)
		return false;
	listing->out[listing->n++] = a;
	return true;
}

static int found_cmp(const void *a, const void *b)
{
	return account_name_cmp(*(const struct account *const *)a, *(const struct account *const *)b);
}

size_t world_search(const struct world *world, const struct tenant *tenant, struct str query, const struct account **out, size_t most)
{
	struct listing listing = { out, 0, most };
	size_t n;

	if (query.p) {
		n = word_index_find(tenant->roster->words, world->by_row, query, out, most);
		qsort(out, n, sizeof(const struct account *), found_cmp);
		return n;
	}
	account_list_each(&tenant->roster->by_name, list_each, &listing);
	return listing.n;
}
