/** @file reach/decide.c  The decision: routes in order of preference, each through the gates in order; closed unless all let pass. */
#include "reach/gates.h"

static bool always(const struct attempt *try)
{
	(void)try;
	return true;
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

static bool with_guest(const struct attempt *try)
{
	return off_federation(try) && (end_is(&try->ends[0], KIND_GUEST) || end_is(&try->ends[1], KIND_GUEST));
}

/* Spec section 5: when each gate applies, and what it does. */
static const struct {
	bool (*applies)(const struct attempt *try);
	bool (*pass)(const struct attempt *try, struct stop *stop);
} gates[GATES] = {
	[GATE_IDENTITY] = { always, identity_pass },
	[GATE_LICENCE] = { always, licence_pass },
	[GATE_EXTERNAL] = { on_federation, external_pass },
	[GATE_GUEST] = { with_guest, guest_pass },
	[GATE_LEASE] = { on_lease, lease_pass },
	[GATE_BARRIER] = { off_federation, barrier_pass },
	[GATE_PERSONAL] = { always, personal_pass },
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

static bool end_fill(const struct world *world, struct str address, struct end *end)
{
	const struct account *account = account_table_by_address(world->by_address, address, end->hash);

	end->asked = account;
	if (account) {
		end_stand(world, account, end);
		return true;
	}
	end->address = address;
	end->domain = address_domain(address);
	end->tenant = world_tenant_by_domain(world, end->domain);
	return false;
}

/* True when both are accounts. */
static bool ask_fill(const struct world *world, const struct ask *ask, struct horizon *horizon, struct attempt *asked)
{
	bool from, to;

	*asked = (struct attempt){ .world = world, .ask = ask, .horizon = horizon };
	asked->ends[0].hash = text_hash(ask->from);
	account_table_prefetch(world->by_address, asked->ends[0].hash);
	asked->ends[1].hash = text_hash(ask->to);
	account_table_prefetch(world->by_address, asked->ends[1].hash);
	from = end_fill(world, ask->from, &asked->ends[0]);
	to = end_fill(world, ask->to, &asked->ends[1]);
	return from && to;
}

/* Of the refusals so far the one that got furthest is kept; of several the first. Remedies are gathered from all. */
static void refusal_keep(const struct attempt *try, const struct trace *trace, enum gate *furthest, struct verdict *out)
{
	if (out->route == ROUTE_NONE || trace->gate > *furthest) {
		verdict_refuse(out, try->route, trace);
		*furthest = trace->gate;
	}
	remedies_add(try, trace, out);
}

/* The two are accounts: the first open route wins. */
static void decide_known(const struct attempt *asked, struct verdict *out)
{
	enum gate furthest = GATE_IDENTITY;
	struct attempt try;
	struct trace trace;

	for (unsigned r = 0; r < ROUTES; r++) {
		for (unsigned nth = 0; routes[r].stand(asked, &try, nth); nth++) {
			try.route = routes[r].route;
			attempt_run(&try, &trace);
			if (trace.allowed) {
				verdict_allow(out, try.route, &trace);
				return;
			}
			refusal_keep(&try, &trace, &furthest, out);
		}
	}
	remedies_beyond(asked, out);
}

void reach_decide(const struct world *world, const struct ask *ask, struct verdict *out)
{
	struct horizon horizon = { 0 };
	struct attempt asked;
	bool known = ask_fill(world, ask, &horizon, &asked);
	unsigned unknown = asked.ends[0].account ? 1 : 0;

	/* What nothing below opens stays closed. */
	out->allowed = false;
	out->route = ROUTE_NONE;
	out->n_remedies = 0;
	if (known)
		decide_known(&asked, out);
	if (out->route == ROUTE_NONE)
		verdict_unknown(out, side_of(unknown), asked.ends[unknown].tenant, unknown ? ask->to : ask->from);
	out->until_given = horizon.given;
	out->until = horizon.at;
}

/* The first way that is open, as reach_decide() finds it. */
static bool open_find(const struct world *world, const struct ask *ask, struct attempt *out)
{
	struct attempt asked;
	struct trace trace;
	bool known = ask_fill(world, ask, NULL, &asked);

	for (unsigned r = 0; r < ROUTES && known; r++) {
		for (unsigned nth = 0; routes[r].stand(&asked, out, nth); nth++) {
			out->route = routes[r].route;
			attempt_run(out, &trace);
			if (trace.allowed)
				return true;
		}
	}
	return false;
}

bool reach_allowed(const struct world *world, const struct ask *ask)
{
	struct attempt try;

	return open_find(world, ask, &try);
}

bool reach_control(const struct world *world, const struct ask *ask, enum control control)
{
	struct attempt try;
	const char *where;

	return open_find(world, ask, &try) && (!end_is(&try.ends[0], KIND_GUEST) || control_of(&try.ends[0], control, &where) != CONTROL_OFF);
}
