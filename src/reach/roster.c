/** @file reach/roster.c  A tenant's accounts in their orders, made whole or from another by one change. */
#include "reach/word_index.h"

#include <errno.h>
#include <stdlib.h>

struct roster *roster_new(void)
{
	struct roster *roster = calloc(1, sizeof *roster);

	if (!roster)
		return NULL;
	atomic_init(&roster->refs, 1);
	roster->sets = segment_sets_new();
	if (roster->sets)
		return roster;
	free(roster);
	return NULL;
}

void roster_unref(struct roster *roster)
{
	if (!roster || atomic_fetch_sub(&roster->refs, 1) > 1)
		return;
	account_list_release(&roster->by_name);
	for (unsigned s = 0; s < SKUS; s++)
		account_list_release(&roster->queues[s]);
	account_list_release(&roster->by_address);
	segment_sets_unref(roster->sets);
	word_index_unref(roster->words);
	free(roster);
}

static bool person(const struct account *a)
{
	return a && account_enabled(a) && account_kind(a) == KIND_INTERNAL;
}

static bool guest(const struct account *a)
{
	return a && account_kind(a) == KIND_GUEST;
}

int roster_fill(struct roster *roster, const struct core *core, const struct account **v, size_t n)
{
	int err = account_list_init(&roster->by_name, false, v, n, account_name_cmp);

	if (!err)
		err = account_list_init(&roster->by_address, true, v, n, account_address_cmp);
	for (size_t i = 0; i < n; i++) {
		roster->people += person(v[i]);
		roster->guests += guest(v[i]);
	}
	if (!err)
		roster->words = word_index_new(&roster->by_name);
	if (!err && !roster->words)
		err = -ENOMEM;
	return err ? err : seats_deal(roster, core);
}

static int change(struct roster *roster, const struct roster *from, const struct core *core, const struct account_table *rows, const struct account *without, const struct account *with)
{
	int err = account_list_change(&roster->by_address, &from->by_address, without, with, account_address_cmp);

	if (!err)
		err = account_list_change(&roster->by_name, &from->by_name, without, with, account_name_cmp);
	if (!err)
		roster->words = word_index_change(from->words, rows, without, with);
	if (!err && !roster->words)
		err = -ENOMEM;
	roster->people = from->people - person(without) + person(with);
	roster->guests = from->guests - guest(without) + guest(with);
	return err ? err : seats_change(roster, core, from, without, with);
}

struct roster *roster_change(const struct roster *from, const struct core *core, const struct account_table *rows, const struct account *without, const struct account *with, struct segment_sets *sets)
{
	struct roster *roster = calloc(1, sizeof *roster);

	if (!roster)
		return NULL;
	atomic_init(&roster->refs, 1);
	atomic_fetch_add(&sets->refs, 1);
	roster->sets = sets;
	if (!change(roster, from, core, rows, without, with))
		return roster;
	roster_unref(roster);
	return NULL;
}
