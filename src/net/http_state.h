/** @file net/http_state.h  The inside of HTTP on a connection, as http.c (its requests) and http_stream.c (answers in pieces) share it. */
#pragma once
#include "net/http_conn.h"
#include "net/http_parser.h"
#include "net/http_reply.h"

#include <assert.h>

enum {
	REQ_MAGIC = 0x72657131,
	REPLY_BYTES_PER_MS = 16,	/* the slowest reader that is served: 128 kbit/s */
};

/** HTTP on one connection. */
struct http {
	struct conn *conn;		/* NULL: upgraded away */
	struct http_parser parser;
	struct http_req *req;		/* the one being answered, or NULL */
	struct buf in;			/* arrived, not yet parsed */
	bool running;
	bool closing;			/* the last answer is given: what still comes is nobody's */
};

/** Apart from struct http, so that a stale pointer can't hit the next request: the magic is wiped with it. */
struct http_req {
	unsigned magic;
	struct http *http;
	const struct http_ops *ops;
	void *arg;
	bool keep;			/* the peer wants to keep the connection */
	bool asked;			/* a piece of the body is wanted, and is not there yet */
	uint64_t left;			/* of the body behind http_reply_begin; 0: none was begun */
	char peer[INET6_ADDRSTRLEN];
};

static inline struct http *http_of(const struct http_req *req)
{
	assert(req && req->magic == REQ_MAGIC);
	return req->http;
}

/** Write a head and a body, or kill the connection when memory is out. */
void http_write(struct http *http, const struct reply *reply, struct str body);

/** May the connection be kept behind this request? */
bool req_keeps(const struct http_req *req);

/** The answer is given, sent or not: the next request's turn, if there may be one. */
void req_over(struct http_req *req, bool keep);

/** The request is over, and nothing else is done. */
void req_free(struct http_req *req);

/** A body in pieces was begun: ask for the next one, when what was put is out. */
void http_room(struct http *http);
