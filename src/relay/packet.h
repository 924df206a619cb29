/** @file relay/packet.h  What a datagram is, by its first bytes (RFC 7983). Pure. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum packet {
	PACKET_NONE,	/* nothing that we carry */
	PACKET_STUN,
	PACKET_DTLS,	/* a handshake, an alert, or DTLS 1.3 ciphertext */
	PACKET_RTP,
	PACKET_RTCP,
};

/**
 * Tell. A DTLS datagram is walked record by record: readable application data (type 23) makes it PACKET_NONE, since data
 * channels are not ours. In DTLS 1.3 a record's inner type is encrypted, so there this can't be told.
 */
enum packet packet_tell(const uint8_t *p, size_t n);

/** The payload type of a PACKET_RTP. */
static inline unsigned packet_rtp_type(const uint8_t *p)
{
	return p[1] & 127u;
}
