/** @file act/join_end.c  The end of who came by a link: his call is over, the host sends him away, or his time is over. He stays as a name in what is kept. */
#include "act/audit.h"
#include "act/call.h"
#include "act/join.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Whose call is over, until the tick ends his stay: in the middle of a change nothing else can be changed. */
struct over {
	struct list node;
	int64_t account;
};

void join_left(struct act *act, int64_t account)
{
	const struct account *guest = world_account_by_id(act->world, account);
	struct over *over = guest && account_joined(guest) ? calloc(1, sizeof *over) : NULL;

	/* Without memory he stays until his time is over. */
	if (!over)
		return;
	over->account = account;
	list_add(&act->joined_over, &over->node);
}

struct ending {
	struct act *act;
	struct deed *deed;		/* NULL: nobody asked */
	struct account_doc doc;
	struct world *world;
	struct store_join join;		/* id 0: its time was over, and it is gone */
	int64_t tenant, account, seen;
	const char *why;
	char actor[324], of[AUDIT_TENANT_BYTES];
};

static void ending_free(struct ending *e)
{
	account_doc_release(&e->doc);
	world_unref(e->world);
	free(e);
}

static int run_end(struct store_tx *tx, void *arg)
{
	struct ending *e = arg;
	int64_t revision, account;
	char *detail = audit_detail("{s:I, s:s, s:s, s:s}", "link", (json_int_t)e->join.id, "name", e->doc.name, "address", e->doc.address, "by", e->why);
	int err = detail ? store_revision_next(tx, e->seen, &revision) : -ENOMEM;

	if (!err)
		err = store_account_put(tx, e->tenant, &e->doc, &account);
	if (!err)
		err = store_session_drop_all(tx, e->account);
	if (!err && e->join.id)
		err = store_join_drop(tx, e->join.id, e->join.host);
	/* Swept meanwhile, as its time was over: as good. */
	if (err == -ENOENT)
		err = 0;
	if (!err)
		err = store_audit_add(tx, clock_wall_ms(), e->actor, "join.end", e->of, detail);
	free(detail);
	return err;
}

/* His calls end with the word for it, before the rules end them with theirs. */
static void calls_end(struct act *act, int64_t account)
{
	struct endpoint *endpoint = endpoint_find(&act->lines, account);

	while (endpoint && !list_empty(&endpoint->parties)) {
		party_leave(act, list_entry(endpoint->parties.next, struct party, node), REASON_JOIN_REVOKED, -1, NULL);
		endpoint = endpoint_find(&act->lines, account);
	}
}

static void ended(void *arg, int err)
{
	struct ending *e = arg;
	struct act *act = e->act;
	struct outcome outcome = { .reason = REASON_OK, .status = 204 };
	struct visitor *visitor = e->join.id ? visitor_of_link(act, e->join.id) : NULL;

	if (!err) {
		calls_end(act, e->account);
		change_swap_account(act, e->world);
		e->world = NULL;
		lines_end_session(act, e->account, 0);
		if (visitor)
			visitor_drop(act, visitor);
	}
	if (e->deed && err)
		deed_fault(e->deed, err, "join.end");
	else if (e->deed)
		deed_done(e->deed, &outcome);
	else if (err)
		log_event(LOG_ERROR, "join.end", LOG_I("account", e->account), LOG_S("error", strerror(-err)));
	ending_free(e);
	change_end(act);
}

static int ending_fill(struct ending *e, const struct account *guest)
{
	const struct tenant *tenant = account_tenant(e->act->world, guest);
	struct json_err why;
	int err = store_join_of_guest(e->act->store, e->account, &e->join);

	if (err && err != -ENOENT)
		return err;
	e->tenant = tenant_row(tenant);
	e->seen = world_revision(e->act->world);
	audit_tenant_of(e->act, e->account, e->of);
	snprintf(e->actor, sizeof e->actor, "%.*s", (int)account_address(guest).n, account_address(guest).p);
	if (e->deed)
		deed_actor(e->deed, e->actor);
	err = world_account_doc(e->act->world, guest, &e->doc);
	if (err)
		return err;
	e->doc.enabled = false;
	return world_with_account(e->act->world, tenant, e->account, &e->doc, e->seen + 1, &e->world, &why);
}

void join_end(struct act *act, struct deed *deed, const struct account *guest, const char *why)
{
	struct ending *e = calloc(1, sizeof *e);
	int err = -ENOMEM;

	if (e) {
		e->act = act;
		e->deed = deed;
		e->account = account_row(guest);
		e->why = why;
		err = ending_fill(e, guest);
	}
	if (err) {
		if (deed)
			deed_fault(deed, err, "join.end");
		if (e)
			ending_free(e);
		return;
	}
	change_begin(act);
	err = store_submit(act->store, run_end, ended, e);
	if (err)
		ended(e, err);
}

/* One a tick, as each is a change of the world. */
static void over_tick(struct act *act)
{
	struct over *over;
	const struct account *guest;

	if (act->changing || act->ending || list_empty(&act->joined_over))
		return;
	over = list_entry(act->joined_over.next, struct over, node);
	guest = world_account_by_id(act->world, over->account);
	list_del(&over->node);
	free(over);
	if (guest && account_enabled(guest))
		join_end(act, NULL, guest, "call");
}

void joins_tick(struct act *act, int64_t now)
{
	time_ms_t today = clock_wall_ms();

	list_each (&act->visitors, node, after) {
		struct visitor *visitor = list_entry(node, struct visitor, node);
		bool over = visitor->state == VISITOR_WAITING && visitor->until <= today;

		/* One who comes is the writer's until he is written. */
		if (visitor->state != VISITOR_COMING && (over || now - visitor->seen >= LIMIT_JOIN_AWAY_MS))
			visitor_drop(act, visitor);
	}
	over_tick(act);
}

void joins_free(struct act *act)
{
	visitors_free(act);
	list_each (&act->joined_over, node, after) {
		struct over *over = list_entry(node, struct over, node);

		list_del(node);
		free(over);
	}
}
