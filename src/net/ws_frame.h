/** @file net/ws_frame.h  WebSocket framing (RFC 6455 section 5): bytes to messages and back. No I/O. Inside src/net only. */
#pragma once
#include "base/buf.h"

#include <stdint.h>

enum ws_opcode { WS_OP_MORE = 0, WS_OP_TEXT = 1, WS_OP_BINARY = 2, WS_OP_CLOSE = 8, WS_OP_PING = 9, WS_OP_PONG = 10 };

enum { WS_CONTROL_BYTES = 125, WS_HEAD_BYTES = 14, WS_SEND_HEAD_BYTES = 10 };

enum ws_event {
	WS_MORE = 1,	/* all bytes are taken */
	WS_TEXT,	/* `message` is whole and valid UTF-8, until the next feed */
	WS_PING,	/* `control` is its content */
	WS_PONG,
	WS_CLOSE,	/* `code` is the peer's, 1005 when it gave none */
	WS_BAD,		/* `code` is what to close with; nothing more may be fed */
};

/** Where in a UTF-8 sequence we are. */
struct utf8 {
	uint8_t need;		/* continuation bytes to come */
	uint8_t low, high;	/* what the next one may be */
};

/** Check some more bytes; false at the first that can't be. `need` is 0 between two characters. */
bool utf8_feed(struct utf8 *utf8, const char *p, size_t n);

/** Reads a client's frames. Start from all zero but `most`. Holds no memory between two messages. */
struct ws_reader {
	size_t most;		/* bytes of one message */
	struct buf message;
	uint64_t left;		/* of this frame's payload */
	struct utf8 utf8;
	uint16_t code;
	uint8_t head[WS_HEAD_BYTES];
	uint8_t head_n, head_need;
	uint8_t mask[4];
	uint8_t mask_at;
	uint8_t opcode;
	uint8_t control_n;
	bool in_payload;
	bool in_message;
	char control[WS_CONTROL_BYTES];
};

void ws_reader_release(struct ws_reader *reader);

/** Take bytes off the front of *in until something is complete. */
enum ws_event ws_reader_feed(struct ws_reader *reader, struct str *in);

/** Write the head of an unmasked, unfragmented frame; its length is returned. */
size_t ws_frame_head(uint8_t out[static WS_SEND_HEAD_BYTES], enum ws_opcode opcode, size_t n);

/** May this code be sent in a close frame? */
bool ws_code_valid(int code);
