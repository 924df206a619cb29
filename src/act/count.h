/** @file act/count.h  How much there is of everything. Numbers only: nothing that says who. */
#pragma once
#include "act/act.h"

/** How much there is of everything, now; the store's and the relay's since the start. */
struct act_counts {
	size_t lines, connected;	/* accounts with a line */
	size_t ringing, talking;
	size_t permits;
	size_t deeds, waiting;		/* under way; behind a change */
	int64_t revision;		/* of the world */
	int64_t mail;			/* letters that wait to be sent */
	size_t tenants, people;		/* enabled internal accounts */
	struct store_counts store;
	struct relay_totals relay;
};
void act_counts(struct act *act, struct act_counts *out);
