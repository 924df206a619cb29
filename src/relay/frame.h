/**
 * @file relay/frame.h  Datagrams over TCP: two bytes of length, then as many bytes (RFC 4571), which is how ICE does it (RFC 6544
 * section 3). Pure.
 */
#pragma once
#include "base/limits.h"

#include <stddef.h>
#include <stdint.h>

enum { FRAME_HEAD_BYTES = 2, FRAME_BYTES = FRAME_HEAD_BYTES + LIMIT_DATAGRAM_BYTES };

enum frame_found {
	FRAME_NONE,		/* all bytes are taken, no frame is whole yet */
	FRAME_WHOLE,
	FRAME_TOO_LONG,		/* above LIMIT_DATAGRAM_BYTES: nothing behind it can be trusted to be a frame */
};

/** The part of a frame that has come so far. Zero-initialise to start; holds no memory of its own. */
struct frame_in {
	size_t n;
	uint8_t p[FRAME_BYTES];
};

/**
 * Take bytes from *p, *n until a frame is whole. FRAME_WHOLE sets *datagram and *length, which may be 0, borrowed until the next
 * call: from the bytes given where they hold it all, else from `in`. After FRAME_TOO_LONG the stream is lost.
 */
enum frame_found frame_next(struct frame_in *in, const uint8_t **p, size_t *n, const uint8_t **datagram, size_t *length);

/** Write the head of a frame of so many bytes, at most LIMIT_DATAGRAM_BYTES. */
void frame_head(uint8_t out[static FRAME_HEAD_BYTES], size_t length);
