/**
 * @file act/handover.c  Sign in a device that is hard to type on: it shows a short code, and somebody who is signed in elsewhere allows it (in the
 * manner of RFC 8628). What waits lives in memory: it lasts ten minutes, and after a restart one asks for a new code.
 */
#include "act/entry.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { CODE_LETTERS = 8, LASTS_MS = 10 * 60 * 1000, EVERY_S = 3 };

enum handover_state { HANDOVER_WAITING, HANDOVER_ALLOWED, HANDOVER_OPENING, HANDOVER_OPEN, HANDOVER_DENIED };

struct handover {
	struct list node;		/* of act->handovers, the oldest first */
	char code[CODE_LETTERS + 1];
	uint8_t ticket[TOKEN_HASH_BYTES];
	enum handover_state state;
	struct device device;
	char peer[64];
	time_ms_t made;
	int64_t until, asked;		/* monotonic; asked: when it last looked */
	struct who by;			/* who allowed it */
	char token[TOKEN_CHARS + 1];	/* once it is open; the answer may get lost, and is given again */
	time_ms_t expires;
};

static void handover_drop(struct handover *h)
{
	list_del(&h->node);
	explicit_bzero(h, sizeof *h);
	free(h);
}

void handovers_free(struct act *act)
{
	list_each (&act->handovers, node, after)
		handover_drop(list_entry(node, struct handover, node));
}

/* What is over goes, unless its session is being made in this moment. */
static size_t sweep(struct act *act)
{
	int64_t now = clock_mono_ms();
	size_t n = 0;

	list_each (&act->handovers, node, after) {
		struct handover *h = list_entry(node, struct handover, node);

		if (h->until <= now && h->state != HANDOVER_OPENING)
			handover_drop(h);
		else
			n++;
	}
	return n;
}

/* No vowels, so no words; nothing that looks like something else (RFC 8628 section 6.1). */
static void code_make(char out[static CODE_LETTERS + 1])
{
	static const char letters[] = "BCDFGHJKLMNPQRSTVWXZ";

	for (int i = 0; i < CODE_LETTERS; i++)
		out[i] = letters[randombytes_uniform(sizeof letters - 1)];
	out[CODE_LETTERS] = '\0';
}

/* As people type it: in small letters, with a dash or spaces or none. */
static bool code_same(const char *code, struct str typed)
{
	size_t n = 0;

	for (size_t i = 0; i < typed.n; i++) {
		char c = typed.p[i];

		if (c == '-' || c == ' ')
			continue;
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (n == CODE_LETTERS || code[n++] != c)
			return false;
	}
	return n == CODE_LETTERS;
}

static struct handover *by_code(struct act *act, struct str typed)
{
	sweep(act);
	list_each (&act->handovers, node, after) {
		struct handover *h = list_entry(node, struct handover, node);

		if (code_same(h->code, typed))
			return h;
	}
	return NULL;
}

static struct handover *by_ticket(struct act *act, struct str ticket)
{
	uint8_t hash[TOKEN_HASH_BYTES];

	token_hash(ticket.p, ticket.n, hash);
	sweep(act);
	list_each (&act->handovers, node, after) {
		struct handover *h = list_entry(node, struct handover, node);

		if (sodium_memcmp(h->ticket, hash, sizeof hash) == 0)
			return h;
	}
	return NULL;
}

/* The device. */

static struct handover *handover_new(struct deed *deed, const char *ticket)
{
	struct handover *h = sweep(deed->act) < LIMIT_HANDOVERS ? calloc(1, sizeof *h) : NULL;

	if (!h)
		return NULL;
	*h = (struct handover){ .device = device_of(str_of(deed->agent)), .made = clock_wall_ms(), .until = clock_mono_ms() + LASTS_MS };
	do
		code_make(h->code);
	while (by_code(deed->act, str_of(h->code)));
	token_hash(ticket, TOKEN_CHARS, h->ticket);
	snprintf(h->peer, sizeof h->peer, "%s", deed->peer);
	list_add(&deed->act->handovers, &h->node);
	return h;
}

