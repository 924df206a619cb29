/** @file model/text_map.h  A hash map from borrowed text to a number: domain lists, ids, what was seen already. Keyed, so that nobody can choose collisions. */
#pragma once
#include "base/str.h"

#include <stdint.h>

struct text_map_slot {
	const char *p;		/* NULL: free */
	uint32_t n;
	uint32_t value;
};

/** Zero-initialise to start empty; text_map_release() when done. The keys' bytes belong to somebody else and must outlive it. */
struct text_map {
	struct text_map_slot *slots;
	size_t cap;		/* a power of two, or 0 */
	size_t n;
};

/** Add a key that may not be there yet. 0, -EEXIST when it is (nothing changes), or -ENOMEM. */
int text_map_add(struct text_map *map, struct str key, uint32_t value);

/** True when the key is there; `value` may be NULL. */
bool text_map_find(const struct text_map *map, struct str key, uint32_t *value);

void text_map_release(struct text_map *map);

/** … when its text_hash() is known already. */
bool text_map_find_hashed(const struct text_map *map, struct str key, uint64_t hash, uint32_t *value);

/** SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", with one round a word and three at the end). */
uint64_t sip_hash(const uint64_t key[2], struct str text);

/** The keyed hash by which text is spread here; the key is made once per process. */
uint64_t text_hash(struct str text);
