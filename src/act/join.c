/** @file act/join.c  Links by which somebody without an account joins: make, list, take back. The token is in the fragment, which browsers send to nobody. */
#include "act/audit.h"
#include "act/join.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { MINUTE_MS = 60000, MINUTES = 24 * 60 };

bool account_joined(const struct account *account)
{
	return account_kind(account) == KIND_GUEST && account_home(account).n && str_eq(address_domain(account_home(account)), STR(JOIN_DOMAIN));
}

json_t *say_joined(struct act *act, const struct account *me)
{
	const struct account *host;
	struct store_join join;

	if (!account_joined(me) || store_join_of_guest(act->store, account_row(me), &join))
		return json_null();
	host = world_account_by_id(act->world, join.host);
	return host ? json_pack("{s:o, s:o}", "host", say_person(act, me, host), "expires", say_time(join.expires)) : json_null();
}

enum reason join_allowed(struct act *act, const struct account *host, unsigned roles)
{
	const struct tenant *tenant = account_tenant(act->world, host);
	const struct guest_access *guests = tenant_guests(tenant);

	/* A guest or a leased account speaks for nobody here. */
	if (!account_enabled(host) || account_kind(host) != KIND_INTERNAL)
		return REASON_JOIN_FORBIDDEN;
	if (!guests->enabled)
		return REASON_GUEST_ACCESS_OFF;
	if (guests->invite_who == INVITE_ADMINS && !(roles & (ROLE_OWNER | ROLE_ACCESS_ADMIN)))
		return REASON_JOIN_FORBIDDEN;
	return tenant_invites(tenant, STR(JOIN_DOMAIN)) ? REASON_OK : REASON_JOIN_FORBIDDEN;
}

enum reason join_allowed_read(struct act *act, int64_t host, int *err)
{
	const struct account *account = world_account_by_id(act->world, host);
	unsigned roles = 0;

	*err = account ? store_roles_get(act->store, host, &roles) : 0;
	return account && !*err ? join_allowed(act, account, roles) : REASON_JOIN_FORBIDDEN;
}

static int joining_fill(struct joining *j, struct act *act, const struct account *host, struct str name, time_ms_t expires)
{
	char code[ID_CHARS + 1], home[ID_CHARS + sizeof "@" JOIN_DOMAIN], address[324];

	id_make(code);
	snprintf(home, sizeof home, "%s@" JOIN_DOMAIN, code);
	if (!guest_address(str_of(home), tenant_domain(account_tenant(act->world, host), 0), address))
		return -ENAMETOOLONG;
	j->doc = (struct account_doc){ .address = str_dup(str_of(address)), .kind = KIND_GUEST, .name = str_dup(name), .title = str_dup(STR("")),
		.enabled = true, .home = str_dup(str_of(home)), .accepted = true };
	if (!j->doc.address || !j->doc.name || !j->doc.title || !j->doc.home)
		return -ENOMEM;
	instant_of_ms(expires, &j->doc.expires);
	j->doc.controls.value[CONTROL_CHAT] = CONTROL_OFF;
	j->doc.controls.value[CONTROL_FILE] = CONTROL_OFF;
	j->doc.controls.value[CONTROL_REACH] = CONTROL_OFF;
	return texts_add(&j->doc.reach_list, account_address(host));
}

int joining_init(struct joining *j, struct act *act, const struct account *host, struct str name, time_ms_t expires)
{
	struct json_err why;
	int err;

	*j = (struct joining){ 0 };
	err = store_account_next(act->store, &j->row);
	if (!err)
		err = joining_fill(j, act, host, name, expires);
	if (!err)
		err = world_with_account(act->world, account_tenant(act->world, host), j->row, &j->doc, world_revision(act->world) + 1, &j->world, &why);
	if (err)
		joining_release(j);
	return err;
}

void joining_release(struct joining *j)
{
	account_doc_release(&j->doc);
	world_unref(j->world);
	j->world = NULL;
}

