/** @file reach/redact.c  Who may learn why (spec section 8). Whatever is said to anybody has gone through here. */
#include "reach/gates.h"

/* Every `unreachable` is this, byte by byte: no route, no side, no tenant, no rule, no step that anybody got to. */
static void unreachable(struct verdict *v)
{
	*v = (struct verdict){ .reason = REASON_UNREACHABLE };
}

/* Not even told about one's own tenant: it is a colleague's affair, or was never meant to be known. */
static bool private_matter(enum reason reason)
{
	return reason == REASON_IDENTITY_DISABLED || reason == REASON_BARRIER_BLOCKED || reason == REASON_BARRIER_NOT_ALLOWED
		|| reason == REASON_CONTACT_BLOCKED;
}

/* What the modes and lists of two tenants alone decide. */
static bool public_matter(enum reason reason)
{
	return reason == REASON_EXTERNAL_OFF || reason == REASON_EXTERNAL_UNVERIFIED
		|| reason == REASON_EXTERNAL_NOT_ALLOWED || reason == REASON_EXTERNAL_BLOCKED;
}

/* What is about a guest or a lease: told to the guest and to the holder. */
static bool visitors_matter(enum reason reason)
{
	const char *slug = reason_slug(reason);

	return strncmp(slug, "guest.", 6) == 0 || strncmp(slug, "lease.", 6) == 0;
}

/* Worlds that follow each other share a tenant's core, if not its settings. */
static bool same(const struct tenant *a, const struct tenant *b)
{
	return a && b && a->core == b->core;
}

static bool owns(const struct asker *asker, const struct verdict *v)
{
	return same(v->tenant, asker->home) && (asker->kind == ASKER_ADMIN || !private_matter(v->reason));
}

const struct tenant *reach_home(const struct world *world, const struct account *account)
{
	const struct tenant *tenant = account_tenant(world, account);

	if (account->kind == KIND_GUEST)
		return world_tenant_by_domain(world, address_domain(str_of(account->more->doc.home)));
	if (account->kind == KIND_SERVICE && text_map_find(&tenant->rules->lent.first, account_address(account), NULL))
		return NULL;
	return tenant;
}

/* Only an admin changes his tenant's settings: everybody else may ask the one who does. */
static void remedies_tell(const struct asker *asker, struct verdict *v)
{
	for (unsigned i = 0; i < v->n_remedies; i++) {
		struct remedy *r = &v->remedies[i];
		bool own = asker->kind == ASKER_ADMIN && asker->home && str_eq(r->who, tenant_id(asker->home));

		if (r->code == REMEDY_ALLOW_DOMAIN && !own)
			r->code = REMEDY_ASK_ADMIN_ALLOW_DOMAIN;
	}
}

/* Of an answer that looked at both sides only what one's own side may do is told. */
static void remedies_keep_own(const struct asker *asker, struct verdict *v)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < v->n_remedies; i++) {
		if (asker->home && str_eq(v->remedies[i].who, tenant_id(asker->home)))
			v->remedies[kept++] = v->remedies[i];
	}
	v->n_remedies = kept;
}

/* The way that got furthest of those that can be seen from home. */
struct view {
	struct verdict *out;
	enum gate furthest;
	bool any, open;
};

static void view_add(struct view *view, const struct attempt *try)
{
	struct trace trace;

	attempt_run(try, &trace);
	view->open |= trace.allowed;
	if (trace.allowed)
		return;
	if (!view->any || trace.gate > view->furthest) {
		struct verdict kept = *view->out;

		verdict_refuse(view->out, try->route, &trace);
		view->out->n_remedies = view->any ? kept.n_remedies : 0;
		memcpy(view->out->remedies, kept.remedies, sizeof kept.remedies);
		view->furthest = trace.gate;
	}
	view->any = true;
	remedies_add(try, &trace, view->out);
}

/* The other person as one's own tenant's guest: the guest account is known at home, the person behind it is not. */
static void view_guest(struct view *view, const struct attempt *asked, unsigned own)
{
	struct attempt try = *asked;
	const struct account *guest = guest_in(asked->world, asked->ends[own].tenant, asked->ends[!own].address);

	if (!guest || same(asked->ends[own].tenant, asked->ends[!own].tenant) || str_eq(account_address(guest), asked->ends[own].address))
		return;
	end_stand(asked->world, guest, &try.ends[!own]);
	try.ends[!own].home = NULL;
	try.ends[!own].home_tenant = NULL;
	try.ends[!own].home_hidden = true;
	try.route = ROUTE_GUEST;
	view_add(view, &try);
}

