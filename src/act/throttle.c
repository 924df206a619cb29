/** @file act/throttle.c  Sign-in tries: one token bucket an address, one a client, in a table of fixed size. */
#include "act/room.h"

#include <sodium.h>
#include <stdlib.h>

enum { SLOTS = 8192, ADDRESS_TRIES = 10, PEER_TRIES = 60, REFILL_MS = 6000 };

struct bucket {
	uint64_t key;
	int64_t full_at;	/* monotonic ms at which all tries are back */
};

struct throttle {
	uint8_t seed[crypto_shorthash_KEYBYTES];
	struct bucket slots[SLOTS];
};

struct throttle *throttle_new(void)
{
	struct throttle *t = calloc(1, sizeof *t);

	if (t)
		id_random(t->seed, sizeof t->seed);
	return t;
}

void throttle_free(struct throttle *throttle)
{
	free(throttle);
}

/* A full slot of somebody else is taken over only when its tries are back: nobody can wash his own record away cheaply. */
static struct bucket *find(struct throttle *t, struct str name, int64_t now)
{
	struct bucket *oldest = NULL;
	uint64_t key;

	crypto_shorthash((uint8_t *)&key, (const uint8_t *)name.p, name.n, t->seed);
	for (unsigned i = 0; i < 8; i++) {
		struct bucket *b = &t->slots[(key + i) % SLOTS];

		if (b->key == key)
			return b;
		if (!oldest || b->full_at < oldest->full_at)
			oldest = b;
	}
	oldest->key = key;
	if (oldest->full_at < now)
		oldest->full_at = now;
	return oldest;
}

static int64_t wait_of(const struct bucket *b, unsigned tries, int64_t now)
{
	int64_t start = b->full_at > now ? b->full_at : now;
	int64_t over = start + REFILL_MS - now - (int64_t)tries * REFILL_MS;

	return over > 0 ? over : 0;
}

static void spend(struct bucket *b, int64_t now)
{
	b->full_at = (b->full_at > now ? b->full_at : now) + REFILL_MS;
}

unsigned throttle_take(struct throttle *throttle, struct str address, struct str peer, int64_t now)
{
	struct bucket *a = find(throttle, address, now), *p = find(throttle, peer, now);
	int64_t wait_a = wait_of(a, ADDRESS_TRIES, now), wait_p = wait_of(p, PEER_TRIES, now);
	int64_t wait = wait_a > wait_p ? wait_a : wait_p;

	if (wait)
		return (unsigned)((wait + 999) / 1000);
	spend(a, now);
	if (p != a)
		spend(p, now);
	return 0;
}
