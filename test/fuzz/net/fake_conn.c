/** @file test/fuzz/net/fake_conn.c  A connection without a socket. Linked in place of conn.c and conn_io.c. */
#include "fake_conn.h"

#include <assert.h>
#include <stdio.h>

enum { DATE_CHARS = 29 };

void fake_conn_init(struct conn *conn, const struct net_config *config)
{
	*conn = (struct conn){ .config = *config, .open = true };
}

size_t fake_conn_feed(struct conn *conn, struct str bytes, size_t step)
{
	size_t at = 0;

	while (conn->open) {
		size_t n = bytes.n - at < step ? bytes.n - at : step;

		if (conn->woken) {
			conn->woken = false;
			conn->ops->on_wake(conn->up);
			continue;
		}
		if (conn->paused || n == 0)
			break;
		conn->ops->on_bytes(conn->up, (struct str){ bytes.p + at, n });
		at += n;
	}
	return at;
}

void fake_conn_lose(struct conn *conn)
{
	conn->open = false;
	if (conn->ops)
		conn->ops->on_lost(conn->up);
	conn->ops = NULL;
}

void fake_conn_release(struct conn *conn)
{
	fake_conn_lose(conn);
	buf_release(&conn->log);
}

void conn_become(struct conn *conn, const struct conn_ops *ops, void *up)
{
	conn->ops = ops;
	conn->up = up;
}

const struct net_config *conn_config(const struct conn *conn)
{
	return &conn->config;
}

void conn_peer(const struct conn *conn, char out[static INET6_ADDRSTRLEN])
{
	(void)conn;
	snprintf(out, INET6_ADDRSTRLEN, "192.0.2.1");
}

void conn_count_reply(struct conn *conn, int status)
{
	(void)conn;
	assert(status >= 200 && status < 600);
}

bool conn_open(const struct conn *conn)
{
	return conn->open;
}

bool conn_ending(const struct conn *conn)
{
	return conn->ending;
}

bool conn_write(struct conn *conn, struct str head, struct str body)
{
	static const char proceed[] = "HTTP/1.1 100 ", date[] = "\r\nDate: ";
	const char *at = memmem(head.p, head.n, date, sizeof date - 1);

	if (!conn->open)
		return false;
	/* Whether it is sent depends on what has arrived, so it is no part of what must be the same. */
	if (head.n >= sizeof proceed - 1 && memcmp(head.p, proceed, sizeof proceed - 1) == 0)
		return true;
	if (at) {
		buf_add(&conn->log, head.p, (size_t)(at - head.p));
		at += sizeof date - 1 + DATE_CHARS;
		buf_add(&conn->log, at, (size_t)(head.p + head.n - at));
	} else {
		buf_add(&conn->log, head.p, head.n);
	}
	buf_add(&conn->log, body.p, body.n);
	return true;
}

bool conn_write_soon(struct conn *conn, struct str head, struct str body)
{
	return conn_write(conn, head, body);
}

size_t conn_queued(const struct conn *conn)
{
	return conn->queued;
}

void conn_pause(struct conn *conn, bool paused)
{
	conn->paused = paused;
}

void conn_wake(struct conn *conn)
{
	conn->woken = true;
}

void conn_deadline(struct conn *conn, uint64_t ms)
{
	conn->deadline_ms = ms;
}

void conn_finish(struct conn *conn)
{
	if (!conn->open)
		return;
	conn->open = false;
	conn->finished = true;
}

void conn_kill(struct conn *conn)
{
	conn->open = false;
}