/*
 * The ask as the asker can see it from home: his own end is known, of the other end only the address. So what he is told can't
 * depend on whether the other account exists. True when it is refused already as far as he can see; then *v is that refusal.
 */
static bool refused_from_home(const struct world *world, const struct ask *ask, unsigned own, struct verdict *v)
{
	const struct str addresses[] = { ask->from, ask->to };
	const struct account *me = world_account(world, addresses[own]);
	struct horizon horizon = { 0 };
	struct attempt asked = { .world = world, .ask = ask, .horizon = &horizon };
	struct view view = { .out = v };

	for (unsigned i = 0; i < 2; i++) {
		asked.ends[i].address = addresses[i];
		asked.ends[i].hash = text_hash(addresses[i]);
		asked.ends[i].domain = address_domain(addresses[i]);
		asked.ends[i].tenant = world_tenant_by_domain(world, asked.ends[i].domain);
	}
	if (!me) {
		verdict_unknown(v, side_of(own), asked.ends[own].tenant, addresses[own]);
		return true;
	}
	asked.ends[own].asked = me;
	end_stand(world, me, &asked.ends[own]);
	for (unsigned r = 0; r < ROUTES; r++) {
		struct attempt try = asked;

		for (unsigned nth = 0; routes[r].stand(&asked, &try, nth); nth++) {
			try.route = routes[r].route;
			view_add(&view, &try);
		}
		if (routes[r].route == ROUTE_GUEST)
			view_guest(&view, &asked, own);
	}
	v->until_given = horizon.given;
	v->until = horizon.at;
	/* The steps before the stop looked at one end only: they are not told as passed. */
	for (unsigned g = 0; g < GATES; g++) {
		if (v->steps[g].result == STEP_PASS)
			v->steps[g].result = STEP_SKIP;
	}
	return view.any && !view.open;
}

/* A stop that nobody's setting made, or that waits for the other, may be told to who can find the other anyway. */
static bool finders_matter(const struct world *world, const struct ask *ask, const struct verdict *v)
{
	struct ask find = { .from = ask->from, .to = ask->to, .action = ACTION_FIND, .at = ask->at };

	return v->route != ROUTE_NONE && (!v->tenant || v->reason == REASON_CONTACT_PENDING) && reach_allowed(world, &find);
}

static void redact_across(const struct world *world, const struct ask *ask, const struct asker *asker, unsigned own, struct verdict *v)
{
	bool finder = finders_matter(world, ask, v);
	struct verdict seen = { .reason = REASON_UNREACHABLE };

	if (refused_from_home(world, ask, own, &seen)
			&& (owns(asker, &seen) || (public_matter(seen.reason) && seen.tenant && tenant_discloses(seen.tenant))
				|| (visitors_matter(seen.reason) && asker->kind == ASKER_USER && seen.side == side_of(own)))) {
		*v = seen;
		return;
	}
	if (!owns(asker, v) && !finder) {
		unreachable(v);
		return;
	}
	remedies_keep_own(asker, v);
	v->until_given = false;
}

/* Which end is the asker's own: 0, 1, both are at home (2), or none (3). */
static unsigned own_end(const struct world *world, const struct ask *ask, const struct asker *asker)
{
	bool from = same(world_tenant_by_domain(world, address_domain(ask->from)), asker->home);
	bool to = same(world_tenant_by_domain(world, address_domain(ask->to)), asker->home);

	if (from && to)
		return 2;
	if (asker->self.n && str_eq(asker->self, ask->from))
		return 0;
	if (asker->self.n && str_eq(asker->self, ask->to))
		return 1;
	return from ? 0 : to ? 1 : 3;
}

void reach_redact(const struct world *world, const struct ask *ask, const struct asker *asker, struct verdict *v)
{
	unsigned own = asker->kind == ASKER_OPERATOR ? 3 : own_end(world, ask, asker);

	if (v->allowed || asker->kind == ASKER_OPERATOR)
		return;
	if (own < 2)
		redact_across(world, ask, asker, own, v);
	else if (own == 3 || (v->tenant && !owns(asker, v)))
		unreachable(v);
	remedies_tell(asker, v);
}
