/** @file act/session.c  Sign in and out, and who a token is. */
#include "act/device.h"
#include "act/factor.h"
#include "act/hashing.h"
#include "act/join.h"
#include "act/letters.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

static int run_open(struct store_tx *tx, void *arg)
{
	struct hashing *h = arg;
	/* Another password may have been set while the pool worked, and has ended the sessions there were. */
	int err = store_password_is(tx, h->account, h->encoded);

	if (!err)
		err = factor_take(tx, h);
	if (!err && h->fresh)
		err = store_password_put(tx, h->account, h->hashed);
	if (!err && h->fresh)
		err = store_session_drop_all(tx, h->account);
	if (!err && h->fresh)
		err = store_audit_add(tx, h->now, h->actor, "password.change", h->of, "{\"by\":\"sign-in\"}");
	if (!err && h->fresh)
		err = mail_queue(tx, h->deed->act, h->account, MAIL_PASSWORD_CHANGED);
	if (!err)
		err = store_session_expire(tx, h->now);
	return err ? err : entry_keep(tx, &h->entry);
}

/* Nobody has proved who he is; whose account was tried is known only where there is one. What was typed may have been a password. */
static int run_refused(struct store_tx *tx, void *arg)
{
	const struct hashing *h = arg;
	char *detail = audit_detail("{s:s*, s:s}", "address", h->account ? h->actor : NULL, "peer", h->peer);
	int err = detail ? store_audit_add(tx, h->now, "anonymous", "session.refused", h->account ? h->of : NULL, detail) : -ENOMEM;

	free(detail);
	return err;
}

static void sign_in_refused(void *arg, int err)
{
	struct hashing *h = arg;

	/* The same answer, whether the disk is full or not. */
	if (err)
		log_event(LOG_ERROR, "audit.lost", LOG_S("trail", h->deed->trail), LOG_S("what", "session.refused"), LOG_S("error", strerror(-err)));
	deed_refuse(h->deed, REASON_SIGN_IN_REFUSED);
	hashing_free(h);
}

static void opened(void *arg, int err)
{
	struct hashing *h = arg;
	struct deed *deed = h->deed;
	const struct account *me = world_account_by_id(deed->act->world, h->account);
	struct outcome outcome = { .reason = REASON_OK, .expires = h->entry.expires };

	if (!err)
		entry_kept(deed->act, &h->entry);
	if (!err && h->fresh)
		lines_end_others(deed->act, h->account, h->entry.session);
	if (err && err != -ENOENT) {
		deed_fault(deed, err, "session.open");
	} else if (err || !me || !account_enabled(me)) {
		deed_refuse(deed, REASON_SIGN_IN_REFUSED);
	} else {
		outcome.body = say_me(deed->act, me, h->entry.roles, h->entry.due);
		memcpy(outcome.token, h->token, sizeof outcome.token);
		deed_done(deed, &outcome);
	}
	hashing_free(h);
}

/* The password was right. Whatever else is missing may be said now, and not before. False: the deed is over. */
static bool may_open(struct deed *deed, struct hashing *h)
{
	json_t *code = json_object_get(deed->args, "code");
	bool expired;
	int err;

	/* That it is text was seen before. */
	if (!factor_ok(deed, h, code ? (struct str){ json_string_value(code), json_string_length(code) } : (struct str){ 0 }))
		return false;
	err = store_password_expired(deed->act->store, h->account, &expired);
	if (err) {
		deed_fault(deed, err, "session.open");
		return false;
	}
	if (expired && !h->fresh) {
		deed_refuse(deed, REASON_PASSWORD_CHANGE);
		return false;
	}
	return !h->fresh || !password_refused(deed, h, "/new_password");
}

static void verified(struct hashing *h)
{
	struct deed *deed = h->deed;
	struct act *act = deed->act;
	const struct account *me = h->account ? world_account_by_id(act->world, h->account) : NULL;
	int err = -EAGAIN;

	h->now = clock_wall_ms();
	audit_tenant_of(act, h->account, h->of);
	snprintf(h->actor, sizeof h->actor, "%.*s", me ? (int)account_address(me).n : 0, me ? account_address(me).p : "");
	snprintf(h->peer, sizeof h->peer, "%s", deed->peer);
	/* The world may have moved while the pool worked: the account is looked at again, in today's. */
	if (!h->right || !me || !account_enabled(me)) {
		log_event(LOG_INFO, "session.refused", LOG_S("trail", deed->trail), LOG_S("peer", deed->peer));
		err = act->ending ? -ESHUTDOWN : store_submit(act->store, run_refused, sign_in_refused, h);
		if (err)
			sign_in_refused(h, err);
		return;
	}
	if (!may_open(deed, h)) {
		hashing_free(h);
		return;
	}
	h->entry = (struct entry){ .account = h->account, .now = h->now, .expires = h->now + act->parts.session_ms,
		.device = device_of(str_of(deed->agent)), .actor = h->actor, .of = h->of, .peer = h->peer };
	token_make(h->token);
	token_hash(h->token, TOKEN_CHARS, h->entry.hash);
	if (!act->ending)
		err = store_submit(act->store, run_open, opened, h);
	if (err) {
		deed_fault(deed, err, "session.open");
		hashing_free(h);
	}
}

