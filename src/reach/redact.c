/** @file reach/redact.c  Who may learn why (spec section 8). Whatever is said to anybody has gone through here. */
#include "reach/gates.h"

/* Every `unreachable` is this, byte by byte: no route, no side, no tenant, no rule, no step that anybody got to. */
static void unreachable(struct verdict *v)
{
	*v = (struct verdict){ .reason = REASON_UNREACHABLE };
}

/* Not even told about one's own tenant: it is a colleague's affair. */
static bool private_matter(enum reason reason)
{
	return reason == REASON_IDENTITY_DISABLED;
}

/* Worlds that follow each other share a tenant's core, if not its settings. */
static bool same(const struct tenant *a, const struct tenant *b)
{
	return a && b && a->core == b->core;
}

/* What the modes and lists of two tenants alone decide. */
static bool public_matter(enum reason reason)
{
	return reason == REASON_EXTERNAL_OFF || reason == REASON_EXTERNAL_UNVERIFIED
		|| reason == REASON_EXTERNAL_NOT_ALLOWED || reason == REASON_EXTERNAL_BLOCKED;
}

static bool may_learn(const struct asker *asker, const struct verdict *v)
{
	if (!v->tenant)
		return false;
	if (same(v->tenant, asker->home))
		return asker->kind == ASKER_ADMIN || !private_matter(v->reason);
	return public_matter(v->reason) && tenant_discloses(v->tenant);
}

/* Only an admin changes lists, and only his own: everybody else may ask the one who does. */
static void remedies_tell(const struct asker *asker, struct verdict *v)
{
	for (unsigned i = 0; i < v->n_remedies; i++) {
		struct remedy *r = &v->remedies[i];
		bool own = asker->kind == ASKER_ADMIN && str_eq(r->who, tenant_id(asker->home));

		if (r->code == REMEDY_ALLOW_DOMAIN && !own)
			r->code = REMEDY_ASK_ADMIN_ALLOW_DOMAIN;
	}
}

/*
 * The ask as the asker can see it from home: his own end is known, of the other end only the domain. So what he is told can't
 * depend on whether the other account exists. True when it is refused already as far as he can see; then *v is that refusal.
 */
static bool refused_from_home(const struct world *world, const struct ask *ask, unsigned own, const struct tenant *other, struct verdict *v)
{
	const struct str addresses[] = { ask->from, ask->to };
	struct attempt try = { .world = world, .ask = ask, .route = ROUTE_FEDERATION };
	struct trace trace;

	for (unsigned i = 0; i < 2; i++)
		try.ends[i].domain = address_domain(addresses[i]);
	try.ends[own].account = world_account(world, addresses[own]);
	try.ends[own].tenant = world_tenant_by_domain(world, try.ends[own].domain);
	try.ends[!own].tenant = other;
	if (!try.ends[own].account) {
		verdict_unknown(v, side_of(own), try.ends[own].tenant, addresses[own]);
		return true;
	}
	attempt_run(&try, &trace);
	if (trace.allowed)
		return false;
	verdict_refuse(v, ROUTE_FEDERATION, &trace);
	remedies_add(&try, &trace, v);
	/* The steps before the stop looked at one end only: they are not told as passed. */
	for (unsigned g = 0; g < GATES; g++) {
		if (v->steps[g].result == STEP_PASS)
			v->steps[g].result = STEP_SKIP;
	}
	return true;
}

/* A stop that nobody's setting made may be told to who can find the other anyway. */
static bool nobodys_matter(const struct world *world, const struct ask *ask, const struct verdict *v)
{
	struct ask find = { .from = ask->from, .to = ask->to, .action = ACTION_FIND, .at = ask->at };

	return !v->tenant && v->route != ROUTE_NONE && reach_allowed(world, &find);
}

static void redact_across(const struct world *world, const struct ask *ask, const struct asker *asker, unsigned own, const struct tenant *other, struct verdict *v)
{
	bool tell = nobodys_matter(world, ask, v);
	struct verdict seen;

	if (refused_from_home(world, ask, own, other, &seen)) {
		*v = seen;
		tell = may_learn(asker, v);
	}
	if (!tell)
		unreachable(v);
}

void reach_redact(const struct world *world, const struct ask *ask, const struct asker *asker, struct verdict *v)
{
	const struct tenant *from = world_tenant_by_domain(world, address_domain(ask->from));
	const struct tenant *to = world_tenant_by_domain(world, address_domain(ask->to));

	if (v->allowed || asker->kind == ASKER_OPERATOR)
		return;
	if (same(from, asker->home) && same(to, asker->home)) {
		if (asker->kind == ASKER_USER && private_matter(v->reason))
			unreachable(v);
	} else if (same(from, asker->home)) {
		redact_across(world, ask, asker, 0, to, v);
	} else if (same(to, asker->home)) {
		redact_across(world, ask, asker, 1, from, v);
	} else {
		unreachable(v);
	}
	remedies_tell(asker, v);
}
