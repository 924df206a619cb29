/** @file net/peers.h  How many connections each address holds. An IPv4 address counts for itself, an IPv6 address with its /64. */
#pragma once
#include "base/list.h"

#include <netinet/in.h>
#include <sodium.h>
#include <stdint.h>

enum { PEERS_BUCKETS = 4096 };

/** One address that holds at least one connection. */
struct peer {
	struct list node;
	struct in6_addr prefix;
	unsigned count;
};

struct peers {
	uint8_t key[crypto_shorthash_KEYBYTES];	/* so that nobody can aim at one bucket */
	struct list buckets[PEERS_BUCKETS];
};

void peers_init(struct peers *peers);

/** Count one more from this address (IPv4 as ::ffff:a.b.c.d). NULL when it would be more than `most`, or memory is out. */
struct peer *peers_enter(struct peers *peers, const struct in6_addr *address, unsigned most);

/** Count one less; the last one frees it. */
void peer_leave(struct peer *peer);
