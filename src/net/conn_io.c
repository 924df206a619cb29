/** @file net/conn_io.c  A connection's bytes: handshake, reading, the outgoing queue, closing our side. Its life is conn.c. */
#include "net/conn_state.h"
#include "net/http_conn.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <sys/socket.h>

enum {
	TLS_RECORD_LEAST = 20,
	READ_BYTES = 16384,		/* one TLS record, so that none is left behind inside OpenSSL */
	READS_PER_TURN = 8,		/* then the others get their turn */
	WRITES_PER_TURN = 16,
	FINISH_MS = 2000,		/* to write the rest … */
	FINISH_BYTES_PER_MS = 16,	/* … plus its length at the slowest pace that is served */
	SOON_BYTES = 16384,		/* what waits for the end of the turn: one TLS record */
	LINGER_MS = 1000,		/* for the peer to close first, so that it reads the last answer before a reset */
};

static char arrived[READ_BYTES];

size_t conn_queued(const struct conn *conn)
{
	return conn->queue.n - conn->written;
}

/* Our side is said: TLS goodbye and FIN. Waiting for the peer's keeps a reset from eating the last answer. */
static void conn_shut(struct conn *conn)
{
	ERR_clear_error();
	SSL_shutdown(conn->ssl);
	if (conn->peer_closed || shutdown(conn->fd, SHUT_WR)) {
		conn_kill(conn);
		return;
	}
	conn->state = CONN_LINGERING;
	deadline_set(&conn->server->deadlines, &conn->deadline, LINGER_MS);
	conn_watch(conn);
}

void conn_finish(struct conn *conn)
{
	if (conn->state != CONN_OPEN)
		return;
	conn->state = CONN_FINISHING;
	conn->retry_write = false;
	deadline_set(&conn->server->deadlines, &conn->deadline, FINISH_MS + conn_queued(conn) / FINISH_BYTES_PER_MS);
	if (conn_queued(conn))
		conn_watch(conn);
	else
		conn_shut(conn);
}

/* Write as much of the queue as the socket takes now. Calls nobody. */
static void conn_push(struct conn *conn)
{
	for (int i = 0; i < WRITES_PER_TURN && conn_queued(conn); i++) {
		size_t n = 0;
		int failed;

		ERR_clear_error();
		if (SSL_write_ex(conn->ssl, conn->queue.p + conn->written, conn_queued(conn), &n)) {
			conn->written += n;
			continue;
		}
		failed = SSL_get_error(conn->ssl, 0);
		if (failed != SSL_ERROR_WANT_WRITE && failed != SSL_ERROR_WANT_READ)
			conn_kill(conn);
		return;
	}
	if (conn_queued(conn))
		return;
	buf_release(&conn->queue);
	conn->written = 0;
}

/* Behind what waits already. False: memory is out. */
static bool conn_add(struct conn *conn, struct str head, struct str body)
{
	/* Moved only when it at least halves, so that a long queue is not moved for each message. */
	if (conn->written > conn->queue.n / 2) {
		buf_consume(&conn->queue, conn->written);
		conn->written = 0;
	}
	if (buf_add(&conn->queue, head.p, head.n) || buf_add(&conn->queue, body.p, body.n)) {
		conn_kill(conn);
		return false;
	}
	return true;
}

static void conn_send_now(struct conn *conn)
{
	list_del(&conn->unsent);
	conn->sends = false;
	conn_push(conn);
	conn_watch(conn);
}

bool conn_write(struct conn *conn, struct str head, struct str body)
{
	bool waits = conn_queued(conn) > 0 && !conn->sends;

	if (conn->state != CONN_OPEN || !conn_add(conn, head, body))
		return false;
	if (!waits)
		conn_send_now(conn);
	return conn->state == CONN_OPEN;
}

bool conn_write_soon(struct conn *conn, struct str head, struct str body)
{
	struct net_server *server = conn->server;
	bool waits = conn_queued(conn) > 0 && !conn->sends;

	if (conn->state != CONN_OPEN || !conn_add(conn, head, body))
		return false;
	if (waits)
		return true;
	if (conn_queued(conn) > SOON_BYTES) {
		conn_send_now(conn);
	} else if (!conn->sends) {
		conn->sends = true;
		list_add(&server->unsent, &conn->unsent);
		uv_prepare_start(&server->sender, conn_send_all);
	}
	return conn->state == CONN_OPEN;
}

/* The peer sends nothing more: what it has asked for already is still written, what waits for an answer is gone. */
static void conn_left(struct conn *conn)
{
	conn->peer_closed = true;
	if (conn_queued(conn))
		conn_finish(conn);
	else
		conn_kill(conn);
}

static void conn_read_failed(struct conn *conn)
{
	switch (SSL_get_error(conn->ssl, 0)) {
	case SSL_ERROR_WANT_READ:
		return;
	case SSL_ERROR_WANT_WRITE:
		conn->retry_write = true;
		return;
	case SSL_ERROR_ZERO_RETURN:
		conn_left(conn);
		return;
	default:
		conn_kill(conn);
	}
}

