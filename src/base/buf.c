/** @file base/buf.c  The growing byte buffer. */
#include "base/buf.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static int buf_room(struct buf *b, size_t more)
{
	size_t cap = b->cap ? b->cap : 256;
	char *p;

	if (more > (size_t)-1 / 4 - b->n)
		return -ENOMEM;
	while (cap < b->n + more)
		cap *= 2;
	if (cap == b->cap)
		return 0;
	p = realloc(b->p, cap);
	if (!p)
		return -ENOMEM;
	b->p = p;
	b->cap = cap;
	return 0;
}

int buf_add(struct buf *b, const void *p, size_t n)
{
	int err;

	if (n == 0)
		return 0;
	err = buf_room(b, n);
	if (err)
		return err;
	memcpy(b->p + b->n, p, n);
	b->n += n;
	return 0;
}

int buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;
	int need, err;

	va_start(args, format);
	need = vsnprintf(NULL, 0, format, args);
	va_end(args);
	assert(need >= 0);
	err = buf_room(b, (size_t)need + 1);
	if (err)
		return err;
	va_start(args, format);
	vsnprintf(b->p + b->n, (size_t)need + 1, format, args);
	va_end(args);
	b->n += (size_t)need;
	return 0;
}

void buf_consume(struct buf *b, size_t n)
{
	assert(n <= b->n);
	b->n -= n;
	if (b->n)
		memmove(b->p, b->p + n, b->n);
}

void buf_release(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ 0 };
}
