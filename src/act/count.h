/** @file act/count.h  How much there is of everything. Numbers only: nothing that says who. */
#pragma once
#include "act/act.h"

/** Upper bounds of the buckets of leg_counts: media bytes that a leg gave. */
enum { LEG_BUCKETS = 6 };
extern const uint64_t leg_bounds[LEG_BUCKETS];

/** What the legs that are over moved: a sample a leg would be one for each call ever made. */
struct leg_counts {
	uint64_t given[LEG_BUCKETS];	/* legs that gave at most leg_bounds[i] and more than the one before */
	uint64_t ended, bytes;		/* all legs, and what they gave */
	uint64_t dropped;		/* datagrams of theirs that a lock, a rate, consent or their form stopped */
	uint64_t silent;		/* legs that never had a path */
};

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
	struct leg_counts legs;
};
void act_counts(struct act *act, struct act_counts *out);
/** A leg is over. */
void leg_counted(struct leg_counts *legs, const struct relay_counters *leg);
