/** @file act/mail.c  Sending what waits in the outbox: one letter at a time, again and again for a day. Texts are letters.c's. */
#include "act/audit.h"
#include "act/letters.h"
#include "act/room.h"

#include "mail/post.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_WAIT_MS = 60000, LONGEST_WAIT_MS = 4 * 3600000 };

/** The letter under way: row read, link kept, with the mail process, outcome kept. */
struct mailing {
	struct act *act;
	bool busy;
	struct store_mail mail;
	bool drop;
	time_ms_t due;
	time_ms_t expires;		/* of the link */
	uint8_t hash[TOKEN_HASH_BYTES];
	char token[TOKEN_CHARS + 1];
	char of[AUDIT_TENANT_BYTES], detail[AUDIT_ADDRESS_BYTES];
	bool lost;			/* given up: the audit log says so */
};

int mail_queue(struct store_tx *tx, const struct act *act, int64_t account, enum mail_kind kind)
{
	return act->parts.post && account ? store_mail_put(tx, account, kind, clock_wall_ms()) : 0;
}

static int run_end(struct store_tx *tx, void *arg)
{
	struct mailing *m = arg;
	int err = m->drop ? store_mail_drop(tx, &m->mail) : store_mail_later(tx, m->mail.id, m->due);

	return err || !m->lost ? err : store_audit_add(tx, clock_wall_ms(), "mail", "mail.lost", m->of, m->detail);
}

static void ended(void *arg, int err)
{
	struct mailing *m = arg;

	/* It stands there as before, and goes once more: too often rather than never. */
	if (err)
		log_event(LOG_ERROR, "mail.fault", LOG_S("where", "outbox"), LOG_S("error", strerror(-err)));
	explicit_bzero(m->token, sizeof m->token);
	m->busy = false;
}

static void end(struct mailing *m)
{
	int err = store_submit(m->act->store, run_end, ended, m);

	if (err)
		ended(m, err);
}

/* It went, or there is nobody to send it to. */
static void drop(struct mailing *m)
{
	m->drop = true;
	end(m);
}

static time_ms_t wait_of(unsigned tries)
{
	time_ms_t wait = tries < 10 ? (time_ms_t)FIRST_WAIT_MS << tries : LONGEST_WAIT_MS;

	return wait < LONGEST_WAIT_MS ? wait : LONGEST_WAIT_MS;
}

static void later(struct mailing *m, bool never, const char *why)
{
	time_ms_t now = clock_wall_ms();

	m->due = now + wait_of(m->mail.tries);
	m->lost = m->drop = never || m->due > m->mail.made + (time_ms_t)LIMIT_MAIL_HOURS * 3600000;
	log_event(LOG_WARN, m->lost ? "mail.lost" : "mail.later", LOG_I("mail", m->mail.id), LOG_I("account", m->mail.account_id),
		LOG_I("tries", m->mail.tries + 1), LOG_S("error", why));
	end(m);
}

static void on_done(void *arg, enum post_result result, const char *why)
{
	struct mailing *m = arg;

	if (result != POST_SENT) {
		later(m, result == POST_NEVER, why);
		return;
	}
	log_event(LOG_INFO, "mail.sent", LOG_I("mail", m->mail.id), LOG_I("account", m->mail.account_id), LOG_I("tries", m->mail.tries + 1));
	drop(m);
}

/* A guest's own address is one of ours, which nobody else delivers to: his home's counts. */
static struct str address_of(const struct account *account)
{
	struct str home = account_home(account);

	return home.n ? home : account_address(account);
}

static int letter_of(struct mailing *m, const struct account *account, bool first, struct buf *out)
{
	const struct act *act = m->act;
	struct letter_facts facts = { .name = account_name(account), .address = account_address(account),
		.organisation = tenant_name(account_tenant(act->world, account)), .url = act->parts.web_url };
	char to[LIMIT_ADDRESS_BYTES + 4], id[ID_CHARS + 24];
	struct str address = address_of(account);
	struct letter letter = { .id = id, .at = clock_wall_ms(), .from = post_from(act->parts.post), .to = to };
	struct buf text = { 0 };
	int err;

	snprintf(to, sizeof to, "%.*s", (int)address.n, address.p);
	/* The same for each try: who gets it twice sees it once. */
	snprintf(id, sizeof id, "farhand.%lld.%lld", (long long)m->mail.id, (long long)m->mail.made);
	letter_time(m->mail.made, facts.when);
	letter_time(m->expires, facts.until);
	if (m->mail.kind == MAIL_LINK)
		snprintf(facts.link, sizeof facts.link, "%s/password#%s", act->parts.web_url, m->token);
	err = letter_write(&text, &letter.subject, m->mail.kind, first, &facts);
	letter.text = text.p;
	if (!err)
		err = letter_encode(out, &letter);
	if (!err)
		err = post_send(act->parts.post, to, out);
	if (text.p)
		explicit_bzero(text.p, text.n);
	buf_release(&text);
	explicit_bzero(facts.link, sizeof facts.link);
	return err;
}

static void letter_go(struct mailing *m)
{
	const struct account *account = world_account_by_id(m->act->world, m->mail.account_id);
	struct buf letter = { 0 };
	char encoded[128];
	int err;

	if (!account || !account_enabled(account)) {
		drop(m);
		return;
	}
	audit_tenant_of(m->act, m->mail.account_id, m->of);
	audit_address(m->act, m->mail.account_id, m->detail);
	err = letter_of(m, account, store_password_get(m->act->store, m->mail.account_id, encoded) == -ENOENT, &letter);
	if (letter.p)
		explicit_bzero(letter.p, letter.n);
	buf_release(&letter);
	if (err)
		later(m, err == -EINVAL, err == -EINVAL ? "no mail can be sent to that address" : strerror(-err));
}

static int run_link(struct store_tx *tx, void *arg)
{
	struct mailing *m = arg;

	return store_link_put(tx, m->mail.account_id, m->hash, m->expires);
}

static void linked(void *arg, int err)
{
	struct mailing *m = arg;

	if (err == -ENOENT)
		drop(m);
	else if (err || m->act->ending)
		ended(m, err);
	else
		letter_go(m);
}

/* The link is made now, so that no link waits anywhere in the clear, and its time begins when it goes. */
static void link_make(struct mailing *m)
{
	int err;

	token_make(m->token);
	token_hash(m->token, TOKEN_CHARS, m->hash);
	m->expires = clock_wall_ms() + m->act->parts.link_ms;
	err = store_submit(m->act->store, run_link, linked, m);
	if (err)
		ended(m, err);
}

void mail_tick(struct act *act)
{
	struct mailing *m = act->mailing;
	struct store_mail mail;

	if (!m || m->busy || act->ending || !post_ready(act->parts.post) || store_mail_next(act->store, clock_wall_ms(), &mail))
		return;
	*m = (struct mailing){ .act = act, .busy = true, .mail = mail };
	if (mail.made + (time_ms_t)LIMIT_MAIL_HOURS * 3600000 < clock_wall_ms())
		later(m, true, "it waited for a day");
	else if (mail.kind == MAIL_LINK)
		link_make(m);
	else
		letter_go(m);
}

int mail_open(struct act *act)
{
	if (!act->parts.post)
		return 0;
	act->mailing = calloc(1, sizeof *act->mailing);
	if (!act->mailing)
		return -ENOMEM;
	act->mailing->act = act;
	return post_start(act->parts.post, act->parts.loop, on_done, act->mailing);
}

void mail_free(struct act *act)
{
	free(act->mailing);
}
