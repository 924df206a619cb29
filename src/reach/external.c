/** @file reach/external.c  Gate 3: external access, each side judging the other by the domain in use (spec 5.3). */
#include "reach/gates.h"

#include <assert.h>

/* What stands before any list. */
static enum border gate_of(enum access_mode mode, const struct external_access *access, const struct domain_list *exceptions, struct str other, bool verified)
{
	if (mode == ACCESS_OFF)
		return BORDER_OFF;
	if (!verified && !access->unverified_pass && !domain_listed(exceptions, other))
		return BORDER_UNVERIFIED;
	return BORDER_OPEN;
}

/* Mode and lists, a tenant's or a policy's. *entry is the list's entry that decided, when one did. */
static enum border list_of(enum access_mode mode, const struct domain_list *allow, const struct domain_list *block, struct str other, const char **entry)
{
	*entry = NULL;
	switch (mode) {
	case ACCESS_OPEN:
		return BORDER_OPEN;
	case ACCESS_ALLOW:
		*entry = domain_listed(allow, other);
		return *entry ? BORDER_LISTED : BORDER_NOT_LISTED;
	case ACCESS_BLOCK:
		*entry = domain_listed(block, other);
		return *entry ? BORDER_BLOCKED : BORDER_OPEN;
	case ACCESS_OFF:
		break;
	}
	return BORDER_OFF;
}

static enum border border_of(const struct external_access *access, const struct access_lists *lists, struct str other, bool verified, const char **entry)
{
	enum border border = gate_of(access->mode, access, &lists->exceptions, other, verified);

	return border == BORDER_OPEN ? list_of(access->mode, &lists->allow, &lists->block, other, entry) : border;
}

enum border reach_border(const struct tenant *judge, const struct external_access *access, struct str other_domain, bool other_verified)
{
	struct access_lists lists;
	const char *entry = NULL;

	if (!access || access == &judge->outside->access)
		return border_of(&judge->outside->access, &judge->outside->lists, other_domain, other_verified, &entry);
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

static bool border_pass(const struct attempt *try, unsigned i, enum border border, struct str what, struct stop *stop)
{
	if (border == BORDER_OPEN || border == BORDER_LISTED || tried(try, closed[border].remedy, i))
		return true;
	*stop = (struct stop){ closed[border].reason, side_of(i), try->ends[i].tenant, closed[border].rule, what };
	return false;
}

static bool gate_pass(const struct attempt *try, unsigned i, struct stop *stop)
{
	const struct end *judge = &try->ends[i], *other = &try->ends[!i];
	const struct outside *outside = judge->tenant->outside;
	bool verified = !other->tenant || other->tenant->core->verified;
	enum access_mode mode = tried(try, REMEDY_ENABLE_EXTERNAL, i) ? ACCESS_OPEN : outside->access.mode;
	enum border border = gate_of(mode, &outside->access, &outside->lists.exceptions, other->domain, verified);

	return border_pass(try, i, border, border == BORDER_OFF ? STR("off") : other->domain, stop);
}

static bool person_pass(const struct attempt *try, unsigned i, struct stop *stop)
{
	const struct tenant *t = try->ends[i].tenant;
	const struct blocked_person *person;
	uint32_t first;

	if (!text_map_find(&t->outside->blocked_people, try->ends[!i].address, &first))
		return true;
	person = &t->outside->access.blocked_people[t->outside->blocked_longest[first]];
	if (person->until.given && instant_cmp(&person->until, &try->ask->at) <= 0)
		return true;
	time_seen(try, &person->until);
	*stop = (struct stop){ REASON_EXTERNAL_BLOCKED_PERSON, side_of(i), t, "external_access.blocked_people", try->ends[!i].address };
	return false;
}

static bool user_pass(const struct attempt *try, unsigned i, const struct policy *policy, struct stop *stop)
{
	if (!policy || policy->doc->external)
		return true;
	*stop = (struct stop){ REASON_EXTERNAL_USER_OFF, side_of(i), try->ends[i].tenant, "policy", str_of(policy->doc->name) };
	return false;
}

static bool lists_pass(const struct attempt *try, unsigned i, const struct policy *policy, struct stop *stop)
{
	static const enum access_mode modes[] = { [POLICY_OPEN] = ACCESS_OPEN, [POLICY_ALLOW] = ACCESS_ALLOW, [POLICY_BLOCK] = ACCESS_BLOCK };
	const struct tenant *t = try->ends[i].tenant;
	struct str other = try->ends[!i].domain;
	enum access_mode mode = tried(try, REMEDY_ENABLE_EXTERNAL, i) ? ACCESS_OPEN : t->outside->access.mode;
	enum border border;
	const char *entry;

	if (!policy || policy->doc->mode == POLICY_INHERIT) {
		border = list_of(mode, &t->outside->lists.allow, &t->outside->lists.block, other, &entry);
		return border_pass(try, i, border, entry ? str_of(entry) : other, stop);
	}
	entry = NULL;
	border = BORDER_NOT_LISTED;
	if (policy->doc->mode != POLICY_NONE)
		border = list_of(modes[policy->doc->mode], &policy->allow, &policy->block, other, &entry);
	/* The tenant's lists do not change what a policy says: no remedy of theirs is tried on it. */
	if (border == BORDER_OPEN || border == BORDER_LISTED)
		return true;
	*stop = (struct stop){ closed[border].reason, side_of(i), t, "policy", str_of(policy->doc->name) };
	return false;
}

static bool action_pass(const struct attempt *try, unsigned i, struct stop *stop)
{
	const enum action wanted[] = { action_needs(try->ask->action), try->ask->action };
	const struct tenant *t = try->ends[i].tenant;

	for (unsigned w = 0; w < 2; w++) {
		if (!(t->outside->access.off_actions & 1u << wanted[w]))
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
	const struct policy *policy = end->account ? policy_of(end->tenant, end->account) : NULL;

	if (!end->tenant)
		return true;
	return gate_pass(try, i, stop)
		&& (!end->account || person_pass(try, i, stop))
		&& user_pass(try, i, policy, stop)
		&& lists_pass(try, i, policy, stop)
		&& (!end->account || action_pass(try, i, stop));
}

/* Guests stay with their host, and service accounts too unless their lease opens the outside. */
static bool travel_pass(const struct attempt *try, unsigned i, struct stop *stop)
{
	const struct end *end = &try->ends[i];
	const struct lease *lease = NULL;

	if (!end->account || end->account->kind == KIND_INTERNAL)
		return true;
	*stop = (struct stop){ REASON_GUEST_NO_FEDERATION, side_of(i), end->tenant, "account", end->address };
	if (end->account->kind == KIND_GUEST)
		return false;
	stop->reason = REASON_LEASE_NO_FEDERATION;
	lease_of(try, end->tenant, end->account, &lease);
	return lease && lease->doc->federation;
}

bool external_pass(const struct attempt *try, struct stop *stop)
{
	return travel_pass(try, 0, stop) && travel_pass(try, 1, stop) && judge_pass(try, 0, stop) && judge_pass(try, 1, stop);
}
