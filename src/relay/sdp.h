/**
 * @file relay/sdp.h  Rewrite the ICE lines of a session description (RFC 8866, RFC 9429) so that a browser talks to our relay.
 * Pure text; fingerprints are never touched.
 */
#pragma once
#include "base/buf.h"
#include "relay/relay.h"

/** What the server must know of a description that it passes on. */
struct sdp_facts {
	char ufrag[260];		/* the browser's own; a change in an offer means an ICE restart (RFC 8445 section 2.4) */
	struct relay_types audio;	/* payload types of audio sections in use */
	struct relay_types video;	/* payload types of video sections in use; disjoint from audio */
	unsigned sections;		/* all of them */
	bool wants_video;		/* some video section in use is not inactive */
};

/** Where the relay is found by one leg. */
struct sdp_target {
	struct relay_cred cred;
	const char *addresses[RELAY_ADDRESSES];
	unsigned n_addresses;
	uint16_t port;
	uint16_t stream_port;		/* for TCP (RFC 6544), 0: none */
};

/**
 * Check a description and learn its facts. A section is in use when it has a port, or port 0 with `a=bundle-only` (that is how
 * Firefox offers video); the demands below are made of those. Refused (false, *why filled with a short English clause):
 * above LIMIT_SDP_BYTES, a line over 4,096 bytes, bad line grammar or order, lines that no browser writes (r z k u e p i),
 * control characters or NUL, other than CRLF or LF line ends, attribute names of other than a-z 0-9 and `-` (browsers read
 * `a=candidate 1 …` or `a=Candidate:` as a candidate), an `IN IP4` where no address belongs, more than 8 media sections,
 * m=application, a protocol other than UDP/TLS/RTP/SAVPF, payload types doubled, both audio and video, or 64 to 95, no
 * `a=fingerprint`, or one weaker than sha-256, `a=crypto`, no `a=rtcp-mux`, no BUNDLE group over all sections, different ufrags
 * in bundled sections, `a=setup` other than actpass, active or passive, no section in use.
 */
bool sdp_read(struct str sdp, struct sdp_facts *facts, char why[static 128]);

/**
 * Append to `out` the description for the other side: every address blanked, ICE lines replaced by the target's, one host
 * candidate per address, and one for TCP, `a=ice-lite`, `a=cryptex` stripped, everything else byte for byte. Line ends are CRLF;
 * beside those it grows by at most 26 kB. The input must have passed sdp_read. 0 or -ENOMEM.
 */
int sdp_rewrite(struct str sdp, const struct sdp_target *target, struct buf *out);
