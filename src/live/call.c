/** @file live/call.c  The call's state machine and the pointer's budget. */
#include "live/call.h"

#include "base/limits.h"

#include <stdlib.h>

static const enum call_state next[CALL_STATES][CALL_EVENTS] = {
	[CALL_RINGING] = { [CALL_EV_ANSWER] = CALL_TALKING, [CALL_EV_END] = CALL_ENDED },
	[CALL_TALKING] = { [CALL_EV_END] = CALL_ENDED },
};

struct call *call_new(void)
{
	struct call *call = calloc(1, sizeof *call);

	if (!call)
		return NULL;
	id_make(call->id);
	call->state = CALL_RINGING;
	call->ended_by = -1;
	marks_init(&call->marks);
	return call;
}

void call_free(struct call *call)
{
	for (size_t i = 0; i < sizeof call->permits / sizeof call->permits[0]; i++)
		assert(!permit_held(&call->permits[i]));
	marks_release(&call->marks);
	free(call);
}

bool call_step(struct call *call, enum call_event event)
{
	enum call_state to = next[call->state][event];

	if (to == CALL_NONE)
		return false;
	call->state = to;
	return true;
}

enum call_side call_side(const struct call *call, int64_t account)
{
	assert(call->party[CALL_FROM].account == account || call->party[CALL_TO].account == account);
	return call->party[CALL_FROM].account == account ? CALL_FROM : CALL_TO;
}

bool call_try(struct endpoint *endpoint, int64_t now)
{
	if (now / 60000 != endpoint->place_window) {
		endpoint->place_window = now / 60000;
		endpoint->placed = 0;
	}
	return endpoint->placed++ < LIMIT_CALLS_PER_MINUTE;
}

bool call_point(struct call *call, enum call_side by, int64_t now)
{
	if (now / 1000 != call->point_window) {
		call->point_window = now / 1000;
		call->points[CALL_FROM] = call->points[CALL_TO] = 0;
	}
	return call->points[by]++ < LIMIT_POINTS_PER_SECOND;
}
