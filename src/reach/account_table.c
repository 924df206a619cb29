/**
 * @file reach/account_table.c  From an address or a row to the account. Extendible hashing: the first bits of the hash choose the
 * bucket, a byte of it stands beside each slot, so that hardly ever another's account is looked at. A change copies one bucket and
 * the list of buckets, and shares the rest.
 */
#include "reach/facts.h"

#include <errno.h>
#include <stdlib.h>

enum { SLOTS = 512, FULL = SLOTS * 7 / 8, FILL = SLOTS * 5 / 8, DEEPEST = 26 };

struct account_bucket {
	atomic_uint refs;		/* of tables */
	unsigned depth;			/* bits of the hash that all here share */
	unsigned n;
	uint8_t tags[SLOTS];		/* 0: free */
	const struct account *slots[SLOTS];
};

/* Rows are ours, not an outsider's: a fixed mixing is enough (the finalizer of MurmurHash3). */
static uint64_t row_hash(int64_t row)
{
	uint64_t h = (uint64_t)row;

	h = (h ^ h >> 33) * 0xff51afd7ed558ccdu;
	h = (h ^ h >> 33) * 0xc4ceb9fe1a85ec53u;
	return h ^ h >> 33;
}

uint64_t account_table_hash(const struct account_table *table, const struct account *a)
{
	return table->by_row ? row_hash(a->row) : text_hash(account_address(a));
}

static uint8_t tag_of(uint64_t hash)
{
	return (uint8_t)(hash | 0x80);
}

static unsigned slot_of(uint64_t hash)
{
	return (unsigned)(hash >> 8) % SLOTS;
}

static size_t place_of(const struct account_table *table, uint64_t hash)
{
	return table->depth ? (size_t)(hash >> (64 - table->depth)) : 0;
}

static struct account_bucket *bucket_new(unsigned depth)
{
	struct account_bucket *bucket = calloc(1, sizeof *bucket);

	if (bucket) {
		atomic_init(&bucket->refs, 1);
		bucket->depth = depth;
	}
	return bucket;
}

static void bucket_unref(struct account_bucket *bucket)
{
	if (bucket && atomic_fetch_sub(&bucket->refs, 1) == 1)
		free(bucket);
}

static void bucket_put(struct account_bucket *bucket, uint64_t hash, const struct account *a)
{
	unsigned at = slot_of(hash);

	while (bucket->tags[at])
		at = (at + 1) % SLOTS;
	bucket->tags[at] = tag_of(hash);
	bucket->slots[at] = a;
	bucket->n++;
}

/* How many places of the table hold this bucket: they lie side by side. */
static size_t span_of(const struct account_table *table, const struct account_bucket *bucket)
{
	return (size_t)1 << (table->depth - bucket->depth);
}

void account_table_unref(struct account_table *table)
{
	size_t n, span;

	if (!table || atomic_fetch_sub(&table->refs, 1) > 1)
		return;
	n = table->buckets ? (size_t)1 << table->depth : 0;
	for (size_t i = 0; i < n && table->buckets[i]; i += span) {
		span = span_of(table, table->buckets[i]);
		bucket_unref(table->buckets[i]);
	}
	free(table->buckets);
	free(table);
}

static struct account_table *table_new(bool by_row, unsigned depth)
{
	struct account_table *table = calloc(1, sizeof *table);

	if (!table)
		return NULL;
	atomic_init(&table->refs, 1);
	table->by_row = by_row;
	table->depth = depth;
	table->buckets = calloc((size_t)1 << depth, sizeof(struct account_bucket *));
	if (table->buckets)
		return table;
	account_table_unref(table);
	return NULL;
}

struct account_table *account_table_new(bool by_row, size_t accounts)
{
	struct account_table *table;
	unsigned depth = 0;

	while (depth < DEEPEST && accounts >> depth > FILL)
		depth++;
	table = table_new(by_row, depth);
	for (size_t i = 0; table && i < (size_t)1 << depth; i++) {
		table->buckets[i] = bucket_new(depth);
		if (table->buckets[i])
			continue;
		account_table_unref(table);
		table = NULL;
	}
	return table;
}

static int deepen(struct account_table *table)
{
	size_t n = (size_t)1 << table->depth;
	struct account_bucket **buckets;

	if (table->depth == DEEPEST)
		return -ENOMEM;
	buckets = malloc(2 * n * sizeof(struct account_bucket *));
	if (!buckets)
		return -ENOMEM;
	for (size_t i = 0; i < 2 * n; i++)
		buckets[i] = table->buckets[i / 2];
	free(table->buckets);
	table->buckets = buckets;
	table->depth++;
	return 0;
}

/* A full bucket becomes two, by the next bit of the hashes. */
static int split(struct account_table *table, size_t place)
{
	struct account_bucket *bucket = table->buckets[place], *halves[2];
	size_t span = span_of(table, bucket), first = place / span * span;

	halves[0] = bucket_new(bucket->depth + 1);
	halves[1] = bucket_new(bucket->depth + 1);
	if (!halves[0] || !halves[1]) {
		bucket_unref(halves[0]);
		bucket_unref(halves[1]);
		return -ENOMEM;
	}
	for (unsigned i = 0; i < SLOTS; i++) {
		if (bucket->tags[i]) {
			uint64_t hash = account_table_hash(table, bucket->slots[i]);

			bucket_put(halves[hash >> (63 - bucket->depth) & 1], hash, bucket->slots[i]);
		}
	}
	for (size_t i = 0; i < span; i++)
		table->buckets[first + i] = halves[i >= span / 2];
	bucket_unref(bucket);
	return 0;
}

