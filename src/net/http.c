/** @file net/http.c  The life of a connection's requests, one at a time: parse, hand over, body, answer, next. */
#include "net/http_state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	REQUESTS_PER_TURN = 8,		/* pipelined ones, then the others get their turn */
};

void req_free(struct http_req *req)
{
	req->http->req = NULL;
	req->magic = 0;
	free(req);
}

static void req_gone(struct http_req *req)
{
	/* From here on the request may only be forgotten. */
	req->magic = 0;
	if (req->ops)
		req->ops->on_gone(req, req->arg);
	req_free(req);
}

static void http_free(struct http *http)
{
	assert(!http->req);
	http_parser_release(&http->parser);
	buf_release(&http->in);
	free(http);
}

void http_write(struct http *http, const struct reply *reply, struct str body)
{
	struct buf head = { 0 };

	if (reply->status >= 200)
		conn_count_reply(http->conn, reply->status);
	if (reply_head(&head, reply))
		conn_kill(http->conn);
	else
		conn_write(http->conn, buf_str(&head), body);
	buf_release(&head);
}

/* Our own answer to what can't be served, as RFC 9457 says it; a handler that has the request hears that it is gone. */
static void http_refuse(struct http *http, int status)
{
	struct http_req *req = http->req;
	char body[128];
	int n = snprintf(body, sizeof body, "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d}", reply_phrase(status), status);

	http->closing = true;
	http_write(http, &(struct reply){ .status = status, .type = "application/problem+json", .body_bytes = (size_t)n, .close = true },
		http->parser.ll.method == HTTP_HEAD ? STR("") : (struct str){ body, (size_t)n });
	conn_finish(http->conn);
	if (req)
		req_gone(req);
}

static void http_hand_over(struct http *http)
{
	const struct net_config *config = conn_config(http->conn);
	struct http_req *req = calloc(1, sizeof *req);

	if (!req) {
		http_refuse(http, 503);
		return;
	}
	req->magic = REQ_MAGIC;
	req->http = http;
	req->keep = llhttp_should_keep_alive(&http->parser.ll);
	conn_peer(http->conn, req->peer);
	http->req = req;
	conn_deadline(http->conn, 0);
	config->on_request(req, config->arg);
	/* A request that nobody answers, takes or upgrades would hang for ever, and nobody would hear of its end. */
	assert(!http->req || http->req->ops);
}

static void http_body_over(struct http *http)
{
	struct http_req *req = http->req;

	conn_deadline(http->conn, 0);
	req->ops->on_body(req, req->arg, buf_str(&http->parser.body));
}

/* Is there something to do with bytes now? A new request waits until the answer before it is out. */
static bool http_hungry(const struct http *http)
{
	if (!http->conn || http->closing || !conn_open(http->conn) || http->in.n == 0)
		return false;
	return http->req ? !http->parser.ended : conn_queued(http->conn) == 0;
}

static void http_step(struct http *http)
{
	struct str in = buf_str(&http->in);
	size_t had = in.n;
	enum http_event event;

	if (!http->req && http->parser.head_bytes == 0)
		conn_deadline(http->conn, conn_config(http->conn)->head_ms);
	event = http_parser_feed(&http->parser, &in);
	buf_consume(&http->in, had - in.n);
	switch (event) {
	case HTTP_MORE:
		return;
	case HTTP_HEAD_DONE:
		http_hand_over(http);
		return;
	case HTTP_END:
		http_body_over(http);
		return;
	case HTTP_BAD:
		http_refuse(http, http->parser.status);
		return;
	}
}

static void http_run(struct http *http)
{
	int left = REQUESTS_PER_TURN;

	http->running = true;
	while (http_hungry(http) && left > 0) {
		http_step(http);
		if (http->conn && !http->req)
			left--;
	}
	http->running = false;
	if (!http->conn) {
		http_free(http);
		return;
	}
	if (http->in.n == 0)
		buf_release(&http->in);
	if (http_hungry(http))
		conn_wake(http->conn);
	conn_pause(http->conn, http->in.n > 0);
}

static void http_on_bytes(void *up, struct str bytes)
{
	struct http *http = up;

	if (http->closing)
		return;
	if (buf_add(&http->in, bytes.p, bytes.n)) {
		conn_kill(http->conn);
		return;
	}
	http_run(http);
}

static void http_on_wake(void *up)
{
	struct http *http = up;

	if (http->req && http->req->left) {
		http_room(http);
		return;
	}
	if (!http->req && !http->closing && conn_queued(http->conn) == 0 && http->parser.head_bytes == 0)
		conn_deadline(http->conn, conn_config(http->conn)->idle_ms);
	http_run(http);
}

static void http_on_deadline(void *up)
{
	struct http *http = up;

	if ((!http->req || http->req->left) && conn_queued(http->conn)) {
		conn_kill(http->conn);
	} else if (http->req || http->parser.head_bytes) {
		http_refuse(http, 408);
	} else {
		http->closing = true;
		conn_finish(http->conn);
	}
}

