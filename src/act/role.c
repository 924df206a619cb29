/** @file act/role.c  Grant and withdraw roles: who may is in the table of routes. */
#include "act/audit.h"
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
	char of[AUDIT_TENANT_BYTES];
	char detail[2 * LIMIT_ADDRESS_BYTES + 64];	/* of an address, JSON escapes quotes and backslashes */
};

static int run_role(struct store_tx *tx, void *arg)
{
	struct granting *g = arg;
	int err = g->grant ? store_role_put(tx, g->account, g->role) : store_role_drop(tx, g->tenant, g->account, g->role);

	return err ? err : store_audit_add(tx, clock_wall_ms(), g->actor, g->grant ? "role.grant" : "role.revoke", g->of, g->detail);
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

static void detail_write(struct granting *g, struct str address)
{
	json_t *detail = json_pack("{s:s#, s:s}", "address", address.p, (int)address.n, "role", role_name(g->role));
	char *text = detail ? json_dumps(detail, JSON_COMPACT) : NULL;

	snprintf(g->detail, sizeof g->detail, "%s", text ? text : "{}");
	free(text);
	json_decref(detail);
}

static void role_change(struct deed *deed, bool grant)
{
	const struct account *target = deed_target(deed);
	struct granting *g;
	enum role role;
	int err;

	if (!target)
		return;
	if (!role_parse(str_of(deed->path[1]), &role)) {
		deed_refuse_field(deed, REASON_NOT_FOUND, "", "there is no such role");
		return;
	}
	g = calloc(1, sizeof *g);
	if (!g) {
		deed_fault(deed, -ENOMEM, "role");
		return;
	}
	*g = (struct granting){ .deed = deed, .account = account_row(target), .tenant = tenant_row(account_tenant(deed->act->world, target)), .role = role, .grant = grant };
	deed_actor(deed, g->actor);
	audit_tenant_of(deed->act, g->account, g->of);
	detail_write(g, account_address(target));
	err = store_submit(deed->act->store, run_role, kept, g);
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
