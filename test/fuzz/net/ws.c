/**
 * @file test/fuzz/net/ws.c  Bytes against the WebSocket frame reader.
 *
 * Properties: how the bytes are cut makes no difference; a message is UTF-8 by the base room's own check, and within its
 * limit; what our encoder frames and a client masks is read back the same.
 */
#include "net/ws_frame.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { MOST = 70000 };

/* Everything that the reader says, as text. */
static struct buf events_of(struct str bytes, size_t step, size_t most)
{
	struct ws_reader reader = { .most = most };
	struct buf log = { 0 };
	enum ws_event event = WS_MORE;

	while (bytes.n && event != WS_BAD) {
		struct str piece = { bytes.p, bytes.n < step ? bytes.n : step };

		bytes = (struct str){ bytes.p + piece.n, bytes.n - piece.n };
		do {
			event = ws_reader_feed(&reader, &piece);
			if (event == WS_MORE)
				continue;
			buf_printf(&log, "%d %d ", event, reader.code);
			if (event == WS_TEXT) {
				assert(reader.message.n <= most && str_utf8(buf_str(&reader.message)));
				buf_add(&log, reader.message.p, reader.message.n);
			} else if (event != WS_BAD) {
				assert(reader.control_n <= WS_CONTROL_BYTES);
				buf_add(&log, reader.control, reader.control_n);
			}
			if (event == WS_CLOSE)
				reader.code = 0;
		} while (event != WS_MORE && event != WS_BAD);
		assert(piece.n == 0 || event == WS_BAD);
	}
	ws_reader_release(&reader);
	return log;
}

static void cut_anyhow(struct str bytes, size_t step)
{
	struct buf whole = events_of(bytes, bytes.n + 1, 300), cut = events_of(bytes, step, 300);

	if (!str_eq(buf_str(&whole), buf_str(&cut)))
		abort();
	buf_release(&whole);
	buf_release(&cut);
}

static void read_back(struct str text, size_t step)
{
	uint8_t head[WS_SEND_HEAD_BYTES];
	size_t n = ws_frame_head(head, WS_OP_TEXT, text.n);
	static const uint8_t mask[4] = { 0x5a, 0x00, 0xff, 0x13 };
	struct buf frame = { 0 }, said, expected = { 0 };

	head[1] |= 0x80;
	buf_add(&frame, head, n);
	buf_add(&frame, mask, sizeof mask);
	for (size_t i = 0; i < text.n; i++)
		buf_add(&frame, (char[]){ (char)((uint8_t)text.p[i] ^ mask[i & 3]) }, 1);
	said = events_of(buf_str(&frame), step, MOST);
	if (str_utf8(text)) {
		buf_printf(&expected, "%d 0 ", WS_TEXT);
		buf_add(&expected, text.p, text.n);
	} else {
		buf_printf(&expected, "%d 1007 ", WS_BAD);
	}
	if (!str_eq(buf_str(&said), buf_str(&expected)))
		abort();
	buf_release(&frame);
	buf_release(&said);
	buf_release(&expected);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str bytes = { (const char *)data + 1, n - 1 };

	if (n == 0 || n > MOST)
		return 0;
	cut_anyhow(bytes, data[0] % 32 + 1);
	read_back(bytes, data[0] % 32 + 1);
	return 0;
}
