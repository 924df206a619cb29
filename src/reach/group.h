/** @file reach/group.h  The check that adding somebody to a group chat, call or room needs (spec/reach.md section 6). Pure. */
#pragma once
#include "reach/reach.h"

/** Everything is borrowed. Addresses are canonical, and those by which each was added. */
struct group_ask {
	const struct str *members;	/* who is there */
	size_t n;
	struct str joining;
	enum action action;		/* what the group is for: chat, call … */
	struct instant at;
};

/** What came of it; borrows from the ask and the world. Whom it may be told is for reach_redact(), as for every verdict. */
struct group_answer {
	bool allowed;
	enum reason reason;		/* of the closed pair, or group.too_many_organisations */
	struct str from, to;		/* the closed pair; `to` is empty when there are too many organisations */
	const struct tenant *capped_by;	/* whose cap it is */
	struct verdict verdict;
};

/**
 * May `joining` join the members? Each pair is asked both ways, each by its own route; the first closed one is named. Then the
 * lowest max_organisations of all tenants that take part is held against the organisations that would be there.
 */
bool reach_group_join(const struct world *world, const struct group_ask *group, struct group_answer *out);
