/** @file reach/patch.c  The same world with one thing changed: what is not touched is shared with the world it came from. */
#include "reach/facts.h"

#include <errno.h>
#include <stdlib.h>

static struct core *core_ref(struct core *core)
{
	atomic_fetch_add(&core->refs, 1);
	return core;
}

static struct roster *roster_ref(struct roster *roster)
{
	atomic_fetch_add(&roster->refs, 1);
	return roster;
}

static struct rules *rules_ref(struct rules *rules)
{
	atomic_fetch_add(&rules->refs, 1);
	return rules;
}

static struct outside *outside_ref(struct outside *outside)
{
	atomic_fetch_add(&outside->refs, 1);
	return outside;
}

/* With one tenant replaced. Takes over `changed`, always; NULL of it, or of what this returns, means that memory is out. */
static struct world *with_tenant(const struct world *world, struct tenant *changed, int64_t revision)
{
	struct world *next = changed ? malloc(sizeof *next + world->n * sizeof *next->tenants) : NULL;

	if (!next) {
		tenant_unref(changed);
		return NULL;
	}
	*next = (struct world){ .revision = revision, .directory = world->directory, .by_address = world->by_address, .by_row = world->by_row, .n = world->n };
	atomic_init(&next->refs, 1);
	atomic_fetch_add(&next->directory->refs, 1);
	atomic_fetch_add(&next->by_address->refs, 1);
	atomic_fetch_add(&next->by_row->refs, 1);
	for (size_t i = 0; i < world->n; i++) {
		next->tenants[i] = i == changed->core->index ? changed : world->tenants[i];
		if (next->tenants[i] != changed)
			atomic_fetch_add(&next->tenants[i]->refs, 1);
	}
	return next;
}

int world_with_access(struct world *world, const struct tenant *tenant, const struct external_access *access, int64_t access_rev, int64_t revision, struct world **wp)
{
	*wp = with_tenant(world, tenant_new(core_ref(tenant->core), roster_ref(tenant->roster), rules_ref(tenant->rules), outside_new(access, access_rev)), revision);
	return *wp ? 0 : -ENOMEM;
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
	if (!segments_same(&tenant->rules->doc, rules))
		return -EINVAL;
	*wp = with_tenant(world, tenant_new(core_ref(tenant->core), roster_ref(tenant->roster), rules_new(guests, rules), outside_ref(tenant->outside)), revision);
	return *wp ? 0 : -ENOMEM;
}

/* Is there a guest whose home this is? Each tenant can have one. */
static bool somebodys_home(const struct world *world, struct str address)
{
	char place[324];

	for (size_t i = 0; i < world->n; i++) {
		const struct core *core = world->tenants[i]->core;
		const struct account *guest;

		if (!world->tenants[i]->roster->guests || !core->domains.n || !guest_address(address, str_of(core->domains.v[0]), place))
			continue;
		guest = world_account(world, str_of(place));
		if (guest && guest->kind == KIND_GUEST)
			return true;
	}
	return false;
}

/* What one account must be among the others, as world_builder_account() and world_builder_check() have it. */
static int fits(const struct world *world, const struct tenant *tenant, int64_t row, const struct account_doc *doc, struct json_err *err)
{
	const struct account *same = world_account(world, str_of(doc->address));
	const struct account *home = doc->kind == KIND_GUEST ? world_account(world, str_of(doc->home)) : NULL;
	const struct tenant *owner = world_tenant_by_domain(world, address_domain(str_of(doc->address)));

	if (!owner || owner->core->index != tenant->core->index) {
		json_bad(err, "/address", "%s is not a domain of this tenant", address_domain(str_of(doc->address)).p);
		return -EINVAL;
	}
	if (same && same->row != row) {
		json_bad(err, "/address", "is the address of two accounts");
		return -EEXIST;
	}
	if (home && home->kind != KIND_INTERNAL) {
		json_bad(err, "/home", "%s is a service or guest account itself", doc->home);
		return -EINVAL;
	}
	if (doc->kind != KIND_INTERNAL && (!same || same->kind == KIND_INTERNAL) && somebodys_home(world, str_of(doc->address))) {
		json_bad(err, "/kind", "%s is the home of a guest: it must be internal", doc->address);
		return -EINVAL;
	}
	return account_doc_fits(doc, &tenant->rules->doc, "", err) ? 0 : -EINVAL;
}

/* Takes over `next`, always: a world that shares its tables with another until now. */
static int tables_change(struct world *next, const struct account *without, const struct account *with, struct world **wp)
{
	struct account_table *by_address = next ? account_table_change(next->by_address, without, with) : NULL;
	struct account_table *by_row = by_address ? account_table_change(next->by_row, without, with) : NULL;

	if (!by_row) {
		account_table_unref(by_address);
		world_unref(next);
		return -ENOMEM;
	}
	account_table_unref(next->by_address);
	account_table_unref(next->by_row);
	next->by_address = by_address;
	next->by_row = by_row;
	*wp = next;
	return 0;
}

static int with_roster(const struct world *world, const struct tenant *t, const struct account *without, const struct account *with, struct segment_sets *sets, int64_t revision, struct world **wp)
{
	struct roster *roster = roster_change(t->roster, t->core, world->by_row, without, with, sets);
	struct tenant *changed = tenant_new(core_ref(t->core), roster, rules_ref(t->rules), outside_ref(t->outside));

	return tables_change(with_tenant(world, changed, revision), without, with, wp);
}

int world_with_account(struct world *world, const struct tenant *tenant, int64_t row, const struct account_doc *doc, int64_t revision, struct world **wp, struct json_err *err)
{
	const struct tenant *t = world->tenants[tenant->core->index];
	const struct account *old = world_account_by_id(world, row), *a;
	struct segment_sets *sets = t->roster->sets;
	struct likeness like = { 0 };
	int e = fits(world, t, row, doc, err);

	if (e)
		return e;
	if (old && old->tenant != t->core->index) {
		json_bad(err, "", "the account is another tenant's");
		return -EINVAL;
	}
	atomic_fetch_add(&sets->refs, 1);
	e = account_new(&a, t->core, &sets, t->rules, row, doc, &like);
	likeness_release(&like);
	if (!e) {
		e = with_roster(world, t, old, a, sets, revision, wp);
		account_unref(a);
	}
	segment_sets_unref(sets);
	return e;
}

int world_without_account(struct world *world, const struct account *account, int64_t revision, struct world **wp)
{
	const struct tenant *t = world->tenants[account->tenant];

	return with_roster(world, t, account, NULL, t->roster->sets, revision, wp);
}
