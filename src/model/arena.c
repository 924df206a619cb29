/** @file model/arena.c  Texts in blocks; each block twice the one before, within bounds. */
#include "model/arena.h"

#include <stdlib.h>

enum { BLOCK_LEAST = 512, BLOCK_MOST = 1 << 18 };

struct arena_block {
	struct arena_block *older;
	size_t size;
	char bytes[];
};

static bool block_add(struct arena *arena, size_t n)
{
	size_t size = arena->newest ? arena->newest->size * 2 : BLOCK_LEAST;
	struct arena_block *block;

	if (size > BLOCK_MOST)
		size = BLOCK_MOST;
	if (size < n)
		size = n;
	block = malloc(sizeof *block + size);
	if (!block)
		return false;
	block->older = arena->newest;
	block->size = size;
	arena->newest = block;
	arena->left = size;
	return true;
}

char *arena_bytes(struct arena *arena, size_t n)
{
	struct arena_block *block;

	if (n > arena->left && !block_add(arena, n))
		return NULL;
	block = arena->newest;
	arena->left -= n;
	return block->bytes + (block->size - arena->left - n);
}

char *arena_text(struct arena *arena, struct str text)
{
	char *copy = arena_bytes(arena, text.n + 1);

	if (!copy)
		return NULL;
	if (text.n)
		memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	return copy;
}

void arena_release(struct arena *arena)
{
	while (arena->newest) {
		struct arena_block *older = arena->newest->older;

		free(arena->newest);
		arena->newest = older;
	}
	arena->left = 0;
}
