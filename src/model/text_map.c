/** @file model/text_map.c  Open addressing with linear probing, at most two thirds full. Nothing is ever taken out. */
#include "model/text_map.h"

#include "base/id.h"

#include <endian.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static uint64_t hash_key[2];
static pthread_once_t hash_once = PTHREAD_ONCE_INIT;
static atomic_bool hash_ready;

static void hash_key_make(void)
{
	id_random((uint8_t *)hash_key, sizeof hash_key);
	atomic_store_explicit(&hash_ready, true, memory_order_release);
}

struct sip {
	uint64_t a, b, c, d;
};

static inline uint64_t turned(uint64_t x, unsigned by)
{
	return x << by | x >> (64 - by);
}

static inline void sip_round(struct sip *v)
{
	v->a += v->b;
	v->b = turned(v->b, 13) ^ v->a;
	v->a = turned(v->a, 32);
	v->c += v->d;
	v->d = turned(v->d, 16) ^ v->c;
	v->a += v->d;
	v->d = turned(v->d, 21) ^ v->a;
	v->c += v->b;
	v->b = turned(v->b, 17) ^ v->c;
	v->c = turned(v->c, 32);
}

static inline void sip_word(struct sip *v, uint64_t word)
{
	v->d ^= word;
	sip_round(v);
	v->a ^= word;
}

/* The n % 8 bytes behind the last whole word, the first of them lowest. */
static inline uint64_t tail_of(struct str text)
{
	unsigned rest = text.n % 8;
	uint64_t word = 0;

	if (text.n > 8 && rest) {
		memcpy(&word, text.p + text.n - sizeof word, sizeof word);
		return le64toh(word) >> (64 - 8 * rest);
	}
	for (unsigned i = 0; i < rest; i++)
		word |= (uint64_t)(uint8_t)text.p[text.n - rest + i] << 8 * i;
	return word;
}

uint64_t sip_hash(const uint64_t key[2], struct str text)
{
	struct sip v = { key[0] ^ 0x736f6d6570736575u, key[1] ^ 0x646f72616e646f6du, key[0] ^ 0x6c7967656e657261u, key[1] ^ 0x7465646279746573u };
	uint64_t word;

	for (size_t i = 0; i + sizeof word <= text.n; i += sizeof word) {
		memcpy(&word, text.p + i, sizeof word);
		sip_word(&v, le64toh(word));
	}
	sip_word(&v, (uint64_t)text.n << 56 | tail_of(text));
	v.c ^= 0xff;
	for (unsigned round = 0; round < 3; round++)
		sip_round(&v);
	return v.a ^ v.b ^ v.c ^ v.d;
}

uint64_t text_hash(struct str text)
{
	if (!atomic_load_explicit(&hash_ready, memory_order_acquire))
		pthread_once(&hash_once, hash_key_make);
	return sip_hash(hash_key, text);
}

/* The key's slot, or the free one where it belongs. There is always a free one. */
static struct text_map_slot *slot_of(const struct text_map *map, struct str key, uint64_t hash)
{
	size_t at = hash & (map->cap - 1);

	while (map->slots[at].p && !str_eq((struct str){ map->slots[at].p, map->slots[at].n }, key))
		at = (at + 1) & (map->cap - 1);
	return &map->slots[at];
}

static int grow(struct text_map *map)
{
	struct text_map bigger = { .cap = map->cap ? map->cap * 2 : 8, .n = map->n };

	bigger.slots = calloc(bigger.cap, sizeof *bigger.slots);
	if (!bigger.slots)
		return -ENOMEM;
	for (size_t i = 0; i < map->cap; i++) {
		const struct text_map_slot *slot = &map->slots[i];

		if (slot->p)
			*slot_of(&bigger, (struct str){ slot->p, slot->n }, text_hash((struct str){ slot->p, slot->n })) = *slot;
	}
	free(map->slots);
	*map = bigger;
	return 0;
}

int text_map_add(struct text_map *map, struct str key, uint32_t value)
{
	struct text_map_slot *slot;
	int err;

	if (map->n * 3 >= map->cap * 2) {
		err = grow(map);
		if (err)
			return err;
	}
	slot = slot_of(map, key, text_hash(key));
	if (slot->p)
		return -EEXIST;
	*slot = (struct text_map_slot){ key.p, (uint32_t)key.n, value };
	map->n++;
	return 0;
}

bool text_map_find_hashed(const struct text_map *map, struct str key, uint64_t hash, uint32_t *value)
{
	const struct text_map_slot *slot = map->n ? slot_of(map, key, hash) : NULL;

	if (!slot || !slot->p)
		return false;
	if (value)
		*value = slot->value;
	return true;
}

bool text_map_find(const struct text_map *map, struct str key, uint32_t *value)
{
	return map->n && text_map_find_hashed(map, key, text_hash(key), value);
}

void text_map_release(struct text_map *map)
{
	free(map->slots);
	*map = (struct text_map){ 0 };
}
