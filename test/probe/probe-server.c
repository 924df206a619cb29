/**
 * @file test/probe/probe-server.c  A server for the probes: src/net with low limits.
 *
 * Usage: probe-server DIR. Makes its certificate in DIR, prints its port, makes another one on SIGHUP, ends on SIGTERM. Paths:
 * /echo WebSocket echo · /ask WebSocket that answers "N" with N bytes · /close WebSocket that closes with the code it is sent
 * /body body's length and bytes · /small the same, at most 100 bytes · /later answers 200 ms late · /never never answers
 * /nothing 204 · /big 4 MB · /count requests, lost ones, open WebSockets, last closing code · else the request, as it was understood
 */
#include "net/ws.h"

#include "base/buf.h"

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum { LATE_MS = 200, BIG_BYTES = 4 << 20, ASK_MOST = 1 << 20 };

static uv_loop_t *loop;
static struct net_server *server;
static uv_signal_t term, interrupt, hangup;
static const char *dir;
static int certs;
static unsigned requests, gone, sockets;
static int last_code;

/* A reply that comes by a timer, unless the peer leaves first. */
struct late {
	uv_timer_t timer;
	struct http_req *req;
};

static void text_reply(struct http_req *req, struct str text)
{
	http_reply(req, 200, "text/plain", NULL, text);
}

static void shown_put(struct buf *out, const char *key, struct str value)
{
	buf_printf(out, "%s=%.*s\n", key, (int)value.n, value.p);
}

static void show_reply(struct http_req *req)
{
	struct buf out = { 0 };

	shown_put(&out, "method", http_method(req));
	shown_put(&out, "path", http_path(req));
	shown_put(&out, "query", http_query(req));
	shown_put(&out, "host", http_header(req, "host"));
	shown_put(&out, "peer", http_peer(req));
	shown_put(&out, "x-probe", http_header(req, "x-PROBE"));
	text_reply(req, buf_str(&out));
	buf_release(&out);
}

static void count_reply(struct http_req *req)
{
	struct buf out = { 0 };

	buf_printf(&out, "requests=%u gone=%u sockets=%u code=%d", requests, gone, sockets, last_code);
	text_reply(req, buf_str(&out));
	buf_release(&out);
}

static void body_reply(struct http_req *req, void *arg, struct str whole)
{
	struct buf out = { 0 };

	assert(arg == &requests);
	buf_printf(&out, "%zu:", whole.n);
	buf_add(&out, whole.p, whole.n < 1000 ? whole.n : 1000);
	text_reply(req, buf_str(&out));
	buf_release(&out);
}

static void body_gone(struct http_req *req, void *arg)
{
	(void)req;
	assert(arg == &requests);
	gone++;
}

static const struct http_ops body_ops = { .on_body = body_reply, .on_gone = body_gone };

static void late_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void late_due(uv_timer_t *timer)
{
	struct late *late = timer->data;

	text_reply(late->req, STR("late"));
	uv_close((uv_handle_t *)timer, late_closed);
}

static void late_body(struct http_req *req, void *arg, struct str whole)
{
	struct late *late = arg;

	(void)whole;
	assert(late->req == req);
	if (!str_eq(http_path(req), STR("/never")))
		uv_timer_start(&late->timer, late_due, LATE_MS, 0);
}

static void late_gone(struct http_req *req, void *arg)
{
	struct late *late = arg;

	assert(late->req == req);
	gone++;
	uv_close((uv_handle_t *)&late->timer, late_closed);
}

static const struct http_ops late_ops = { .on_body = late_body, .on_gone = late_gone };

static void late_reply(struct http_req *req)
{
	struct late *late = calloc(1, sizeof *late);

	assert(late);
	late->req = req;
	uv_timer_init(loop, &late->timer);
	late->timer.data = late;
	http_body_take(req, 100, &late_ops, late);
}

static void big_reply(struct http_req *req)
{
	char *big = malloc(BIG_BYTES);

	assert(big);
	memset(big, 'b', BIG_BYTES);
	text_reply(req, (struct str){ big, BIG_BYTES });
	free(big);
}

static void echo_text(struct ws *ws, void *arg, struct str text)
{
	(void)arg;
	ws_send(ws, text);
}

static void ask_text(struct ws *ws, void *arg, struct str text)
{
	char number[16] = { 0 };
	size_t n;
	char *answer;

	(void)arg;
	memcpy(number, text.p, text.n < 15 ? text.n : 15);
	n = strtoul(number, NULL, 10);
	answer = malloc(n + 1);
	assert(answer && n <= ASK_MOST);
	memset(answer, 'a', n);
	ws_send(ws, (struct str){ answer, n });
	free(answer);
}

