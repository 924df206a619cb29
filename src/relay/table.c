/** @file relay/table.c  Chained hash tables of a fixed size. */
#include "relay/table.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

int table_init(struct table *t, size_t expected)
{
	size_t slots = 16;

	while (slots < expected)
		slots *= 2;
	t->heads = calloc(slots, sizeof *t->heads);
	if (!t->heads)
		return -ENOMEM;
	t->mask = slots - 1;
	return 0;
}

void table_release(struct table *t)
{
	free(t->heads);
	*t = (struct table){ 0 };
}

void table_add(struct table *t, struct table_node *node, uint64_t hash)
{
	struct table_node **head = &t->heads[hash & t->mask];

	node->hash = hash;
	node->next = *head;
	*head = node;
}

void table_del(struct table *t, struct table_node *node)
{
	struct table_node **at = &t->heads[node->hash & t->mask];

	while (*at != node) {
		assert(*at);
		at = &(*at)->next;
	}
	*at = node->next;
	node->next = NULL;
}

static struct table_node *chain_find(struct table_node *node, uint64_t hash)
{
	while (node && node->hash != hash)
		node = node->next;
	return node;
}

struct table_node *table_first(const struct table *t, uint64_t hash)
{
	return chain_find(t->heads[hash & t->mask], hash);
}

struct table_node *table_next(const struct table_node *node)
{
	return chain_find(node->next, node->hash);
}
