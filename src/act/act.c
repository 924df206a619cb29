/** @file act/act.c  The room's beginning, its clock and its end. */
#include "act/audit.h"
#include "act/contact.h"
#include "act/factor.h"
#include "act/join.h"
#include "act/letters.h"
#include "mail/post.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { TICK_MS = 250 };

static void on_tick(uv_timer_t *timer)
{
	struct act *act = timer->data;

	permits_due(&act->permits, act->world, clock_wall_ms());
	calls_tick(act, clock_mono_ms());
	tally_flush(act, false);
	checkpoint_tick(act, clock_mono_ms());
	joins_tick(act, clock_mono_ms());
	words_tick(act);
	erasure_tick(act);
	factor_tick(act);
	retention_tick(act, clock_mono_ms());
	records_write(act);
	sweep_tick(act, clock_mono_ms());
	calls_keep(act);
	mail_tick(act);
}

static int world_open(struct act *act, char why[static 256])
{
	int err = world_load(act, &act->world);

	if (err)
		snprintf(why, 256, "the kept world can't be loaded: %s", strerror(-err));
	return err;
}

int act_open(struct act **ap, const struct act_parts *parts, char why[static 256])
{
	struct act *act = calloc(1, sizeof *act);
	int err;

	if (!act)
		return -ENOMEM;
	act->parts = *parts;
	act->store = parts->store;
	act->relay = parts->relay;
	lines_init(&act->lines);
	permits_init(&act->permits);
	list_init(&act->calls);
	list_init(&act->calls_over);
	list_init(&act->unkept);
	list_init(&act->records);
	list_init(&act->records_writing);
	list_init(&act->deeds);
	list_init(&act->waiting);
	list_init(&act->first_contacts);
	list_init(&act->visitors);
	list_init(&act->handovers);
	list_init(&act->joined_over);
	/* Whatever the last run left behind. */
	act->words_due = true;
	act->erasure_due = true;
	act->throttle = throttle_new();
	act->paces = throttle_new();
	act->tally = tally_new();
	/* What a kill left unsigned is signed at once. */
	act->sealed_at = clock_mono_ms() - parts->audit.every_ms;
	err = act->throttle && act->paces && act->tally ? world_open(act, why) : -ENOMEM;
	if (!err)
		err = mail_open(act);
	if (!err)
		err = calls_revive(act);
	if (!err)
		err = sweep_start(act);
	if (err) {
		calls_forget(act);
		records_release(act);
		lines_release(&act->lines);
		permits_release(&act->permits);
		mail_free(act);
		world_unref(act->world);
		throttle_free(act->paces);
		throttle_free(act->throttle);
		tally_free(act->tally);
		free(act);
		return err;
	}
	uv_timer_init(parts->loop, &act->tick);
	act->tick.data = act;
	uv_timer_start(&act->tick, on_tick, TICK_MS, TICK_MS);
	*ap = act;
	return 0;
}

enum reason act_line_may(const struct act *act, const struct who *who)
{
	const struct endpoint *endpoint = endpoint_find(&act->lines, who->account);

	if (who->operator_)
		return REASON_SIGN_IN;
	return who->due && (!endpoint || list_empty(&endpoint->parties)) ? REASON_FACTOR_REQUIRED : REASON_OK;
}

struct line *act_line_open(struct act *act, const struct who *who, const struct line_ops *ops, void *arg)
{
	struct line *line;

	if (endpoint_lines(endpoint_find(&act->lines, who->account)) >= LIMIT_LINES_PER_ACCOUNT)
		return NULL;
	/* Its account is told as present at its hello, not before. */
	line = line_open(&act->lines, who->account, who->session, ops, arg);
	if (line && who->due)
		line->doubted = act->doubts = true;
	return line;
}

static void deeds_forget(struct list *deeds, const struct line *line)
{
	list_each (deeds, node, after) {
		struct deed *deed = list_entry(node, struct deed, node);

		if (deed->line == line)
			deed_leave(deed);
	}
}

void act_line_close(struct act *act, struct line *line)
{
	int64_t account = line->endpoint->account;

	deeds_forget(&act->deeds, line);
	deeds_forget(&act->waiting, line);
	call_line_gone(line);
	line_close(&act->lines, line);
	presence_changed(act, account);
}

static void on_tick_closed(uv_handle_t *handle)
{
	struct act *act = handle->data;

	if (act->mailing)
		post_end(act->parts.post, act->closed, act->closed_arg);
	else
		act->closed(act->closed_arg);
}

void act_goodbye(struct act *act)
{
	act->ending = true;
	calls_stop(act);
	list_each (&act->lines.all, node, after) {
		struct line *line = list_entry(node, struct line, everywhere);

		line_tell(line, json_pack("{s:s, s:s}", "ev", "bye", "reason", reason_slug(REASON_STOPPING)));
	}
}

void act_end(struct act *act, void (*closed)(void *arg), void *arg)
{
	assert(act->ending);
	act->closed = closed;
	act->closed_arg = arg;
	act_settle(act);
}

void act_settle(struct act *act)
{
	/* The last calls' records are kept before the store closes. */
	if (act->closed && act->n_records == 0 && !act->keeping && !uv_is_closing((uv_handle_t *)&act->tick))
		uv_close((uv_handle_t *)&act->tick, on_tick_closed);
}

void act_free(struct act *act)
{
	calls_forget(act);
	records_release(act);
	permits_release(&act->permits);
	lines_release(&act->lines);
	world_unref(act->world);
	throttle_free(act->paces);
	throttle_free(act->throttle);
	tally_free(act->tally);
	sweep_free(act->sweep);
	mail_free(act);
	first_contacts_free(&act->first_contacts);
	joins_free(act);
	handovers_free(act);
	free(act);
}
