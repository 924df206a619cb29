/** @file relay/table.h  Chained hash tables of a fixed size. Nodes live inside what they find; nothing is owned. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct table_node {
	struct table_node *next;
	uint64_t hash;
};

struct table {
	struct table_node **heads;
	size_t mask;
};

/** The object that embeds the node. */
#define table_entry(node, type, member) ((type *)(void *)((char *)(node) - offsetof(type, member)))

/** Room for about `expected` nodes; more make chains longer. 0 or -ENOMEM. */
int table_init(struct table *t, size_t expected);

/** Free the heads; the nodes are their owners' matter. */
void table_release(struct table *t);

/** Put a node, which must be in no table. */
void table_add(struct table *t, struct table_node *node, uint64_t hash);

/** Take a node out, which must be in this table. */
void table_del(struct table *t, struct table_node *node);

/** The first node of that hash, or NULL; then the next ones. The caller compares the whole key. */
struct table_node *table_first(const struct table *t, uint64_t hash);
struct table_node *table_next(const struct table_node *node);
