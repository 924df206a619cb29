/** @file net/http.h  HTTP/1.1 requests over TLS (RFC 9112), one at a time a connection, strict, bounded. */
#pragma once
#include "base/str.h"

#include <openssl/ssl.h>
#include <stdint.h>
#include <uv.h>

struct http_req;
struct net_server;

/** How one listening port behaves. Everything is copied but the callback's argument. */
struct net_config {
	const char *address;		/* numeric, IPv4 or IPv6; "::" takes both */
	uint16_t port;			/* 0: the kernel chooses, net_port() tells */
	SSL_CTX *tls;			/* the server takes a reference of its own; net_tls_set() swaps it */
	size_t head_bytes;		/* LIMIT_HEAD_BYTES … of base/limits.h, here so that tests can lower them */
	size_t queue_bytes;		/* outgoing bytes waiting for a slow reader before the connection is cut */
	size_t frame_bytes;		/* one WebSocket message */
	unsigned head_ms;		/* TLS handshake and request head */
	unsigned body_ms;		/* the whole request body */
	unsigned idle_ms;		/* between two requests; a WebSocket is pinged at half of it and cut at it */
	unsigned connections;		/* at once, all peers */
	unsigned connections_per_address; /* at once, one peer address (an IPv6 /64 is one) */
	/**
	 * The head is complete and valid, the body not yet read. Before it returns it must reply, take the body, or accept a
	 * WebSocket. Who wants to answer or accept later takes the body first (there may be none), and so hears of a peer that left.
	 */
	void (*on_request)(struct http_req *req, void *arg);
	void *arg;
	/**
	 * A connection began with a byte that is no TLS record's type (RFC 8446 section 5.1: 20 and above): the socket, with nothing
	 * read from it, is the callee's. NULL: such connections are closed.
	 */
	void (*on_other)(int fd, void *arg);
	void *other_arg;
};

/** Start to listen. 0 and *sp, or a negative errno (-EADDRINUSE …). The caller owns *sp. Ignores SIGPIPE for the process. */
int net_listen(struct net_server **sp, uv_loop_t *loop, const struct net_config *config);

/** The port listened on. */
uint16_t net_port(const struct net_server *server);

/** What a port did and holds. */
struct net_counts {
	unsigned connections;		/* now */
	uint64_t accepted;		/* since the start, as all below */
	uint64_t refused;		/* beyond a limit on connections */
	uint64_t others;		/* given to on_other */
	uint64_t replies[6];		/* answers to requests by hundreds of their status; [0] and [1] stay 0 */
};
void net_counts(const struct net_server *server, struct net_counts *out);

/** Use another context for connections accepted from now on; those there are keep theirs. The server takes a reference of its own. */
void net_tls_set(struct net_server *server, SSL_CTX *tls);

/** Stop accepting, close WebSockets with 1001 and idle connections now, running replies when written (at most 2 s); then `on_closed`, and the server is freed. */
void net_end(struct net_server *server, void (*on_closed)(void *arg), void *arg);

/** A TLS 1.2/1.3 server context from PEM files: X25519 before P-256, no renegotiation, no compression, ALPN http/1.1 only. NULL with *why filled. */
SSL_CTX *net_tls_new(const char *cert_file, const char *key_file, char why[static 256]);

/** Write a self-signed ECDSA P-256 certificate (825 days; DNS names and IP addresses as SAN) and its key (mode 0600). 0 or a negative errno; never overwrites. */
int net_tls_self_signed(const char *cert_file, const char *key_file, const char *const *names);

/* A request lives until it is answered or its on_gone ran. All str are borrowed until then. */
struct str http_method(const struct http_req *req);
struct str http_path(const struct http_req *req);		/* percent-encoded as sent, without the query; always begins with '/' */
struct str http_query(const struct http_req *req);		/* without '?'; empty when absent */
struct str http_header(const struct http_req *req, const char *name);	/* the first of that name, "" when absent; names ignore case */
struct str http_peer(const struct http_req *req);		/* numeric address, without port */

/** What a handler that answers later must know. */
struct http_ops {
	void (*on_body)(struct http_req *req, void *arg, struct str whole);	/* whole body, at most what http_body_take asked */
	void (*on_gone)(struct http_req *req, void *arg);	/* the peer left (or closed its side) before the reply, or was refused (413, 408, 400): forget req */
	void (*on_room)(struct http_req *req, void *arg);	/* after http_reply_begin: what was put is out, put the next piece; may be NULL for who never begins one */
};

/**
 * Read the whole body (413 and close by itself when above `most` bytes), then ops->on_body once. Without a body it runs at
 * once with "". Once a request, from on_request, as the caller's last statement: on_body or on_gone may run before it returns.
 */
void http_body_take(struct http_req *req, size_t most, const struct http_ops *ops, void *arg);

/** A reply header. */
struct http_field {
	const char *name;
	const char *value;
};

/**
 * Answer: head and body are copied or sent. `fields` ends with a NULL name, or is NULL. Adds Content-Length,
 * Content-Type (NULL: none, for 204 and 304) and Connection. Answering before the body was read closes the connection.
 * A value with CR, LF or NUL is a bug (assert).
 */
void http_reply(struct http_req *req, int status, const char *type, const struct http_field *fields, struct str body);

/**
 * Answer with `bytes` of body (more than 0) that come piece by piece, since they are not in memory: the head goes out, and ops->on_room asks
 * for each piece in turn, with http_reply_put, at once or later; on_gone may come instead. For a HEAD request the head is all: true, and
 * the request is over. Behind http_body_take only.
 */
bool http_reply_begin(struct http_req *req, int status, const char *type, const struct http_field *fields, uint64_t bytes);
/** Another handler answers from here on: behind on_body, before any answer. */
void http_take_over(struct http_req *req, const struct http_ops *ops, void *arg);
/** The next piece, not empty and not beyond what was announced. With the last the request is over: true. */
bool http_reply_put(struct http_req *req, struct str piece);
/** The rest can't be had: the connection is cut, so that nobody takes the part for the whole. The request is over. */
void http_reply_cut(struct http_req *req);
