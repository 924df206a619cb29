/** @file server.h  The servers that are compared: each a process of its own on a core of its own, with ways through it. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { WAYS = 50, PACKET_BYTES = 1112, HEAD_BYTES = 4, VIDEO_TYPE = 96 };

struct relay_cred;

/** What goes in at one socket comes out at another, by way of a server. */
struct way {
	int in, out;			/* `in` is connected to the server */
	uint8_t head[HEAD_BYTES];	/* what coturn wants before each datagram */
	size_t head_n;
	const struct relay_cred *cred;	/* of both ends' legs at the relay; NULL elsewhere */
};

struct server {
	const char *name;
	pid_t pid;
	struct way ways[WAYS];
};

/** No server: one socket sends to the other. Only its times are of use. */
void direct_start(struct server *server);

/** Each datagram is received and sent to one target by itself, whoever it came from: recvfrom, sendto and nothing else, on a socket as the relay's. */
void bare_start(struct server *server);

/** The relay. Without `segments` the kernel seems to know no UDP_SEGMENT. */
void relay_start(struct server *server, bool segments);

/** coturn from Debian: an allocation for each way, channels in, plain datagrams out, no authentication, one relay thread. */
void coturn_start(struct server *server, const char *turnserver);

/** Before each load: a browser's checks, without which the relay's consent would lapse. */
void server_keep(const struct server *server);

/** End the process and close the sockets. */
void server_stop(struct server *server);

/** Nanoseconds of processor time that it has used: all threads, user and system. */
uint64_t server_cpu_ns(const struct server *server);

/** Print what a leg of the relay costs in memory: as "legs TAB bytes when added TAB bytes with a path TAB bytes after 100 checks". */
void relay_memory_print(void);