static void conn_read(struct conn *conn)
{
	conn->retry_write = false;
	for (int i = 0; i < READS_PER_TURN && conn->state == CONN_OPEN && !conn->paused; i++) {
		size_t n = 0;

		ERR_clear_error();
		if (!SSL_read_ex(conn->ssl, arrived, sizeof arrived, &n)) {
			conn_read_failed(conn);
			conn_watch(conn);
			return;
		}
		conn->ops->on_bytes(conn->up, (struct str){ arrived, n });
		if (n < sizeof arrived && conn->state == CONN_OPEN && !SSL_has_pending(conn->ssl))
			break;
	}
	/*
	 * Bytes inside OpenSSL raise no event of the socket: ask for one that comes at once. Never after a read that found too
	 * little: half a record counts as pending, and its sender would have us spin.
	 */
	if (conn->state == CONN_OPEN && !conn->paused && SSL_has_pending(conn->ssl))
		conn->retry_write = true;
	conn_watch(conn);
}

void conn_pause(struct conn *conn, bool paused)
{
	if (conn->state != CONN_OPEN || conn->paused == paused)
		return;
	conn->paused = paused;
	if (!paused && SSL_has_pending(conn->ssl))
		conn->retry_write = true;
	conn_watch(conn);
}

/*
 * Another protocol on our port. Its socket is given away as a descriptor of its own, so that ours can be buried in good order.
 */
static void conn_give(struct conn *conn)
{
	const struct net_config *config = conn_config(conn);
	int fd = fcntl(conn->fd, F_DUPFD_CLOEXEC, 0);

	conn_kill(conn);
	if (fd < 0)
		return;
	conn->server->counts.others++;
	config->on_other(fd, config->other_arg);
}

/* True when TLS may read: the first byte is there and is a TLS record's. */
static bool conn_tells(struct conn *conn)
{
	uint8_t first;
	ssize_t n = recv(conn->fd, &first, sizeof first, MSG_PEEK | MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	/* What has ended or failed is OpenSSL's to say. */
	conn->tls = n != 1 || first >= TLS_RECORD_LEAST || !conn_config(conn)->on_other;
	if (!conn->tls)
		conn_give(conn);
	return conn->tls;
}

static void conn_handshake(struct conn *conn)
{
	int done, failed;

	if (!conn->tls && !conn_tells(conn))
		return;
	ERR_clear_error();
	done = SSL_accept(conn->ssl);
	if (done != 1) {
		failed = SSL_get_error(conn->ssl, done);
		conn->retry_write = failed == SSL_ERROR_WANT_WRITE;
		if (failed != SSL_ERROR_WANT_READ && failed != SSL_ERROR_WANT_WRITE)
			conn_kill(conn);
		conn_watch(conn);
		return;
	}
	conn->retry_write = false;
	conn->state = CONN_OPEN;
	if (http_start(conn)) {
		conn_kill(conn);
		return;
	}
	conn_read(conn);
}

static void conn_flush(struct conn *conn)
{
	bool waits = conn_queued(conn) > 0;

	conn_push(conn);
	conn_watch(conn);
	if (conn_queued(conn))
		return;
	if (conn->state == CONN_FINISHING)
		conn_shut(conn);
	else if (conn->state == CONN_OPEN && waits)
		conn->ops->on_wake(conn->up);
}

void conn_send_all(uv_prepare_t *sender)
{
	struct net_server *server = sender->data;

	while (!list_empty(&server->unsent)) {
		struct conn *conn = list_entry(server->unsent.next, struct conn, unsent);

		list_del(&conn->unsent);
		conn->sends = false;
		if (conn->state != CONN_DYING)
			conn_flush(conn);
	}
	uv_prepare_stop(sender);
}

/* Read past TLS: what comes now is not worth decrypting. */
static void conn_linger(struct conn *conn)
{
	ssize_t n = recv(conn->fd, arrived, sizeof arrived, MSG_DONTWAIT);

	if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
		return;
	conn_kill(conn);
}

void conn_on_poll(uv_poll_t *poll, int status, int events)
{
	struct conn *conn = poll->data;

	if (status < 0) {
		conn_kill(conn);
		return;
	}
	if (conn->state == CONN_HANDSHAKE) {
		conn_handshake(conn);
		return;
	}
	if (events & UV_WRITABLE && conn->state != CONN_LINGERING)
		conn_flush(conn);
	if (conn->state == CONN_OPEN && conn->paused && events & UV_DISCONNECT)
		conn_left(conn);
	else if (conn->state == CONN_OPEN && (events & UV_READABLE || conn->retry_write))
		conn_read(conn);
	else if (conn->state == CONN_LINGERING && events & UV_READABLE)
		conn_linger(conn);
}
