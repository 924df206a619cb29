/** @file relay/packet.c  What a datagram is, by its first bytes (RFC 7983). */
#include "relay/packet.h"

enum {
	RECORD_CHANGE_CIPHER = 20, RECORD_ALERT = 21, RECORD_HANDSHAKE = 22, RECORD_ACK = 26,
	RECORD_UNIFIED_LOW = 32, RECORD_UNIFIED_HIGH = 63,	/* RFC 9147 section 4 */
	RECORD_HEAD_BYTES = 13,
	RTP_HEAD_BYTES = 12, RTCP_HEAD_BYTES = 8,
};

static enum packet packet_dtls(const uint8_t *p, size_t n)
{
	while (n) {
		size_t whole;

		if (*p >= RECORD_UNIFIED_LOW && *p <= RECORD_UNIFIED_HIGH)
			return PACKET_DTLS;
		if (*p != RECORD_CHANGE_CIPHER && *p != RECORD_ALERT && *p != RECORD_HANDSHAKE && *p != RECORD_ACK)
			return PACKET_NONE;
		if (n < RECORD_HEAD_BYTES)
			return PACKET_NONE;
		whole = RECORD_HEAD_BYTES + ((size_t)p[11] << 8 | p[12]);
		if (whole > n)
			return PACKET_NONE;
		p += whole;
		n -= whole;
	}
	return PACKET_DTLS;
}

enum packet packet_tell(const uint8_t *p, size_t n)
{
	if (n == 0)
		return PACKET_NONE;
	if (p[0] <= 3)
		return PACKET_STUN;
	if (p[0] >= 20 && p[0] <= 63)
		return packet_dtls(p, n);
	if (p[0] < 128 || p[0] > 191 || n < RTCP_HEAD_BYTES)
		return PACKET_NONE;
	if (p[1] >= 192 && p[1] <= 223)
		return PACKET_RTCP;
	return n >= RTP_HEAD_BYTES ? PACKET_RTP : PACKET_NONE;
}
