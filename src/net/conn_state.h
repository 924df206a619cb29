/** @file net/conn_state.h  The inside of a connection, as conn.c (its life) and conn_io.c (its bytes) share it. */
#pragma once
#include "base/buf.h"
#include "net/server.h"

enum conn_state {
	CONN_HANDSHAKE = 1,	/* nothing is known but the address */
	CONN_OPEN,		/* bytes go both ways */
	CONN_FINISHING,		/* the queue is written, nothing is read */
	CONN_LINGERING,		/* we have closed our side; what still comes is thrown away */
	CONN_DYING,		/* waits for its burial in the next turn */
};

struct conn {
	uv_poll_t poll;
	struct net_server *server;
	struct peer *peer;
	SSL *ssl;
	const struct conn_ops *ops;
	void *up;
	struct list all, soon, unsent;
	struct deadline deadline;
	struct buf queue;
	size_t written;			/* of the queue */
	struct in6_addr from;
	int fd;
	enum conn_state state;
	int events;			/* what libuv watches */
	bool paused;
	bool woken;
	bool peer_closed;
	bool sends;			/* stands in the server's list of those that write at the end of the turn */
	bool tls;			/* its first byte has been seen, and is TLS's */
	bool retry_write;		/* the handshake or a read waits for the socket to take bytes, or bytes wait inside OpenSSL */
};

/** Watch the socket for what the state asks for. */
void conn_watch(struct conn *conn);

/** The socket is ready: handshake, write, read. */
void conn_on_poll(uv_poll_t *poll, int status, int events);