static void close_text(struct ws *ws, void *arg, struct str text)
{
	char number[8] = { 0 };
	int code;

	(void)arg;
	memcpy(number, text.p, text.n < 7 ? text.n : 7);
	code = atoi(number);
	ws_close(ws, code >= 3000 && code <= 4999 ? code : 1000);
	ws_close(ws, 1000);
	assert(!ws_send(ws, STR("too late")));
}

static void socket_closed(struct ws *ws, void *arg, int code)
{
	(void)arg;
	assert(!ws_send(ws, STR("too late")));
	sockets--;
	last_code = code;
}

static const struct ws_ops echo_ops = { .on_text = echo_text, .on_close = socket_closed };
static const struct ws_ops ask_ops = { .on_text = ask_text, .on_close = socket_closed };
static const struct ws_ops close_ops = { .on_text = close_text, .on_close = socket_closed };

static void socket_accept(struct http_req *req, const struct ws_ops *ops)
{
	const char *protocol = http_offers(req, "Sec-WebSocket-Protocol", "probe.v1") ? "probe.v1" : NULL;

	if (str_eq(http_header(req, "Origin"), STR("https://evil.example"))) {
		http_reply(req, 403, NULL, NULL, STR(""));
		return;
	}
	if (ws_accept(req, protocol, ops, NULL))
		sockets++;
}

static bool path_is(const struct http_req *req, const char *path)
{
	return str_eq(http_path(req), str_of(path));
}

static void on_request(struct http_req *req, void *arg)
{
	assert(arg == &requests);
	requests++;
	if (path_is(req, "/echo"))
		socket_accept(req, &echo_ops);
	else if (path_is(req, "/ask"))
		socket_accept(req, &ask_ops);
	else if (path_is(req, "/close"))
		socket_accept(req, &close_ops);
	else if (path_is(req, "/body"))
		http_body_take(req, 1 << 20, &body_ops, &requests);
	else if (path_is(req, "/small"))
		http_body_take(req, 100, &body_ops, &requests);
	else if (path_is(req, "/later") || path_is(req, "/never"))
		late_reply(req);
	else if (path_is(req, "/big"))
		big_reply(req);
	else if (path_is(req, "/count"))
		count_reply(req);
	else if (path_is(req, "/nothing"))
		http_reply(req, 204, NULL, (const struct http_field[]){ { "X-Probe", "yes" }, { NULL, NULL } }, STR(""));
	else
		show_reply(req);
}

static void on_closed(void *arg)
{
	assert(arg == &server && sockets == 0);
	uv_close((uv_handle_t *)&term, NULL);
	uv_close((uv_handle_t *)&interrupt, NULL);
	uv_close((uv_handle_t *)&hangup, NULL);
}

static void on_signal(uv_signal_t *signal, int number)
{
	(void)number;
	uv_signal_stop(signal);
	net_end(server, on_closed, &server);
}

static SSL_CTX *tls_make(void)
{
	static const char *const names[] = { "localhost", "127.0.0.1", "::1", NULL };
	char cert[4096], key[4096], why[256];
	SSL_CTX *tls;

	snprintf(cert, sizeof cert, "%s/cert-%d.pem", dir, certs);
	snprintf(key, sizeof key, "%s/key-%d.pem", dir, certs++);
	if (net_tls_self_signed(cert, key, names))
		exit(2);
	tls = net_tls_new(cert, key, why);
	if (!tls) {
		fprintf(stderr, "%s\n", why);
		exit(2);
	}
	return tls;
}

static void on_hangup(uv_signal_t *signal, int number)
{
	SSL_CTX *tls = tls_make();

	(void)signal;
	(void)number;
	net_tls_set(server, tls);
	SSL_CTX_free(tls);
}

int main(int argc, char **argv)
{
	struct net_config config = {
		.address = "127.0.0.1", .head_bytes = 8192, .queue_bytes = 1 << 20, .frame_bytes = 256 << 10,
		.head_ms = 1000, .body_ms = 1000, .idle_ms = 2000, .connections = 60, .connections_per_address = 40,
		.on_request = on_request, .arg = &requests,
	};

	if (argc < 2)
		return 2;
	loop = uv_default_loop();
	dir = argv[1];
	config.tls = tls_make();
	if (net_listen(&server, loop, &config))
		return 2;
	SSL_CTX_free(config.tls);
	uv_signal_init(loop, &term);
	uv_signal_init(loop, &interrupt);
	uv_signal_init(loop, &hangup);
	uv_signal_start(&hangup, on_hangup, SIGHUP);
	uv_signal_start(&term, on_signal, SIGTERM);
	uv_signal_start(&interrupt, on_signal, SIGINT);
	printf("%u\n", net_port(server));
	fflush(stdout);
	uv_run(loop, UV_RUN_DEFAULT);
	uv_loop_close(loop);
	uv_library_shutdown();
	return 0;
}
