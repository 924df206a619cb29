/** @file net/ws_frame.c  WebSocket framing. */
#include "net/ws_frame.h"

#include <assert.h>

bool utf8_feed(struct utf8 *u, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t c = (uint8_t)p[i];

		if (u->need) {
			if (c < u->low || c > u->high)
				return false;
			*u = (struct utf8){ (uint8_t)(u->need - 1), 0x80, 0xbf };
		} else if (c < 0x80) {
			continue;
		} else if (c >= 0xc2 && c <= 0xdf) {
			*u = (struct utf8){ 1, 0x80, 0xbf };
		} else if (c >= 0xe0 && c <= 0xef) {
			/* No overlongs, no surrogates. */
			*u = (struct utf8){ 2, c == 0xe0 ? 0xa0 : 0x80, c == 0xed ? 0x9f : 0xbf };
		} else if (c >= 0xf0 && c <= 0xf4) {
			/* No overlongs, nothing above U+10FFFF. */
			*u = (struct utf8){ 3, c == 0xf0 ? 0x90 : 0x80, c == 0xf4 ? 0x8f : 0xbf };
		} else {
			return false;
		}
	}
	return true;
}

bool ws_code_valid(int code)
{
	if (code >= 3000 && code <= 4999)
		return true;
	return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}

size_t ws_frame_head(uint8_t out[static WS_SEND_HEAD_BYTES], enum ws_opcode opcode, size_t n)
{
	out[0] = (uint8_t)(0x80 | opcode);
	if (n < 126) {
		out[1] = (uint8_t)n;
		return 2;
	}
	if (n <= UINT16_MAX) {
		out[1] = 126;
		out[2] = (uint8_t)(n >> 8);
		out[3] = (uint8_t)n;
		return 4;
	}
	out[1] = 127;
	for (int i = 0; i < 8; i++)
		out[2 + i] = (uint8_t)((uint64_t)n >> (56 - 8 * i));
	return 10;
}

void ws_reader_release(struct ws_reader *r)
{
	buf_release(&r->message);
}

static enum ws_event bad(struct ws_reader *r, int code)
{
	r->code = (uint16_t)code;
	return WS_BAD;
}

static uint8_t head_need(const uint8_t head[static 2])
{
	uint8_t length = head[1] & 0x7f;

	return (uint8_t)(2 + (length == 126 ? 2 : length == 127 ? 8 : 0) + (head[1] & 0x80 ? 4 : 0));
}

/* The payload's length; UINT64_MAX when it is not written in the shortest form. */
static uint64_t head_length(const uint8_t *head)
{
	uint8_t length = head[1] & 0x7f;
	int bytes = length == 126 ? 2 : length == 127 ? 8 : 0;
	uint64_t n = 0;

	if (bytes == 0)
		return length;
	for (int i = 0; i < bytes; i++)
		n = n << 8 | head[2 + i];
	if (n < 126 || (bytes == 8 && n <= UINT16_MAX) || n > INT64_MAX)
		return UINT64_MAX;
	return n;
}

/* 0, or the code that refuses the frame. Lengths are compared before anything is added to them. */
static int head_check(const struct ws_reader *r, uint64_t n)
{
	bool fin = r->head[0] & 0x80;

	if (r->head[0] & 0x70 || !(r->head[1] & 0x80) || n == UINT64_MAX)
		return 1002;
	switch (r->head[0] & 0x0f) {
	case WS_OP_CLOSE:
	case WS_OP_PING:
	case WS_OP_PONG:
		return fin && n <= WS_CONTROL_BYTES ? 0 : 1002;
	case WS_OP_BINARY:
		return r->in_message ? 1002 : 1003;
	case WS_OP_TEXT:
		if (r->in_message)
			return 1002;
		return n > r->most ? 1009 : 0;
	case WS_OP_MORE:
		if (!r->in_message)
			return 1002;
		return n > r->most - r->message.n ? 1009 : 0;
	}
	return 1002;
}

/* Gather the head, byte by byte if need be. 0: not whole yet; -1: whole and fine; else the code that refuses it. */
static int head_take(struct ws_reader *r, struct str *in)
{
	int code;

	while (r->head_n < (r->head_n < 2 ? 2 : r->head_need)) {
		if (in->n == 0)
			return 0;
		r->head[r->head_n++] = (uint8_t)*in->p++;
		in->n--;
		if (r->head_n == 2)
			r->head_need = head_need(r->head);
	}
	code = head_check(r, head_length(r->head));
	if (code)
		return code;
	r->left = head_length(r->head);
	r->opcode = r->head[0] & 0x0f;
	memcpy(r->mask, r->head + r->head_need - 4, 4);
	r->mask_at = 0;
	r->head_n = 0;
	r->in_payload = true;
	if (r->opcode >= WS_OP_CLOSE)
		r->control_n = 0;
	else
		r->in_message = true;
	return -1;
}

static void unmask(struct ws_reader *r, char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (char)((uint8_t)p[i] ^ r->mask[r->mask_at++ & 3]);
}

/* As much of the payload as is there. 0, or the code that refuses it. */
static int payload_take(struct ws_reader *r, struct str *in)
{
	size_t n = r->left < in->n ? (size_t)r->left : in->n;
	char *at;

	if (r->opcode >= WS_OP_CLOSE) {
		at = r->control + r->control_n;
		memcpy(at, in->p, n);
		r->control_n = (uint8_t)(r->control_n + n);
	} else {
		if (buf_add(&r->message, in->p, n))
			return 1011;
		at = r->message.p + r->message.n - n;
	}
	unmask(r, at, n);
	in->p += n;
	in->n -= n;
	r->left -= n;
	return r->opcode < WS_OP_CLOSE && !utf8_feed(&r->utf8, at, n) ? 1007 : 0;
}

static enum ws_event close_read(struct ws_reader *r)
{
	struct utf8 utf8 = { 0 };
	int code;

	if (r->control_n == 0) {
		r->code = 1005;
		return WS_CLOSE;
	}
	if (r->control_n == 1)
		return bad(r, 1002);
	code = (uint8_t)r->control[0] << 8 | (uint8_t)r->control[1];
	if (!ws_code_valid(code))
		return bad(r, 1002);
	if (!utf8_feed(&utf8, r->control + 2, r->control_n - 2u) || utf8.need)
		return bad(r, 1007);
	r->code = (uint16_t)code;
	return WS_CLOSE;
}

/* The frame is whole. 0 when it completes nothing. */
static enum ws_event frame_read(struct ws_reader *r)
{
	r->in_payload = false;
	switch (r->opcode) {
	case WS_OP_CLOSE:
		return close_read(r);
	case WS_OP_PING:
		return WS_PING;
	case WS_OP_PONG:
		return WS_PONG;
	}
	if (!(r->head[0] & 0x80))
		return 0;
	if (r->utf8.need)
		return bad(r, 1007);
	r->in_message = false;
	return WS_TEXT;
}

enum ws_event ws_reader_feed(struct ws_reader *r, struct str *in)
{
	enum ws_event event = 0;
	int code;

	assert(r->code == 0);
	if (!r->in_message)
		buf_release(&r->message);
	while (!event) {
		if (!r->in_payload) {
			code = head_take(r, in);
			if (code == 0)
				return WS_MORE;
			if (code > 0)
				return bad(r, code);
		}
		if (r->left && in->n == 0)
			return WS_MORE;
		code = r->left ? payload_take(r, in) : 0;
		if (code)
			return bad(r, code);
		if (r->left == 0)
			event = frame_read(r);
	}
	return event;
}
