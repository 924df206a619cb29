/**
 * @file relay/seen.h  The transaction ids that a credential has been used with, and from where.
 * STUN's integrity does not cover the source address: whoever records a check can send it again from elsewhere. So an id
 * counts once. Memory grows with use from 64 to SEEN_MOST ids, 20 bytes each (80 kB at most); then the oldest goes.
 * A browser checks every 2.5 to 6 seconds, so that is about three hours; a client that floods its own memory harms itself.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { SEEN_MOST = 4096 };

/** Zero-initialise to start empty. Ids and sources are given as keyed 64-bit hashes. */
struct seen {
	struct seen_id *ids;	/* a ring once it is SEEN_MOST long */
	uint16_t *heads;	/* by hash: place in the ring + 1, or 0 */
	uint16_t *next;		/* the chain, likewise */
	unsigned n, cap, oldest;
};

enum seen_answer {
	SEEN_NEW,		/* remembered now */
	SEEN_AGAIN,		/* from the same source: a retransmission */
	SEEN_ELSEWHERE,		/* from another source: a replay */
	SEEN_FULL,		/* memory is out: it can't be remembered, so it may not count */
};

/** Look the id up and remember it. */
enum seen_answer seen_note(struct seen *seen, uint64_t id, uint64_t source);

/** Free; the memory is empty and usable again. */
void seen_release(struct seen *seen);
