/** @file relay/sdp.h  Rewrite the ICE lines of a session description (RFC 8866, RFC 9429) so that a browser talks to our relay. Pure text; fingerprints are never touched. */
#pragma once
#include "base/buf.h"
#include "relay/relay.h"

/** What the server must know of a description that it passes on. */
struct sdp_facts {
	char ufrag[260];		/* the browser's own; a change in an offer means an ICE restart (RFC 8445 section 2.4) */
	struct relay_types audio;	/* payload types of audio sections */
	struct relay_types video;	/* payload types of video sections */
	unsigned sections;
	bool wants_video;		/* some video section is neither rejected (port 0) nor inactive */
};

/** Where the relay is found by one leg. */
struct sdp_target {
	struct relay_cred cred;
	const char *addresses[RELAY_ADDRESSES];
	unsigned n_addresses;
	uint16_t port;
};

/**
 * Check a description and learn its facts. Refused (false, *why filled with a short English clause): above
 * LIMIT_SDP_BYTES, a line over 4,096 bytes, bad line grammar, other than CRLF or LF line ends, NUL, more than 8 media
 * sections, m=application, a protocol other than UDP/TLS/RTP/SAVPF, no `a=fingerprint` of sha-256 or better, `a=crypto`,
 * no `a=rtcp-mux`, no BUNDLE group over all sections, different ufrags in bundled sections, `a=setup` other than actpass, active or passive.
 */
bool sdp_read(struct str sdp, struct sdp_facts *facts, char why[static 128]);

/**
 * Append to `out` the description for the other side: every address blanked, ICE lines replaced by the target's, one host
 * candidate per address, `a=ice-lite`, `a=cryptex` stripped, everything else byte for byte, CRLF line ends. The input must have passed sdp_read. 0 or -ENOMEM.
 */
int sdp_rewrite(struct str sdp, const struct sdp_target *target, struct buf *out);