/* The bucket at a place, made this table's own. */
static struct account_bucket *bucket_own(struct account_table *table, size_t place)
{
	struct account_bucket *bucket = table->buckets[place], *copy;
	size_t span = span_of(table, bucket), first = place / span * span;

	if (atomic_load(&bucket->refs) == 1)
		return bucket;
	copy = malloc(sizeof *copy);
	if (!copy)
		return NULL;
	*copy = (struct account_bucket){ .depth = bucket->depth, .n = bucket->n };
	atomic_init(&copy->refs, 1);
	memcpy(copy->tags, bucket->tags, sizeof copy->tags);
	memcpy(copy->slots, bucket->slots, sizeof copy->slots);
	for (size_t i = 0; i < span; i++)
		table->buckets[first + i] = copy;
	bucket_unref(bucket);
	return copy;
}

static bool same_key(const struct account_table *table, const struct account *a, const struct account *b)
{
	return table->by_row ? a->row == b->row : str_eq(account_address(a), account_address(b));
}

int account_table_add(struct account_table *table, const struct account *a, uint64_t hash)
{
	struct account_bucket *bucket = table->buckets[place_of(table, hash)];

	for (unsigned at = slot_of(hash); bucket->tags[at]; at = (at + 1) % SLOTS) {
		if (bucket->tags[at] == tag_of(hash) && same_key(table, bucket->slots[at], a))
			return -EEXIST;
	}
	while (table->buckets[place_of(table, hash)]->n >= FULL) {
		int err = table->buckets[place_of(table, hash)]->depth == table->depth ? deepen(table) : 0;

		if (!err)
			err = split(table, place_of(table, hash));
		if (err)
			return err;
	}
	bucket = bucket_own(table, place_of(table, hash));
	if (!bucket)
		return -ENOMEM;
	bucket_put(bucket, hash, a);
	return 0;
}

/* Those behind it that would not be found any more move up. */
static int take_out(struct account_table *table, const struct account *a)
{
	uint64_t hash = account_table_hash(table, a);
	struct account_bucket *bucket = bucket_own(table, place_of(table, hash));
	unsigned hole = slot_of(hash);

	if (!bucket)
		return -ENOMEM;
	while (bucket->slots[hole] != a)
		hole = (hole + 1) % SLOTS;
	for (unsigned at = (hole + 1) % SLOTS; bucket->tags[at]; at = (at + 1) % SLOTS) {
		unsigned home = slot_of(account_table_hash(table, bucket->slots[at]));

		if ((at - home) % SLOTS < (at - hole) % SLOTS)
			continue;
		bucket->tags[hole] = bucket->tags[at];
		bucket->slots[hole] = bucket->slots[at];
		hole = at;
	}
	bucket->tags[hole] = 0;
	bucket->slots[hole] = NULL;
	bucket->n--;
	return 0;
}

struct account_table *account_table_change(const struct account_table *table, const struct account *without, const struct account *with)
{
	struct account_table *copy = table_new(table->by_row, table->depth);
	int err = 0;

	if (!copy)
		return NULL;
	memcpy(copy->buckets, table->buckets, ((size_t)1 << table->depth) * sizeof table->buckets[0]);
	for (size_t i = 0; i < (size_t)1 << copy->depth; i += span_of(copy, copy->buckets[i]))
		atomic_fetch_add(&copy->buckets[i]->refs, 1);
	if (without)
		err = take_out(copy, without);
	if (!err && with)
		err = account_table_add(copy, with, account_table_hash(copy, with));
	if (!err)
		return copy;
	account_table_unref(copy);
	return NULL;
}

const struct account *account_table_by_address(const struct account_table *table, struct str address, uint64_t hash)
{
	const struct account_bucket *bucket = table->buckets[place_of(table, hash)];

	for (unsigned at = slot_of(hash); bucket->tags[at]; at = (at + 1) % SLOTS) {
		if (bucket->tags[at] == tag_of(hash) && str_eq(account_address(bucket->slots[at]), address))
			return bucket->slots[at];
	}
	return NULL;
}

void account_table_prefetch(const struct account_table *table, uint64_t hash)
{
	const struct account_bucket *bucket = table->buckets[place_of(table, hash)];

	__builtin_prefetch(&bucket->tags[slot_of(hash)]);
	__builtin_prefetch(&bucket->slots[slot_of(hash)]);
}

const struct account *account_table_by_row(const struct account_table *table, int64_t row)
{
	uint64_t hash = row_hash(row);
	const struct account_bucket *bucket = table->buckets[place_of(table, hash)];

	for (unsigned at = slot_of(hash); bucket->tags[at]; at = (at + 1) % SLOTS) {
		if (bucket->tags[at] == tag_of(hash) && bucket->slots[at]->row == row)
			return bucket->slots[at];
	}
	return NULL;
}
