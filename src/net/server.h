/** @file net/server.h  A listening port and its connections, as server.c and conn.c share it. Inside src/net only. */
#pragma once
#include "net/conn.h"
#include "net/deadline.h"
#include "net/peers.h"

struct net_server {
	struct net_config config;
	uv_loop_t *loop;
	SSL_CTX *tls;			/* a reference of our own */
	int fd;
	uint16_t port;
	uv_poll_t accepting;
	uv_idle_t sweeper;		/* runs only while `soon` is not empty */
	uv_prepare_t sender;		/* runs only while `unsent` is not empty */
	struct deadlines deadlines;
	struct deadline pause;		/* accept again; when ending: the grace is over */
	struct peers peers;
	struct list conns;		/* all */
	struct list soon;		/* to wake or to bury in the next turn */
	struct list unsent;		/* to write at the end of this turn */
	unsigned count;
	struct net_counts counts;	/* `connections` is not kept: it is `count` */
	unsigned handles;		/* libuv handles of the server itself that are not closed yet */
	bool ending;
	void (*on_closed)(void *arg);
	void *closed_arg;
};

/** Take an accepted socket over; closes it when there is no memory. */
void conn_start(struct net_server *server, int fd, const struct in6_addr *from, struct peer *peer);

/** Wake or bury what waits in `soon`. */
void conn_sweep(uv_idle_t *sweeper);

/** Write what waits in `unsent`. */
void conn_send_all(uv_prepare_t *sender);

/** Tell every connection that the server ends. */
void conn_end_all(struct net_server *server);

/** Bury every connection in the next turn. */
void conn_kill_all(struct net_server *server);

/** A connection is freed: the last one of an ending server closes it. */
void server_conn_freed(struct net_server *server);
