/** @file act/session.c  Sign in and out, and who a token is. Passwords are hashed in the pool, never on the loop. */
#include "act/room.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { HASHING_MOST = 32 };

/** One password in the pool: to verify (sign in) or to hash (set). */
struct hashing {
	uv_work_t work;
	struct deed *deed;
	int64_t account;	/* 0: nobody has this address; the work is done all the same */
	bool set;
	char encoded[128];
	char *password;
	size_t n;
	bool right;
	int err;
	uint8_t hash[TOKEN_HASH_BYTES];
	char token[TOKEN_CHARS + 1];
	time_ms_t now, expires;
	int64_t session;
	char actor[324];
};

static void hashing_free(struct hashing *h)
{
	if (h->password)
		sodium_memzero(h->password, h->n);
	free(h->password);
	sodium_memzero(h->token, sizeof h->token);
	free(h);
}

static void in_pool(uv_work_t *work)
{
	struct hashing *h = work->data;

	/* argon2id, libsodium's interactive cost: 64 MiB and two passes. */
	if (h->set)
		h->err = crypto_pwhash_str(h->encoded, h->password, h->n, crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE);
	else
		h->right = crypto_pwhash_str_verify(h->encoded, h->password, h->n) == 0;
}

static int start_hashing(struct deed *deed, struct hashing *h, struct str password, uv_after_work_cb after)
{
	struct act *act = deed->act;
	int err;

	h->deed = deed;
	h->work.data = h;
	h->n = password.n;
	h->password = str_dup(password);
	if (!h->password || act->hashing >= HASHING_MOST)
		return -EAGAIN;
	err = uv_queue_work(act->parts.loop, &h->work, in_pool, after);
	if (err == 0)
		act->hashing++;
	return err;
}

/*
 * The password of nobody: verified when an address is unknown, so that the answer takes the same time. Of a random one that was
 * never kept, at the same cost.
 */
static const char nobodys_password[] = "$argon2id$v=19$m=65536,t=2,p=1$XeulQ4erhnGxSKJ7e1LJmA$/0zYtjDI8wm15iC5QM7CzKKUvyKGpJygaKAxMLuhu5Y";

static int run_open(struct store_tx *tx, void *arg)
{
	struct hashing *h = arg;
	/* Another password may have been set while the pool worked, and has ended the sessions there were. */
	int err = store_password_is(tx, h->account, h->encoded);

	if (!err)
		err = store_session_expire(tx, h->now);
	if (!err)
		err = store_session_add(tx, h->hash, h->account, h->now, h->expires, &h->session);
	return err ? err : store_audit_add(tx, h->now, h->actor, "session.open", NULL, "{}");
}

static void opened(void *arg, int err)
{
	struct hashing *h = arg;
	struct deed *deed = h->deed;
	const struct account *me = world_account_by_id(deed->act->world, h->account);
	struct outcome outcome = { .reason = REASON_OK, .expires = h->expires };
	unsigned roles = 0;

	if (err && err != -ENOENT) {
		deed_fault(deed, err, "session.open");
	} else if (err || !me || !account_enabled(me)) {
		deed_refuse(deed, REASON_SIGN_IN_REFUSED);
	} else {
		store_roles_get(deed->act->store, h->account, &roles);
		outcome.body = say_me(deed->act, me, roles);
		memcpy(outcome.token, h->token, sizeof outcome.token);
		deed_done(deed, &outcome);
	}
	hashing_free(h);
}

static void verified(uv_work_t *work, int status)
{
	struct hashing *h = work->data;
	struct deed *deed = h->deed;
	struct act *act = deed->act;
	const struct account *me = h->account ? world_account_by_id(act->world, h->account) : NULL;
	int err = -EAGAIN;

	act->hashing--;
	/* The world may have moved while the pool worked: the account is looked at again, in today's. */
	if (status || !h->right || !me || !account_enabled(me)) {
		log_event(LOG_INFO, "session.refused", LOG_S("trail", deed->trail), LOG_S("peer", deed->peer));
		deed_refuse(deed, REASON_SIGN_IN_REFUSED);
		hashing_free(h);
		return;
	}
	token_make(h->token);
	token_hash(h->token, TOKEN_CHARS, h->hash);
	h->now = clock_wall_ms();
	h->expires = h->now + act->parts.session_ms;
	snprintf(h->actor, sizeof h->actor, "%.*s", (int)account_address(me).n, account_address(me).p);
	if (!act->ending)
		err = store_submit(act->store, run_open, opened, h);
	if (err) {
		deed_fault(deed, err, "session.open");
		hashing_free(h);
	}
}

void act_session_open(struct deed *deed)
{
	static const char *const keys[] = { "address", "password", NULL };
	struct act *act = deed->act;
	struct str typed, password;
	struct outcome late = { .reason = REASON_SIGN_IN_THROTTLED };
	const struct account *me;
	struct hashing *h;
	char address[324] = "", why[128];
	int err;

	if (!deed_only(deed, keys) || !deed_str(deed, "address", LIMIT_ADDRESS_BYTES, &typed) ||
		!deed_str(deed, "password", LIMIT_PASSWORD_BYTES, &password))
		return;
	/* A malformed address is nobody's: the same answer, at the same time. */
	me = address_canonical(typed, address, why) ? world_account(act->world, str_of(address)) : NULL;
	late.retry_s = throttle_take(act->throttle, str_of(address), str_of(deed->peer), clock_mono_ms());
	if (late.retry_s) {
		deed_done(deed, &late);
		return;
	}
	h = calloc(1, sizeof *h);
	if (!h) {
		deed_fault(deed, -ENOMEM, "session.open");
		return;
	}
	if (me && account_enabled(me) && store_password_get(act->store, account_row(me), h->encoded) == 0)
		h->account = account_row(me);
	else
		memcpy(h->encoded, nobodys_password, sizeof nobodys_password);
	err = start_hashing(deed, h, password, verified);
	if (err) {
		deed_fault(deed, err, "session.open");
		hashing_free(h);
	}
}

