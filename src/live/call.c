/** @file live/call.c  The call's state machine and its marks. */
#include "live/call.h"

#include "base/limits.h"

#include <errno.h>
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
	list_init(&call->marks);
	return call;
}

void call_free(struct call *call)
{
	for (size_t i = 0; i < sizeof call->permits / sizeof call->permits[0]; i++)
		assert(!permit_held(&call->permits[i]));
	list_each (&call->marks, node, after)
		free(list_entry(node, struct mark, node));
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

int call_mark_add(struct call *call, const struct mark *mark)
{
	struct mark *own;

	if (call->n_marks >= LIMIT_MARKS_PER_CALL)
		return -ENOSPC;
	list_each (&call->marks, node, after)
		if (strcmp(list_entry(node, struct mark, node)->id, mark->id) == 0)
			return -EEXIST;
	own = malloc(sizeof *own);
	if (!own)
		return -ENOMEM;
	*own = *mark;
	own->node = (struct list){ 0 };
	list_add(&call->marks, &own->node);
	call->n_marks++;
	return 0;
}

bool call_mark_undo(struct call *call, enum call_side by, char id[static 65])
{
	for (struct list *node = call->marks.prev; node != &call->marks; node = node->prev) {
		struct mark *mark = list_entry(node, struct mark, node);

		if (mark->by != by)
			continue;
		memcpy(id, mark->id, sizeof mark->id);
		list_del(node);
		free(mark);
		call->n_marks--;
		return true;
	}
	return false;
}

bool call_point(struct call *call, enum call_side by, int64_t now)
{
	if (now / 1000 != call->point_window) {
		call->point_window = now / 1000;
		call->points[CALL_FROM] = call->points[CALL_TO] = 0;
	}
	return call->points[by]++ < LIMIT_POINTS_PER_SECOND;
}
