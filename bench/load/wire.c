/** @file wire.c  Many TLS connections of a client in one process. */
#include "wire.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { EVENTS = 256, READ_BYTES = 65536, PER_ADDRESS = 200 };

void wires_init(struct wires *wires, uint16_t port)
{
	signal(SIGPIPE, SIG_IGN);
	*wires = (struct wires){ .epoll = epoll_create1(EPOLL_CLOEXEC), .port = port, .tls = SSL_CTX_new(TLS_client_method()) };
	if (wires->epoll < 0 || !wires->tls)
		err(1, "epoll or OpenSSL");
	SSL_CTX_set_mode(wires->tls, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_read_ahead(wires->tls, 1);
	SSL_CTX_set_session_cache_mode(wires->tls, SSL_SESS_CACHE_OFF);
	if (!SSL_CTX_set1_groups_list(wires->tls, "X25519") || !SSL_CTX_set_min_proto_version(wires->tls, TLS1_3_VERSION))
		errx(1, "OpenSSL");
}

static void wire_watch(struct wire *wire, int op)
{
	struct epoll_event event = { .events = EPOLLIN | (wire->waits ? EPOLLOUT : 0), .data.ptr = wire };

	if (epoll_ctl(wire->wires->epoll, op, wire->fd, &event))
		err(1, "epoll_ctl");
}

static void wire_wait(struct wire *wire, bool waits)
{
	if (wire->waits == waits)
		return;
	wire->waits = waits;
	wire_watch(wire, EPOLL_CTL_MOD);
}

void wire_open(struct wires *wires, struct wire *wire, unsigned nth, const struct wire_ops *ops, void *up)
{
	struct sockaddr_in from = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 256 + nth / PER_ADDRESS) };
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(wires->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int one = 1;

	*wire = (struct wire){ .wires = wires, .ops = ops, .up = up, .ssl = SSL_new(wires->tls), .shaking = true };
	wire->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (wire->fd < 0 || !wire->ssl || bind(wire->fd, (struct sockaddr *)&from, sizeof from))
		err(1, "socket");
	setsockopt(wire->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (connect(wire->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS)
		err(1, "connect");
	SSL_set_fd(wire->ssl, wire->fd);
	SSL_set_connect_state(wire->ssl);
	wire->waits = true;
	wire_watch(wire, EPOLL_CTL_ADD);
	wires->open++;
}

void wire_drop(struct wire *wire)
{
	SSL_free(wire->ssl);
	close(wire->fd);
	buf_release(&wire->in);
	buf_release(&wire->out);
	wire->ssl = NULL;
	wire->wires->open--;
}

/* Did the call only want the socket to be ready? Else the connection is lost, and with it the measurement. */
static void wire_wanted(struct wire *wire, int result)
{
	int why = SSL_get_error(wire->ssl, result);

	if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
		errx(1, "a connection was lost: %s", why == SSL_ERROR_ZERO_RETURN ? "closed" : ERR_reason_error_string(ERR_peek_error()));
	wire_wait(wire, why == SSL_ERROR_WANT_WRITE);
}

static void wire_push(struct wire *wire)
{
	while (wire->out.n) {
		size_t n = 0;

		ERR_clear_error();
		if (!SSL_write_ex(wire->ssl, wire->out.p, wire->out.n, &n)) {
			wire_wanted(wire, 0);
			return;
		}
		buf_consume(&wire->out, n);
	}
	wire_wait(wire, false);
}

void wire_say(struct wire *wire, struct str bytes)
{
	size_t n = 0;

	ERR_clear_error();
	if (wire->out.n == 0 && SSL_write_ex(wire->ssl, bytes.p, bytes.n, &n) && n == bytes.n)
		return;
	if (buf_add(&wire->out, bytes.p + n, bytes.n - n))
		errx(1, "out of memory");
	wire_push(wire);
}

static void wire_take(struct wire *wire, struct str bytes)
{
	size_t used;

	if (wire->in.n == 0) {
		used = wire->ops->bytes(wire, bytes);
		bytes = (struct str){ bytes.p + used, bytes.n - used };
	}
	if (bytes.n == 0)
		return;
	if (buf_add(&wire->in, bytes.p, bytes.n))
		errx(1, "out of memory");
	buf_consume(&wire->in, wire->ops->bytes(wire, buf_str(&wire->in)));
}

static void wire_read(struct wire *wire)
{
	static char bytes[READ_BYTES];
	size_t n;

	while (wire->ssl) {
		ERR_clear_error();
		if (!SSL_read_ex(wire->ssl, bytes, sizeof bytes, &n)) {
			wire_wanted(wire, 0);
			if (wire->out.n)
				wire_wait(wire, true);
			return;
		}
		wire_take(wire, (struct str){ bytes, n });
		if (wire->ssl && n < sizeof bytes && !SSL_has_pending(wire->ssl))
			return;
	}
}

static void wire_serve(struct wire *wire, uint32_t events)
{
	if (wire->shaking) {
		int done;

		ERR_clear_error();
		done = SSL_connect(wire->ssl);
		if (done != 1) {
			wire_wanted(wire, done);
			return;
		}
		wire->shaking = false;
		wire_wait(wire, false);
		wire->ops->ready(wire);
		return;
	}
	if (events & EPOLLOUT)
		wire_push(wire);
	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		wire_read(wire);
}

void wires_turn(struct wires *wires, int ms)
{
	struct epoll_event events[EVENTS];
	int n = epoll_wait(wires->epoll, events, EVENTS, ms);

	for (int i = 0; i < n; i++)
		wire_serve(events[i].data.ptr, events[i].events);
}
