/** @file act/pair.c  Two parties of a call: the permits that join them, asked again when facts change, and the end of what they allow. */
#include "act/call.h"

#include <errno.h>

static bool kept(const struct pair *pair, int which)
{
	for (unsigned i = (unsigned)which; i < pair->n_permits; i += PERMITS)
		if (!permit_held(&pair->permits[i]))
			return false;
	return true;
}

static struct act *act_of(const struct pair *pair);

static void lost(struct permit *permit, const struct verdict *verdict)
{
	struct pair *pair = permit->owner;
	struct act *act = act_of(pair);
	int which = (int)((permit - pair->permits) % PERMITS);
	struct call_stop stop = { .verdict = verdict, .action = permit->action, .from = str_of(permit->from), .to = str_of(permit->to) };

	if (which == PERMIT_CALL) {
		pair_bar(act, pair, &stop);
		return;
	}
	pair->video = pair->video && which != PERMIT_VIDEO;
	pair->annotate = pair->annotate && which != PERMIT_ANNOTATE;
	media_allow(act, pair);
	call_tell(act, pair->call);
}

static struct act *act_of(const struct pair *pair)
{
	return *(struct act **)pair->media;
}

/* -EACCES with the verdict, or -ENOMEM. */
static int keep(struct act *act, struct pair *pair, unsigned which, const struct party *from, const struct party *to, enum action action,
	struct verdict *verdict)
{
	struct ask ask = { .from = str_of(from->address), .to = str_of(to->address), .action = action };

	instant_of_ms(clock_wall_ms(), &ask.at);
	reach_decide(act->world, &ask, verdict);
	if (!verdict->allowed)
		return -EACCES;
	pair->route = which == PERMIT_CALL ? verdict->route : pair->route;
	return permit_keep(&act->permits, &pair->permits[which], act->world, &ask, verdict, lost, pair);
}

/* One way: that a picture or a mark is not allowed is no refusal, unless it was asked for. */
static int keep_way(struct act *act, struct pair *pair, unsigned way, const struct party *from, const struct party *to, bool needs_video,
	struct verdict *verdict, enum action *action)
{
	int err;

	*action = ACTION_CALL;
	err = keep(act, pair, way * PERMITS + PERMIT_CALL, from, to, ACTION_CALL, verdict);
	if (!err && pair->call->wants_video) {
		*action = ACTION_VIDEO;
		err = keep(act, pair, way * PERMITS + PERMIT_VIDEO, from, to, ACTION_VIDEO, verdict);
		if (err == -EACCES && !needs_video)
			err = 0;
	}
	if (err)
		return err;
	*action = ACTION_ANNOTATE;
	err = keep(act, pair, way * PERMITS + PERMIT_ANNOTATE, from, to, ACTION_ANNOTATE, verdict);
	return err == -EACCES ? 0 : err;
}

static void permits_drop(struct act *act, struct pair *pair)
{
	for (unsigned i = 0; i < pair->n_permits; i++)
		permit_release(&act->permits, &pair->permits[i]);
}

int pair_ask(struct act *act, const struct party *from, const struct party *to, bool both_ways, bool needs_video, struct pair **pairp,
	struct verdict *verdict, enum action *action)
{
	struct pair *pair = pair_new(from->call, from->seat, to->seat, both_ways ? 2 * PERMITS : PERMITS);
	int err = pair ? keep_way(act, pair, 0, from, to, needs_video, verdict, action) : -ENOMEM;

	if (!err && both_ways)
		err = keep_way(act, pair, 1, to, from, needs_video, verdict, action);
	if (!err) {
		pair->video = kept(pair, PERMIT_VIDEO);
		pair->annotate = kept(pair, PERMIT_ANNOTATE);
		*pairp = pair;
		return 0;
	}
	if (pair) {
		permits_drop(act, pair);
		pair_free(pair);
	}
	return err;
}

void pair_close(struct act *act, struct pair *pair)
{
	pair->open = false;
	if (pair->media)
		media_cut(act, pair);
	permits_drop(act, pair);
}

void pair_drop(struct act *act, struct pair *pair)
{
	pair_close(act, pair);
	if (pair->media)
		media_free(act, pair);
	pair_free(pair);
}

bool call_meets(const struct call *call, unsigned a, unsigned b)
{
	const struct pair *pair = a == b ? NULL : call_pair(call, a, b);

	return a == b || (pair && !pair->barred);
}
