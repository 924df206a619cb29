/** @file base/merkle.h  The Merkle tree of an append-only log: RFC 9162 section 2.1, with SHA-256. Pure; where the hashes are kept is the caller's. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	MERKLE_BYTES = 32,
	MERKLE_LEVELS = 62,	/* of a tree whose leaves are counted by int64_t */
	MERKLE_PATH = 64,	/* hashes in the longest proof */
};

struct merkle {
	uint8_t hash[MERKLE_BYTES];
};

/** The hash of a leaf: SHA-256(0x00 || entry). */
void merkle_leaf(const void *entry, size_t n, struct merkle *out);

/** The hash of an inner node: SHA-256(0x01 || left || right). */
void merkle_node(const struct merkle *left, const struct merkle *right, struct merkle *out);

/** The hash of the empty tree: SHA-256 of nothing. */
void merkle_empty(struct merkle *out);

bool merkle_same(const struct merkle *a, const struct merkle *b);

/** Where a tree of n > 1 leaves is cut: the largest power of two below n. */
int64_t merkle_cut(int64_t n);

/** A tree that only grows, as the roots of its whole subtrees, the largest first. Zero-initialise to start empty. */
struct merkle_edge {
	int64_t size;
	unsigned n;
	struct merkle roots[MERKLE_LEVELS];
};

/** Append a leaf's hash. `done(arg, level, place, hash)`, where given, hears of each subtree that became whole, the leaf (level 0) first. */
void merkle_push(struct merkle_edge *edge, const struct merkle *leaf,
	void (*done)(void *arg, int level, int64_t place, const struct merkle *hash), void *arg);

/** The root of all that was appended. */
void merkle_root(const struct merkle_edge *edge, struct merkle *out);

/**
 * The root that follows from a leaf's place (from 0), the tree's size and an inclusion proof (section 2.1.3.2). False when no proof of
 * that length can be of this place and size.
 */
bool merkle_proof_root(const struct merkle *leaf, int64_t place, int64_t size, const struct merkle *path, size_t n, struct merkle *out);
