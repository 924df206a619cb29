/**
 * @file act/erase.c  Erase a person. When the answer comes he is nobody: signed out, out of his calls, without a name, an address or a right.
 * What he left behind goes in small steps after it, and goes on after a kill.
 */
#include "act/audit.h"
#include "act/room.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* The steps. */

struct stepping {
	struct act *act;
	struct store_erased did;
};

static int run_step(struct store_tx *tx, void *arg)
{
	struct stepping *s = arg;

	return store_erasure_step(tx, &s->did);
}

static void stepped(void *arg, int err)
{
	struct stepping *s = arg;
	struct act *act = s->act;

	if (err)
		log_event(LOG_ERROR, "erasure.unfinished", LOG_S("error", strerror(-err)));
	act->erasure_busy = false;
	/* What failed is tried again at the next tick. */
	act->erasure_due = act->erasure_due || err || s->did.more;
	for (size_t i = 0; !err && i < s->did.n_told; i++)
		drain_lines(act, s->did.told[i]);
	free(s);
}

void erasure_tick(struct act *act)
{
	struct stepping *s;

	/* The record of a call that his erasure ended has to be there before records are looked through. */
	if (!act->erasure_due || act->erasure_busy || act->ending || act->n_records)
		return;
	s = calloc(1, sizeof *s);
	if (!s)
		return;
	s->act = act;
	act->erasure_busy = store_submit(act->store, run_step, stepped, s) == 0;
	act->erasure_due = !act->erasure_busy;
	if (!act->erasure_busy)
		free(s);
}

/* The beginning: a change of the world. */

struct erasing {
	struct deed *deed;
	int64_t tenant, account, seen;
	time_ms_t at;
	struct world *world;
	struct json_err why;
	uint8_t hash[TOKEN_HASH_BYTES];
	char address[324];
	char tenant_id[AUDIT_TENANT_BYTES];
	char actor[324];
};

static int run_begin(struct store_tx *tx, void *arg)
{
	struct erasing *e = arg;
	int64_t revision;
	char *detail;
	int err = store_revision_next(tx, e->seen, &revision);

	if (!err)
		err = store_erasure_begin(tx, e->tenant, e->account, e->address, e->hash, e->at);
	if (err)
		return err;
	/* The log says acts, and whom they were about: it is append-only, and so that he was erased is in it by his address. */
	detail = audit_detail("{s:s}", "address", e->address);
	err = detail ? store_audit_add(tx, e->at, e->actor, "person.erase", e->tenant_id, detail) : -ENOMEM;
	free(detail);
	return err ? err : world_load_tx(tx, revision, &e->world, &e->why);
}

static void answer(struct deed *deed, const char *address, time_ms_t at)
{
	deed_ok(deed, json_pack("{s:s, s:o}", "address", address, "erased", say_time(at)));
}

static void begun(void *arg, int err)
{
	struct erasing *e = arg;
	struct act *act = e->deed->act;

	if (err) {
		world_unref(e->world);
		if (err == -EPERM)
			deed_refuse(e->deed, REASON_LAST_OWNER);
		else
			deed_fault(e->deed, err, "person.erase");
	} else {
		struct world *old = world_ref(act->world);

		/* Disabled there: his calls end, his lines are closed. */
		change_swap(act, e->world, &e->tenant, 1);
		world_retire(act, old);
		act->erasure_due = true;
		answer(e->deed, e->address, e->at);
	}
	free(e);
	change_end(act);
}

static void erase(struct deed *deed, const struct account *person, const char *address, const uint8_t hash[static TOKEN_HASH_BYTES])
{
	struct act *act = deed->act;
	struct erasing *e = calloc(1, sizeof *e);
	int err;

	if (!e) {
		deed_fault(deed, -ENOMEM, "person.erase");
		return;
	}
	*e = (struct erasing){ .deed = deed, .tenant = tenant_row(account_tenant(act->world, person)), .account = account_row(person),
		.seen = world_revision(act->world), .at = clock_wall_ms() };
	memcpy(e->hash, hash, TOKEN_HASH_BYTES);
	snprintf(e->address, sizeof e->address, "%s", address);
	audit_tenant_of(act, e->account, e->tenant_id);
	deed_actor(deed, e->actor);
	change_begin(act);
	err = store_submit_large(act->store, run_begin, begun, e);
	if (err)
		begun(e, err);
}

void act_person_erase(struct deed *deed)
{
	struct act *act = deed->act;
	const struct tenant *tenant = world_tenant(act->world, str_of(deed->path[0]));
	const struct account *person;
	uint8_t hash[TOKEN_HASH_BYTES];
	char address[324], why[128];
	time_ms_t at;
	int err;

	if (!tenant || !address_canonical(str_of(deed->path[1]), address, why)) {
		deed_refuse(deed, REASON_NOT_FOUND);
		return;
	}
	token_hash(address, strlen(address), hash);
	person = world_account(act->world, str_of(address));
	if (person && account_tenant(act->world, person) == tenant) {
		if (account_kind(person) == KIND_SERVICE)
			deed_refuse_field(deed, REASON_BAD_FIELD, "address", "is a service account, which is nobody: disable it");
		else
			erase(deed, person, address, hash);
		return;
	}
	/* Asked again: the same answer. */
	err = person ? -ENOENT : store_erasure_get(act->store, tenant_row(tenant), hash, &at);
	if (err == -ENOENT)
		deed_refuse(deed, REASON_NOT_FOUND);
	else if (err)
		deed_fault(deed, err, "person.erase");
	else
		answer(deed, address, at);
}
