/** @file reach/decide.c  The decision: routes in order of preference, each through the gates in order; closed unless all let pass. */
#include "reach/gates.h"

static bool always(const struct attempt *try)
{
	(void)try;
	return true;
}

static bool never(const struct attempt *try)
{
	(void)try;
	return false;
}

static bool on_federation(const struct attempt *try)
{
	return try->route == ROUTE_FEDERATION;
}

static bool off_federation(const struct attempt *try)
{
	return try->route != ROUTE_FEDERATION;
}

static bool to_find(const struct attempt *try)
{
	return try->ask->action == ACTION_FIND;
}

/* For gates of which the world document takes no rules yet: no barrier stands, nobody has contacts. */
static bool no_rules(const struct attempt *try, struct stop *stop)
{
	(void)try;
	(void)stop;
	return true;
}

/* Spec section 5: when each gate applies, and what it does. Guests and leases are not in the world yet, so their gates never apply. */
static const struct {
	bool (*applies)(const struct attempt *try);
	bool (*pass)(const struct attempt *try, struct stop *stop);
} gates[GATES] = {
	[GATE_IDENTITY] = { always, identity_pass },
	[GATE_LICENCE] = { always, licence_pass },
	[GATE_EXTERNAL] = { on_federation, external_pass },
	[GATE_GUEST] = { never, no_rules },
	[GATE_LEASE] = { never, no_rules },
	[GATE_BARRIER] = { off_federation, no_rules },
	[GATE_PERSONAL] = { always, no_rules },
	[GATE_FIND] = { to_find, find_pass },
};

void attempt_run(const struct attempt *try, struct trace *out)
{
	*out = (struct trace){ 0 };
	for (unsigned g = 0; g < GATES; g++) {
		if (!gates[g].applies(try))
			continue;
		if (!gates[g].pass(try, &out->stop)) {
			out->steps[g] = STEP_STOP;
			out->gate = (enum gate)g;
			return;
		}
		out->steps[g] = STEP_PASS;
	}
	out->allowed = true;
}

/*
 * Routes put who stands at each end into `try`, which holds the two as asked: the nth way (from 0) in which this route can be
 * tried, or false when there is none left.
 */
static bool internal_stand(struct attempt *try, unsigned nth)
{
	return nth == 0 && try->ends[0].tenant == try->ends[1].tenant;
}

static bool federation_stand(struct attempt *try, unsigned nth)
{
	return nth == 0 && try->ends[0].tenant != try->ends[1].tenant;
}

/* Spec section 3, in order of preference. */
static const struct {
	enum route route;
	bool (*stand)(struct attempt *try, unsigned nth);
} routes[] = {
	{ ROUTE_INTERNAL, internal_stand },
	{ ROUTE_FEDERATION, federation_stand },
};
enum { ROUTES = sizeof routes / sizeof routes[0] };

static bool end_fill(const struct world *world, struct str address, struct end *end)
{
	end->account = world_account(world, address);
	end->domain = address_domain(address);
	end->tenant = end->account ? account_tenant(world, end->account) : world_tenant_by_domain(world, end->domain);
	return end->account;
}

/* True when both are accounts. */
static bool ask_fill(const struct world *world, const struct ask *ask, struct attempt *asked)
{
	bool from, to;

	*asked = (struct attempt){ .world = world, .ask = ask };
	from = end_fill(world, ask->from, &asked->ends[0]);
	to = end_fill(world, ask->to, &asked->ends[1]);
	return from && to;
}

static void verdict_allow(struct verdict *out, enum route route, const struct trace *trace)
{
	*out = (struct verdict){ .allowed = true, .route = route, .reason = REASON_OK };
	for (unsigned g = 0; g < GATES; g++)
		out->steps[g].result = trace->steps[g];
}

/* Of the refusals so far the one that got furthest is kept; of several the first. Remedies are gathered from all. */
static void refusal_keep(const struct attempt *try, const struct trace *trace, enum gate *furthest, struct verdict *out)
{
	if (out->route == ROUTE_NONE || trace->gate > *furthest) {
		struct verdict kept = *out;

		verdict_refuse(out, try->route, trace);
		out->n_remedies = kept.n_remedies;
		memcpy(out->remedies, kept.remedies, sizeof out->remedies);
		*furthest = trace->gate;
	}
	remedies_add(try, trace, out);
}

void reach_decide(const struct world *world, const struct ask *ask, struct verdict *out)
{
	enum gate furthest = GATE_IDENTITY;
	struct attempt asked;
	bool known = ask_fill(world, ask, &asked);
	unsigned unknown = asked.ends[0].account ? 1 : 0;

	/* What nothing below opens stays closed. */
	verdict_unknown(out, side_of(unknown), asked.ends[unknown].tenant, unknown ? ask->to : ask->from);
	for (unsigned r = 0; r < ROUTES && known; r++) {
		struct attempt try = asked;
		struct trace trace;

		try.route = routes[r].route;
		for (unsigned nth = 0; routes[r].stand(&try, nth); nth++) {
			attempt_run(&try, &trace);
			if (trace.allowed) {
				verdict_allow(out, try.route, &trace);
				return;
			}
			refusal_keep(&try, &trace, &furthest, out);
		}
	}
}

bool reach_allowed(const struct world *world, const struct ask *ask)
{
	struct attempt asked;
	bool known = ask_fill(world, ask, &asked);

	for (unsigned r = 0; r < ROUTES && known; r++) {
		struct attempt try = asked;
		struct trace trace;

		try.route = routes[r].route;
		for (unsigned nth = 0; routes[r].stand(&try, nth); nth++) {
			attempt_run(&try, &trace);
			if (trace.allowed)
				return true;
		}
	}
	return false;
}