void act_session_open(struct deed *deed)
{
	static const char *const keys[] = { "address", "password", "new_password", "code", NULL };
	struct act *act = deed->act;
	struct str typed, password, code, fresh = { 0 };
	struct outcome late = { .reason = REASON_SIGN_IN_THROTTLED };
	const struct account *me;
	struct hashing *h;
	char address[324] = "", why[128];
	int err;

	if (!deed_only(deed, keys) || !deed_str(deed, "address", LIMIT_ADDRESS_BYTES, &typed) ||
		!deed_str(deed, "password", LIMIT_PASSWORD_BYTES, &password))
		return;
	if (json_object_get(deed->args, "code") && !deed_str(deed, "code", LIMIT_CODE_BYTES, &code))
		return;
	/* A malformed address is nobody's: the same answer, at the same time. */
	me = address_canonical(typed, address, why) ? world_account(act->world, str_of(address)) : NULL;
	/* What is asked of a new password must not tell whose address it is: the typed one is looked at. */
	if (json_object_get(deed->args, "new_password") && (!deed_str(deed, "new_password", LIMIT_PASSWORD_BYTES, &fresh) ||
		!password_ok(deed, "/new_password", fresh, str_of(address))))
		return;
	late.retry_s = throttle_take(act->throttle, str_of(address), str_of(deed->peer), clock_mono_ms());
	if (late.retry_s) {
		deed_done(deed, &late);
		return;
	}
	h = hashing_new(deed, password, fresh);
	if (!h) {
		deed_fault(deed, -ENOMEM, "session.open");
		return;
	}
	if (me && account_enabled(me) && store_password_get(act->store, account_row(me), h->encoded) == 0)
		h->account = account_row(me);
	else
		hashing_nobody(h->encoded);
	err = hashing_start(h, verified);
	if (err) {
		deed_fault(deed, err, "session.open");
		hashing_free(h);
	}
}

static bool session_find(struct act *act, const uint8_t hash[static TOKEN_HASH_BYTES], struct who *out)
{
	struct store_session session;
	time_ms_t now = clock_wall_ms();
	const struct account *me;

	if (store_session_get(act->store, hash, &session) || session.expires <= now)
		return false;
	me = world_account_by_id(act->world, session.account_id);
	if (!me || !account_enabled(me))
		return false;
	*out = (struct who){ .account = session.account_id, .session = session.id, .roles = session.roles, .joined = account_joined(me), .due = session.due && !account_joined(me),
		.expires = session.expires };
	memcpy(out->hash, hash, sizeof out->hash);
	session_seen(act, &session, now);
	return true;
}

bool act_who(struct act *act, struct str token, struct who *out)
{
	uint8_t hash[TOKEN_HASH_BYTES];

	*out = (struct who){ 0 };
	token_hash(token.p, token.n, hash);
	if (sodium_memcmp(hash, act->parts.operator_hash, sizeof hash) == 0) {
		out->operator_ = true;
		return true;
	}
	return session_find(act, hash, out);
}

bool act_who_again(struct act *act, struct who *who)
{
	struct who now;

	if (!who->session)
		return true;
	if (!session_find(act, who->hash, &now))
		return false;
	*who = now;
	return true;
}

struct closing {
	struct deed *deed;
	int64_t account, session;
	char actor[324], of[AUDIT_TENANT_BYTES];
};

static int run_close(struct store_tx *tx, void *arg)
{
	struct closing *c = arg;
	int err = store_session_drop(tx, c->session, c->account);
	char detail[48];

	snprintf(detail, sizeof detail, "{\"session\":%lld}", (long long)c->session);
	return err ? err : store_audit_add(tx, clock_wall_ms(), c->actor, "session.close", c->of, detail);
}

/* Lines and calls of the session go first: what the person sees after the answer is over, is over. */
void lines_end_session(struct act *act, int64_t account, int64_t session)
{
	calls_end_session(act, account, session);
	list_each (&act->lines.all, node, after) {
		struct line *line = list_entry(node, struct line, everywhere);

		if (line->endpoint->account != account || (session && line->session != session))
			continue;
		line_end(line, "session.ended", LINE_SESSION_ENDED);
	}
}

void lines_end_others(struct act *act, int64_t account, int64_t session)
{
	calls_end_others(act, account, session);
	list_each (&act->lines.all, node, after) {
		struct line *line = list_entry(node, struct line, everywhere);

		if (line->endpoint->account == account && line->session != session)
			line_end(line, "session.ended", LINE_SESSION_ENDED);
	}
}

static void session_closed(void *arg, int err)
{
	struct closing *c = arg;
	struct deed *deed = c->deed;
	struct outcome outcome = { .reason = REASON_OK, .status = 204 };

	free(c);
	if (err && err != -ENOENT) {
		deed_fault(deed, err, "session.close");
		return;
	}
	lines_end_session(deed->act, deed->who.account, deed->who.session);
	deed_done(deed, &outcome);
}

void act_session_close(struct deed *deed)
{
	struct closing *c;
	int err;

	if (!deed_account(deed))
		return;
	c = calloc(1, sizeof *c);
	if (!c) {
		deed_fault(deed, -ENOMEM, "session.close");
		return;
	}
	*c = (struct closing){ .deed = deed, .account = deed->who.account, .session = deed->who.session };
	deed_actor(deed, c->actor);
	audit_tenant_of(deed->act, c->account, c->of);
	err = store_submit(deed->act->store, run_close, session_closed, c);
	if (err) {
		free(c);
		deed_fault(deed, err, "session.close");
	}
}
