/** @file relay/seen.c  A ring of transaction ids with a hash index over it. */
#include "relay/seen.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { SEEN_FIRST = 64 };

struct seen_id {
	uint64_t id;
	uint64_t source;
};

static void seen_link(struct seen *seen, unsigned at)
{
	uint16_t *head = &seen->heads[seen->ids[at].id & (seen->cap - 1)];

	seen->next[at] = *head;
	*head = (uint16_t)(at + 1);
}

static void seen_unlink(struct seen *seen, unsigned at)
{
	uint16_t *place = &seen->heads[seen->ids[at].id & (seen->cap - 1)];

	while (*place != at + 1) {
		assert(*place);
		place = &seen->next[*place - 1];
	}
	*place = seen->next[at];
}

/* One block holds ids, heads and chain, so that growing fails as a whole or not at all. */
static bool seen_grow(struct seen *seen)
{
	unsigned cap = seen->cap ? seen->cap * 2 : SEEN_FIRST;
	struct seen_id *ids = calloc(cap, sizeof *ids + 2 * sizeof(uint16_t));

	if (!ids)
		return false;
	if (seen->n)
		memcpy(ids, seen->ids, seen->n * sizeof *ids);
	free(seen->ids);
	seen->ids = ids;
	seen->heads = (uint16_t *)(void *)(ids + cap);
	seen->next = seen->heads + cap;
	seen->cap = cap;
	for (unsigned i = 0; i < seen->n; i++)
		seen_link(seen, i);
	return true;
}

static const struct seen_id *seen_find(const struct seen *seen, uint64_t id)
{
	unsigned at;

	if (!seen->cap)
		return NULL;
	for (at = seen->heads[id & (seen->cap - 1)]; at; at = seen->next[at - 1]) {
		if (seen->ids[at - 1].id == id)
			return &seen->ids[at - 1];
	}
	return NULL;
}

enum seen_answer seen_note(struct seen *seen, uint64_t id, uint64_t source)
{
	const struct seen_id *known = seen_find(seen, id);
	unsigned at;

	if (known)
		return known->source == source ? SEEN_AGAIN : SEEN_ELSEWHERE;
	if (seen->n == seen->cap && seen->cap < SEEN_MOST && !seen_grow(seen))
		return SEEN_FULL;
	if (seen->n < seen->cap) {
		at = seen->n++;
	} else {
		at = seen->oldest;
		seen->oldest = (at + 1) % SEEN_MOST;
		seen_unlink(seen, at);
	}
	seen->ids[at] = (struct seen_id){ id, source };
	seen_link(seen, at);
	return SEEN_NEW;
}

void seen_release(struct seen *seen)
{
	free(seen->ids);
	*seen = (struct seen){ 0 };
}
