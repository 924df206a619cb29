/** @file reach/seats.c  Which licence assignments count: the earliest, as many as there are seats. */
#include "reach/facts.h"

#include <errno.h>
#include <stdlib.h>

static int place_cmp(const struct account *a, const struct account *b, enum sku sku)
{
	struct instant x = account_assigned(a, sku), y = account_assigned(b, sku);
	int order = instant_cmp(&x, &y);

	return order ? order : account_address_cmp(a, b);
}

static int connect_cmp(const struct account *a, const struct account *b)
{
	return place_cmp(a, b, SKU_CONNECT);
}

static int remote_assist_cmp(const struct account *a, const struct account *b)
{
	return place_cmp(a, b, SKU_REMOTE_ASSIST);
}

static const account_cmp cmps[SKUS] = { [SKU_CONNECT] = connect_cmp, [SKU_REMOTE_ASSIST] = remote_assist_cmp };

static bool limited(const struct core *core, unsigned sku)
{
	return core->licences[sku].listed && core->licences[sku].limited;
}

/* From what is held and the queues: who counts. */
static void counts_set(struct roster *roster, const struct core *core)
{
	for (unsigned s = 0; s < SKUS; s++) {
		const struct licence_seats *seats = &core->licences[s];

		if (!seats->listed)
			continue;
		if (!seats->limited || (uint64_t)seats->seats >= roster->held[s]) {
			roster->all_count |= (uint8_t)(1u << s);
			continue;
		}
		roster->some_count |= (uint8_t)(1u << s);
		roster->last[s] = seats->seats > 0 ? account_list_at(&roster->queues[s], (size_t)seats->seats - 1) : NULL;
	}
}

struct queue {
	const struct account **v;
	size_t n;
	unsigned bit;
};

static bool holder_add(void *arg, const struct account *a)
{
	struct queue *queue = arg;

	if (a->held & queue->bit)
		queue->v[queue->n++] = a;
	return true;
}

static int queue_make(struct roster *roster, unsigned sku)
{
	struct queue queue = { calloc(roster->held[sku] + 1, sizeof(const struct account *)), 0, 1u << sku };
	int err;

	if (!queue.v)
		return -ENOMEM;
	account_list_each(&roster->by_address, holder_add, &queue);
	err = account_list_init(&roster->queues[sku], false, queue.v, queue.n, cmps[sku]);
	free(queue.v);
	return err;
}

static bool held_count(void *arg, const struct account *a)
{
	struct roster *roster = arg;

	for (unsigned s = 0; s < SKUS; s++)
		roster->held[s] += a->held >> s & 1;
	return true;
}

int seats_deal(struct roster *roster, const struct core *core)
{
	account_list_each(&roster->by_address, held_count, roster);
	for (unsigned s = 0; s < SKUS; s++) {
		int err = limited(core, s) ? queue_make(roster, s) : 0;

		if (err)
			return err;
	}
	counts_set(roster, core);
	return 0;
}

/* The account, when it stands in that queue. */
static const struct account *holder(const struct account *a, unsigned sku)
{
	return a && a->held & 1u << sku ? a : NULL;
}

int seats_change(struct roster *roster, const struct core *core, const struct roster *from, const struct account *without, const struct account *with)
{
	for (unsigned s = 0; s < SKUS; s++) {
		const struct account *leaves = holder(without, s), *comes = holder(with, s);
		int err = limited(core, s) ? account_list_change(&roster->queues[s], &from->queues[s], leaves, comes, cmps[s]) : 0;

		if (err)
			return err;
		roster->held[s] = from->held[s] - (leaves != NULL) + (comes != NULL);
	}
	counts_set(roster, core);
	return 0;
}

unsigned account_counts(const struct tenant *tenant, const struct account *a)
{
	const struct roster *roster = tenant->roster;
	unsigned counts = a->held & roster->all_count;

	if (a->flags & ACCOUNT_SUPPOSED)
		return a->held;
	for (unsigned s = 0; a->held & roster->some_count && s < SKUS; s++) {
		if (a->held & roster->some_count & 1u << s && roster->last[s] && cmps[s](a, roster->last[s]) <= 0)
			counts |= 1u << s;
	}
	return counts;
}
