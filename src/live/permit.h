/** @file live/permit.h  A verdict kept by something that lasts, asked again when facts change or its time runs out. */
#pragma once
#include "base/clock.h"
#include "base/list.h"
#include "reach/reach.h"

/** All permits of the process. Zero-initialise, then permits_init(). */
struct permits {
	struct list all;
	struct permit **heap;	/* those with an `until`, the earliest first */
	size_t n, cap;
};

/** One kept verdict, embedded in what lasts. The owner releases it before it goes. */
struct permit {
	struct list node;
	char from[324], to[324];
	enum action action;
	int64_t revision;	/* of the world that allowed it */
	time_ms_t until;	/* 0: not by time alone */
	size_t at;		/* place in the heap + 1; 0: not in it */
	void (*lost)(struct permit *permit, const struct verdict *verdict);
	void *owner;
};

void permits_init(struct permits *permits);
void permits_release(struct permits *permits);

/**
 * Keep an allowed verdict of `ask`. `lost` is called at most once, from permits_sweep or permits_due, with the verdict that
 * refused; the permit is already released then. 0 or -ENOMEM.
 */
int permit_keep(struct permits *permits, struct permit *permit, const struct world *world, const struct ask *ask,
	const struct verdict *verdict, void (*lost)(struct permit *permit, const struct verdict *verdict), void *owner);

/** Forget; harmless for a permit that is not kept. */
void permit_release(struct permits *permits, struct permit *permit);

/** Is it kept now? */
bool permit_held(const struct permit *permit);

/** Ask every permit again in a new world. Marks first, then calls `lost`: owners may release other permits meanwhile. Returns how many were lost. */
size_t permits_sweep(struct permits *permits, const struct world *world, time_ms_t now);

/** Ask those again whose time has come. */
size_t permits_due(struct permits *permits, const struct world *world, time_ms_t now);
