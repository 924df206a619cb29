/** @file reach/group.c  Who may join whom in a group (spec section 6): every pair, both ways, and how many organisations. */
#include "reach/group.h"

#include "reach/facts.h"


static bool pair_open(const struct world *world, const struct group_ask *group, struct str from, struct str to, struct group_answer *out)
{
	struct ask ask = { .from = from, .to = to, .action = group->action, .at = group->at };

	if (reach_allowed(world, &ask))
		return true;
	*out = (struct group_answer){ .from = from, .to = to };
	reach_decide(world, &ask, &out->verdict);
	out->reason = out->verdict.reason;
	return false;
}

/* For which organisation somebody takes part, and the tenants whose caps he brings. */
struct belonging {
	struct str organisation;
	const struct tenant *tenants[2];
};

static const struct lease_doc *lease_at(const struct tenant *tenant, const struct account *a, const struct instant *at)
{
	const struct rules *rules = tenant->rules;
	uint32_t first;

	if (a->kind != KIND_SERVICE || !text_map_find(&rules->lent.first, account_address(a), &first))
		return NULL;
	for (size_t i = first; i < rules->lent.n && strcmp(rules->lent.v[i].text, rules->lent.v[first].text) == 0; i++) {
		const struct lease_doc *lease = rules->leases[rules->lent.v[i].lease].doc;

		if ((!lease->starts.given || instant_cmp(&lease->starts, at) <= 0) && (!lease->ends.given || instant_cmp(at, &lease->ends) < 0))
			return lease;
	}
	return NULL;
}

static struct belonging belonging_of(const struct world *world, struct str address, const struct instant *at)
{
	const struct account *a = world_account(world, address);
	const struct tenant *tenant = a ? account_tenant(world, a) : world_tenant_by_domain(world, address_domain(address)), *home;
	struct belonging b = { .organisation = tenant ? tenant_id(tenant) : address_domain(address), .tenants = { tenant } };
	const struct lease_doc *lease;

	if (a && a->kind == KIND_GUEST) {
		b.organisation = address_domain(str_of(a->more->doc.home));
		home = world_tenant_by_domain(world, b.organisation);
		if (home)
			b.organisation = tenant_id(home);
		b.tenants[1] = home;
		return b;
	}
	lease = a ? lease_at(tenant, a, at) : NULL;
	if (lease && lease->lessee && lease->lessee[0]) {
		b.organisation = str_of(lease->lessee);
		b.tenants[1] = world_tenant(world, b.organisation);
	}
	return b;
}

static bool counted(const struct world *world, const struct group_ask *group, size_t before, struct str organisation)
{
	for (size_t i = 0; i < before; i++) {
		if (str_eq(belonging_of(world, group->members[i], &group->at).organisation, organisation))
			return true;
	}
	return false;
}

static bool few_enough(const struct world *world, const struct group_ask *group, struct group_answer *out)
{
	const struct tenant *capper = NULL;
	size_t organisations = 0;
	int64_t cap = 0;

	for (size_t i = 0; i <= group->n; i++) {
		struct belonging b = belonging_of(world, i < group->n ? group->members[i] : group->joining, &group->at);

		organisations += !counted(world, group, i, b.organisation);
		for (unsigned t = 0; t < 2; t++) {
			int64_t theirs = b.tenants[t] ? b.tenants[t]->outside->access.max_organisations : 0;

			if (!theirs || (cap && cap <= theirs))
				continue;
			cap = theirs;
			capper = b.tenants[t];
		}
	}
	if (!cap || organisations <= (size_t)cap)
		return true;
	*out = (struct group_answer){ .reason = REASON_GROUP_TOO_MANY, .from = group->joining, .capped_by = capper };
	out->verdict = (struct verdict){ .reason = REASON_GROUP_TOO_MANY, .tenant = capper };
	return false;
}

bool reach_group_join(const struct world *world, const struct group_ask *group, struct group_answer *out)
{
	for (size_t i = 0; i < group->n; i++) {
		if (!pair_open(world, group, group->joining, group->members[i], out) || !pair_open(world, group, group->members[i], group->joining, out))
			return false;
	}
	if (!few_enough(world, group, out))
		return false;
	*out = (struct group_answer){ .allowed = true, .reason = REASON_OK };
	return true;
}
