/** @file relay/udp.h  The relay's socket, and flows as the kernel writes them. */
#pragma once
#include "relay/flow.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

enum { UDP_BATCH = 64 };

/**
 * Open and bind on every address: IPv6 taking IPv4 too where there is IPv6, else IPv4. Non-blocking; tells the address hit.
 * 0 with the socket, which the caller closes, its port and whether it is IPv6; or a negative errno.
 */
int udp_open(int *fdp, uint16_t *port, bool *v6);

/** Write the flow's remote as a socket address; returns its length. */
socklen_t udp_address(struct sockaddr_storage *to, const struct flow *flow, bool v6);

/** Write the control message that makes a datagram leave from the flow's local address; returns its CMSG_SPACE. */
size_t udp_source(struct cmsghdr *c, const struct flow *flow, bool v6);

/** A batch of received datagrams. */
struct udp_in;
struct udp_in *udp_in_new(void);
void udp_in_free(struct udp_in *in);

/** Receive what is there, up to UDP_BATCH, without waiting. How many, or a negative errno. */
int udp_in_receive(struct udp_in *in, int fd, bool v6);

/**
 * The flow and bytes of datagram i, borrowed until the next receive. A datagram that was cut (longer than
 * LIMIT_DATAGRAM_BYTES) shows one byte more than that. False when the kernel did not tell the address hit.
 */
bool udp_in_at(const struct udp_in *in, unsigned i, struct flow *flow, const uint8_t **p, size_t *n);
