/** @file relay/packet_test.c */
#include "relay/packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

/* A DTLS 1.2 record of that type with two bytes of content. */
#define RECORD(type) type, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2, 0xaa, 0xbb

static void first_bytes_tell(void **state)
{
	uint8_t p[64] = { 0 };

	(void)state;
	for (unsigned first = 0; first < 256; first++) {
		enum packet want = first <= 3 ? PACKET_STUN : first >= 32 && first <= 63 ? PACKET_DTLS :
				   first >= 128 && first <= 191 ? PACKET_RTP : PACKET_NONE;

		if (first >= 20 && first < 32)
			continue;	/* DTLS 1.2 records: below */
		p[0] = (uint8_t)first;
		assert_int_equal(packet_tell(p, sizeof p), want);
	}
	assert_int_equal(packet_tell(p, 0), PACKET_NONE);
}

static void rtcp_is_told_from_rtp(void **state)
{
	uint8_t p[12] = { 128 };

	(void)state;
	for (unsigned second = 0; second < 256; second++) {
		p[1] = (uint8_t)second;
		assert_int_equal(packet_tell(p, 12), second >= 192 && second <= 223 ? PACKET_RTCP : PACKET_RTP);
		assert_int_equal(packet_tell(p, 11), second >= 192 && second <= 223 ? PACKET_RTCP : PACKET_NONE);
		assert_int_equal(packet_tell(p, 7), PACKET_NONE);
	}
	p[1] = 0x80 | 96;
	assert_int_equal(packet_rtp_type(p), 96);
}

static void records_are_walked(void **state)
{
	const uint8_t handshakes[] = { RECORD(22), RECORD(20), RECORD(21), RECORD(26) };
	const uint8_t hidden[] = { RECORD(22), RECORD(23) };
	const uint8_t then_sealed[] = { RECORD(22), 0x2f, 1, 2, 3 };

	(void)state;
	assert_int_equal(packet_tell(handshakes, sizeof handshakes), PACKET_DTLS);
	assert_int_equal(packet_tell(hidden, sizeof hidden), PACKET_NONE);
	assert_int_equal(packet_tell(then_sealed, sizeof then_sealed), PACKET_DTLS);
	for (unsigned type = 20; type < 32; type++) {
		const uint8_t one[] = { RECORD((uint8_t)type) };
		enum packet want = type <= 22 || type == 26 ? PACKET_DTLS : PACKET_NONE;

		assert_int_equal(packet_tell(one, sizeof one), want);
	}
	for (size_t n = 1; n < sizeof handshakes; n++)
		assert_int_equal(packet_tell(handshakes, n), n % 15 ? PACKET_NONE : PACKET_DTLS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_bytes_tell),
		cmocka_unit_test(rtcp_is_told_from_rtp),
		cmocka_unit_test(records_are_walked),
	};

	return cmocka_run_group_tests_name("relay/packet", tests, NULL, NULL);
}
