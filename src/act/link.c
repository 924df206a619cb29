/** @file act/link.c  Links to set a password once: an invitation, or a way back in. The token is in the fragment, which browsers send to nobody. */
#include "act/hashing.h"
#include "act/letters.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct linking {
	struct deed *deed;
	int64_t account;
	time_ms_t expires;
	uint8_t hash[TOKEN_HASH_BYTES];
	char token[TOKEN_CHARS + 1];
	char actor[324], of[AUDIT_TENANT_BYTES], detail[AUDIT_ADDRESS_BYTES];
};

static void linking_free(struct linking *l)
{
	explicit_bzero(l->token, sizeof l->token);
	free(l);
}

static int run_make(struct store_tx *tx, void *arg)
{
	struct linking *l = arg;
	int err = store_link_put(tx, l->account, l->hash, l->expires);

	return err ? err : store_audit_add(tx, clock_wall_ms(), l->actor, "password.link", l->of, l->detail);
}

static void made(void *arg, int err)
{
	struct linking *l = arg;
	struct deed *deed = l->deed;
	struct outcome outcome = { .reason = REASON_OK, .status = 201 };

	if (err == -ENOENT) {
		deed_refuse(deed, REASON_IDENTITY_DISABLED);
	} else if (err) {
		deed_fault(deed, err, "password.link");
	} else {
		outcome.body = json_pack("{s:o, s:o}", "path", json_sprintf("/password#%s", l->token), "expires", say_time(l->expires));
		deed_done(deed, &outcome);
	}
	linking_free(l);
}

void act_link_make(struct deed *deed)
{
	const struct account *target = deed_target(deed);
	struct linking *l;
	int err;

	if (!target)
		return;
	if (!account_enabled(target)) {
		deed_refuse(deed, REASON_IDENTITY_DISABLED);
		return;
	}
	l = calloc(1, sizeof *l);
	if (!l) {
		deed_fault(deed, -ENOMEM, "password.link");
		return;
	}
	*l = (struct linking){ .deed = deed, .account = account_row(target), .expires = clock_wall_ms() + deed->act->parts.link_ms };
	token_make(l->token);
	token_hash(l->token, TOKEN_CHARS, l->hash);
	deed_actor(deed, l->actor);
	audit_tenant_of(deed->act, l->account, l->of);
	audit_address(deed->act, l->account, l->detail);
	err = store_submit(deed->act->store, run_make, made, l);
	if (err) {
		deed_fault(deed, err, "password.link");
		linking_free(l);
	}
}

/* The account of the token in the body. NULL: the deed is over. An old token and a made-up one are the same answer. */
static const struct account *link_read(struct deed *deed, uint8_t hash[static TOKEN_HASH_BYTES], time_ms_t *expires)
{
	const struct account *account;
	struct str token;
	int64_t id;
	int err;

	if (!deed_str(deed, "token", TOKEN_CHARS, &token))
		return NULL;
	token_hash(token.p, token.n, hash);
	err = store_link_get(deed->act->store, hash, clock_wall_ms(), &id, expires);
	if (err && err != -ENOENT) {
		deed_fault(deed, err, "password.link");
		return NULL;
	}
	account = err ? NULL : world_account_by_id(deed->act->world, id);
	if (account && account_enabled(account))
		return account;
	deed_refuse(deed, REASON_LINK_GONE);
	return NULL;
}

void act_link_check(struct deed *deed)
{
	static const char *const keys[] = { "token", NULL };
	uint8_t hash[TOKEN_HASH_BYTES];
	const struct account *account;
	char encoded[ENCODED_BYTES];
	unsigned least = deed->act->parts.password_chars;
	time_ms_t expires;
	int err;

	if (!deed_only(deed, keys))
		return;
	account = link_read(deed, hash, &expires);
	if (!account)
		return;
	err = store_password_get(deed->act->store, account_row(account), encoded);
	if (err && err != -ENOENT) {
		deed_fault(deed, err, "password.link");
		return;
	}
	deed_ok(deed, json_pack("{s:s#, s:s#, s:o, s:b, s:i}", "address", account_address(account).p, (int)account_address(account).n,
		"name", account_name(account).p, (int)account_name(account).n, "expires", say_time(expires), "first", err == -ENOENT,
		"password_chars", least < LIMIT_PASSWORD_MIN ? LIMIT_PASSWORD_MIN : (int)least));
}

static int run_use(struct store_tx *tx, void *arg)
{
	struct hashing *h = arg;
	int err = store_link_take(tx, h->hash, h->now, h->account);

	if (!err)
		err = store_password_put(tx, h->account, h->hashed);
	if (!err)
		err = store_session_drop_all(tx, h->account);
	if (!err)
		err = mail_queue(tx, h->deed->act, h->account, MAIL_PASSWORD_CHANGED);
	return err ? err : store_audit_add(tx, h->now, h->actor, "password.change", h->of, "{\"by\":\"link\"}");
}

static void used(void *arg, int err)
{
	struct hashing *h = arg;
	struct deed *deed = h->deed;
	struct outcome outcome = { .reason = REASON_OK, .status = 204 };

	if (err == -ENOENT) {
		deed_refuse(deed, REASON_LINK_GONE);
	} else if (err) {
		deed_fault(deed, err, "password.link");
	} else {
		lines_end_session(deed->act, h->account, 0);
		deed_done(deed, &outcome);
	}
	hashing_free(h);
}

static void hashed(struct hashing *h)
{
	struct deed *deed = h->deed;
	int err = -EAGAIN;

	if (password_refused(deed, h, "/password")) {
		hashing_free(h);
		return;
	}
	h->now = clock_wall_ms();
	if (!deed->act->ending)
		err = store_submit(deed->act->store, run_use, used, h);
	if (err) {
		deed_fault(deed, err, "password.link");
		hashing_free(h);
	}
}

void act_link_use(struct deed *deed)
{
	static const char *const keys[] = { "token", "password", NULL };
	uint8_t hash[TOKEN_HASH_BYTES];
	const struct account *account;
	struct hashing *h;
	struct str fresh;
	time_ms_t expires;
	int err;

	if (!deed_only(deed, keys) || !deed_str(deed, "password", LIMIT_PASSWORD_BYTES, &fresh))
		return;
	account = link_read(deed, hash, &expires);
	if (!account || !password_ok(deed, "/password", fresh, account_address(account)))
		return;
	h = hashing_new(deed, (struct str){ 0 }, fresh);
	if (!h) {
		deed_fault(deed, -ENOMEM, "password.link");
		return;
	}
	h->account = account_row(account);
	memcpy(h->hash, hash, sizeof h->hash);
	snprintf(h->actor, sizeof h->actor, "%.*s", (int)account_address(account).n, account_address(account).p);
	audit_tenant_of(deed->act, h->account, h->of);
	err = hashing_start(h, hashed);
	if (err) {
		deed_fault(deed, err, "password.link");
		hashing_free(h);
	}
}
