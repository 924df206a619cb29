/** @file reach/account_table.c  From an address or a row to the account. Eight bytes a slot, a third of them free, filled once. */
#include "reach/facts.h"

#include <errno.h>
#include <stdlib.h>

int account_table_init(struct account_table *table, size_t accounts)
{
	size_t cap = accounts + accounts / 2 + 1;

	*table = (struct account_table){ 0 };
	table->slots = calloc(cap, sizeof(const struct account *));
	if (!table->slots)
		return -ENOMEM;
	table->cap = cap;
	return 0;
}

void account_table_release(struct account_table *table)
{
	free(table->slots);
	*table = (struct account_table){ 0 };
}

/* Spread a hash over any number of slots without dividing. */
static size_t start_of(const struct account_table *table, uint64_t hash)
{
	return (size_t)((unsigned __int128)hash * table->cap >> 64);
}

static size_t after(const struct account_table *table, size_t at)
{
	return at + 1 == table->cap ? 0 : at + 1;
}

/* Rows are ours, not an outsider's: a fixed mixing is enough (the finalizer of MurmurHash3). */
static uint64_t row_hash(int64_t row)
{
	uint64_t h = (uint64_t)row;

	h = (h ^ h >> 33) * 0xff51afd7ed558ccdu;
	h = (h ^ h >> 33) * 0xc4ceb9fe1a85ec53u;
	return h ^ h >> 33;
}

static void add(struct account_table *table, uint64_t hash, const struct account *a)
{
	size_t at = start_of(table, hash);

	while (table->slots[at])
		at = after(table, at);
	table->slots[at] = a;
}

void account_table_add_address(struct account_table *table, const struct account *a)
{
	add(table, text_hash(account_address(a)), a);
}

void account_table_add_row(struct account_table *table, const struct account *a)
{
	add(table, row_hash(a->row), a);
}

const struct account *account_table_by_address(const struct account_table *table, struct str address)
{
	size_t at = start_of(table, text_hash(address));

	for (; table->slots[at]; at = after(table, at)) {
		if (str_eq(account_address(table->slots[at]), address))
			return table->slots[at];
	}
	return NULL;
}

const struct account *account_table_by_row(const struct account_table *table, int64_t row)
{
	size_t at = start_of(table, row_hash(row));

	for (; table->slots[at]; at = after(table, at)) {
		if (table->slots[at]->row == row)
			return table->slots[at];
	}
	return NULL;
}
