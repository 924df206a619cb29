/** @file act/join_admit.c  The host lets somebody in who waits with a link, or does not. Let in, he is a guest: a change of the world. */
#include "act/audit.h"
#include "act/join.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct admitting {
	struct deed *deed;
	struct joining joining;
	char visitor[ID_CHARS + 1];
	int64_t tenant, seen, link, host, session;
	time_ms_t now, expires;
	uint8_t hash[TOKEN_HASH_BYTES];
	char token[TOKEN_CHARS + 1];
	char actor[324], of[AUDIT_TENANT_BYTES];
};

static void admitting_free(struct admitting *a)
{
	joining_release(&a->joining);
	explicit_bzero(a->token, sizeof a->token);
	free(a);
}

static int admit_note(struct store_tx *tx, const struct admitting *a)
{
	char expires[25], *detail;
	int err;

	clock_format(a->expires, expires);
	detail = audit_detail("{s:I, s:s, s:s, s:s}", "link", (json_int_t)a->link, "name", a->joining.doc.name, "address", a->joining.doc.address, "expires", expires);
	err = detail ? store_audit_add(tx, a->now, a->actor, "join.admit", a->of, detail) : -ENOMEM;
	free(detail);
	return err;
}

static int run_admit(struct store_tx *tx, void *arg)
{
	struct admitting *a = arg;
	int64_t revision, account;
	int err = store_revision_next(tx, a->seen, &revision);

	if (!err)
		err = store_account_put(tx, a->tenant, &a->joining.doc, &account);
	/* The world was compiled with this number. */
	if (!err && account != a->joining.row)
		err = -EAGAIN;
	if (!err)
		err = store_join_admit(tx, a->link, a->host, a->now, account, a->expires);
	if (!err)
		err = store_session_add(tx, a->hash, account, a->now, a->expires, &a->session);
	return err ? err : admit_note(tx, a);
}

static void admitted(void *arg, int err)
{
	struct admitting *a = arg;
	struct deed *deed = a->deed;
	struct act *act = deed->act;
	struct visitor *visitor = visitor_find(act, a->visitor);
	json_t *body;

	if (err == -ENOENT) {
		deed_refuse(deed, REASON_NOT_FOUND);
	} else if (err) {
		deed_fault(deed, err, "join.admit");
	} else {
		change_swap_account(act, a->joining.world);
		a->joining.world = NULL;
		body = json_pack("{s:s, s:s, s:o}", "address", a->joining.doc.address, "name", a->joining.doc.name, "expires", say_time(a->expires));
		/* Gone meanwhile: nobody has the session, and it ends by itself. */
		if (visitor) {
			visitor->account = a->joining.row;
			visitor->session = a->session;
			visitor->expires = a->expires;
			memcpy(visitor->token, a->token, sizeof visitor->token);
			visitor_step(act, visitor, VISITOR_ADMITTED);
		}
		deed_ok(deed, body);
	}
	admitting_free(a);
	change_end(act);
}

/* The one whom the host has seen, by his id: while he made up his mind another may have come with the same link. NULL: the deed is over. */
static struct visitor *visitor_given(struct deed *deed, const struct store_join *join)
{
	static const char *const keys[] = { "visitor", NULL };
	struct visitor *visitor = visitor_of_link(deed->act, join->id);
	struct str id;

	if (!deed_only(deed, keys) || !deed_str(deed, "visitor", ID_CHARS, &id))
		return NULL;
	if (visitor && visitor->state == VISITOR_WAITING && str_eq(id, str_of(visitor->id)))
		return visitor;
	deed_refuse(deed, REASON_JOIN_GONE);
	return NULL;
}

static void admit(struct deed *deed, const struct account *me, const struct store_join *join, const struct visitor *visitor)
{
	struct act *act = deed->act;
	struct admitting *a = calloc(1, sizeof *a);
	int err = a ? 0 : -ENOMEM;

	if (a) {
		a->deed = deed;
		a->now = clock_wall_ms();
		a->expires = a->now + LIMIT_JOIN_STAY_MS;
		a->seen = world_revision(act->world);
		a->tenant = tenant_row(account_tenant(act->world, me));
		a->link = join->id;
		a->host = account_row(me);
		memcpy(a->visitor, visitor->id, sizeof a->visitor);
		token_make(a->token);
		token_hash(a->token, TOKEN_CHARS, a->hash);
		deed_actor(deed, a->actor);
		audit_tenant_of(act, a->host, a->of);
		err = joining_init(&a->joining, act, me, str_of(visitor->name), a->expires);
	}
	if (err) {
		free(a);
		deed_fault(deed, err, "join.admit");
		return;
	}
	if (!joining_open(deed, &a->joining, me)) {
		admitting_free(a);
		return;
	}
	change_begin(act);
	err = store_submit(act->store, run_admit, admitted, a);
	if (err)
		admitted(a, err);
}

void act_join_admit(struct deed *deed)
{
	const struct account *me = deed_account(deed);
	struct store_join join;
	struct visitor *visitor;
	enum reason refusal;

	if (!me || !join_given(deed, &join))
		return;
	visitor = visitor_given(deed, &join);
	if (!visitor)
		return;
	refusal = join_allowed(deed->act, me, deed->who.roles);
	if (refusal != REASON_OK)
		deed_refuse(deed, refusal);
	else
		admit(deed, me, &join, visitor);
}

/* Refuse: the link goes with it. */

struct refusing {
	struct deed *deed;
	int64_t link, host;
	char name[LIMIT_NAME_CHARS * 4 + 1];
	char actor[324], of[AUDIT_TENANT_BYTES];
};

static int run_refuse(struct store_tx *tx, void *arg)
{
	const struct refusing *r = arg;
	char *detail = audit_detail("{s:I, s:s}", "link", (json_int_t)r->link, "name", r->name);
	int err = store_join_drop(tx, r->link, r->host);

	if (!err)
		err = detail ? store_audit_add(tx, clock_wall_ms(), r->actor, "join.refuse", r->of, detail) : -ENOMEM;
	free(detail);
	return err;
}

static void refused(void *arg, int err)
{
	struct refusing *r = arg;
	struct deed *deed = r->deed;
	struct outcome outcome = { .reason = REASON_OK, .status = 204 };
	struct visitor *visitor = visitor_of_link(deed->act, r->link);

	if (err == -ENOENT) {
		deed_refuse(deed, REASON_NOT_FOUND);
	} else if (err) {
		deed_fault(deed, err, "join.refuse");
	} else {
		if (visitor)
			visitor_step(deed->act, visitor, VISITOR_REFUSED);
		deed_done(deed, &outcome);
	}
	free(r);
}

void act_join_refuse(struct deed *deed)
{
	const struct account *me = deed_account(deed);
	const struct visitor *visitor;
	struct store_join join;
	struct refusing *r;
	int err;

	if (!me || !join_given(deed, &join) || !(visitor = visitor_given(deed, &join)))
		return;
	r = calloc(1, sizeof *r);
	if (!r) {
		deed_fault(deed, -ENOMEM, "join.refuse");
		return;
	}
	*r = (struct refusing){ .deed = deed, .link = join.id, .host = join.host };
	memcpy(r->name, visitor->name, sizeof r->name);
	deed_actor(deed, r->actor);
	audit_tenant_of(deed->act, account_row(me), r->of);
	err = store_submit(deed->act->store, run_refuse, refused, r);
	if (err) {
		free(r);
		deed_fault(deed, err, "join.refuse");
	}
}
