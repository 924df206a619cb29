/** @file server.c  The bare loop, the relay, and no server at all. coturn is turn.c. */
#include "server.h"

#include "process.h"
#include "base/log.h"
#include "relay/relay.h"
#include "relay/udp.h"
#include "../../test/unit/relay/ice.h"

#include <err.h>
#include <errno.h>
#include <netinet/udp.h>
#include <poll.h>
#include <seccomp.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { WAIT_MS = 5000 };

void server_stop(struct server *server)
{
	child_stop(server->pid);
	for (unsigned i = 0; i < WAYS; i++) {
		close(server->ways[i].in);
		if (i == 0 || server->ways[i].out != server->ways[0].out)
			close(server->ways[i].out);
	}
}

uint64_t server_cpu_ns(const struct server *server)
{
	struct timespec t;
	clockid_t clock;

	if (clock_getcpuclockid(server->pid, &clock) || clock_gettime(clock, &t))
		errx(1, "%s is gone", server->name);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* All ways go to one port and come out at one socket. */
static void ways_aim(struct server *server, int out, uint16_t port)
{
	uint16_t own;

	for (unsigned i = 0; i < WAYS; i++) {
		server->ways[i] = (struct way){ .in = socket_open(&own), .out = out };
		socket_aim(server->ways[i].in, port);
	}
}

void direct_start(struct server *server)
{
	uint16_t port;
	int out = socket_open(&port);

	*server = (struct server){ .name = "no server" };
	ways_aim(server, out, port);
}

static void bare_run(int told, void *arg)
{
	static uint8_t p[2048];
	struct sockaddr_storage to, from;
	struct flow flow = { .port = *(uint16_t *)arg };
	struct pollfd ready = { .events = POLLIN };
	struct in_addr target = { htonl(INADDR_LOOPBACK) };
	socklen_t to_n, from_n;
	uint16_t port = 0;
	ssize_t n;
	bool v6;

	if (udp_open(&ready.fd, &port, &v6))
		return;
	flow.remote = flow_mapped(target);
	to_n = udp_address(&to, &flow, v6);
	if (write(told, &port, sizeof port) != sizeof port)
		return;
	while (poll(&ready, 1, -1) == 1) {
		while (from_n = sizeof from, (n = recvfrom(ready.fd, p, sizeof p, 0, (struct sockaddr *)&from, &from_n)) > 0)
			sendto(ready.fd, p, (size_t)n, 0, (struct sockaddr *)&to, to_n);
	}
}

void bare_start(struct server *server)
{
	uint16_t target, port;
	int out = socket_open(&target);

	*server = (struct server){ .name = "bare loop: recvfrom, sendto, one target" };
	server->pid = child_start(bare_run, &target, &port);
	ways_aim(server, out, port);
}

/** What the relay's process is told by being forked. */
struct relay_plan {
	bool segments;
	unsigned pairs;
	struct relay_cred (*cred)[2];
};

static void segments_forbid(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	struct scmp_arg_cmp udp = { .arg = 1, .op = SCMP_CMP_EQ, .datum_a = SOL_UDP };
	struct scmp_arg_cmp segment = { .arg = 2, .op = SCMP_CMP_EQ, .datum_a = UDP_SEGMENT };

	if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOPROTOOPT), SCMP_SYS(setsockopt), 2, udp, segment) || seccomp_load(filter))
		errx(1, "seccomp");
	seccomp_release(filter);
}

static void relay_run(int told, void *arg)
{
	const struct relay_plan *plan = arg;
	struct relay_types types = { { [VIDEO_TYPE / 64] = (uint64_t)1 << VIDEO_TYPE % 64 } };
	struct relay *relay;
	relay_pair pair;
	uint16_t port;

	log_level_set(LOG_WARN);
	if (!plan->segments)
		segments_forbid();
	if (relay_open(&relay, &(struct relay_config){ .addresses = { "127.0.0.1" }, .legs = 20000 }))
		errx(1, "relay_open");
	for (unsigned i = 0; i < plan->pairs; i++) {
		if (relay_pair_add(relay, plan->cred[i], &pair))
			errx(1, "relay_pair_add");
		for (unsigned leg = 0; leg < 2; leg++)
			relay_leg_allow(relay, pair, leg, types);
	}
	port = relay_port(relay);
	if (write(told, &port, sizeof port) == sizeof port)
		pause();
}