bool joining_open(struct deed *deed, const struct joining *j, const struct account *host)
{
	struct ask ask = { .from = account_address(host), .to = str_of(j->doc.address), .action = ACTION_CALL };
	struct asker asker = { .kind = ASKER_USER, .home = reach_home(j->world, world_account(j->world, ask.from)), .self = ask.from };
	struct outcome outcome = { .reason = REASON_UNREACHABLE };
	struct verdict verdict;

	instant_of_ms(clock_wall_ms(), &ask.at);
	reach_decide(j->world, &ask, &verdict);
	if (verdict.allowed)
		return true;
	reach_redact(j->world, &ask, &asker, &verdict);
	outcome.reason = verdict.reason;
	outcome.answer = verdict_encode(&verdict);
	deed_done(deed, &outcome);
	return false;
}

/* Make. */

struct making {
	struct deed *deed;
	int64_t host, id;
	time_ms_t now, expires;
	uint8_t hash[TOKEN_HASH_BYTES];
	char token[TOKEN_CHARS + 1];
	char actor[324], of[AUDIT_TENANT_BYTES];
};

static void making_free(struct making *m)
{
	explicit_bzero(m->token, sizeof m->token);
	free(m);
}

static int run_make(struct store_tx *tx, void *arg)
{
	struct making *m = arg;
	char expires[25], *detail;
	int err = store_join_add(tx, m->hash, m->host, m->now, m->expires, &m->id);

	if (err)
		return err;
	clock_format(m->expires, expires);
	detail = audit_detail("{s:I, s:s}", "link", (json_int_t)m->id, "expires", expires);
	err = detail ? store_audit_add(tx, m->now, m->actor, "join.link", m->of, detail) : -ENOMEM;
	free(detail);
	return err;
}

static void made(void *arg, int err)
{
	struct making *m = arg;
	struct deed *deed = m->deed;
	struct outcome outcome = { .reason = REASON_OK, .status = 201 };

	if (err == -EDQUOT) {
		deed_refuse(deed, REASON_JOIN_TOO_MANY);
	} else if (err) {
		deed_fault(deed, err, "join.make");
	} else {
		outcome.body = json_pack("{s:o, s:o, s:o}", "id", json_sprintf("%lld", (long long)m->id), "path", json_sprintf("/join#%s", m->token),
			"expires", say_time(m->expires));
		deed_done(deed, &outcome);
	}
	making_free(m);
}

static bool minutes_read(struct deed *deed, int64_t *minutes)
{
	static const char *const keys[] = { "minutes", NULL };
	struct json_err err;
	char why[64];

	*minutes = MINUTES;
	if (!deed_only(deed, keys))
		return false;
	if (!json_get_int(deed->args, "", "minutes", false, minutes, &err)) {
		deed_refuse_field(deed, REASON_BAD_FIELD, err.path, err.why);
		return false;
	}
	if (*minutes >= LIMIT_JOIN_MINUTES_LEAST && *minutes <= LIMIT_JOIN_MINUTES)
		return true;
	snprintf(why, sizeof why, "must be from %d to %d", LIMIT_JOIN_MINUTES_LEAST, LIMIT_JOIN_MINUTES);
	deed_refuse_field(deed, REASON_BAD_FIELD, "/minutes", why);
	return false;
}

/* The rules are asked for somebody who came by it now: whoever may not be let in is not asked in. */
static bool may_make(struct deed *deed, const struct account *me, time_ms_t expires)
{
	enum reason refusal = join_allowed(deed->act, me, deed->who.roles);
	struct joining nobody;
	bool open;
	int err;

	if (refusal != REASON_OK) {
		deed_refuse(deed, refusal);
		return false;
	}
	err = joining_init(&nobody, deed->act, me, STR("?"), expires);
	if (err) {
		deed_fault(deed, err, "join.make");
		return false;
	}
	open = joining_open(deed, &nobody, me);
	joining_release(&nobody);
	return open;
}

void act_join_make(struct deed *deed)
{
	const struct account *me = deed_account(deed);
	time_ms_t now = clock_wall_ms();
	struct making *m;
	int64_t minutes;
	int err;

	if (!me || !minutes_read(deed, &minutes) || !may_make(deed, me, now + minutes * MINUTE_MS))
		return;
	m = calloc(1, sizeof *m);
	if (!m) {
		deed_fault(deed, -ENOMEM, "join.make");
		return;
	}
	*m = (struct making){ .deed = deed, .host = account_row(me), .now = now, .expires = now + minutes * MINUTE_MS };
	token_make(m->token);
	token_hash(m->token, TOKEN_CHARS, m->hash);
	deed_actor(deed, m->actor);
	audit_tenant_of(deed->act, m->host, m->of);
	err = store_submit(deed->act->store, run_make, made, m);
	if (err) {
		deed_fault(deed, err, "join.make");
		making_free(m);
	}
}

