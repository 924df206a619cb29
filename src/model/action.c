/** @file model/action.c  The eight actions and which must be open before which. */
#include "model/names.h"

#include <assert.h>

static const char *const names[ACTION_COUNT] = {
#define X(name, text) [ACTION_##name] = text,
	ACTIONS(X)
#undef X
};

const char *action_name(enum action action)
{
	assert(action < ACTION_COUNT);
	return names[action];
}

bool action_parse(struct str text, enum action *out)
{
	for (unsigned a = 0; a < ACTION_COUNT; a++) {
		if (!str_eq(text, str_of(names[a])))
			continue;
		*out = (enum action)a;
		return true;
	}
	return false;
}

enum action action_needs(enum action action)
{
	switch (action) {
	case ACTION_VIDEO:
	case ACTION_SCREEN:
	case ACTION_ANNOTATE:
		return ACTION_CALL;
	case ACTION_FILE:
		return ACTION_CHAT;
	default:
		return action;
	}
}