/* The leg's first check, or one more. Packets of the load before it may still come ahead of the answer. */
static void leg_check(int fd, const struct relay_cred *cred)
{
	static uint64_t id;
	uint8_t p[PACKET_BYTES];
	size_t n = ice_write(p, &(struct ice_check){ cred->ufrag, cred->pwd, ++id, ICE_USE_CANDIDATE });

	if (send(fd, p, n, 0) != (ssize_t)n)
		err(1, "send");
	while ((n = socket_wait(fd, p, sizeof p, WAIT_MS)) > 0) {
		if (ice_answer(p, n, id, cred->pwd) == 0)
			return;
	}
	errx(1, "the relay did not take a check");
}

void server_keep(const struct server *server)
{
	for (unsigned i = 0; i < WAYS; i++) {
		const struct way *way = &server->ways[i];

		if (!way->cred)
			return;
		leg_check(way->in, &way->cred[0]);
		leg_check(way->out, &way->cred[1]);
	}
}

void relay_start(struct server *server, bool segments)
{
	static struct relay_cred creds[2][WAYS][2];
	struct relay_cred (*cred)[2] = creds[segments];
	struct relay_plan plan = { segments, WAYS, cred };
	uint16_t port, own;

	*server = (struct server){ .name = segments ? "Farhand's relay" : "the same, in a kernel without UDP_SEGMENT" };
	for (unsigned i = 0; i < WAYS; i++) {
		relay_cred_make(&cred[i][0]);
		relay_cred_make(&cred[i][1]);
	}
	server->pid = child_start(relay_run, &plan, &port);
	for (unsigned i = 0; i < WAYS; i++) {
		struct way *way = &server->ways[i];

		*way = (struct way){ .in = socket_open(&own), .out = socket_open(&own), .cred = cred[i] };
		socket_aim(way->in, port);
		socket_aim(way->out, port);
	}
	server_keep(server);
}

static double resident_bytes(pid_t pid)
{
	unsigned long pages = 0;
	char path[64];
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
	f = fopen(path, "r");
	if (!f || fscanf(f, "%*u %lu", &pages) != 1)
		err(1, "%s", path);
	fclose(f);
	return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

enum { MEMORY_PAIRS = 1000, MEMORY_LEGS = 2 * MEMORY_PAIRS };

/* Sockets stay open until the end: a port that came again would be heard as another leg's path. */
static double relay_resident(unsigned pairs, struct relay_cred (*cred)[2], unsigned checks)
{
	static int fds[MEMORY_LEGS];
	struct relay_plan plan = { true, pairs, cred };
	unsigned legs = checks ? 2 * pairs : 0;
	uint16_t port, own;
	double bytes;
	pid_t pid = child_start(relay_run, &plan, &port);

	for (unsigned i = 0; i < legs; i++) {
		fds[i] = socket_open(&own);
		socket_aim(fds[i], port);
		for (unsigned j = 0; j < checks; j++)
			leg_check(fds[i], &cred[i / 2][i % 2]);
	}
	bytes = resident_bytes(pid);
	child_stop(pid);
	for (unsigned i = 0; i < legs; i++)
		close(fds[i]);
	return bytes;
}

void relay_memory_print(void)
{
	static struct relay_cred cred[MEMORY_PAIRS][2];
	const unsigned checks[] = { 0, 1, 100 };
	double empty = relay_resident(0, NULL, 0);

	for (unsigned i = 0; i < MEMORY_PAIRS; i++) {
		relay_cred_make(&cred[i][0]);
		relay_cred_make(&cred[i][1]);
	}
	printf("memory\t%d", MEMORY_LEGS);
	for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
		printf("\t%.0f", (relay_resident(MEMORY_PAIRS, cred, checks[i]) - empty) / MEMORY_LEGS);
	printf("\t%.1f\n", empty / 1e6);
}
