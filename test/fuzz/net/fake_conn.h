/** @file test/fuzz/net/fake_conn.h  A connection without a socket: net/conn.h played by a script, for the fuzz targets and unit tests. */
#pragma once
#include "base/buf.h"
#include "net/conn.h"

struct conn {
	struct net_config config;
	const struct conn_ops *ops;
	void *up;
	struct buf log;		/* what was written (Date and 100 Continue left out), and what the test adds itself */
	size_t queued;		/* set by a test: so much seems to wait for the peer */
	uint64_t deadline_ms;
	bool open, finished, paused, woken, ending;
};

/** Ready for http_start(). */
void fake_conn_init(struct conn *conn, const struct net_config *config);

/** Let bytes arrive in pieces of `step`, waking whoever asked; stops where nobody reads any more. How many were taken. */
size_t fake_conn_feed(struct conn *conn, struct str bytes, size_t step);

/** The connection is lost, if it is not over yet: on_lost. */
void fake_conn_lose(struct conn *conn);

void fake_conn_release(struct conn *conn);
