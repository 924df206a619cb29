/** @file net/http_stream.c  An answer in pieces, for bodies that are not in memory: no more is queued than one piece. */
#include "net/http_state.h"

void http_room(struct http *http)
{
	struct http_req *req = http->req;

	if (conn_queued(http->conn) || req->asked)
		return;
	req->asked = true;
	conn_deadline(http->conn, 0);
	req->ops->on_room(req, req->arg);
}

void http_take_over(struct http_req *req, const struct http_ops *ops, void *arg)
{
	assert(http_of(req)->parser.ended && req->ops && ops->on_gone);
	req->ops = ops;
	req->arg = arg;
}

bool http_reply_begin(struct http_req *req, int status, const char *type, const struct http_field *fields, uint64_t bytes)
{
	struct http *http = http_of(req);
	bool keep = req_keeps(req);
	struct reply reply = { status, type, fields, bytes, !keep, http->parser.ll.http_minor == 0 };

	assert(status >= 200 && bytes && req->ops && req->ops->on_room);
	http_write(http, &reply, STR(""));
	if (http->parser.ll.method == HTTP_HEAD) {
		req_over(req, keep);
		return true;
	}
	/* What the head said of the connection holds. */
	req->keep = keep;
	req->left = bytes;
	conn_wake(http->conn);
	return false;
}

bool http_reply_put(struct http_req *req, struct str piece)
{
	struct http *http = http_of(req);

	assert(req->asked && piece.n && piece.n <= req->left);
	req->asked = false;
	conn_write(http->conn, piece, STR(""));
	req->left -= piece.n;
	if (req->left == 0) {
		req_over(req, req->keep && !conn_ending(http->conn));
		return true;
	}
	conn_deadline(http->conn, conn_config(http->conn)->body_ms + conn_queued(http->conn) / REPLY_BYTES_PER_MS);
	/* What the socket took at once wakes nobody. */
	conn_wake(http->conn);
	return false;
}

void http_reply_cut(struct http_req *req)
{
	struct http *http = http_of(req);

	http->closing = true;
	req_free(req);
	conn_kill(http->conn);
}
