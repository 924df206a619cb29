/** @file reach/identity.c  Gate 1: is there somebody, and may he be here at all (spec 5.1). */
#include "reach/gates.h"

/* The rows of spec 5.1 in order. Unknown accounts never come to a gate: without them there is no route. */
static enum reason identity_of(const struct account *a)
{
	if (!(a->flags & ACCOUNT_ENABLED))
		return REASON_IDENTITY_DISABLED;
	if (a->kind == KIND_SERVICE && !(a->flags & ACCOUNT_IN_HOUSE))
		return REASON_LEASE_NONE;
	return REASON_OK;
}

bool identity_pass(const struct attempt *try, struct stop *stop)
{
	for (unsigned i = 0; i < 2; i++) {
		const struct end *end = &try->ends[i];
		enum reason reason = end->account ? identity_of(end->account) : REASON_OK;

		if (reason == REASON_OK)
			continue;
		*stop = (struct stop){ reason, side_of(i), end->tenant, "account", account_address(end->account) };
		return false;
	}
	return true;
}
