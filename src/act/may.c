/** @file act/may.c  Whether the asker may start a deed at all: what the table of routes says, held to his roles of today; and how often. */
#include "act/room.h"

#include <stdio.h>

/* The tenant that the path is about; NULL when there is none. */
static const struct tenant *tenant_of(const struct act *act, unsigned may, const char *path)
{
	const struct account *target;
	char address[324], why[128];

	if (may & MAY_OF_TENANT)
		return world_tenant(act->world, str_of(path));
	if (!address_canonical(str_of(path), address, why))
		return NULL;
	target = world_account(act->world, str_of(address));
	return target ? account_tenant(act->world, target) : NULL;
}

enum reason act_may(const struct act *act, const struct who *who, unsigned may, const char *path)
{
	const struct account *me;
	bool elsewhere = may & (MAY_OF_TENANT | MAY_OF_ACCOUNT);

	if (may & MAY_ANYONE)
		return REASON_OK;
	if (who->operator_)
		return may & MAY_OPERATOR ? REASON_OK : REASON_FORBIDDEN;
	me = who->account ? world_account_by_id(act->world, who->account) : NULL;
	if (!me || !account_enabled(me))
		return REASON_SIGN_IN;
	if (who->joined)
		return may & MAY_JOINED ? REASON_OK : REASON_FORBIDDEN;
	if (who->due && !(may & MAY_DUE))
		return REASON_FACTOR_REQUIRED;
	if (may & MAY_SIGNED_IN)
		return REASON_OK;
	/* Absent and another's are one answer: a role counts in its own tenant, and nothing is said about others. */
	if (!(who->roles & may & MAY_ROLES) || (elsewhere && tenant_of(act, may, path) != account_tenant(act->world, me)))
		return REASON_FORBIDDEN;
	return REASON_OK;
}

const char *may_name(unsigned bit)
{
	switch (bit) {
	case MAY_SIGNED_IN:
		return "signed_in";
	case MAY_OPERATOR:
		return "operator";
	case MAY_ANYONE:
		return "anyone";
	case MAY_JOINED:
		return "joined";
	case MAY_DUE:
		return "due";
	default:
		return role_name((enum role)bit);
	}
}

static unsigned pace_of(struct act *act, enum pace kind, int64_t row, unsigned per_second)
{
	char name[24];

	snprintf(name, sizeof name, "%lld", (long long)row);
	return throttle_pace(act->paces, kind, str_of(name), per_second, clock_mono_ms());
}

unsigned act_pace(struct act *act, const struct who *who, struct str peer)
{
	enum { CLIENTS_PART = 2, TENANTS_TIMES = 20 };
	const struct account *me = who->account ? world_account_by_id(act->world, who->account) : NULL;
	unsigned per_second = act->parts.requests ? act->parts.requests : LIMIT_REQUESTS_PER_SECOND, wait;

	if (who->operator_)
		return 0;
	if (!me)
		return throttle_pace(act->paces, PACE_CLIENT, peer, per_second / CLIENTS_PART, clock_mono_ms());
	wait = pace_of(act, PACE_ACCOUNT, who->account, per_second);
	return wait ? wait : pace_of(act, PACE_TENANT, tenant_row(account_tenant(act->world, me)), TENANTS_TIMES * per_second);
}
