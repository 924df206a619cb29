/** @file act/factor.c  The second factor: switched on with a code, asked for at sign-in, switched off; and the codes for a lost device. */
#include "act/factor.h"

#include "act/letters.h"
#include "act/totp.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { RECOVERY_CODES = 10, RECOVERY_CHARS = 16 };
_Static_assert((int)FACTOR_SECRET_BYTES == (int)TOTP_SECRET_BYTES, "the store keeps the secrets that codes are made of");

/* "abcd-efgh-…" as people write it: letters small, nothing between. 0 when it is none. */
static size_t recovery_read(struct str code, char out[static RECOVERY_CHARS + 1])
{
	size_t n = 0;

	for (size_t i = 0; i < code.n; i++) {
		char c = code.p[i];

		if (c == '-' || c == ' ')
			continue;
		if (n == RECOVERY_CHARS)
			return 0;
		out[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	out[n] = '\0';
	return n == RECOVERY_CHARS ? n : 0;
}

static bool code_right(struct act *act, struct hashing *h, const struct store_factor *factor, struct str code)
{
	char recovery[RECOVERY_CHARS + 1];

	h->step = totp_match(factor->secret, clock_wall_ms(), factor->step, code);
	if (h->step || !recovery_read(code, recovery))
		return h->step;
	token_hash(recovery, RECOVERY_CHARS, h->recovery_hash);
	h->recovery = store_recovery_has(act->store, h->account, h->recovery_hash) == 0;
	return h->recovery;
}

bool factor_ok(struct deed *deed, struct hashing *h, struct str code)
{
	struct outcome late = { .reason = REASON_SIGN_IN_THROTTLED };
	struct store_factor factor;
	int err = store_factor_get(deed->act->store, h->account, &factor);

	if (err == -ENOENT || (!err && !factor.on))
		return true;
	if (err) {
		deed_fault(deed, err, "factor");
		return false;
	}
	if (!code.p) {
		deed_refuse(deed, REASON_CODE_REQUIRED);
		return false;
	}
	/* Six digits are soon guessed by whoever has the password: five wrong ones, then one in five minutes. */
	late.retry_s = throttle_code(deed->act->throttle, h->account, false, clock_mono_ms());
	if (late.retry_s) {
		deed_done(deed, &late);
		return false;
	}
	if (code_right(deed->act, h, &factor, code))
		return true;
	throttle_code(deed->act->throttle, h->account, true, clock_mono_ms());
	log_event(LOG_INFO, "session.code_wrong", LOG_S("trail", deed->trail), LOG_S("peer", deed->peer), LOG_I("account", h->account));
	deed_refuse(deed, REASON_CODE_WRONG);
	return false;
}

int factor_take(struct store_tx *tx, const struct hashing *h)
{
	if (h->step)
		return store_factor_used(tx, h->account, h->step);
	return h->recovery ? store_recovery_take(tx, h->account, h->recovery_hash) : 0;
}

/* Does the account's organisation want one? */
static int required_of(struct act *act, const struct account *account, bool *out)
{
	struct store_sign_in_rule rule;
	int err = store_sign_in_rule_get(act->store, tenant_row(account_tenant(act->world, account)), &rule);

	*out = rule.factor;
	return err;
}

void act_factor(struct deed *deed)
{
	const struct account *me = deed_account(deed);
	struct store_factor factor;
	bool required;
	int err;

	if (!me)
		return;
	err = store_factor_get(deed->act->store, deed->who.account, &factor);
	if (!err || err == -ENOENT)
		err = required_of(deed->act, me, &required);
	if (err)
		deed_fault(deed, err, "factor");
	else
		deed_ok(deed, json_pack("{s:b, s:b, s:i}", "on", factor.on, "required", required, "recovery_left", factor.on ? (int)factor.recovery : 0));
}

/** A change of the account's factor, from its decision to its answer. */
struct setting {
	struct deed *deed;
	int64_t account, step;
	uint8_t secret[TOTP_SECRET_BYTES];
	char recovery[RECOVERY_CODES][RECOVERY_CHARS + 1];
	const char *what;
	char actor[324], of[AUDIT_TENANT_BYTES], detail[AUDIT_ADDRESS_BYTES];
};

static void setting_free(struct setting *s)
{
	sodium_memzero(s, sizeof *s);
	free(s);
}

/* NULL: the deed is over. */
static struct setting *setting_new(struct deed *deed, int64_t account, const char *what)
{
	struct setting *s = calloc(1, sizeof *s);

	if (!s) {
		deed_fault(deed, -ENOMEM, "factor");
		return NULL;
	}
	*s = (struct setting){ .deed = deed, .account = account, .what = what };
	deed_actor(deed, s->actor);
	audit_tenant_of(deed->act, account, s->of);
	audit_address(deed->act, account, s->detail);
	return s;
}

static void setting_submit(struct setting *s, store_run run, store_done done)
{
	int err = store_submit(s->deed->act->store, run, done, s);

	if (!err)
		return;
	deed_fault(s->deed, err, "factor");
	setting_free(s);
}

/* Another page of the same person was faster. */
static bool failed(struct setting *s, int err)
{
	if (err == -ENOENT)
		deed_refuse(s->deed, REASON_FACTOR_ON);
	else if (err)
		deed_fault(s->deed, err, "factor");
	return err;
}

/* Begin: a secret, which is asked for only when a code of it was shown. */

static int run_begin(struct store_tx *tx, void *arg)
{
	struct setting *s = arg;

	return store_factor_put(tx, s->account, s->secret);
}

/* A URI for the app; a label's address may have any character of a mailbox. NULL when memory is out. */
static json_t *say_uri(struct str address, const char *secret)
{
	char label[3 * LIMIT_ADDRESS_BYTES + 1];
	size_t n = 0;

	for (size_t i = 0; i < address.n && n + 3 < sizeof label; i++) {
		unsigned char c = (unsigned char)address.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c && strchr("@.-_", c));

		n += (size_t)snprintf(label + n, 4, plain ? "%c" : "%%%02X", c);
	}
	label[n] = '\0';
	return json_sprintf("otpauth://totp/Farhand:%s?secret=%s&issuer=Farhand", label, secret);
}

static void begun(void *arg, int err)
{
	struct setting *s = arg;
	const struct account *me = world_account_by_id(s->deed->act->world, s->account);
	struct str address = me ? account_address(me) : STR("");
	char secret[TOTP_SECRET_CHARS + 1];

	if (!failed(s, err)) {
		totp_secret_text(s->secret, secret);
		deed_ok(s->deed, json_pack("{s:s, s:o}", "secret", secret, "uri", say_uri(address, secret)));
		sodium_memzero(secret, sizeof secret);
	}
	setting_free(s);
}

static void begin_keep(struct deed *deed)
{
	struct setting *s = setting_new(deed, deed->who.account, "factor.begin");

	if (!s)
		return;
	id_random(s->secret, sizeof s->secret);
	setting_submit(s, run_begin, begun);
}

/* Off, by oneself or by an owner. */

static int run_off(struct store_tx *tx, void *arg)
{
	struct setting *s = arg;
	int err = store_factor_drop(tx, s->account);

	/* Off is what was wanted. */
	if (err == -ENOENT)
		return 0;
	if (!err)
		err = mail_queue(tx, s->deed->act, s->account, MAIL_FACTOR_OFF);
	return err ? err : store_audit_add(tx, clock_wall_ms(), s->actor, s->what, s->of, s->detail);
}

static void off(void *arg, int err)
{
	struct setting *s = arg;
	struct outcome outcome = { .reason = REASON_OK, .status = 204 };

	if (err) {
		deed_fault(s->deed, err, "factor");
	} else {
		/* Whose organisation wants one goes on when he has set up another. */
		factor_doubt(s->deed->act, 0, s->account);
		deed_done(s->deed, &outcome);
	}
	setting_free(s);
}

static void off_keep(struct deed *deed)
{
	const struct account *me = deed_account(deed);
	struct setting *s;
	bool required;
	int err;

	if (!me)
		return;
	err = required_of(deed->act, me, &required);
	if (err || required) {
		if (err)
			deed_fault(deed, err, "factor");
		else
			deed_refuse(deed, REASON_FACTOR_REQUIRED);
		return;
	}
	s = setting_new(deed, deed->who.account, "factor.off");
	if (s)
		setting_submit(s, run_off, off);
}

void act_factor_drop(struct deed *deed)
{
	const struct account *target = deed_target(deed);
	struct setting *s = target ? setting_new(deed, account_row(target), "factor.reset") : NULL;

	if (s)
		setting_submit(s, run_off, off);
}

/* Both ask for the password first: a screen left open is not enough. */

static void checked(struct hashing *h, deed_run next)
{
	struct deed *deed = h->deed;

	if (h->err)
		deed_fault(deed, h->err, "factor");
	else if (!h->right)
		deed_refuse(deed, REASON_PASSWORD_WRONG);
	else
		deed_start(deed, next);
	hashing_free(h);
}

static void begin_checked(struct hashing *h)
{
	checked(h, begin_keep);
}

static void off_checked(struct hashing *h)
{
	checked(h, off_keep);
}

static void check(struct deed *deed, void (*done)(struct hashing *h))
{
	static const char *const keys[] = { "password", NULL };
	const struct account *me = deed_account(deed);
	struct outcome late = { .reason = REASON_SIGN_IN_THROTTLED };
	struct hashing *h;
	struct str password;
	int err;

	if (!me || !deed_only(deed, keys) || !deed_str(deed, "password", LIMIT_PASSWORD_BYTES, &password))
		return;
	late.retry_s = throttle_take(deed->act->throttle, account_address(me), str_of(deed->peer), clock_mono_ms());
	if (late.retry_s) {
		deed_done(deed, &late);
		return;
	}
	h = hashing_new(deed, password, (struct str){ 0 });
	if (h && store_password_get(deed->act->store, account_row(me), h->encoded))
		hashing_nobody(h->encoded);
	err = h ? hashing_start(h, done) : -ENOMEM;
	if (!err)
		return;
	if (h)
		hashing_free(h);
	deed_fault(deed, err, "factor");
}

void act_factor_begin(struct deed *deed)
{
	check(deed, begin_checked);
}

void act_factor_off(struct deed *deed)
{
	check(deed, off_checked);
}

/* On: a first code shows that the app has the secret. The answer has the codes for when it is lost, this once. */

static int run_on(struct store_tx *tx, void *arg)
{
	struct setting *s = arg;
	int err = store_factor_on(tx, s->account, s->secret, s->step);

	for (unsigned i = 0; !err && i < RECOVERY_CODES; i++) {
		uint8_t hash[TOKEN_HASH_BYTES];

		token_hash(s->recovery[i], RECOVERY_CHARS, hash);
		err = store_recovery_put(tx, s->account, hash);
	}
	if (!err)
		err = mail_queue(tx, s->deed->act, s->account, MAIL_FACTOR_ON);
	return err ? err : store_audit_add(tx, clock_wall_ms(), s->actor, s->what, s->of, s->detail);
}

static void on(void *arg, int err)
{
	struct setting *s = arg;
	json_t *codes;

	if (!failed(s, err)) {
		codes = json_array();
		for (unsigned i = 0; i < RECOVERY_CODES; i++) {
			const char *c = s->recovery[i];

			json_array_append_new(codes, json_sprintf("%.4s-%.4s-%.4s-%.4s", c, c + 4, c + 8, c + 12));
		}
		deed_ok(s->deed, json_pack("{s:o}", "recovery", codes));
	}
	setting_free(s);
}

void act_factor_on(struct deed *deed)
{
	static const char *const keys[] = { "code", NULL };
	struct store_factor factor;
	struct setting *s;
	struct str code;
	int err;

	if (!deed_only(deed, keys) || !deed_str(deed, "code", LIMIT_CODE_BYTES, &code))
		return;
	err = store_factor_get(deed->act->store, deed->who.account, &factor);
	if (err == -ENOENT || (!err && factor.on)) {
		deed_refuse(deed, err ? REASON_NOT_FOUND : REASON_FACTOR_ON);
		return;
	}
	if (err) {
		deed_fault(deed, err, "factor");
		return;
	}
	s = setting_new(deed, deed->who.account, "factor.on");
	if (!s)
		return;
	memcpy(s->secret, factor.secret, sizeof s->secret);
	s->step = totp_match(factor.secret, clock_wall_ms(), 0, code);
	if (!s->step) {
		setting_free(s);
		deed_refuse(deed, REASON_CODE_WRONG);
		return;
	}
	for (unsigned i = 0; i < RECOVERY_CODES; i++) {
		char id[ID_CHARS + 1];

		/* 80 bits of a fresh id: too many to try them all, even with the hashes in hand. */
		id_make(id);
		memcpy(s->recovery[i], id, RECOVERY_CHARS);
	}
	setting_submit(s, run_on, on);
}
