/** @file load.h  Load through a server's ways, and what came of it. */
#pragma once
#include "server.h"

/** How packets are offered. */
struct shape {
	const char *name;
	unsigned ways;		/* of so many pairs in turn */
	unsigned burst;		/* packets of one pair that come at once */
	unsigned rate;		/* packets a second in all; 0: as fast as they come out, at most `window` on their way */
};

enum { WINDOW = 512 };

struct outcome {
	double per_cpu_second;	/* packets that came out, for each second of the server's processor time */
	double per_second;	/* by the wall clock */
	double lost;		/* of those offered */
};

/** Load for so long. */
struct outcome load_run(const struct server *server, const struct shape *shape, unsigned ms);

/** How long each of n single packets took through the first way, in ns; unsorted. */
void load_times(const struct server *server, uint32_t *took, unsigned n);
