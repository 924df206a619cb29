/** @file relay/relay.h  The media relay: two ICE-lite legs make a pair, packets go between them and nowhere else. Knows nothing of tenants. */
#pragma once
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct relay;

enum { RELAY_UFRAG_CHARS = 8, RELAY_PWD_CHARS = 32, RELAY_ADDRESSES = 16 };

/** ICE credentials of one leg's server side (RFC 8445 section 5.3), NUL-terminated hex. */
struct relay_cred {
	char ufrag[RELAY_UFRAG_CHARS + 1];
	char pwd[RELAY_PWD_CHARS + 1];
};

/** The RTP payload types (RFC 3550) a leg may send: bit n of allowed[n / 64]. */
struct relay_types {
	uint64_t allowed[2];
};

struct relay_config {
	const char *addresses[RELAY_ADDRESSES];	/* numeric addresses to offer; none: every local unicast address */
	uint16_t port;		/* UDP; 0: the kernel chooses */
	unsigned legs;		/* most legs at once, 2 to LIMIT_LEGS */
};

/** A pair's id: never 0, never used twice in a process. */
typedef uint64_t relay_pair;

/** What one leg sent and was sent. */
struct relay_counters {
	uint64_t packets_in, bytes_in;		/* accepted from this leg */
	uint64_t packets_out, bytes_out;	/* forwarded to this leg */
	uint64_t dropped;			/* refused after the address was known: lock, rate, no consent, malformed */
	uint64_t checks;			/* valid STUN checks */
	bool connected;				/* a path is selected */
};

/**
 * Bind and start the relay's thread. 0 and *rp (owned), or a negative errno: -EINVAL for what is no numeric address or a bad
 * number of legs, -EAFNOSUPPORT for an IPv6 address where there is no IPv6, -EADDRINUSE.
 */
int relay_open(struct relay **rp, const struct relay_config *config);

/** Stop the thread, close the socket, free. */
void relay_close(struct relay *relay);

/** The UDP port. */
uint16_t relay_port(const struct relay *relay);

/**
 * Take over an accepted, non-blocking TCP socket that does not speak TLS: from now on it is the relay's, and closed by it. Media
 * comes and goes over it in frames (RFC 4571), once a valid check has come. From any thread.
 */
void relay_stream_take(struct relay *relay, int fd);

/** Offer TCP at this port of the same addresses: the one whose sockets come by relay_stream_take. Before it, none is offered. */
void relay_stream_offer(struct relay *relay, uint16_t port);

/** The TCP port to offer, 0: none. */
uint16_t relay_stream_port(const struct relay *relay);

/** The offered addresses, numeric text; returns how many. Borrowed until relay_close. Refreshed at most once a second from the interfaces. */
unsigned relay_addresses(struct relay *relay, const char *out[RELAY_ADDRESSES]);

/** Make random credentials for a leg. */
void relay_cred_make(struct relay_cred *out);

/** Add a pair of legs, 0 and 1. 0 and *pair, -ENOSPC at the limit, or -ENOMEM. From any thread, as all below. */
int relay_pair_add(struct relay *relay, const struct relay_cred cred[2], relay_pair *pair);

/**
 * The leg restarts ICE: new credentials count at once, the old ones for another 30 s (of several restarts, the last two old
 * ones). The same credentials again are no restart. This and the next three do nothing to a pair that is cut or forgotten.
 */
void relay_leg_restart(struct relay *relay, relay_pair pair, unsigned leg, const struct relay_cred *cred);

/**
 * From now on the leg may send only these RTP payload types. Before the first call of this, no RTP passes. RTCP passes, and
 * DTLS does: but not readable application data (type 23), since data channels are not ours; DTLS 1.3 hides that type.
 */
void relay_leg_allow(struct relay *relay, relay_pair pair, unsigned leg, struct relay_types types);

/** At most this many bytes a second from the leg, bursts of 200 ms or one datagram; 0 is no limit. The same rate again changes nothing. */
void relay_leg_rate(struct relay *relay, relay_pair pair, unsigned leg, uint64_t bytes_per_second);

/**
 * End both legs: when this returns, no packet of the pair is forwarded any more. Checks are answered by a signed 403 for 30 s,
 * then by silence, and the pair is forgotten (sooner when more pairs were cut than may live at once). Idempotent.
 */
void relay_pair_cut(struct relay *relay, relay_pair pair);

/** Counters of both legs; false when the pair is forgotten. They stand still after a cut, and `connected` is false. */
bool relay_pair_counters(struct relay *relay, relay_pair pair, struct relay_counters out[2]);

/** Counters of the whole relay for /metrics and tests. */
struct relay_totals {
	uint64_t packets_in, packets_out;	/* every datagram, checks and answers too */
	uint64_t bytes_in, bytes_out;		/* media: taken from legs, given to legs */
	uint64_t dropped;			/* media from a leg that a lock, a rate, consent or its form stopped */
	uint64_t unknown;			/* media from no leg's address */
	uint64_t stun_bad;			/* STUN that is no whole check */
	uint64_t stun_unknown;			/* checks for no user fragment of ours */
	uint64_t stun_forged;			/* checks with a wrong MESSAGE-INTEGRITY */
	uint64_t stun_replayed;			/* checks seen before from another address */
	uint64_t conflicts;			/* checks answered by 487 */
	uint64_t legs;				/* now, without cut ones */
	uint64_t streams;			/* TCP connections now */
	uint64_t streams_taken, streams_refused; /* refused: beyond a bound */
	uint64_t streams_dropped;		/* datagrams that a connection did not take in time */
};
void relay_totals(struct relay *relay, struct relay_totals *out);
