/** @file act/call_close.c  An admin ends a call of his organisation: written into the audit log, then cut, then told, then answered. */
#include "act/audit.h"
#include "act/call.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct closing {
	struct deed *deed;
	char call[ID_CHARS + 1];
	char actor[324];
	char *detail;
};

static bool is_of(const struct act *act, const struct party *party, const struct tenant *tenant)
{
	const struct account *account = world_account_by_id(act->world, party->account);

	return account && account_tenant(act->world, account) == tenant;
}

static bool stands_in(const struct act *act, const struct call *call, const struct tenant *tenant)
{
	for (unsigned i = 0; i < call->n_parties; i++)
		if (party_live(call->party[i]) && is_of(act, call->party[i], tenant))
			return true;
	return false;
}

/* An admin's word counts for his own people: others of a group go on, as long as they have somebody left to talk to. */
static void close_for(struct act *act, struct call *call, const struct tenant *tenant)
{
	for (unsigned i = 0; i < call->n_parties && call->state != CALL_ENDED; i++)
		if (party_live(call->party[i]) && (!tenant || is_of(act, call->party[i], tenant)))
			party_leave(act, call->party[i], REASON_CALL_ENDED_BY_ADMIN, -1, NULL);
}

/* The live call of this id with somebody of the tenant in it; over, another's and made up are one answer. */
static struct call *call_of(struct act *act, const struct tenant *tenant, const char *id)
{
	list_each (&act->calls, node, after) {
		struct call *call = list_entry(node, struct call, node);

		if (strcmp(call->id, id) == 0)
			return stands_in(act, call, tenant) ? call : NULL;
	}
	return NULL;
}

static int run_close(struct store_tx *tx, void *arg)
{
	struct closing *c = arg;

	return store_audit_add(tx, clock_wall_ms(), c->actor, "call.end", c->deed->path[0], c->detail);
}

static void closed(void *arg, int err)
{
	struct closing *c = arg;
	struct deed *deed = c->deed;
	const struct tenant *tenant = world_tenant(deed->act->world, str_of(deed->path[0]));
	struct call *call = tenant ? call_of(deed->act, tenant, c->call) : NULL;
	struct outcome outcome = { .reason = REASON_OK, .status = 204 };

	free(c->detail);
	free(c);
	if (err) {
		deed_fault(deed, err, "call.close");
		return;
	}
	/* It may have ended by itself meanwhile: that is what was wanted. */
	if (call) {
		snprintf(call->ended_for, sizeof call->ended_for, "%s", deed->who.operator_ ? "" : deed->path[0]);
		close_for(deed->act, call, deed->who.operator_ ? NULL : tenant);
	}
	deed_done(deed, &outcome);
}

void act_call_close(struct deed *deed)
{
	struct act *act = deed->act;
	const struct tenant *tenant = world_tenant(act->world, str_of(deed->path[0]));
	struct call *call = tenant ? call_of(act, tenant, deed->path[1]) : NULL;
	struct closing *c;
	int err = -ENOMEM;

	if (!call) {
		deed_refuse(deed, tenant ? REASON_CALL_GONE : REASON_NOT_FOUND);
		return;
	}
	c = calloc(1, sizeof *c);
	if (c) {
		c->deed = deed;
		memcpy(c->call, call->id, sizeof c->call);
		deed_actor(deed, c->actor);
		c->detail = audit_detail("{s:s, s:s, s:s}", "call", call->id, "from", call->party[CALL_FROM]->address, "to", call->party[CALL_TO]->address);
	}
	if (c && c->detail)
		err = store_submit(act->store, run_close, closed, c);
	if (!err)
		return;
	if (c)
		free(c->detail);
	free(c);
	deed_fault(deed, err, "call.close");
}
