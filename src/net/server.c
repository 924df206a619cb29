/** @file net/server.c  The listening port: accept within limits, end in good order. */
#include "net/server.h"

#include "base/log.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ACCEPTS_PER_TURN = 32, BACKLOG = 4096, PAUSE_MS = 200, GRACE_MS = 2000 };

static void server_handle_closed(uv_handle_t *handle)
{
	struct net_server *server = handle->data;
	void (*on_closed)(void *) = server->on_closed;
	void *arg = server->closed_arg;

	if (--server->handles > 0)
		return;
	SSL_CTX_free(server->tls);
	free(server);
	if (on_closed)
		on_closed(arg);
}

static void server_close(struct net_server *server)
{
	uv_close((uv_handle_t *)&server->sweeper, server_handle_closed);
	uv_close((uv_handle_t *)&server->sender, server_handle_closed);
	uv_close((uv_handle_t *)&server->deadlines.timer, server_handle_closed);
}

void server_conn_freed(struct net_server *server)
{
	assert(server->count > 0);
	server->count--;
	if (server->ending && server->count == 0)
		server_close(server);
}

static struct in6_addr address_of(const struct sockaddr_storage *from)
{
	struct in6_addr address = IN6ADDR_ANY_INIT;

	if (from->ss_family == AF_INET6)
		return ((const struct sockaddr_in6 *)from)->sin6_addr;
	address.s6_addr[10] = address.s6_addr[11] = 0xff;
	memcpy(address.s6_addr + 12, &((const struct sockaddr_in *)from)->sin_addr, 4);
	return address;
}

static void server_take(struct net_server *server, int fd, const struct sockaddr_storage *from)
{
	struct in6_addr address = address_of(from);
	struct peer *peer = NULL;
	int one = 1;

	if (server->count < server->config.connections)
		peer = peers_enter(&server->peers, &address, server->config.connections_per_address);
	if (!peer) {
		server->counts.refused++;
		close(fd);
		return;
	}
	server->counts.accepted++;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	conn_start(server, fd, &address, peer);
}

static void server_accept(uv_poll_t *poll, int status, int events)
{
	struct net_server *server = poll->data;

	if (status < 0 || !(events & UV_READABLE))
		return;
	for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
		struct sockaddr_storage from;
		socklen_t n = sizeof from;
		int fd = accept4(server->fd, (struct sockaddr *)&from, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0) {
			server_take(server, fd, &from);
			continue;
		}
		if (errno == EAGAIN)
			return;
		if (errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM)
			continue;
		/* The socket stays readable: without a pause this would be a busy loop. */
		log_event(LOG_ERROR, "net.accept", LOG_S("error", strerror(errno)));
		uv_poll_stop(poll);
		deadline_set(&server->deadlines, &server->pause, PAUSE_MS);
		return;
	}
}

static void server_due(struct deadline *deadline)
{
	struct net_server *server = list_entry(deadline, struct net_server, pause);

	if (server->ending)
		conn_kill_all(server);
	else
		uv_poll_start(&server->accepting, UV_READABLE, server_accept);
}

static int address_parse(struct sockaddr_storage *to, const char *address, uint16_t port)
{
	memset(to, 0, sizeof *to);
	if (strchr(address, ':'))
		return uv_ip6_addr(address, port, (struct sockaddr_in6 *)to);
	return uv_ip4_addr(address, port, (struct sockaddr_in *)to);
}

/* A bound, listening, non-blocking socket and its port; or a negative errno. */
static int socket_listen(uint16_t *port, const struct net_config *config)
{
	struct sockaddr_storage at;
	socklen_t n = sizeof at;
	int one = 1, zero = 0, fd, err;

	if (address_parse(&at, config->address, config->port))
		return -EINVAL;
	fd = socket(at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	n = at.ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) ||
	    (at.ss_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof zero)) ||
	    bind(fd, (struct sockaddr *)&at, n) || listen(fd, BACKLOG) || getsockname(fd, (struct sockaddr *)&at, &n)) {
		err = -errno;
		close(fd);
		return err;
	}
	/* The port lies at the same place in both families. */
	*port = ntohs(((struct sockaddr_in *)&at)->sin_port);
	return fd;
}

int net_listen(struct net_server **sp, uv_loop_t *loop, const struct net_config *config)
{
	struct net_server *server;
	uint16_t port = 0;
	int fd, err;

	assert(config->on_request && config->tls && config->head_ms && config->body_ms && config->idle_ms >= 2);
	assert(config->frame_bytes < config->queue_bytes && config->head_bytes);
	if (sodium_init() < 0)
		return -EIO;
	/* OpenSSL writes with write(2): without this a peer that leaves would end the process. */
	signal(SIGPIPE, SIG_IGN);
	fd = socket_listen(&port, config);
	if (fd < 0)
		return fd;
	server = calloc(1, sizeof *server);
	if (!server) {
		close(fd);
		return -ENOMEM;
	}
	err = uv_poll_init_socket(loop, &server->accepting, fd);
	if (err) {
		free(server);
		close(fd);
		return err;
	}
	server->config = *config;
	server->config.address = NULL;
	server->loop = loop;
	server->fd = fd;
	server->port = port;
	net_tls_set(server, config->tls);
	server->config.tls = NULL;
	peers_init(&server->peers);
	list_init(&server->conns);
	list_init(&server->soon);
	list_init(&server->unsent);
	deadlines_init(&server->deadlines, loop);
	server->pause.due = server_due;
	uv_idle_init(loop, &server->sweeper);
	uv_prepare_init(loop, &server->sender);
	server->handles = 4;
	server->accepting.data = server->sweeper.data = server->sender.data = server->deadlines.timer.data = server;
	uv_poll_start(&server->accepting, UV_READABLE, server_accept);
	*sp = server;
	return 0;
}

uint16_t net_port(const struct net_server *server)
{
	return server->port;
}

void net_counts(const struct net_server *server, struct net_counts *out)
{
	*out = server->counts;
	out->connections = server->count;
}

void net_tls_set(struct net_server *server, SSL_CTX *tls)
{
	SSL_CTX_up_ref(tls);
	SSL_CTX_free(server->tls);
	server->tls = tls;
}

void net_end(struct net_server *server, void (*on_closed)(void *arg), void *arg)
{
	assert(!server->ending);
	server->ending = true;
	server->on_closed = on_closed;
	server->closed_arg = arg;
	uv_close((uv_handle_t *)&server->accepting, server_handle_closed);
	close(server->fd);
	if (server->count == 0) {
		deadline_clear(&server->deadlines, &server->pause);
		server_close(server);
		return;
	}
	deadline_set(&server->deadlines, &server->pause, GRACE_MS);
	conn_end_all(server);
}
