/** @file reach/external.c  Gate 3: external access, each side judging the other by the domain in use (spec 5.3). */
#include "reach/gates.h"

#include <assert.h>

/* Modes and lists alone. *entry is the list's entry that decided, when one did. */
static enum border border_of(const struct external_access *access, const struct access_lists *lists, struct str other, bool verified, const char **entry)
{
	*entry = NULL;
	if (access->mode == ACCESS_OFF)
		return BORDER_OFF;
	if (!verified && !access->unverified_pass && !domain_listed(&lists->exceptions, other))
		return BORDER_UNVERIFIED;
	switch (access->mode) {
	case ACCESS_OPEN:
		return BORDER_OPEN;
	case ACCESS_ALLOW:
		*entry = domain_listed(&lists->allow, other);
		return *entry ? BORDER_LISTED : BORDER_NOT_LISTED;
	case ACCESS_BLOCK:
		*entry = domain_listed(&lists->block, other);
		return *entry ? BORDER_BLOCKED : BORDER_OPEN;
	case ACCESS_OFF:
		break;
	}
	return BORDER_OFF;
}

enum border reach_border(const struct tenant *judge, const struct external_access *access, struct str other_domain, bool other_verified)
{
	struct access_lists lists;
	const char *entry;

	if (!access || access == &judge->access)
		return border_of(&judge->access, &judge->lists, other_domain, other_verified, &entry);
	lists = access_lists_of(access);
	return border_of(access, &lists, other_domain, other_verified, &entry);
}

const char *border_slug(enum border border)
{
	static const char *const slugs[] = {
		[BORDER_OPEN] = "open", [BORDER_LISTED] = "listed", [BORDER_NOT_LISTED] = "not_listed", [BORDER_BLOCKED] = "blocked",
		[BORDER_OFF] = "off", [BORDER_UNVERIFIED] = "unverified",
	};

	assert(border <= BORDER_UNVERIFIED);
	return slugs[border];
}

/* How a closed border is told, and what would open it. */
static const struct {
	enum reason reason;
	const char *rule;
	enum remedy_code remedy;
} closed[] = {
	[BORDER_OFF] = { REASON_EXTERNAL_OFF, "external_access.mode", REMEDY_ENABLE_EXTERNAL },
	[BORDER_UNVERIFIED] = { REASON_EXTERNAL_UNVERIFIED, "external_access.unverified_tenants", REMEDIES },
	[BORDER_NOT_LISTED] = { REASON_EXTERNAL_NOT_ALLOWED, "external_access.allow", REMEDY_ALLOW_DOMAIN },
	[BORDER_BLOCKED] = { REASON_EXTERNAL_BLOCKED, "external_access.block", REMEDY_UNBLOCK_DOMAIN },
};

static bool border_pass(const struct attempt *try, unsigned i, struct stop *stop)
{
	const struct end *judge = &try->ends[i], *other = &try->ends[!i];
	bool verified = !other->tenant || other->tenant->core->verified;
	const struct tenant *t = judge->tenant;
	struct external_access access = t->access;	/* borrows its lists */
	enum border border;
	const char *entry;

	if (tried(try, REMEDY_ENABLE_EXTERNAL, i))
		access.mode = ACCESS_OPEN;
	border = border_of(&access, &t->lists, other->domain, verified, &entry);
	if (border == BORDER_OPEN || border == BORDER_LISTED || tried(try, closed[border].remedy, i))
		return true;
	*stop = (struct stop){ closed[border].reason, side_of(i), t, closed[border].rule, entry ? str_of(entry) : other->domain };
	if (border == BORDER_OFF)
		stop->what = STR("off");
	return false;
}

static bool action_pass(const struct attempt *try, unsigned i, struct stop *stop)
{
	const enum action wanted[] = { action_needs(try->ask->action), try->ask->action };
	const struct tenant *t = try->ends[i].tenant;

	for (unsigned w = 0; w < 2; w++) {
		if (!(t->access.off_actions & 1u << wanted[w]))
			continue;
		*stop = (struct stop){ REASON_EXTERNAL_ACTION_OFF, side_of(i), t, "external_access.off_actions", str_of(action_name(wanted[w])) };
		return false;
	}
	return true;
}

/*
 * All that one side has to say. A domain that nobody has here judges nothing. An end that was not looked up stands for its
 * tenant alone: its modes and lists, and nothing finer.
 */
static bool judge_pass(const struct attempt *try, unsigned i, struct stop *stop)
{
	const struct end *end = &try->ends[i];

	if (!end->tenant)
		return true;
	return border_pass(try, i, stop) && (!end->account || action_pass(try, i, stop));
}

/* Service accounts stay inside, as no lease opens the outside to them. */
static bool travel_pass(const struct attempt *try, unsigned i, struct stop *stop)
{
	const struct end *end = &try->ends[i];

	if (!end->account || end->account->kind != KIND_SERVICE)
		return true;
	*stop = (struct stop){ REASON_LEASE_NO_FEDERATION, side_of(i), end->tenant, "account", account_address(end->account) };
	return false;
}

bool external_pass(const struct attempt *try, struct stop *stop)
{
	return travel_pass(try, 0, stop) && travel_pass(try, 1, stop) && judge_pass(try, 0, stop) && judge_pass(try, 1, stop);
}
