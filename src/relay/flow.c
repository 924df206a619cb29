/** @file relay/flow.c  Addresses of flows. */
#include "relay/flow.h"

struct in6_addr flow_mapped(struct in_addr v4)
{
	struct in6_addr v6 = { .s6_addr = { [10] = 0xff, [11] = 0xff } };

	memcpy(&v6.s6_addr[12], &v4, sizeof v4);
	return v6;
}
