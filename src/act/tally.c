/** @file act/tally.c  Refusals, counted by pair and minute, then written: whoever is refused a thousand times a second fills no disk. */
#include "act/audit.h"
#include "act/room.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { MINUTE_MS = 60000 };

/** One pair, action and reason, in one minute. */
struct count {
	char tenant[AUDIT_TENANT_BYTES];
	char from[324], to[324];
	enum action action;
	enum reason reason;
	int64_t n;
};

struct tally {
	time_ms_t since;	/* the first of them */
	int64_t began;		/* monotonic */
	size_t n;
	int64_t more;		/* refusals for which there was no room */
	struct count counts[LIMIT_TALLY];
};

struct tally *tally_new(void)
{
	return calloc(1, sizeof(struct tally));
}

void tally_free(struct tally *tally)
{
	free(tally);
}

static void copy(char *out, size_t room, struct str text)
{
	snprintf(out, room, "%.*s", (int)text.n, text.p);
}

static void count(struct act *act, const struct tenant *tenant, const struct account *from, struct str to, enum action action, enum reason reason)
{
	struct tally *t = act->tally;
	struct count one = { .action = action, .reason = reason, .n = 1 };

	copy(one.tenant, sizeof one.tenant, tenant_id(tenant));
	copy(one.from, sizeof one.from, account_address(from));
	copy(one.to, sizeof one.to, to);
	if (!t->n && !t->more) {
		t->since = clock_wall_ms();
		t->began = clock_mono_ms();
	}
	for (size_t i = 0; i < t->n; i++) {
		struct count *c = &t->counts[i];

		if (c->action != action || c->reason != reason || strcmp(c->to, one.to) != 0 || strcmp(c->from, one.from) != 0 || strcmp(c->tenant, one.tenant) != 0)
			continue;
		c->n++;
		return;
	}
	if (t->n == LIMIT_TALLY)
		t->more++;
	else
		t->counts[t->n++] = one;
}

void tally_refusal(struct act *act, const struct account *from, struct str to, enum action action, const struct verdict *verdict)
{
	const struct tenant *mine = account_tenant(act->world, from), *theirs;
	const struct account *other = world_account(act->world, to);

	count(act, mine, from, to, action, reason_for(act, from, account_address(from), to, action, verdict));
	theirs = other ? account_tenant(act->world, other) : NULL;
	/* Who was stopped at home never came to them. */
	if (theirs && theirs != mine && verdict->tenant == theirs)
		count(act, theirs, from, to, action, reason_for(act, other, account_address(from), to, action, verdict));
}

static int row_write(struct store_tx *tx, time_ms_t now, const char *since, const struct count *c)
{
	char *detail = audit_detail("{s:s, s:s, s:s, s:s, s:I}", "to", c->to, "action", action_name(c->action), "reason", reason_slug(c->reason),
		"since", since, "count", (json_int_t)c->n);
	int err = detail ? store_audit_add(tx, now, c->from, "refused", c->tenant, detail) : -ENOMEM;

	free(detail);
	return err;
}

static int run_flush(struct store_tx *tx, void *arg)
{
	const struct tally *t = arg;
	time_ms_t now = clock_wall_ms();
	char since[25], detail[96];
	int err = 0;

	clock_format(t->since, since);
	for (size_t i = 0; !err && i < t->n; i++)
		err = row_write(tx, now, since, &t->counts[i]);
	if (err || !t->more)
		return err;
	snprintf(detail, sizeof detail, "{\"since\":\"%s\",\"count\":%lld}", since, (long long)t->more);
	return store_audit_add(tx, now, "server", "refused.more", NULL, detail);
}

static void flushed(void *arg, int err)
{
	struct tally *t = arg;

	if (err)
		log_event(LOG_ERROR, "audit.refusals_lost", LOG_I("rows", t->n), LOG_S("error", strerror(-err)));
	free(t);
}

void tally_flush(struct act *act, bool all)
{
	struct tally *t = act->tally, *written;
	int err;

	if ((!t->n && !t->more) || (!all && clock_mono_ms() - t->began < MINUTE_MS))
		return;
	written = malloc(sizeof *written);
	if (!written)
		return;		/* they stay, and are counted on */
	*written = *t;
	err = store_submit(act->store, run_flush, flushed, written);
	if (err) {
		free(written);
		return;
	}
	t->n = 0;
	t->more = 0;
}
