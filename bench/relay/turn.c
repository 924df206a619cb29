/** @file turn.c  coturn, and as much of a TURN client (RFC 8656) as takes one allocation and one channel without authentication. */
#include "server.h"

#include "process.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	ALLOCATE = 0x0003, CHANNEL_BIND = 0x0009, SUCCESS = 0x0100,
	REQUESTED_TRANSPORT = 0x0019, CHANNEL_NUMBER = 0x000c, XOR_PEER_ADDRESS = 0x0012,
	CHANNEL = 0x4000, TRIES = 50, TRY_MS = 200,
};

static void be16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static size_t attribute(uint8_t *p, size_t at, unsigned type, const uint8_t *value, size_t n)
{
	be16(p + at, type);
	be16(p + at + 2, (unsigned)n);
	memcpy(p + at + 4, value, n);
	be16(p + 2, (unsigned)(at + 4 + n - 20));
	return at + 4 + n;
}

static size_t request(uint8_t *p, unsigned method)
{
	static uint32_t last;

	memset(p, 0, 20);
	be16(p, method);
	memcpy(p + 4, "\x21\x12\xa4\x42", 4);
	last++;
	memcpy(p + 8, &last, sizeof last);
	return 20;
}

/* Ask until it is answered: it may still be starting. */
static void ask(int fd, const uint8_t *p, size_t n)
{
	uint8_t answer[2048];

	for (unsigned i = 0; i < TRIES; i++) {
		send(fd, p, n, 0);
		if (socket_wait(fd, answer, sizeof answer, TRY_MS) < 20 || memcmp(answer + 8, p + 8, 12) != 0) {
			usleep(TRY_MS * 1000);
			continue;
		}
		if (answer[0] != SUCCESS >> 8)
			errx(1, "coturn refuses method %d", p[1]);
		return;
	}
	errx(1, "coturn does not answer");
}

static void way_open(struct way *way, uint16_t server)
{
	static const uint8_t udp[4] = { 17 };
	uint8_t p[128], peer[8] = { 0, 1 }, number[4] = { 0 };
	uint16_t own, target;
	size_t n;

	*way = (struct way){ .in = socket_open(&own), .out = socket_open(&target), .head_n = HEAD_BYTES };
	socket_aim(way->in, server);
	n = request(p, ALLOCATE);
	ask(way->in, p, attribute(p, n, REQUESTED_TRANSPORT, udp, sizeof udp));
	be16(number, CHANNEL);
	be16(peer + 2, target ^ 0x2112u);
	memcpy(peer + 4, "\x5e\x12\xa4\x43", 4);	/* 127.0.0.1 under the cookie */
	n = request(p, CHANNEL_BIND);
	n = attribute(p, n, CHANNEL_NUMBER, number, sizeof number);
	ask(way->in, p, attribute(p, n, XOR_PEER_ADDRESS, peer, sizeof peer));
	be16(way->head, CHANNEL);
	be16(way->head + 2, PACKET_BYTES);
}

static void coturn_run(int told, void *arg)
{
	char port_text[32], *turnserver = arg;
	uint16_t port;
	int fd = socket_open(&port);

	/* The port was free a moment ago: coturn can't be asked to choose one. */
	close(fd);
	snprintf(port_text, sizeof port_text, "--listening-port=%u", port);
	if (write(told, &port, sizeof port) != sizeof port || !freopen("/dev/null", "w", stdout))
		return;
	execl(turnserver, turnserver, "-n", port_text, "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", "--no-auth", "--no-tls", "--no-dtls",
		"--no-tcp", "--no-tcp-relay", "--no-cli", "--cli-password=unused", "--allow-loopback-peers", "--relay-threads=1", "--log-file=stdout",
		"--simple-log", "--pidfile=/dev/null", "--userdb=/dev/null", "--no-stdout-log", (char *)NULL);
	err(1, "%s", turnserver);
}

void coturn_start(struct server *server, const char *turnserver)
{
	char *program = strdup(turnserver);
	uint16_t port;

	*server = (struct server){ .name = "coturn 4.6, channels in, no authentication" };
	server->pid = child_start(coturn_run, program, &port);
	free(program);
	for (unsigned i = 0; i < WAYS; i++)
		way_open(&server->ways[i], port);
}
