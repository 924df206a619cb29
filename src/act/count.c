/** @file act/count.c  Counts what is live, by walking it: nothing has to keep a number up to date. */
#include "act/count.h"

#include "act/room.h"

const uint64_t leg_bounds[LEG_BUCKETS] = { 0, 100000, 1000000, 10000000, 100000000, 1000000000 };

static size_t length(struct list *list)
{
	size_t n = 0;

	for (struct list *node = list->next; node != list; node = node->next)
		n++;
	return n;
}

static void count_lines(struct lines *lines, struct act_counts *out)
{
	for (struct list *node = lines->all.next; node != &lines->all; node = node->next) {
		const struct line *line = list_entry(node, struct line, everywhere);

		out->lines++;
		/* An account counts with the first of its lines. */
		out->connected += line->endpoint->lines.next == &line->node;
	}
}

static void count_calls(struct list *calls, struct act_counts *out)
{
	for (struct list *node = calls->next; node != calls; node = node->next) {
		const struct call *call = list_entry(node, struct call, node);

		out->ringing += call->state == CALL_RINGING;
		out->talking += call->state == CALL_TALKING;
	}
}

void leg_counted(struct leg_counts *legs, const struct relay_counters *leg)
{
	legs->ended++;
	legs->bytes += leg->bytes_in;
	legs->dropped += leg->dropped;
	legs->silent += !leg->packets_in && !leg->checks;
	for (unsigned i = 0; i < LEG_BUCKETS; i++) {
		if (leg->bytes_in > leg_bounds[i])
			continue;
		legs->given[i]++;
		break;
	}
}

void act_counts(struct act *act, struct act_counts *out)
{
	*out = (struct act_counts){ .revision = world_revision(act->world) };
	count_lines(&act->lines, out);
	count_calls(&act->calls, out);
	out->permits = length(&act->permits.all);
	out->deeds = length(&act->deeds);
	out->waiting = length(&act->waiting);
	for (const struct tenant *t = world_tenant_next(act->world, NULL); t; t = world_tenant_next(act->world, t)) {
		out->tenants++;
		out->people += tenant_people(t);
	}
	out->legs = act->legs;
	store_mail_waiting(act->store, &out->mail);
	store_counts(act->store, &out->store);
	if (act->relay)
		relay_totals(act->relay, &out->relay);
}
