/** @file relay/frame.c  Datagrams over TCP (RFC 4571). */
#include "relay/frame.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

static size_t length_of(const uint8_t head[static FRAME_HEAD_BYTES])
{
	return (size_t)head[0] << 8 | head[1];
}

/* Move bytes into `in` until it holds `want` of them; false when they do not suffice. */
static bool fill(struct frame_in *in, size_t want, const uint8_t **p, size_t *n)
{
	size_t lacks = want - in->n, taken = lacks < *n ? lacks : *n;

	memcpy(in->p + in->n, *p, taken);
	in->n += taken;
	*p += taken;
	*n -= taken;
	return taken == lacks;
}

/* The frame that `in` has begun. */
static enum frame_found frame_go_on(struct frame_in *in, const uint8_t **p, size_t *n, const uint8_t **datagram, size_t *length)
{
	if (in->n < FRAME_HEAD_BYTES && !fill(in, FRAME_HEAD_BYTES, p, n))
		return FRAME_NONE;
	*length = length_of(in->p);
	if (*length > LIMIT_DATAGRAM_BYTES)
		return FRAME_TOO_LONG;
	if (!fill(in, FRAME_HEAD_BYTES + *length, p, n))
		return FRAME_NONE;
	*datagram = in->p + FRAME_HEAD_BYTES;
	in->n = 0;
	return FRAME_WHOLE;
}

enum frame_found frame_next(struct frame_in *in, const uint8_t **p, size_t *n, const uint8_t **datagram, size_t *length)
{
	size_t whole;

	if (*n == 0)
		return FRAME_NONE;
	/* A frame that is all there is not copied. */
	if (in->n == 0 && *n >= FRAME_HEAD_BYTES) {
		*length = length_of(*p);
		whole = FRAME_HEAD_BYTES + *length;
		if (*length <= LIMIT_DATAGRAM_BYTES && *n >= whole) {
			*datagram = *p + FRAME_HEAD_BYTES;
			*p += whole;
			*n -= whole;
			return FRAME_WHOLE;
		}
	}
	return frame_go_on(in, p, n, datagram, length);
}

void frame_head(uint8_t out[static FRAME_HEAD_BYTES], size_t length)
{
	assert(length <= LIMIT_DATAGRAM_BYTES);
	out[0] = (uint8_t)(length >> 8);
	out[1] = (uint8_t)length;
}
