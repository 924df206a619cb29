/** @file net/ws.c  A WebSocket's life: messages in and out, pings, closing. Framing is ws_frame.c, its birth ws_accept.c. */
#include "net/ws_conn.h"

#include "net/ws_frame.h"

#include <assert.h>
#include <stdlib.h>

enum { WS_MAGIC = 0x77736f31, CLOSE_MS = 2000 };

enum ws_state { WS_OPEN = 1, WS_CLOSING /* we have said goodbye, the peer has not */ };

struct ws {
	unsigned magic;
	enum ws_state state;
	struct conn *conn;
	const struct ws_ops *ops;
	void *arg;
	struct ws_reader reader;
	struct buf early;	/* came right behind the upgrade */
	int code;		/* what on_close will say */
	bool pinged;		/* and nothing heard since */
};

static struct ws *ws_of(void *up)
{
	struct ws *ws = up;

	assert(ws && ws->magic == WS_MAGIC);
	return ws;
}

static bool frame_write(struct ws *ws, enum ws_opcode opcode, struct str payload)
{
	uint8_t head[WS_SEND_HEAD_BYTES];
	size_t n = ws_frame_head(head, opcode, payload.n);

	return conn_write_soon(ws->conn, (struct str){ (const char *)head, n }, payload);
}

/* A peer that does not read what it asked for is cut; a goodbye would only wait in the same queue. */
static bool frame_queue(struct ws *ws, enum ws_opcode opcode, struct str payload)
{
	if (conn_queued(ws->conn) + WS_SEND_HEAD_BYTES + payload.n > conn_config(ws->conn)->queue_bytes) {
		ws->code = 1013;
		conn_kill(ws->conn);
		return false;
	}
	return frame_write(ws, opcode, payload);
}

static void close_write(struct ws *ws, int code)
{
	char payload[2] = { (char)(code >> 8), (char)code };

	frame_write(ws, WS_OP_CLOSE, (struct str){ payload, code == 1005 ? 0 : 2 });
}

/* The last word to the owner. Only from the loop. */
static void ws_over(struct ws *ws, int code)
{
	ws->ops->on_close(ws, ws->arg, code);
	ws->magic = 0;
	ws_reader_release(&ws->reader);
	buf_release(&ws->early);
	free(ws);
}

/* Both sides have said goodbye, or the peer broke the rules: nothing more is read. */
static void ws_part(struct ws *ws, int code)
{
	conn_become(ws->conn, NULL, NULL);
	conn_finish(ws->conn);
	ws_over(ws, code);
}

/* What the reader found. False: the WebSocket is over and freed. */
static bool ws_handle(struct ws *ws, enum ws_event event)
{
	struct ws_reader *reader = &ws->reader;

	switch (event) {
	case WS_MORE:
	case WS_PONG:
		return true;
	case WS_TEXT:
		if (ws->state == WS_OPEN)
			ws->ops->on_text(ws, ws->arg, buf_str(&reader->message));
		return true;
	case WS_PING:
		if (ws->state == WS_OPEN)
			frame_queue(ws, WS_OP_PONG, (struct str){ reader->control, reader->control_n });
		return true;
	case WS_CLOSE:
	case WS_BAD:
		if (ws->state == WS_OPEN) {
			ws->code = reader->code;
			close_write(ws, reader->code);
		}
		ws_part(ws, ws->code);
		return false;
	}
	assert(false);
	return true;
}

/* False: the WebSocket is over and freed. */
static bool ws_take(struct ws *ws, struct str bytes)
{
	enum ws_event event;

	if (ws->state == WS_OPEN) {
		ws->pinged = false;
		conn_deadline(ws->conn, conn_config(ws->conn)->idle_ms / 2);
	}
	do {
		event = ws_reader_feed(&ws->reader, &bytes);
		if (!ws_handle(ws, event))
			return false;
	} while (event != WS_MORE && conn_open(ws->conn));
	return true;
}

static void ws_on_bytes(void *up, struct str bytes)
{
	ws_take(ws_of(up), bytes);
}

static void ws_on_wake(void *up)
{
	struct ws *ws = ws_of(up);
	struct conn *conn = ws->conn;
	struct buf early = ws->early;

	if (early.n == 0)
		return;
	ws->early = (struct buf){ 0 };
	if (ws_take(ws, buf_str(&early)))
		conn_pause(conn, false);
	buf_release(&early);
}

static void ws_on_deadline(void *up)
{
	struct ws *ws = ws_of(up);

	if (ws->state == WS_CLOSING || ws->pinged) {
		conn_kill(ws->conn);
		return;
	}
	ws->pinged = true;
	conn_deadline(ws->conn, conn_config(ws->conn)->idle_ms / 2);
	frame_queue(ws, WS_OP_PING, STR(""));
}

static void ws_on_end(void *up)
{
	ws_close(ws_of(up), 1001);
}

static void ws_on_lost(void *up)
{
	struct ws *ws = ws_of(up);

	ws_over(ws, ws->code);
}

static const struct conn_ops ws_conn_ops = {
	.on_bytes = ws_on_bytes,
	.on_wake = ws_on_wake,
	.on_deadline = ws_on_deadline,
	.on_end = ws_on_end,
	.on_lost = ws_on_lost,
};

struct ws *ws_new(const struct net_config *config, const struct ws_ops *ops, void *arg)
{
	struct ws *ws = calloc(1, sizeof *ws);

	assert(ops && ops->on_text && ops->on_close);
	if (!ws)
		return NULL;
	ws->magic = WS_MAGIC;
	ws->state = WS_OPEN;
	ws->ops = ops;
	ws->arg = arg;
	ws->code = 1006;
	ws->reader.most = config->frame_bytes;
	return ws;
}

void ws_start(struct ws *ws, struct conn *conn, struct buf early)
{
	ws->conn = conn;
	ws->early = early;
	conn_become(conn, &ws_conn_ops, ws);
	conn_deadline(conn, conn_config(conn)->idle_ms / 2);
	/* They are handled in the next turn, so that nothing is heard before the caller has its pointer. */
	conn_pause(conn, early.n > 0);
	if (early.n)
		conn_wake(conn);
}

bool ws_send(struct ws *ws, struct str text)
{
	ws_of(ws);
	if (ws->state != WS_OPEN || !conn_open(ws->conn))
		return false;
	return frame_queue(ws, WS_OP_TEXT, text);
}

void ws_close(struct ws *ws, int code)
{
	ws_of(ws);
	assert(ws_code_valid(code));
	if (ws->state != WS_OPEN || !conn_open(ws->conn))
		return;
	ws->state = WS_CLOSING;
	ws->code = code;
	close_write(ws, code);
	conn_deadline(ws->conn, CLOSE_MS);
}

size_t ws_queued(const struct ws *ws)
{
	assert(ws->magic == WS_MAGIC);
	return conn_queued(ws->conn);
}
