/** @file wire.h  Many TLS connections of a client in one process: epoll and OpenSSL. Any mishap ends the program. */
#pragma once
#include "base/buf.h"

#include <openssl/ssl.h>
#include <stdint.h>

struct wire;

struct wire_ops {
	void (*ready)(struct wire *wire);			/* the handshake is done */
	size_t (*bytes)(struct wire *wire, struct str in);	/* how many of them are used up; the rest comes again, with more */
};

struct wire {
	struct wires *wires;
	const struct wire_ops *ops;
	void *up;
	SSL *ssl;
	int fd;
	bool shaking;
	bool waits;		/* for the socket to take bytes */
	struct buf in, out;
};

/** All of them, to one port on loopback. */
struct wires {
	int epoll;
	uint16_t port;
	SSL_CTX *tls;
	unsigned open;
};

void wires_init(struct wires *wires, uint16_t port);
/** Begin to connect. The nth connection: every 200 of them come from an address of their own. */
void wire_open(struct wires *wires, struct wire *wire, unsigned nth, const struct wire_ops *ops, void *up);
void wire_say(struct wire *wire, struct str bytes);
/** At once, without a goodbye. */
void wire_drop(struct wire *wire);
/** Serve what is there, waiting for it at most so long. */
void wires_turn(struct wires *wires, int ms);
