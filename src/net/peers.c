/** @file net/peers.c  Connections counted by address. */
#include "net/peers.h"

#include <stdlib.h>
#include <string.h>

void peers_init(struct peers *peers)
{
	randombytes_buf(peers->key, sizeof peers->key);
	for (size_t i = 0; i < PEERS_BUCKETS; i++)
		list_init(&peers->buckets[i]);
}

static struct in6_addr prefix_of(const struct in6_addr *address)
{
	struct in6_addr prefix = *address;

	if (!IN6_IS_ADDR_V4MAPPED(address))
		memset(prefix.s6_addr + 8, 0, 8);
	return prefix;
}

static struct list *bucket_of(struct peers *peers, const struct in6_addr *prefix)
{
	uint8_t hash[crypto_shorthash_BYTES];

	crypto_shorthash(hash, prefix->s6_addr, sizeof prefix->s6_addr, peers->key);
	return &peers->buckets[(hash[0] | hash[1] << 8) % PEERS_BUCKETS];
}

struct peer *peers_enter(struct peers *peers, const struct in6_addr *address, unsigned most)
{
	struct in6_addr prefix = prefix_of(address);
	struct list *bucket = bucket_of(peers, &prefix);
	struct peer *peer;

	list_each(bucket, node, after) {
		peer = list_entry(node, struct peer, node);
		if (memcmp(&peer->prefix, &prefix, sizeof prefix) != 0)
			continue;
		if (peer->count >= most)
			return NULL;
		peer->count++;
		return peer;
	}
	if (most == 0)
		return NULL;
	peer = calloc(1, sizeof *peer);
	if (!peer)
		return NULL;
	peer->prefix = prefix;
	peer->count = 1;
	list_add(bucket, &peer->node);
	return peer;
}

void peer_leave(struct peer *peer)
{
	assert(peer->count > 0);
	peer->count--;
	if (peer->count > 0)
		return;
	list_del(&peer->node);
	free(peer);
}
