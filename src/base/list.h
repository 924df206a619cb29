/** @file base/list.h  Intrusive doubly linked lists. */
#pragma once
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

/** A node inside an object, or a list's head. A node in no list points at itself or is all zero. */
struct list {
	struct list *prev;
	struct list *next;
};

/** The object that embeds the node. */
#define list_entry(node, type, member) ((type *)(void *)((char *)(node) - offsetof(type, member)))

/** Walk; the body may remove the current node, but no other. */
#define list_each(head, node, after) \
	for (struct list *node = (head)->next, *after = node->next; node != (head); node = after, after = node->next)

static inline void list_init(struct list *head)
{
	head->prev = head->next = head;
}

static inline bool list_empty(const struct list *head)
{
	return head->next == head || head->next == NULL;
}

/** Put a node, which must be in no list, at the tail. */
static inline void list_add(struct list *head, struct list *node)
{
	node->prev = head->prev;
	node->next = head;
	head->prev->next = node;
	head->prev = node;
}

/** Take a node out of its list; harmless for a node that is in none. */
static inline void list_del(struct list *node)
{
	if (!node->next)
		return;
	node->prev->next = node->next;
	node->next->prev = node->prev;
	node->prev = node->next = node;
}
