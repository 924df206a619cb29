/** @file act/password.c  Passwords set: by whom the table of routes lets, or one's own. What a password must be. */
#include "act/hashing.h"
#include "act/letters.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static size_t characters(struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		n += ((unsigned char)text.p[i] & 0xc0) != 0x80;
	return n;
}

static bool same_letters(struct str a, struct str b)
{
	return a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

/* NIST SP 800-63B section 3.1.1.2: length, and what others would try first; nothing about kinds of characters. */
bool password_ok(struct deed *deed, const char *field, struct str password, struct str address)
{
	unsigned least = deed->act->parts.password_chars;
	struct str name = address;

	if (least < LIMIT_PASSWORD_MIN)
		least = LIMIT_PASSWORD_MIN;
	if (characters(password) < least) {
		struct outcome outcome = { .reason = REASON_PASSWORD_SHORT, .least = least };

		snprintf(outcome.field, sizeof outcome.field, "%s", field);
		snprintf(outcome.detail, sizeof outcome.detail, "must have at least %u characters", least);
		deed_done(deed, &outcome);
		return false;
	}
	while (name.n && name.p[name.n - 1] != '@')
		name.n--;
	name.n -= name.n > 0;
	if (!same_letters(password, address) && !same_letters(password, name))
		return true;
	deed_refuse_field(deed, REASON_PASSWORD_ADDRESS, field, "must not be the address");
	return false;
}

bool password_refused(struct deed *deed, const struct hashing *h, const char *field)
{
	if (h->err)
		deed_fault(deed, h->err, "password");
	else if (h->breached)
		deed_refuse_field(deed, REASON_PASSWORD_KNOWN, field, "is on the list of passwords that others know; choose another");
	return h->err || h->breached;
}

/* Behind the pool the deed goes on as password_keep or own_keep, decided anew in today's world; this it takes along. */
struct setting {
	struct deed *deed;
	int64_t account;
	int64_t keep;			/* the session that stays; 0: none */
	bool expired;			/* the next sign-in must set another */
	char actor[324], of[AUDIT_TENANT_BYTES], detail[AUDIT_ADDRESS_BYTES];
};

static void start(struct deed *deed, struct str password, struct str fresh, void (*done)(struct hashing *h), const char *encoded)
{
	struct hashing *h = hashing_new(deed, password, fresh);
	int err = h ? 0 : -ENOMEM;

	if (h && encoded)
		memcpy(h->encoded, encoded, ENCODED_BYTES);
	if (h)
		err = hashing_start(h, done);
	if (!err)
		return;
	if (h)
		hashing_free(h);
	deed_fault(deed, err, "password");
}

/* deed->body takes over: the new hash, NUL, the old one, NUL. */
static int body_take(struct deed *deed, const struct hashing *h)
{
	int err = buf_add(&deed->body, h->hashed, strlen(h->hashed) + 1);

	return err ? err : buf_add(&deed->body, h->encoded, strlen(h->encoded) + 1);
}

static int run_password(struct store_tx *tx, void *arg)
{
	struct setting *s = arg;
	const char *hashed = s->deed->body.p, *old = hashed + strlen(hashed) + 1;
	/* One's own is set only as long as the old one, which was checked, is the password. */
	int err = s->keep ? store_password_is(tx, s->account, old) : 0;

	if (!err)
		err = store_password_put(tx, s->account, hashed);
	if (!err && s->expired)
		err = store_password_expire(tx, s->account);
	if (!err)
		err = store_session_drop_others(tx, s->keep, s->account);
	/* A link that was made for the old one must not undo this. */
	if (!err)
		err = store_link_drop(tx, s->account);
	if (!err)
		err = mail_queue(tx, s->deed->act, s->account, MAIL_PASSWORD_CHANGED);
	return err ? err : store_audit_add(tx, clock_wall_ms(), s->actor, s->keep ? "password.change" : "password.set", s->of, s->detail);
}

static void password_kept(void *arg, int err)
{
	struct setting *s = arg;
	struct deed *deed = s->deed;
	struct outcome outcome = { .reason = REASON_OK, .status = 204 };

	if (err == -ENOENT) {
		deed_refuse(deed, REASON_PASSWORD_WRONG);
	} else if (err) {
		deed_fault(deed, err, "password");
	} else {
		if (s->keep)
			lines_end_others(deed->act, s->account, s->keep);
		else
			lines_end_session(deed->act, s->account, 0);
		deed_done(deed, &outcome);
	}
	free(s);
}

static void keep(struct deed *deed, int64_t account, int64_t session, bool expired)
{
	struct setting *s = calloc(1, sizeof *s);
	int err = -ENOMEM;

	if (s) {
		*s = (struct setting){ .deed = deed, .account = account, .keep = session, .expired = expired };
		deed_actor(deed, s->actor);
		audit_tenant_of(deed->act, account, s->of);
		audit_address(deed->act, account, s->detail);
		err = store_submit(deed->act->store, run_password, password_kept, s);
	}
	if (!err)
		return;
	free(s);
	deed_fault(deed, err, "password");
}

static void hashed(struct hashing *h, deed_run next, const char *field)
{
	struct deed *deed = h->deed;
	int err;

	if (!h->err && !h->right) {
		deed_refuse(deed, REASON_PASSWORD_WRONG);
	} else if (!password_refused(deed, h, field)) {
		err = body_take(deed, h);
		if (err)
			deed_fault(deed, err, "password");
		else
			deed_start(deed, next);
	}
	hashing_free(h);
}

static bool expired_read(struct deed *deed, bool *out)
{
	struct json_err err;

	*out = false;
	if (json_get_bool(deed->args, "", "must_change", false, out, &err))
		return true;
	deed_refuse_field(deed, REASON_BAD_FIELD, err.path, err.why);
	return false;
}

static void set_keep(struct deed *deed)
{
	const struct account *target = deed_target(deed);
	bool expired;

	if (target && expired_read(deed, &expired))
		keep(deed, account_row(target), 0, expired);
}

static void set_hashed(struct hashing *h)
{
	hashed(h, set_keep, "/password");
}

void act_password_put(struct deed *deed)
{
	static const char *const keys[] = { "password", "must_change", NULL };
	const struct account *target = deed_target(deed);
	struct str fresh;
	bool expired;

	if (!target || !deed_only(deed, keys) || !deed_str(deed, "password", LIMIT_PASSWORD_BYTES, &fresh))
		return;
	if (expired_read(deed, &expired) && password_ok(deed, "/password", fresh, account_address(target)))
		start(deed, (struct str){ 0 }, fresh, set_hashed, NULL);
}

static void own_keep(struct deed *deed)
{
	if (deed_account(deed))
		keep(deed, deed->who.account, deed->who.session, false);
}

static void own_hashed(struct hashing *h)
{
	hashed(h, own_keep, "/new_password");
}

void act_password_own(struct deed *deed)
{
	static const char *const keys[] = { "password", "new_password", NULL };
	const struct account *me = deed_account(deed);
	struct outcome late = { .reason = REASON_SIGN_IN_THROTTLED };
	struct str password, fresh;
	char encoded[ENCODED_BYTES];

	if (!me || !deed_only(deed, keys) || !deed_str(deed, "password", LIMIT_PASSWORD_BYTES, &password) ||
		!deed_str(deed, "new_password", LIMIT_PASSWORD_BYTES, &fresh) || !password_ok(deed, "/new_password", fresh, account_address(me)))
		return;
	/* Whoever finds a screen unlocked must not get to guess. */
	late.retry_s = throttle_take(deed->act->throttle, account_address(me), str_of(deed->peer), clock_mono_ms());
	if (late.retry_s) {
		deed_done(deed, &late);
		return;
	}
	if (store_password_get(deed->act->store, account_row(me), encoded))
		hashing_nobody(encoded);
	start(deed, password, fresh, own_hashed, encoded);
}
