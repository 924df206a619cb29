/** @file base/merkle.c  The Merkle tree of an append-only log. */
#include "base/merkle.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

_Static_assert(MERKLE_BYTES == crypto_hash_sha256_BYTES, "SHA-256");

void merkle_leaf(const void *entry, size_t n, struct merkle *out)
{
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, (const uint8_t[]){ 0 }, 1);
	crypto_hash_sha256_update(&state, entry, n);
	crypto_hash_sha256_final(&state, out->hash);
}

void merkle_node(const struct merkle *left, const struct merkle *right, struct merkle *out)
{
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, (const uint8_t[]){ 1 }, 1);
	crypto_hash_sha256_update(&state, left->hash, MERKLE_BYTES);
	crypto_hash_sha256_update(&state, right->hash, MERKLE_BYTES);
	crypto_hash_sha256_final(&state, out->hash);
}

void merkle_empty(struct merkle *out)
{
	crypto_hash_sha256(out->hash, (const uint8_t *)"", 0);
}

bool merkle_same(const struct merkle *a, const struct merkle *b)
{
	return memcmp(a->hash, b->hash, MERKLE_BYTES) == 0;
}

int64_t merkle_cut(int64_t n)
{
	int64_t cut = 1;

	assert(n > 1);
	while (cut < n - cut)
		cut <<= 1;
	return cut;
}

void merkle_push(struct merkle_edge *edge, const struct merkle *leaf,
	void (*done)(void *arg, int level, int64_t place, const struct merkle *hash), void *arg)
{
	struct merkle hash = *leaf;
	int64_t place = edge->size;
	int level = 0;

	if (done)
		done(arg, 0, place, &hash);
	/* Each 1 at the end of the place is a subtree of that level that now has its right half. */
	for (; place & 1; place >>= 1) {
		merkle_node(&edge->roots[--edge->n], &hash, &hash);
		level++;
		if (done)
			done(arg, level, place >> 1, &hash);
	}
	assert(edge->n < MERKLE_LEVELS);
	edge->roots[edge->n++] = hash;
	edge->size++;
}

void merkle_root(const struct merkle_edge *edge, struct merkle *out)
{
	if (!edge->n) {
		merkle_empty(out);
		return;
	}
	*out = edge->roots[edge->n - 1];
	for (unsigned i = edge->n - 1; i > 0; i--)
		merkle_node(&edge->roots[i - 1], out, out);
}

bool merkle_proof_root(const struct merkle *leaf, int64_t place, int64_t size, const struct merkle *path, size_t n, struct merkle *out)
{
	int64_t last = size - 1;
	struct merkle hash = *leaf;

	if (place < 0 || place >= size)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (last == 0)
			return false;
		if ((place & 1) || place == last) {
			merkle_node(&path[i], &hash, &hash);
			/* At the right edge, levels at which there is no left brother are passed over. */
			while (!(place & 1) && place) {
				place >>= 1;
				last >>= 1;
			}
		} else {
			merkle_node(&hash, &path[i], &hash);
		}
		place >>= 1;
		last >>= 1;
	}
	if (last)
		return false;
	*out = hash;
	return true;
}
