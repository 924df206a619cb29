/**
 * @file relay/out.h  What waits to be sent: neighbours for one flow and of one size become one message that the kernel cuts
 * (UDP_SEGMENT), which is worth a quarter of the relay's time in bursts. Datagrams are copied in, so nobody's buffer is borrowed.
 */
#pragma once
#include "relay/flow.h"

#include <stdbool.h>
#include <stddef.h>

struct out;

/** For a socket, which stays the caller's; v6: it is an IPv6 socket. NULL when memory is out. */
struct out *out_new(int fd, bool v6);
void out_free(struct out *out);

/** Add a datagram of 1 to LIMIT_DATAGRAM_BYTES; a full batch is sent first. */
void out_add(struct out *out, const struct flow *flow, const void *p, size_t n);

/** Send all. What the kernel does not take now is lost, as datagrams are. */
void out_flush(struct out *out);
