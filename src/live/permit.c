/** @file live/permit.c  Kept verdicts: a list to sweep and a heap by time. */
#include "live/permit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

void permits_init(struct permits *permits)
{
	*permits = (struct permits){ 0 };
	list_init(&permits->all);
}

void permits_release(struct permits *permits)
{
	assert(list_empty(&permits->all));
	free(permits->heap);
	*permits = (struct permits){ 0 };
}

bool permit_held(const struct permit *permit)
{
	return permit->node.next && permit->node.next != &permit->node;
}

static void heap_set(struct permits *permits, size_t i, struct permit *permit)
{
	permits->heap[i] = permit;
	permit->at = i + 1;
}

static void heap_up(struct permits *permits, size_t i)
{
	struct permit *moving = permits->heap[i];

	while (i && permits->heap[(i - 1) / 2]->until > moving->until) {
		heap_set(permits, i, permits->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	heap_set(permits, i, moving);
}

static void heap_down(struct permits *permits, size_t i)
{
	struct permit *moving = permits->heap[i];

	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= permits->n)
			break;
		if (child + 1 < permits->n && permits->heap[child + 1]->until < permits->heap[child]->until)
			child++;
		if (permits->heap[child]->until >= moving->until)
			break;
		heap_set(permits, i, permits->heap[child]);
		i = child;
	}
	heap_set(permits, i, moving);
}

static int heap_add(struct permits *permits, struct permit *permit)
{
	if (permits->n == permits->cap) {
		size_t cap = permits->cap ? permits->cap * 2 : 64;
		struct permit **heap = realloc(permits->heap, cap * sizeof *heap);

		if (!heap)
			return -ENOMEM;
		permits->heap = heap;
		permits->cap = cap;
	}
	heap_set(permits, permits->n++, permit);
	heap_up(permits, permits->n - 1);
	return 0;
}

static void heap_del(struct permits *permits, struct permit *permit)
{
	size_t i = permit->at - 1;
	struct permit *last;

	if (!permit->at)
		return;
	permit->at = 0;
	last = permits->heap[--permits->n];
	if (last == permit)
		return;
	heap_set(permits, i, last);
	heap_up(permits, i);
	heap_down(permits, last->at - 1);
}

static time_ms_t until_of(const struct verdict *verdict)
{
	const struct instant *until = &verdict->until;

	/* Never early: a part of a millisecond counts as a whole one. */
	return verdict->until_given ? until->seconds * 1000 + until->nanos / 1000000 + (until->nanos % 1000000 || until->finer) : 0;
}

int permit_keep(struct permits *permits, struct permit *permit, const struct world *world, const struct ask *ask,
	const struct verdict *verdict, void (*lost)(struct permit *permit, const struct verdict *verdict), void *owner)
{
	assert(verdict->allowed && !permit_held(permit));
	assert(ask->from.n < sizeof permit->from && ask->to.n < sizeof permit->to);
	*permit = (struct permit){ .action = ask->action, .revision = world_revision(world), .lost = lost, .owner = owner };
	snprintf(permit->from, sizeof permit->from, "%.*s", (int)ask->from.n, ask->from.p);
	snprintf(permit->to, sizeof permit->to, "%.*s", (int)ask->to.n, ask->to.p);
	permit->until = until_of(verdict);
	if (permit->until && heap_add(permits, permit))
		return -ENOMEM;
	list_add(&permits->all, &permit->node);
	return 0;
}

void permit_release(struct permits *permits, struct permit *permit)
{
	if (!permit_held(permit))
		return;
	heap_del(permits, permit);
	list_del(&permit->node);
}

static bool ask_again(struct permits *permits, struct permit *permit, const struct world *world, time_ms_t now, struct verdict *verdict)
{
	struct ask ask = { .from = str_of(permit->from), .to = str_of(permit->to), .action = permit->action };

	instant_of_ms(now, &ask.at);
	reach_decide(world, &ask, verdict);
	if (!verdict->allowed)
		return false;
	heap_del(permits, permit);
	permit->revision = world_revision(world);
	permit->until = until_of(verdict);
	/* Memory is out: better lost than kept beyond its time. */
	return !permit->until || heap_add(permits, permit) == 0;
}

/* A permit is lost by its owner's hand, which may release others: so each turn starts again from what is still marked. */
static size_t lose_marked(struct permits *permits, struct list *marked, const struct world *world, time_ms_t now)
{
	size_t lost = 0;

	while (!list_empty(marked)) {
		struct permit *permit = list_entry(marked->next, struct permit, node);
		struct verdict verdict;

		list_del(&permit->node);
		list_add(&permits->all, &permit->node);
		if (ask_again(permits, permit, world, now, &verdict))
			continue;
		permit_release(permits, permit);
		lost++;
		permit->lost(permit, &verdict);
	}
	return lost;
}

size_t permits_sweep(struct permits *permits, const struct world *world, time_ms_t now)
{
	struct list marked;

	list_init(&marked);
	list_each (&permits->all, node, after) {
		struct permit *permit = list_entry(node, struct permit, node);
		struct verdict verdict;

		if (ask_again(permits, permit, world, now, &verdict))
			continue;
		list_del(node);
		list_add(&marked, node);
	}
	return lose_marked(permits, &marked, world, now);
}

size_t permits_due(struct permits *permits, const struct world *world, time_ms_t now)
{
	struct list marked;

	list_init(&marked);
	while (permits->n && permits->heap[0]->until <= now) {
		struct permit *permit = permits->heap[0];

		heap_del(permits, permit);
		list_del(&permit->node);
		list_add(&marked, &permit->node);
	}
	return lose_marked(permits, &marked, world, now);
}
