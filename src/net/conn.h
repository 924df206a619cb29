/**
 * @file net/conn.h  One accepted connection: TLS, reading, the outgoing queue, its deadline. Inside src/net only.
 *
 * What speaks over it (http.c, then ws.c) hangs on it by conn_ops. No conn_ function ever calls back into it: a connection
 * that failed is marked, and the loop's next turn buries it and says on_lost. So whoever writes may go on in its own code.
 */
#pragma once
#include "net/http.h"

#include <netinet/in.h>

struct conn;

/** All run from the loop, never from inside a conn_ function. */
struct conn_ops {
	void (*on_bytes)(void *up, struct str bytes);
	void (*on_wake)(void *up);	/* asked for by conn_wake(), or the outgoing queue has drained */
	void (*on_deadline)(void *up);	/* the time set by conn_deadline() has passed */
	void (*on_end)(void *up);	/* the server ends: say goodbye; no callback out of src/net may run from here */
	void (*on_lost)(void *up);	/* the last call: the connection is over, forget it */
};

/** Hand the connection to another layer; NULL: to nobody, it is only to be finished. */
void conn_become(struct conn *conn, const struct conn_ops *ops, void *up);

const struct net_config *conn_config(const struct conn *conn);

/** The peer's address, numeric; an IPv4 peer in IPv4's own form. */
void conn_peer(const struct conn *conn, char out[static INET6_ADDRSTRLEN]);

/** Count a request's answer. */
void conn_count_reply(struct conn *conn, int status);

/** Neither failed nor finishing: bytes are still read and written. */
bool conn_open(const struct conn *conn);

/** net_end() was called. */
bool conn_ending(const struct conn *conn);

/** Send both parts, in order; what the socket does not take is queued. False when the connection is not open (any more). */
bool conn_write(struct conn *conn, struct str head, struct str body);

/** The same at the end of the loop's turn, together with what else goes there: a TLS record and a write each cost more than the bytes. */
bool conn_write_soon(struct conn *conn, struct str head, struct str body);

/** Bytes not yet taken by the socket. */
size_t conn_queued(const struct conn *conn);

/** Stop or go on reading. At most one TLS record comes late after a stop. */
void conn_pause(struct conn *conn, bool paused);

/** Ask for on_wake in the loop's next turn. */
void conn_wake(struct conn *conn);

/** Call on_deadline in `ms`; 0: never. */
void conn_deadline(struct conn *conn, uint64_t ms);

/** Write what is queued, say goodbye on TLS, close. Nothing more is read. */
void conn_finish(struct conn *conn);

/** Close without writing what is queued. */
void conn_kill(struct conn *conn);
