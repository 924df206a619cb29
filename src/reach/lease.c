/** @file reach/lease.c  Gate 5: whom a leased account may reach, and for what (spec 5.5). */
#include "reach/gates.h"

/* The lease that governs an end now; NULL when none does. */
static const struct lease *governing(const struct attempt *try, const struct end *end)
{
	const struct lease *lease = NULL;

	if (end_is(end, KIND_SERVICE))
		lease_of(try, end->tenant, end->account, &lease);
	return lease;
}

bool on_lease(const struct attempt *try)
{
	return governing(try, &try->ends[0]) || governing(try, &try->ends[1]);
}

static bool scope_holds(const struct attempt *try, unsigned i, const struct lease *lease, const struct end *other)
{
	const struct lease *theirs = governing(try, other);

	if (!other->account)
		return true;
	if (theirs == lease)
		return lease->doc->peers;
	if (tried(try, REMEDY_ADD_TO_LEASE_REACH, i))
		return true;
	if (lease->reach.everyone && !theirs)
		return true;
	return circle_holds(&lease->reach, other->tenant->roster, other->account);
}

static bool end_pass(const struct attempt *try, unsigned i, struct stop *stop)
{
	const enum action wanted[] = { action_needs(try->ask->action), try->ask->action };
	const struct end *end = &try->ends[i], *other = &try->ends[!i];
	const struct lease *lease = governing(try, end);

	if (!lease)
		return true;
	*stop = (struct stop){ REASON_LEASE_OUT_OF_SCOPE, side_of(i), end->tenant, "lease", str_of(lease->doc->id) };
	if (try->route != ROUTE_FEDERATION && !scope_holds(try, i, lease, other))
		return false;
	stop->reason = REASON_LEASE_ACTION_OFF;
	for (unsigned w = 0; w < 2; w++) {
		if (lease->doc->narrowed && !(lease->doc->actions & 1u << wanted[w]))
			return false;
	}
	return true;
}

bool lease_pass(const struct attempt *try, struct stop *stop)
{
	return end_pass(try, 0, stop) && end_pass(try, 1, stop);
}
