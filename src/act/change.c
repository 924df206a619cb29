/** @file act/change.c  A change of the world is a barrier: what comes behind it waits, and is decided after its swap. */
#include "act/room.h"

void change_begin(struct act *act)
{
	assert(!act->changing);
	act->changing = true;
}

/* Who was disabled meanwhile is signed out here and now. */
static void lines_recheck(struct act *act)
{
	list_each (&act->lines.all, node, after) {
		struct line *line = list_entry(node, struct line, everywhere);
		const struct account *me = world_account_by_id(act->world, line->endpoint->account);

		if (me && account_enabled(me))
			continue;
		calls_end_session(act, line->endpoint->account, 0);
		line_end(line, "session.ended", LINE_SESSION_ENDED);
	}
}

void change_swap(struct act *act, struct world *world, const int64_t *tenants, size_t n_tenants)
{
	struct world *before = act->world;
	size_t lost;

	assert(act->changing);
	act->world = world;
	/* Calls first: the relay is silent before anything else is said. */
	lost = permits_sweep(&act->permits, world, clock_wall_ms());
	lines_recheck(act);
	presence_recheck(act);
	conversations_recheck(act, before, tenants, n_tenants);
	log_event(LOG_INFO, "world.swapped", LOG_I("revision", world_revision(world)), LOG_I("permits_lost", (int64_t)lost));
	world_unref(before);
}

void change_swap_account(struct act *act, struct world *world)
{
	struct world *before = act->world;

	assert(act->changing);
	act->world = world;
	permits_sweep(&act->permits, world, clock_wall_ms());
	log_event(LOG_INFO, "world.swapped", LOG_I("revision", world_revision(world)));
	world_unref(before);
}

/* One after the other, and no further when one of them begins the next change. */
void change_end(struct act *act)
{
	assert(act->changing);
	act->changing = false;
	while (!act->changing && !list_empty(&act->waiting)) {
		struct deed *deed = list_entry(act->waiting.next, struct deed, node);

		list_del(&deed->node);
		list_add(&act->deeds, &deed->node);
		if (act->ending || (deed->by_line && !deed->line))
			deed_refuse(deed, REASON_STOPPING);	/* unheard, when it was the line that went */
		else
			deed_run_again(deed);
	}
}
