/** @file net/deadline.h  Coarse deadlines for many connections: a wheel of lists, O(1) to set and to clear, one timer for all. */
#pragma once
#include "base/list.h"

#include <stdint.h>
#include <uv.h>

enum { DEADLINE_TICK_MS = 100, DEADLINE_SLOTS = 1024 };

/** Embedded in whoever waits; all zero but `due` is unset. */
struct deadline {
	struct list node;
	uint64_t at;				/* in ticks of the loop's clock */
	void (*due)(struct deadline *deadline);	/* runs from the loop; may set and clear any deadline, its own too */
};

/** The wheel. The timer runs only while something is set, so that an idle server sleeps. */
struct deadlines {
	uv_timer_t timer;
	uint64_t tick;
	size_t waiting;
	struct list slots[DEADLINE_SLOTS];
};

/** `timer.data` stays the owner's; it also closes the timer, with which all deadlines end. */
void deadlines_init(struct deadlines *wheel, uv_loop_t *loop);

/** Due at least `ms` and at most about two ticks more from now; replaces what was set. */
void deadline_set(struct deadlines *wheel, struct deadline *deadline, uint64_t ms);

/** Harmless when it is not set. */
void deadline_clear(struct deadlines *wheel, struct deadline *deadline);
