/** @file relay/flow.h  A flow: one remote address and port, and the address of ours that it hit; or one TCP connection. */
#pragma once
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/**
 * IPv4 is written IPv4-mapped (RFC 4291 section 2.5.5.2). Compared and hashed as bytes, so there is no padding and unused parts
 * are zero. Our own address belongs to it: a browser checks each address that we offer from one socket, and wants each
 * answer from the address that it asked.
 */
struct flow {
	struct in6_addr remote;
	struct in6_addr local;
	uint32_t scope;		/* the interface of a link-local remote, else 0 */
	uint16_t port;		/* the remote port, host order */
	uint16_t stream;	/* the TCP connection's number in streams.c; 0: UDP */
};

_Static_assert(sizeof(struct flow) == 40, "a flow is hashed as bytes");

static inline bool flow_eq(const struct flow *a, const struct flow *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

/** The IPv4-mapped form of an IPv4 address. */
struct in6_addr flow_mapped(struct in_addr v4);
