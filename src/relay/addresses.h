/** @file relay/addresses.h  The addresses that the relay offers to browsers. */
#pragma once
#include "relay/relay.h"

struct addresses;

/**
 * For the addresses given (numeric, NULL-terminated unless all are there), or, when there is none, for every unicast address of
 * the interfaces that are up, but link-local IPv6; loopback last. v6: IPv6 can be reached at all.
 * 0 and *ap (owned), -EINVAL for what is no address, or another negative errno.
 */
int addresses_new(struct addresses **ap, const char *const given[RELAY_ADDRESSES], bool v6);
void addresses_free(struct addresses *addresses);

/** Numeric text, borrowed until addresses_free; returns how many. Interfaces are read at most once a second. From any thread. */
unsigned addresses_list(struct addresses *addresses, const char *out[RELAY_ADDRESSES]);
