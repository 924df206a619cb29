/** @file model/text_map.c  Open addressing with linear probing, at most two thirds full. Nothing is ever taken out. */
#include "model/text_map.h"

#include "base/id.h"

#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>


static uint8_t hash_key[crypto_shorthash_KEYBYTES];
static pthread_once_t hash_once = PTHREAD_ONCE_INIT;

static void hash_key_make(void)
{
	id_random(hash_key, sizeof hash_key);
}

uint64_t text_hash(struct str text)
{
	uint64_t hash;

	pthread_once(&hash_once, hash_key_make);
	crypto_shorthash((uint8_t *)&hash, (const uint8_t *)text.p, text.n, hash_key);
	return hash;
}

/* The key's slot, or the free one where it belongs. There is always a free one. */
static struct text_map_slot *slot_of(const struct text_map *map, struct str key)
{
	size_t at = text_hash(key) & (map->cap - 1);

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
			*slot_of(&bigger, (struct str){ slot->p, slot->n }) = *slot;
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
	slot = slot_of(map, key);
	if (slot->p)
		return -EEXIST;
	*slot = (struct text_map_slot){ key.p, (uint32_t)key.n, value };
	map->n++;
	return 0;
}

bool text_map_find(const struct text_map *map, struct str key, uint32_t *value)
{
	const struct text_map_slot *slot = map->cap ? slot_of(map, key) : NULL;

	if (!slot || !slot->p)
		return false;
	if (value)
		*value = slot->value;
	return true;
}

void text_map_release(struct text_map *map)
{
	free(map->slots);
	*map = (struct text_map){ 0 };
}
