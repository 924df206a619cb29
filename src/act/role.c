/** @file act/role.c  Grant and withdraw roles: by the operator, or by an owner in his own tenant. */
#include "act/room.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct granting {
	struct deed *deed;
	int64_t tenant, account;
	enum role role;
	bool grant;
	char actor[324];
	char detail[420];
};

static int run_role(struct store_tx *tx, void *arg)
{
	struct granting *g = arg;
	int err = g->grant ? store_role_put(tx, g->account, g->role) : store_role_drop(tx, g->tenant, g->account, g->role);

	return err ? err : store_audit_add(tx, clock_wall_ms(), g->actor, g->grant ? "role.grant" : "role.revoke", NULL, g->detail);
}

static void kept(void *arg, int err)
{
	struct granting *g = arg;
	struct deed *deed = g->deed;
	struct outcome outcome = { .reason = REASON_OK, .status = 204 };

	if (err == -ENOENT)
		deed_refuse(deed, REASON_NOT_FOUND);
	else if (err == -EPERM)
		deed_refuse(deed, REASON_LAST_OWNER);
	else if (err)
		deed_fault(deed, err, "role");
	else
		deed_done(deed, &outcome);
	free(g);
}

static void role_change(struct deed *deed, bool grant)
{
	struct act *act = deed->act;
	const struct account *target, *me = world_account_by_id(act->world, deed->who.account);
	char address[324], why[128];
	struct granting *g;
	enum role role;
	int err;

	target = address_canonical(str_of(deed->path[0]), address, why) ? world_account(act->world, str_of(address)) : NULL;
	if (!who_may(act, &deed->who, target ? account_tenant(act->world, target) : NULL, ROLE_OWNER)) {
		deed_refuse(deed, REASON_FORBIDDEN);
		return;
	}
	if (!target || !role_parse(str_of(deed->path[1]), &role)) {
		deed_refuse_field(deed, REASON_NOT_FOUND, "", target ? "there is no such role" : "there is no such account");
		return;
	}
	g = calloc(1, sizeof *g);
	if (!g) {
		deed_fault(deed, -ENOMEM, "role");
		return;
	}
	*g = (struct granting){ .deed = deed, .account = account_row(target), .tenant = tenant_row(account_tenant(act->world, target)), .role = role, .grant = grant };
	snprintf(g->actor, sizeof g->actor, "%.*s", me ? (int)account_address(me).n : 8, me ? account_address(me).p : "operator");
	json_t *detail = json_pack("{s:s, s:s}", "address", address, "role", role_name(role));
	char *text = detail ? json_dumps(detail, JSON_COMPACT) : NULL;
	snprintf(g->detail, sizeof g->detail, "%s", text ? text : "{}");
	free(text);
	json_decref(detail);
	err = store_submit(act->store, run_role, kept, g);
	if (err) {
		free(g);
		deed_fault(deed, err, "role");
	}
}

void act_role_put(struct deed *deed)
{
	role_change(deed, true);
}

void act_role_drop(struct deed *deed)
{
	role_change(deed, false);
}
