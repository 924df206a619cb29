/** @file reach/seats.c  Which licence assignments count: the earliest, as many as there are seats. */
#include "reach/facts.h"

#include <errno.h>
#include <stdlib.h>

/* One place in a queue. Accounts are kept in order of address, so their pointers order like their addresses. */
struct place {
	struct instant assigned;
	struct account *account;
};

static int place_cmp(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = instant_cmp(&x->assigned, &y->assigned);

	return order ? order : (x->account > y->account) - (x->account < y->account);
}

static void all_count(struct core *core, unsigned bit)
{
	for (size_t i = 0; i < core->n_accounts; i++) {
		struct account *a = &core->accounts[i];

		a->counts = (uint8_t)(a->counts | (a->held & bit));
	}
}

static int first_count(struct core *core, enum sku sku, size_t seats)
{
	unsigned bit = 1u << sku;
	struct place *queue = malloc(core->held[sku] * sizeof *queue);
	size_t n = 0;

	if (!queue)
		return -ENOMEM;
	for (size_t i = 0; i < core->n_accounts; i++) {
		struct account *a = &core->accounts[i];

		if (a->held & bit)
			queue[n++] = (struct place){ account_assigned(a, sku), a };
	}
	qsort(queue, n, sizeof *queue, place_cmp);
	for (size_t i = 0; i < n && i < seats; i++)
		queue[i].account->counts = (uint8_t)(queue[i].account->counts | bit);
	free(queue);
	return 0;
}

int seats_deal(struct core *core)
{
	for (unsigned s = 0; s < SKUS; s++) {
		const struct licence_seats *seats = &core->licences[s];
		int err = 0;

		for (size_t i = 0; i < core->n_accounts; i++)
			core->held[s] += core->accounts[i].held >> s & 1;
		if (!seats->listed || core->held[s] == 0)
			continue;
		if (!seats->limited || (uint64_t)seats->seats >= core->held[s])
			all_count(core, 1u << s);
		else
			err = first_count(core, (enum sku)s, (size_t)seats->seats);
		if (err)
			return err;
	}
	return 0;
}
