/** @file base/buf.h  A growing byte buffer, owned by whoever embeds it. */
#pragma once
#include "base/str.h"

/** Zero-initialise to start empty; buf_release() when done. */
struct buf {
	char *p;
	size_t n;
	size_t cap;
};

/** Append n bytes. 0, or -ENOMEM with the buffer as it was. */
int buf_add(struct buf *b, const void *p, size_t n);

/** Append formatted text. 0 or -ENOMEM. */
int buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Drop the first n bytes. */
void buf_consume(struct buf *b, size_t n);

/** Free the bytes; the buffer is empty and usable again. */
void buf_release(struct buf *b);

static inline struct str buf_str(const struct buf *b)
{
	return (struct str){ b->p ? b->p : "", b->n };
}
