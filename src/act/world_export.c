/** @file act/world_export.c  The whole world as a document. */
#include "act/room.h"

#include <errno.h>
#include <stdlib.h>

/* Whole or NULL: an export that leaves somebody out would disable him when it is applied with prune. */
static json_t *export_tenant(const struct world *world, const struct tenant *tenant)
{
	struct tenant_doc doc;
	json_t *o = NULL, *accounts;
	bool whole = true;

	if (world_tenant_doc(tenant, &doc))
		return NULL;
	o = tenant_doc_encode(&doc);
	tenant_doc_release(&doc);
	accounts = json_object_get(o, "accounts");
	for (const struct account *a = world_account_next(world, tenant, NULL); accounts && whole && a; a = world_account_next(world, tenant, a)) {
		struct account_doc account;

		if (world_account_doc(world, a, &account)) {
			json_decref(o);
			return NULL;
		}
		whole = json_array_append_new(accounts, account_doc_encode(&account)) == 0;
		account_doc_release(&account);
	}
	if (accounts && whole)
		return o;
	json_decref(o);
	return NULL;
}

void act_world(struct deed *deed)
{
	const struct world *world = deed->act->world;
	struct outcome outcome = { .reason = REASON_OK, .versioned = true, .revision = world_revision(world) };
	json_t *tenants = json_array(), *promises;
	bool whole = true;
	int err;

	err = promises_load(deed->act, &promises);
	if (err) {
		json_decref(tenants);
		deed_fault(deed, err, "world.export");
		return;
	}
	for (const struct tenant *t = world_tenant_next(world, NULL); t && whole; t = world_tenant_next(world, t))
		whole = json_array_append_new(tenants, export_tenant(world, t)) == 0;
	if (whole)
		outcome.body = json_pack("{s:i, s:O, s:O}", "version", 1, "tenants", tenants, "promises", promises);
	json_decref(tenants);
	json_decref(promises);
	deed_done(deed, &outcome);
}