static void http_on_end(void *up)
{
	struct http *http = up;

	if (http->req)
		return;
	http->closing = true;
	conn_finish(http->conn);
}

static void http_on_lost(void *up)
{
	struct http *http = up;

	if (http->req)
		req_gone(http->req);
	http_free(http);
}

static const struct conn_ops http_conn_ops = {
	.on_bytes = http_on_bytes,
	.on_wake = http_on_wake,
	.on_deadline = http_on_deadline,
	.on_end = http_on_end,
	.on_lost = http_on_lost,
};

int http_start(struct conn *conn)
{
	struct http *http = calloc(1, sizeof *http);

	if (!http)
		return -ENOMEM;
	http->conn = conn;
	http_parser_init(&http->parser, conn_config(conn)->head_bytes);
	conn_become(conn, &http_conn_ops, http);
	conn_deadline(conn, conn_config(conn)->head_ms);
	return 0;
}

struct conn *http_upgrade(struct http_req *req, struct buf *rest)
{
	struct http *http = http_of(req);
	struct conn *conn = http->conn;

	*rest = http->in;
	http->in = (struct buf){ 0 };
	http->conn = NULL;
	req_free(req);
	if (!http->running)
		http_free(http);
	return conn;
}

void http_body_take(struct http_req *req, size_t most, const struct http_ops *ops, void *arg)
{
	struct http *http = http_of(req);
	struct http_parser *parser = &http->parser;

	assert(ops && ops->on_body && ops->on_gone && !req->ops);
	req->ops = ops;
	req->arg = arg;
	if (parser->ended) {
		ops->on_body(req, arg, STR(""));
		return;
	}
	if (parser->ll.content_length > most) {
		http_refuse(http, 413);
		return;
	}
	parser->body_most = most;
	if (parser->expects && http->in.n == 0)
		http_write(http, &(struct reply){ .status = 100 }, STR(""));
	conn_deadline(http->conn, conn_config(http->conn)->body_ms);
}

void req_over(struct http_req *req, bool keep)
{
	struct http *http = req->http;
	const struct net_config *config = conn_config(http->conn);

	req_free(req);
	if (!keep) {
		http->closing = true;
		conn_finish(http->conn);
		return;
	}
	http_parser_release(&http->parser);
	http_parser_init(&http->parser, config->head_bytes);
	if (conn_queued(http->conn))
		conn_deadline(http->conn, config->body_ms + conn_queued(http->conn) / REPLY_BYTES_PER_MS);
	else
		conn_deadline(http->conn, config->idle_ms);
	if (!http->running && http->in.n)
		conn_wake(http->conn);
}

bool req_keeps(const struct http_req *req)
{
	return req->keep && req->http->parser.ended && !conn_ending(req->http->conn);
}

void http_reply(struct http_req *req, int status, const char *type, const struct http_field *fields, struct str body)
{
	struct http *http = http_of(req);
	bool keep = req_keeps(req);
	struct reply reply = { status, type, fields, body.n, !keep, http->parser.ll.http_minor == 0 };

	assert(status >= 200 && !req->left);
	http_write(http, &reply, http->parser.ll.method == HTTP_HEAD ? STR("") : body);
	req_over(req, keep);
}

struct str http_method(const struct http_req *req)
{
	return str_of(llhttp_method_name(http_of(req)->parser.ll.method));
}

struct str http_path(const struct http_req *req)
{
	struct str target = http_parser_target(&http_of(req)->parser);
	const char *mark = memchr(target.p, '?', target.n);

	return (struct str){ target.p, mark ? (size_t)(mark - target.p) : target.n };
}

struct str http_query(const struct http_req *req)
{
	struct str target = http_parser_target(&http_of(req)->parser);
	size_t path = http_path(req).n;

	return path == target.n ? STR("") : (struct str){ target.p + path + 1, target.n - path - 1 };
}

bool http_header_nth(const struct http_req *req, const char *name, size_t nth, struct str *value)
{
	struct str key;
	size_t at = 0;

	while (http_parser_field(&http_of(req)->parser, &at, &key, value))
		if (http_same(key, str_of(name)) && nth-- == 0)
			return true;
	return false;
}

struct str http_header(const struct http_req *req, const char *name)
{
	struct str value;

	return http_header_nth(req, name, 0, &value) ? value : STR("");
}

struct str http_peer(const struct http_req *req)
{
	http_of(req);
	return str_of(req->peer);
}

bool http_body_sent(const struct http_req *req)
{
	const struct http_parser *parser = &http_of(req)->parser;

	return !parser->ended || parser->ll.content_length > 0 || parser->body.n > 0;
}

const struct net_config *http_config(const struct http_req *req)
{
	return conn_config(http_of(req)->conn);
}

bool http_modern(const struct http_req *req)
{
	return http_of(req)->parser.ll.http_minor > 0;
}