/* List. */

struct listing {
	struct act *act;
	json_t *list;
};

static int list_row(void *arg, const struct store_join *join)
{
	struct listing *l = arg;
	const struct account *guest = join->guest ? world_account_by_id(l->act->world, join->guest) : NULL;
	struct visitor *visitor = visitor_of_link(l->act, join->id);
	bool waits = visitor && visitor->state == VISITOR_WAITING;
	struct str name = guest ? account_name(guest) : STR("");
	json_t *o = json_pack("{s:o, s:o, s:o, s:s, s:o, s:o}", "id", json_sprintf("%lld", (long long)join->id), "made", say_time(join->made),
		"expires", say_time(join->expires), "state", join->guest ? "joined" : waits ? "waiting" : "open",
		"visitor", waits ? say_visitor(visitor) : json_null(), "name", guest ? json_stringn(name.p, name.n) : json_null());

	return json_array_append_new(l->list, o) ? -ENOMEM : 0;
}

void act_joins(struct deed *deed)
{
	const struct account *me = deed_account(deed);
	struct listing l = { deed->act, NULL };
	enum reason refusal;
	int err;

	if (!me)
		return;
	l.list = json_array();
	err = l.list ? store_join_list(deed->act->store, account_row(me), clock_wall_ms(), list_row, &l) : -ENOMEM;
	if (err) {
		json_decref(l.list);
		deed_fault(deed, err, "join.list");
		return;
	}
	refusal = join_allowed(deed->act, me, deed->who.roles);
	deed_ok(deed, json_pack("{s:o, s:s?}", "links", l.list, "refused", refusal == REASON_OK ? NULL : reason_slug(refusal)));
}

/* Take back. */

bool join_given(struct deed *deed, struct store_join *out)
{
	char *end;
	long long id = strtoll(deed->path[0], &end, 10);
	int err = -ENOENT;

	if (deed->path[0][0] >= '1' && deed->path[0][0] <= '9' && !*end)
		err = store_join_own(deed->act->store, id, deed->who.account, clock_wall_ms(), out);
	/* Absent and another's are the same answer. */
	if (err == -ENOENT)
		deed_refuse(deed, REASON_NOT_FOUND);
	else if (err)
		deed_fault(deed, err, "join.link");
	return err == 0;
}

struct dropping {
	struct deed *deed;
	struct store_join join;
	char actor[324], of[AUDIT_TENANT_BYTES];
};

static int run_drop(struct store_tx *tx, void *arg)
{
	const struct dropping *d = arg;
	char detail[48];
	int err = store_join_drop(tx, d->join.id, d->join.host);

	snprintf(detail, sizeof detail, "{\"link\":%lld}", (long long)d->join.id);
	return err ? err : store_audit_add(tx, clock_wall_ms(), d->actor, "join.revoke", d->of, detail);
}

static void dropped(void *arg, int err)
{
	struct dropping *d = arg;
	struct deed *deed = d->deed;
	struct outcome outcome = { .reason = REASON_OK, .status = 204 };
	struct visitor *visitor = visitor_of_link(deed->act, d->join.id);

	if (err && err != -ENOENT) {
		deed_fault(deed, err, "join.drop");
	} else {
		if (visitor)
			visitor_drop(deed->act, visitor);
		deed_done(deed, &outcome);
	}
	free(d);
}

void act_join_drop(struct deed *deed)
{
	const struct account *me = deed_account(deed), *guest;
	struct store_join join;
	struct dropping *d;
	int err;

	if (!me || !join_given(deed, &join))
		return;
	guest = join.guest ? world_account_by_id(deed->act->world, join.guest) : NULL;
	if (guest) {
		join_end(deed->act, deed, guest, "host");
		return;
	}
	d = calloc(1, sizeof *d);
	if (!d) {
		deed_fault(deed, -ENOMEM, "join.drop");
		return;
	}
	*d = (struct dropping){ .deed = deed, .join = join };
	deed_actor(deed, d->actor);
	audit_tenant_of(deed->act, account_row(me), d->of);
	err = store_submit(deed->act->store, run_drop, dropped, d);
	if (err) {
		free(d);
		deed_fault(deed, err, "join.drop");
	}
}