void act_handover_begin(struct deed *deed)
{
	static const char *const keys[] = { NULL };
	struct outcome late = { .reason = REASON_TOO_MANY }, outcome = { .reason = REASON_OK, .status = 201 };
	char ticket[TOKEN_CHARS + 1];
	struct handover *h;

	if (!deed_only(deed, keys))
		return;
	late.retry_s = throttle_handover_new(deed->act->throttle, str_of(deed->peer), clock_mono_ms());
	if (late.retry_s) {
		deed_done(deed, &late);
		return;
	}
	token_make(ticket);
	h = handover_new(deed, ticket);
	if (!h) {
		late.retry_s = LASTS_MS / 1000;
		deed_done(deed, &late);
		return;
	}
	outcome.body = json_pack("{s:o, s:s, s:o, s:i}", "code", json_sprintf("%.4s-%.4s", h->code, h->code + 4), "ticket", ticket,
		"expires", say_time(h->made + LASTS_MS), "interval", EVERY_S);
	explicit_bzero(ticket, sizeof ticket);
	deed_done(deed, &outcome);
}

struct opening {
	struct deed *deed;
	uint8_t ticket[TOKEN_HASH_BYTES];
	char token[TOKEN_CHARS + 1];
	struct entry entry;
	char actor[324], of[AUDIT_TENANT_BYTES], peer[64];
};

static int run_open(struct store_tx *tx, void *arg)
{
	struct opening *o = arg;

	return entry_keep(tx, &o->entry);
}

static void say_open(struct deed *deed, const struct handover *h)
{
	const struct account *me = world_account_by_id(deed->act->world, h->by.account);
	struct outcome outcome = { .reason = REASON_OK, .expires = h->expires };

	if (!me || !account_enabled(me)) {
		deed_refuse(deed, REASON_HANDOVER_GONE);
		return;
	}
	memcpy(outcome.token, h->token, sizeof outcome.token);
	outcome.body = say_me(deed->act, me, h->by.roles, h->by.due);
	deed_done(deed, &outcome);
}

static void opened(void *arg, int err)
{
	struct opening *o = arg;
	struct deed *deed = o->deed;
	struct handover *h = NULL;

	list_each (&deed->act->handovers, node, after) {
		struct handover *one = list_entry(node, struct handover, node);

		if (memcmp(one->ticket, o->ticket, sizeof o->ticket) == 0)
			h = one;
	}
	if (!err)
		entry_kept(deed->act, &o->entry);
	if (h && !err) {
		h->state = HANDOVER_OPEN;
		memcpy(h->token, o->token, sizeof h->token);
		h->expires = o->entry.expires;
		h->by.roles = o->entry.roles;
		h->by.due = o->entry.due;
		say_open(deed, h);
	} else {
		if (h)
			h->state = HANDOVER_ALLOWED;
		deed_fault(deed, err ? err : -ENOENT, "session.open");
	}
	explicit_bzero(o, sizeof *o);
	free(o);
}

/* Who allowed it must still be somebody who may: his session may have ended since. */
static void session_make(struct deed *deed, struct handover *h)
{
	struct act *act = deed->act;
	struct opening *o = act_who_again(act, &h->by) && !h->by.due ? calloc(1, sizeof *o) : NULL;
	const struct account *me = o ? world_account_by_id(act->world, h->by.account) : NULL;
	int err;

	if (!me) {
		free(o);
		handover_drop(h);
		deed_refuse(deed, REASON_HANDOVER_GONE);
		return;
	}
	o->deed = deed;
	o->entry = (struct entry){ .account = h->by.account, .now = clock_wall_ms(), .device = h->device, .by = "code", .actor = o->actor, .of = o->of,
		.peer = o->peer };
	o->entry.expires = o->entry.now + act->parts.session_ms;
	token_make(o->token);
	token_hash(o->token, TOKEN_CHARS, o->entry.hash);
	memcpy(o->ticket, h->ticket, sizeof o->ticket);
	snprintf(o->actor, sizeof o->actor, "%.*s", (int)account_address(me).n, account_address(me).p);
	snprintf(o->peer, sizeof o->peer, "%s", deed->peer);
	audit_tenant_of(act, o->entry.account, o->of);
	h->state = HANDOVER_OPENING;
	err = act->ending ? -ESHUTDOWN : store_submit(act->store, run_open, opened, o);
	if (err) {
		h->state = HANDOVER_ALLOWED;
		free(o);
		deed_fault(deed, err, "session.open");
	}
}

