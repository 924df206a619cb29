/** @file act/throttle.c  Token buckets in a table of fixed size: sign-in tries by address and client; requests by client, account and tenant. */
#include "act/room.h"

#include <arpa/inet.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { SLOTS = 8192 };

/* So many at once, and one more each `refill` ms (or µs, where its clock is in those). */
struct rate {
	unsigned most;
	int64_t refill;
};

struct bucket {
	uint64_t key;
	int64_t full_at;	/* by the monotonic clock: when all tries are back */
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

static int64_t wait_of(const struct bucket *b, const struct rate *rate, int64_t now)
{
	int64_t start = b->full_at > now ? b->full_at : now;
	int64_t over = start + rate->refill - now - (int64_t)rate->most * rate->refill;

	return over > 0 ? over : 0;
}

static void spend(struct bucket *b, const struct rate *rate, int64_t now)
{
	b->full_at = (b->full_at > now ? b->full_at : now) + rate->refill;
}

static unsigned seconds(int64_t ms)
{
	return (unsigned)((ms + 999) / 1000);
}

/* Whoever has one IPv6 address has 2^64 of them. */
static struct str client_of(struct str peer, char room[static INET6_ADDRSTRLEN])
{
	struct in6_addr address;

	if (peer.n >= INET6_ADDRSTRLEN || !memchr(peer.p, ':', peer.n))
		return peer;
	memcpy(room, peer.p, peer.n);
	room[peer.n] = '\0';
	if (inet_pton(AF_INET6, room, &address) != 1 || IN6_IS_ADDR_V4MAPPED(&address))
		return peer;
	memset(address.s6_addr + 8, 0, 8);
	inet_ntop(AF_INET6, &address, room, INET6_ADDRSTRLEN);
	return str_of(room);
}

unsigned throttle_take(struct throttle *throttle, struct str address, struct str peer, int64_t now)
{
	static const struct rate of_address = { 10, 6000 }, of_peer = { 60, 6000 };
	char room[INET6_ADDRSTRLEN];
	struct bucket *a = find(throttle, address, now), *p = find(throttle, client_of(peer, room), now);
	int64_t wait_a = wait_of(a, &of_address, now), wait_p = wait_of(p, &of_peer, now);
	int64_t wait = wait_a > wait_p ? wait_a : wait_p;

	if (wait)
		return seconds(wait);
	spend(a, &of_address, now);
	if (p != a)
		spend(p, &of_peer, now);
	return 0;
}

unsigned throttle_lost(struct throttle *throttle, struct str address, struct str peer, int64_t now)
{
	static const struct rate of_address = { 3, 600000 }, of_peer = { 20, 60000 };
	char room[INET6_ADDRSTRLEN], name[LIMIT_ADDRESS_BYTES + 8], from[80];
	struct bucket *a, *p;
	int64_t wait_a, wait_p;

	peer = client_of(peer, room);
	snprintf(name, sizeof name, "lost %.*s", (int)address.n, address.p);
	snprintf(from, sizeof from, "lost %.*s", (int)peer.n, peer.p);
	a = find(throttle, str_of(name), now);
	p = find(throttle, str_of(from), now);
	wait_a = wait_of(a, &of_address, now);
	wait_p = wait_of(p, &of_peer, now);
	if (wait_a || wait_p)
		return seconds(wait_a > wait_p ? wait_a : wait_p);
	spend(a, &of_address, now);
	if (p != a)
		spend(p, &of_peer, now);
	return 0;
}

/* Of those who are nobody yet: ten at once from a client, and ten a minute. */
static unsigned knock(struct throttle *throttle, const char *kind, struct str peer, int64_t now)
{
	static const struct rate rate = { 10, 6000 };
	char room[INET6_ADDRSTRLEN], key[80];
	struct bucket *b;
	int64_t wait;

	peer = client_of(peer, room);
	snprintf(key, sizeof key, "%s %.*s", kind, (int)peer.n, peer.p);
	b = find(throttle, str_of(key), now);
	wait = wait_of(b, &rate, now);
	if (!wait)
		spend(b, &rate, now);
	return seconds(wait);
}

unsigned throttle_join(struct throttle *throttle, struct str peer, int64_t now)
{
	return knock(throttle, "join", peer, now);
}

unsigned throttle_handover_new(struct throttle *throttle, struct str peer, int64_t now)
{
	return knock(throttle, "handover", peer, now);
}

unsigned throttle_pace(struct throttle *throttle, enum pace kind, struct str name, unsigned per_second, int64_t now)
{
	/* Ten seconds' worth at once, as a page asks when it opens. In microseconds, as a tenant has many. */
	struct rate rate = { 10 * per_second, 1000000 / per_second };
	char room[INET6_ADDRSTRLEN], key[80];
	struct bucket *b;
	int64_t wait;

	if (kind == PACE_CLIENT)
		name = client_of(name, room);
	snprintf(key, sizeof key, "%d %.*s", (int)kind, (int)name.n, name.p);
	b = find(throttle, str_of(key), now * 1000);
	wait = wait_of(b, &rate, now * 1000);
	if (!wait)
		spend(b, &rate, now * 1000);
	return seconds((wait + 999) / 1000);
}

static unsigned wrong_codes(struct throttle *throttle, const struct rate *rate, const char *kind, int64_t account, bool wrong, int64_t now)
{
	char key[48];
	struct bucket *b;

	snprintf(key, sizeof key, "%s %lld", kind, (long long)account);
	b = find(throttle, str_of(key), now);
	if (wrong)
		spend(b, rate, now);
	return seconds(wait_of(b, rate, now));
}

unsigned throttle_code(struct throttle *throttle, int64_t account, bool wrong, int64_t now)
{
	static const struct rate rate = { 5, 300000 };

	return wrong_codes(throttle, &rate, "code", account, wrong, now);
}

unsigned throttle_handover(struct throttle *throttle, int64_t account, bool wrong, int64_t now)
{
	static const struct rate rate = { 10, 60000 };

	return wrong_codes(throttle, &rate, "device", account, wrong, now);
}
