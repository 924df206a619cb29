/** @file reach/identity.c  Gate 1: is there somebody, and may he be here at all (spec 5.1). */
#include "reach/gates.h"

static bool disabled(const struct account *a)
{
	return a && !(a->flags & ACCOUNT_ENABLED);
}

/* The stop of a guest, when the home account is at fault. */
static bool home_pass(const struct attempt *try, unsigned i, enum reason reason, struct stop *stop)
{
	const struct end *end = &try->ends[i];

	*stop = (struct stop){ reason, side_of(i), end->home_tenant, "home", end->home_address };
	return false;
}

static bool own_pass(const struct attempt *try, unsigned i, enum reason reason, const char *rule, struct str what, struct stop *stop)
{
	if (reason == REASON_OK)
		return true;
	*stop = (struct stop){ reason, side_of(i), try->ends[i].tenant, rule, what };
	return false;
}

static enum reason guest_of(const struct attempt *try, unsigned i)
{
	const struct end *end = &try->ends[i];
	const struct account_doc *doc = &end->account->more->doc;

	if (!doc->accepted && !tried(try, REMEDY_REDEEM_INVITATION, i))
		return REASON_GUEST_PENDING;
	if (doc->expires.given && instant_cmp(&doc->expires, &try->ask->at) <= 0)
		return REASON_GUEST_EXPIRED;
	time_seen(try, &doc->expires);
	return end->tenant->rules->guests.enabled ? REASON_OK : REASON_GUEST_ACCESS_OFF;
}

enum reason lease_of(const struct attempt *try, const struct tenant *tenant, const struct account *a, const struct lease **lease)
{
	const struct rules *rules = tenant->rules;
	const struct lease *extended = try->trial ? try->trial->lease : NULL, *later = NULL, *earlier = NULL;
	uint32_t first;

	*lease = NULL;
	if (!text_map_find(&rules->lent.first, account_address(a), &first))
		return a->flags & ACCOUNT_IN_HOUSE ? REASON_OK : REASON_LEASE_NONE;
	for (size_t i = first; i < rules->lent.n && strcmp(rules->lent.v[i].text, rules->lent.v[first].text) == 0; i++) {
		const struct lease *each = &rules->leases[rules->lent.v[i].lease];

		time_seen(try, &each->doc->starts);
		time_seen(try, &each->doc->ends);
		if (each == extended || lease_runs(each->doc, &try->ask->at))
			*lease = each;
		else if (each->doc->starts.given && instant_cmp(&each->doc->starts, &try->ask->at) > 0)
			later = later ? later : each;
		else
			earlier = each;
	}
	if (*lease)
		return (*lease)->doc->suspended ? REASON_LEASE_SUSPENDED : REASON_OK;
	*lease = later ? later : earlier;
	return later ? REASON_LEASE_NOT_STARTED : REASON_LEASE_ENDED;
}

/* The rows of spec 5.1 in order. Unknown accounts never come to a gate: without them there is no route. */
static bool end_pass(const struct attempt *try, unsigned i, struct stop *stop)
{
	const struct end *end = &try->ends[i];
	bool guest = end_is(end, KIND_GUEST);
	const struct lease *lease;
	enum reason reason;

	if (!end->account)
		return true;
	if (guest && !end->home_hidden && end->home_tenant && !end->home)
		return home_pass(try, i, REASON_IDENTITY_UNKNOWN, stop);
	if (disabled(end->account))
		return own_pass(try, i, REASON_IDENTITY_DISABLED, "account", end->address, stop);
	if (guest && !end->home_hidden && disabled(end->home))
		return home_pass(try, i, REASON_IDENTITY_DISABLED, stop);
	if (guest)
		return own_pass(try, i, guest_of(try, i), "guest", end->address, stop);
	if (end->account->kind == KIND_INTERNAL)
		return true;
	reason = lease_of(try, end->tenant, end->account, &lease);
	return own_pass(try, i, reason, lease ? "lease" : "account", lease ? str_of(lease->doc->id) : end->address, stop);
}

bool identity_pass(const struct attempt *try, struct stop *stop)
{
	return end_pass(try, 0, stop) && end_pass(try, 1, stop);
}