static bool session_find(struct act *act, const uint8_t hash[static TOKEN_HASH_BYTES], struct who *out)
{
	struct store_session session;
	const struct account *me;
	unsigned roles;

	if (store_session_get(act->store, hash, &session) || session.expires <= clock_wall_ms())
		return false;
	me = world_account_by_id(act->world, session.account_id);
	if (!me || !account_enabled(me) || store_roles_get(act->store, session.account_id, &roles))
		return false;
	*out = (struct who){ .account = session.account_id, .session = session.id, .roles = roles, .expires = session.expires };
	memcpy(out->hash, hash, sizeof out->hash);
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

static int run_close(struct store_tx *tx, void *arg)
{
	struct deed *deed = arg;

	return store_session_drop(tx, deed->who.session, deed->who.account);
}

/* Lines and calls of the session go first: what the person sees after the answer is over, is over. */
static void lines_end_session(struct act *act, int64_t account, int64_t session)
{
	calls_end_session(act, account, session);
	list_each (&act->lines.all, node, after) {
		struct line *line = list_entry(node, struct line, everywhere);

		if (line->endpoint->account != account || (session && line->session != session))
			continue;
		line_end(line, "session.ended", LINE_SESSION_ENDED);
	}
}

static void session_closed(void *arg, int err)
{
	struct deed *deed = arg;
	struct outcome outcome = { .reason = REASON_OK, .status = 204 };

	if (err && err != -ENOENT) {
		deed_fault(deed, err, "session.close");
		return;
	}
	lines_end_session(deed->act, deed->who.account, deed->who.session);
	deed_done(deed, &outcome);
}

void act_session_close(struct deed *deed)
{
	int err;

	if (!deed_account(deed))
		return;
	err = store_submit(deed->act->store, run_close, session_closed, deed);
	if (err)
		deed_fault(deed, err, "session.close");
}

/* Setting a password: an operator, or an owner of the account's tenant. It ends every session of the account. */

struct setting {
	struct deed *deed;
	int64_t account;
	char actor[324];
};

static int run_password(struct store_tx *tx, void *arg)
{
	struct setting *s = arg;
	int err = store_password_put(tx, s->account, s->deed->body.p);

	if (!err)
		err = store_session_drop_all(tx, s->account);
	return err ? err : store_audit_add(tx, clock_wall_ms(), s->actor, "password.set", NULL, "{}");
}

static void password_kept(void *arg, int err)
{
	struct setting *s = arg;
	struct deed *deed = s->deed;
	struct outcome outcome = { .reason = REASON_OK, .status = 204 };

	if (err) {
		deed_fault(deed, err, "password.put");
	} else {
		lines_end_session(deed->act, s->account, 0);
		deed_done(deed, &outcome);
	}
	free(s);
}

/* Behind the hash, or behind a change that came meanwhile: decided anew, in today's world. */
static void password_keep(struct deed *deed)
{
	const struct account *target = deed_target(deed);
	struct setting *s;
	int err;

	if (!target)
		return;
	s = calloc(1, sizeof *s);
	if (!s) {
		deed_fault(deed, -ENOMEM, "password.put");
		return;
	}
	s->deed = deed;
	s->account = account_row(target);
	deed_actor(deed, s->actor);
	err = store_submit(deed->act->store, run_password, password_kept, s);
	if (err) {
		free(s);
		deed_fault(deed, err, "password.put");
	}
}

static void hashed(uv_work_t *work, int status)
{
	struct hashing *h = work->data;
	struct deed *deed = h->deed;
	/* The one thing that the library can miss is memory. */
	int err = status || h->err ? -ENOMEM : buf_add(&deed->body, h->encoded, strlen(h->encoded) + 1);

	deed->act->hashing--;
	hashing_free(h);
	if (err)
		deed_fault(deed, err, "password.put");
	else
		deed_start(deed, password_keep);
}

void act_password_put(struct deed *deed)
{
	static const char *const keys[] = { "password", NULL };
	struct hashing *h;
	struct str password;
	int err;

	if (!deed_target(deed) || !deed_only(deed, keys) || !deed_str(deed, "password", LIMIT_PASSWORD_BYTES, &password))
		return;
	if (password.n < LIMIT_PASSWORD_MIN) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "/password", "must have at least 8 characters");
		return;
	}
	h = calloc(1, sizeof *h);
	if (!h) {
		deed_fault(deed, -ENOMEM, "password.put");
		return;
	}
	h->set = true;
	err = start_hashing(deed, h, password, hashed);
	if (err) {
		deed_fault(deed, err, "password.put");
		hashing_free(h);
	}
}
