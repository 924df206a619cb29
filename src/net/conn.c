/** @file net/conn.c  A connection's life: start, deadline, waking, burial. The only place that frees one. Its bytes are conn_io.c. */
#include "net/conn_state.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <unistd.h>

static int events_wanted(const struct conn *conn)
{
	int write = conn->retry_write || (conn_queued(conn) && !conn->sends) ? UV_WRITABLE : 0;

	switch (conn->state) {
	case CONN_HANDSHAKE:
		return conn->retry_write ? UV_WRITABLE : UV_READABLE;
	case CONN_OPEN:
		/* Who is not read for a while may still leave. */
		return (conn->paused ? UV_DISCONNECT : UV_READABLE) | write;
	case CONN_FINISHING:
		return conn->sends ? 0 : UV_WRITABLE;
	case CONN_LINGERING:
		return UV_READABLE;
	case CONN_DYING:
		return 0;
	}
	assert(false);
	return 0;
}

void conn_watch(struct conn *conn)
{
	int events = events_wanted(conn);

	if (events == conn->events)
		return;
	conn->events = events;
	if (events)
		uv_poll_start(&conn->poll, events, conn_on_poll);
	else
		uv_poll_stop(&conn->poll);
}

static void conn_soon(struct conn *conn)
{
	struct net_server *server = conn->server;

	list_del(&conn->soon);
	list_add(&server->soon, &conn->soon);
	uv_idle_start(&server->sweeper, conn_sweep);
}

void conn_kill(struct conn *conn)
{
	if (conn->state == CONN_DYING)
		return;
	conn->state = CONN_DYING;
	deadline_clear(&conn->server->deadlines, &conn->deadline);
	conn_watch(conn);
	conn_soon(conn);
}

void conn_wake(struct conn *conn)
{
	if (conn->state == CONN_DYING)
		return;
	conn->woken = true;
	conn_soon(conn);
}

static void conn_due(struct deadline *deadline)
{
	struct conn *conn = list_entry(deadline, struct conn, deadline);

	if (conn->state == CONN_OPEN)
		conn->ops->on_deadline(conn->up);
	else
		conn_kill(conn);
}

void conn_deadline(struct conn *conn, uint64_t ms)
{
	if (conn->state != CONN_OPEN)
		return;
	if (ms)
		deadline_set(&conn->server->deadlines, &conn->deadline, ms);
	else
		deadline_clear(&conn->server->deadlines, &conn->deadline);
}

static void conn_free(uv_handle_t *handle)
{
	struct conn *conn = handle->data;
	struct net_server *server = conn->server;

	free(conn);
	server_conn_freed(server);
}

static void conn_bury(struct conn *conn)
{
	const struct conn_ops *ops = conn->ops;

	assert(conn->state == CONN_DYING);
	conn->ops = NULL;
	list_del(&conn->all);
	list_del(&conn->unsent);
	if (ops)
		ops->on_lost(conn->up);
	SSL_free(conn->ssl);
	buf_release(&conn->queue);
	peer_leave(conn->peer);
	uv_close((uv_handle_t *)&conn->poll, conn_free);
	close(conn->fd);
}

void conn_sweep(uv_idle_t *sweeper)
{
	struct net_server *server = sweeper->data;
	struct list now;

	/* Only those that wait already: what they wake waits for the next turn, so that the loop also looks at its sockets. */
	list_init(&now);
	list_each(&server->soon, node, after) {
		list_del(node);
		list_add(&now, node);
	}
	while (!list_empty(&now)) {
		struct conn *conn = list_entry(now.next, struct conn, soon);
		bool woken = conn->woken;

		list_del(&conn->soon);
		conn->woken = false;
		if (conn->state == CONN_DYING)
			conn_bury(conn);
		else if (conn->state == CONN_OPEN && woken)
			conn->ops->on_wake(conn->up);
	}
	if (list_empty(&server->soon))
		uv_idle_stop(sweeper);
}

void conn_start(struct net_server *server, int fd, const struct in6_addr *from, struct peer *peer)
{
	struct conn *conn = calloc(1, sizeof *conn);
	SSL *ssl = SSL_new(server->tls);

	if (!conn || !ssl || !SSL_set_fd(ssl, fd) || uv_poll_init_socket(server->loop, &conn->poll, fd)) {
		SSL_free(ssl);
		free(conn);
		peer_leave(peer);
		close(fd);
		return;
	}
	SSL_set_accept_state(ssl);
	conn->ssl = ssl;
	conn->fd = fd;
	conn->server = server;
	conn->peer = peer;
	conn->from = *from;
	conn->poll.data = conn;
	conn->deadline.due = conn_due;
	conn->state = CONN_HANDSHAKE;
	list_add(&server->conns, &conn->all);
	server->count++;
	deadline_set(&server->deadlines, &conn->deadline, server->config.head_ms);
	conn_watch(conn);
}

void conn_end_all(struct net_server *server)
{
	list_each(&server->conns, node, after) {
		struct conn *conn = list_entry(node, struct conn, all);

		if (conn->state == CONN_HANDSHAKE)
			conn_kill(conn);
		else if (conn->state == CONN_OPEN)
			conn->ops->on_end(conn->up);
	}
}

void conn_kill_all(struct net_server *server)
{
	list_each(&server->conns, node, after)
		conn_kill(list_entry(node, struct conn, all));
}

void conn_become(struct conn *conn, const struct conn_ops *ops, void *up)
{
	conn->ops = ops;
	conn->up = up;
}

const struct net_config *conn_config(const struct conn *conn)
{
	return &conn->server->config;
}

void conn_peer(const struct conn *conn, char out[static INET6_ADDRSTRLEN])
{
	const uint8_t *bytes = conn->from.s6_addr;
	bool v4 = IN6_IS_ADDR_V4MAPPED(&conn->from);

	inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? bytes + 12 : bytes, out, INET6_ADDRSTRLEN);
}

void conn_count_reply(struct conn *conn, int status)
{
	assert(status >= 200 && status < 600);
	conn->server->counts.replies[status / 100]++;
}

bool conn_open(const struct conn *conn)
{
	return conn->state == CONN_OPEN;
}

bool conn_ending(const struct conn *conn)
{
	return conn->server->ending;
}