void act_handover_wait(struct deed *deed)
{
	static const char *const keys[] = { "ticket", NULL };
	struct outcome waiting = { .reason = REASON_OK, .status = 202 }, late = { .reason = REASON_TOO_MANY, .retry_s = EVERY_S };
	int64_t now = clock_mono_ms(), before;
	struct handover *h;
	struct str ticket;

	if (!deed_only(deed, keys) || !deed_str(deed, "ticket", TOKEN_CHARS, &ticket))
		return;
	h = by_ticket(deed->act, ticket);
	if (!h || h->state == HANDOVER_DENIED) {
		deed_refuse(deed, h ? REASON_HANDOVER_DENIED : REASON_HANDOVER_GONE);
		return;
	}
	before = h->asked;
	h->asked = now;
	if (h->state == HANDOVER_OPEN) {
		say_open(deed, h);
	} else if (h->state == HANDOVER_ALLOWED) {
		session_make(deed, h);
	} else if (before && now - before < 1000 * EVERY_S / 2) {
		deed_done(deed, &late);
	} else {
		waiting.body = json_pack("{s:s}", "state", "waiting");
		deed_done(deed, &waiting);
	}
}

/* Who is signed in elsewhere. */

/* The device that shows the code, while it waits; NULL: refused. Guesses are few. */
static struct handover *code_read(struct deed *deed)
{
	struct outcome late = { .reason = REASON_TOO_MANY };
	struct handover *h;
	struct str code;

	if (!deed_str(deed, "code", 16, &code))
		return NULL;
	late.retry_s = throttle_handover(deed->act->throttle, deed->who.account, false, clock_mono_ms());
	if (late.retry_s) {
		deed_done(deed, &late);
		return NULL;
	}
	h = by_code(deed->act, code);
	if (h && h->state == HANDOVER_WAITING)
		return h;
	throttle_handover(deed->act->throttle, deed->who.account, true, clock_mono_ms());
	deed_refuse(deed, REASON_HANDOVER_GONE);
	return NULL;
}

void act_handover_look(struct deed *deed)
{
	static const char *const keys[] = { "code", NULL };
	const struct handover *h = deed_account(deed) && deed_only(deed, keys) ? code_read(deed) : NULL;

	if (h)
		deed_ok(deed, json_pack("{s:s, s:s, s:s, s:o}", "browser", h->device.browser, "system", h->device.system, "peer", h->peer, "since", say_time(h->made)));
}

struct answering {
	struct deed *deed;
	char code[CODE_LETTERS + 1], actor[324], of[AUDIT_TENANT_BYTES], peer[64];
	struct device device;
	bool allow;
};

static int run_answer(struct store_tx *tx, void *arg)
{
	const struct answering *a = arg;
	char *detail = audit_detail("{s:s, s:s, s:s}", "browser", a->device.browser, "system", a->device.system, "peer", a->peer);
	int err = detail ? store_audit_add(tx, clock_wall_ms(), a->actor, a->allow ? "device.allow" : "device.deny", a->of, detail) : -ENOMEM;

	free(detail);
	return err;
}

static void answered(void *arg, int err)
{
	struct answering *a = arg;
	struct deed *deed = a->deed;
	struct handover *h = by_code(deed->act, str_of(a->code));
	struct outcome outcome = { .reason = REASON_OK, .status = 204 };

	if (err) {
		deed_fault(deed, err, "device.answer");
	} else if (!h || h->state != HANDOVER_WAITING) {
		deed_refuse(deed, REASON_HANDOVER_GONE);	/* its time was over, or somebody else was faster */
	} else {
		h->state = a->allow ? HANDOVER_ALLOWED : HANDOVER_DENIED;
		h->by = deed->who;
		deed_done(deed, &outcome);
	}
	free(a);
}

void act_handover_answer(struct deed *deed)
{
	static const char *const keys[] = { "code", "allow", NULL };
	struct answering *a;
	struct handover *h;
	struct json_err bad;
	bool allow;
	int err;

	if (!deed_account(deed) || !deed_only(deed, keys))
		return;
	if (!json_get_bool(deed->args, "", "allow", true, &allow, &bad)) {
		deed_refuse_field(deed, REASON_BAD_FIELD, bad.path, bad.why);
		return;
	}
	h = code_read(deed);
	if (!h)
		return;
	a = calloc(1, sizeof *a);
	err = a ? 0 : -ENOMEM;
	if (!err) {
		*a = (struct answering){ .deed = deed, .device = h->device, .allow = allow };
		memcpy(a->code, h->code, sizeof a->code);
		memcpy(a->peer, h->peer, sizeof a->peer);
		deed_actor(deed, a->actor);
		audit_tenant_of(deed->act, deed->who.account, a->of);
		err = store_submit(deed->act->store, run_answer, answered, a);
	}
	if (err) {
		free(a);
		deed_fault(deed, err, "device.answer");
	}
}
