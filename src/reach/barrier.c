/** @file reach/barrier.c  Gate 6: barriers between segments, both ways by themselves (spec 5.6). */
#include "reach/gates.h"

static bool admits(const struct attempt *try, unsigned i, const struct tenant *tenant, const struct account *pair[2], struct stop *stop)
{
	/* It may stand between them both ways. */
	bool changed = try->trial && try->trial->code == REMEDY_CHANGE_BARRIER && try->trial->tenant == tenant;
	const char *segment;
	enum reason reason = barrier_admits(tenant, pair[i], pair[!i], changed ? try->trial->segment : NULL, &segment);

	if (reason == REASON_OK)
		return true;
	*stop = (struct stop){ reason, side_of(i), tenant, "barrier", str_of(segment) };
	return false;
}

/* The account that the person has besides the one that stands here. */
static const struct account *own(const struct end *end)
{
	if (end_is(end, KIND_GUEST))
		return end->home_hidden ? NULL : end->home;
	return end->asked != end->account ? end->asked : NULL;
}

bool barrier_pass(const struct attempt *try, struct stop *stop)
{
	const struct account *here[2] = { try->ends[0].account, try->ends[1].account };
	const struct account *there[2] = { own(&try->ends[0]), own(&try->ends[1]) };
	const struct tenant *tenant;

	if (!here[0] || !here[1])
		return true;
	tenant = account_tenant(try->world, here[0]);
	if (!admits(try, 0, tenant, here, stop) || !admits(try, 1, tenant, here, stop))
		return false;
	if (!there[0] || !there[1] || there[0]->tenant != there[1]->tenant || there[0]->tenant == here[0]->tenant)
		return true;
	tenant = account_tenant(try->world, there[0]);
	return admits(try, 0, tenant, there, stop) && admits(try, 1, tenant, there, stop);
}
