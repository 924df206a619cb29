/**
 * @file test/fuzz/net/http.c  Bytes against HTTP and WebSocket over a connection without a socket.
 *
 * Property: it makes no difference into what pieces the network cuts the bytes. The first byte picks how the
 * connection ends, the rest is what the client sends.
 */
#include "fake_conn.h"

#include "net/http_conn.h"
#include "net/ws.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { BODY_MOST = 64 };

/* One play of the input. */
struct play {
	struct conn conn;
	struct http_req *late;
	struct ws *ws;
};

static void note(struct play *play, const char *what, struct str text)
{
	buf_printf(&play->conn.log, "\n[%s %.*s]\n", what, (int)text.n, text.p);
}

static void on_text(struct ws *ws, void *arg, struct str text)
{
	struct play *play = arg;

	assert(ws == play->ws && str_utf8(text) && text.n <= play->conn.config.frame_bytes);
	note(play, "text", text);
	if (str_eq(text, STR("bye")))
		ws_close(ws, 4000);
	else
		ws_send(ws, text);
}

static void on_close(struct ws *ws, void *arg, int code)
{
	struct play *play = arg;

	assert(ws == play->ws);
	play->ws = NULL;
	buf_printf(&play->conn.log, "\n[closed %d]\n", code);
}

static const struct ws_ops ws_ops = { .on_text = on_text, .on_close = on_close };

static void on_body(struct http_req *req, void *arg, struct str whole)
{
	struct play *play = arg;

	assert(whole.n <= BODY_MOST && !play->late);
	note(play, "body", whole);
	if (str_eq(http_path(req), STR("/late")))
		play->late = req;
	else
		http_reply(req, 200, "text/plain", NULL, whole);
}

static void on_gone(struct http_req *req, void *arg)
{
	struct play *play = arg;

	assert(!play->late || play->late == req);
	play->late = NULL;
	note(play, "gone", STR(""));
}

static const struct http_ops http_ops = { .on_body = on_body, .on_gone = on_gone };

static void on_request(struct http_req *req, void *arg)
{
	struct play *play = arg;
	struct str path = http_path(req);

	assert(path.n > 0 && path.p[0] == '/');
	assert(!memchr(path.p, ' ', path.n) && !memchr(path.p, '?', path.n));
	note(play, "method", http_method(req));
	note(play, "path", path);
	note(play, "query", http_query(req));
	note(play, "host", http_header(req, "host"));
	if (str_eq(path, STR("/ws")))
		play->ws = ws_accept(req, http_offers(req, "Sec-WebSocket-Protocol", "p") ? "p" : NULL, &ws_ops, play);
	else if (str_eq(path, STR("/body")) || str_eq(path, STR("/late")))
		http_body_take(req, BODY_MOST, &http_ops, play);
	else
		http_reply(req, 404, "text/plain", NULL, STR("no"));
}

/* The late answer comes when the connection has nothing else to do. True when there was one. */
static bool late_answer(struct play *play)
{
	struct http_req *req = play->late;

	if (!req)
		return false;
	play->late = NULL;
	if (str_eq(http_query(req), STR("ws")))
		play->ws = ws_accept(req, NULL, &ws_ops, play);
	else
		http_reply(req, 200, "text/plain", NULL, STR("late"));
	return true;
}

static struct buf play_run(const uint8_t *data, size_t n, size_t step)
{
	struct play play = { 0 };
	const struct net_config config = {
		.head_bytes = 512, .queue_bytes = 4096, .frame_bytes = 256, .head_ms = 1, .body_ms = 1, .idle_ms = 2,
		.on_request = on_request, .arg = &play,
	};
	struct str left = { (const char *)data + 1, n - 1 };
	struct buf log;

	fake_conn_init(&play.conn, &config);
	assert(http_start(&play.conn) == 0);
	do {
		size_t taken = fake_conn_feed(&play.conn, left, step);

		left = (struct str){ left.p + taken, left.n - taken };
	} while (play.conn.open && late_answer(&play));
	if (play.conn.open && data[0] % 4 == 1)
		play.conn.ops->on_deadline(play.conn.up);
	if (play.conn.open && data[0] % 4 == 2) {
		play.conn.ending = true;
		play.conn.ops->on_end(play.conn.up);
	}
	fake_conn_lose(&play.conn);
	assert(!play.ws && !play.late);
	log = play.conn.log;
	play.conn.log = (struct buf){ 0 };
	fake_conn_release(&play.conn);
	return log;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf whole, cut;

	if (n == 0)
		return 0;
	whole = play_run(data, n, n);
	cut = play_run(data, n, data[0] / 4 % 16 + 1);
	if (!str_eq(buf_str(&whole), buf_str(&cut)))
		abort();
	buf_release(&whole);
	buf_release(&cut);
	return 0;
}
