/**
 * @file relay/frame.c  Fuzz: datagrams over TCP. However a stream is cut into pieces, the same frames come out of it; a frame put
 * behind its head again is the bytes it was read from; none is longer than a datagram, and nothing follows one that claims to be.
 *
 * Input: a byte that says how to cut, then the stream.
 */
#include "relay/frame.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Read the stream in pieces of so many bytes and write the frames again; the length of what was written. */
static size_t again(const uint8_t *p, size_t n, size_t piece, uint8_t *out, enum frame_found *end)
{
	struct frame_in *in = calloc(1, sizeof *in);
	size_t written = 0;

	*end = FRAME_NONE;
	while (in && n && *end != FRAME_TOO_LONG) {
		size_t left = piece < n ? piece : n;
		const uint8_t *datagram;
		size_t length;

		n -= left;
		/* A copy of its own, so that a read behind the piece is seen. */
		uint8_t *bytes = malloc(left);
		const uint8_t *at = memcpy(bytes, p, left);

		p += left;
		while ((*end = frame_next(in, &at, &left, &datagram, &length)) == FRAME_WHOLE) {
			assert(length <= LIMIT_DATAGRAM_BYTES);
			frame_head(out + written, length);
			memcpy(out + written + FRAME_HEAD_BYTES, datagram, length);
			written += FRAME_HEAD_BYTES + length;
		}
		assert(*end == FRAME_TOO_LONG || left == 0);
		free(bytes);
	}
	free(in);
	return written;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	enum frame_found end, end_cut;
	uint8_t *whole, *cut;
	size_t got;

	if (n < 1)
		return 0;
	whole = malloc(n);
	cut = malloc(n);
	got = again(data + 1, n - 1, n, whole, &end);
	assert(got <= n - 1 && memcmp(whole, data + 1, got) == 0);
	assert(end == FRAME_TOO_LONG || n - 1 - got < FRAME_BYTES);
	assert(again(data + 1, n - 1, 1 + data[0] % 64u, cut, &end_cut) == got);
	assert(memcmp(whole, cut, got) == 0 && end == end_cut);
	free(whole);
	free(cut);
	return 0;
}
