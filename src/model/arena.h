/** @file model/arena.h  Many small texts, kept together and freed together. Owned by whoever embeds it. */
#pragma once
#include "base/str.h"

struct arena_block;

/** Zero-initialise to start empty; arena_release() when done. */
struct arena {
	struct arena_block *newest;
	size_t left;
};

/** n bytes that stay until the release; NULL when memory is out. Not aligned: for text. */
char *arena_bytes(struct arena *arena, size_t n);

/** A NUL-terminated copy; NULL when memory is out. */
char *arena_text(struct arena *arena, struct str text);

void arena_release(struct arena *arena);
