/** @file relay/stun_test.c  With the test vectors of RFC 5769. */
#include "ice.h"
#include "relay/stun.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

/* RFC 5769 section 2.1: a request with short-term credentials. */
static const uint8_t request[108] = {
	0x00, 0x01, 0x00, 0x58, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae,
	0x80, 0x22, 0x00, 0x10, 0x53, 0x54, 0x55, 0x4e, 0x20, 0x74, 0x65, 0x73, 0x74, 0x20, 0x63, 0x6c, 0x69, 0x65, 0x6e, 0x74,
	0x00, 0x24, 0x00, 0x04, 0x6e, 0x00, 0x01, 0xff, 0x80, 0x29, 0x00, 0x08, 0x93, 0x2f, 0xf9, 0xb1, 0x51, 0x26, 0x3b, 0x36,
	0x00, 0x06, 0x00, 0x09, 0x65, 0x76, 0x74, 0x6a, 0x3a, 0x68, 0x36, 0x76, 0x59, 0x20, 0x20, 0x20, 0x00, 0x08, 0x00, 0x14,
	0x9a, 0xea, 0xa7, 0x0c, 0xbf, 0xd8, 0xcb, 0x56, 0x78, 0x1e, 0xf2, 0xb5, 0xb2, 0xd3, 0xf2, 0x49, 0xc1, 0xb5, 0x71, 0xa2,
	0x80, 0x28, 0x00, 0x04, 0xe5, 0x7a, 0x3b, 0xcf,
};
static const char password[] = "VOkJxbRl1RmTxUk/WvJxBt";

/* The attribute values of the responses in sections 2.2 and 2.3. */
static const uint8_t mapped_v4[] = { 0x00, 0x20, 0x00, 0x08, 0x00, 0x01, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43 };
static const uint8_t mapped_v6[] = {
	0x00, 0x20, 0x00, 0x14, 0x00, 0x02, 0xa1, 0x47, 0x01, 0x13, 0xa9, 0xfa,
	0xa5, 0xd3, 0xf1, 0x79, 0xbc, 0x25, 0xf4, 0xb5, 0xbe, 0xd2, 0xb9, 0xd9,
};

static void the_sample_request_is_read(void **state)
{
	struct stun_check check;

	(void)state;
	assert_int_equal(stun_read(request, sizeof request, &check), STUN_CHECK);
	assert_true(str_eq(check.ufrag, STR("evtj")));
	assert_true(check.controlled);
	assert_false(check.use_candidate);
	assert_int_equal(check.n_unknown, 0);
	assert_true(stun_signed_by(&check, str_of(password)));
	assert_false(stun_signed_by(&check, STR("VOkJxbRl1RmTxUk/WvJxBs")));
	assert_false(stun_signed_by(&check, STR("")));
}

static void every_bent_bit_is_noticed(void **state)
{
	struct stun_check check;

	(void)state;
	for (size_t bit = 0; bit < sizeof request * 8; bit++) {
		uint8_t bent[sizeof request];

		memcpy(bent, request, sizeof bent);
		bent[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(stun_read(bent, sizeof bent, &check), STUN_CHECK);
	}
}

static void cut_requests_are_bad(void **state)
{
	struct stun_check check;

	(void)state;
	for (size_t n = 0; n < sizeof request; n++) {
		uint8_t *exact = malloc(n + 1);

		memcpy(exact, request, n);
		assert_int_equal(stun_read(exact, n, &check), STUN_BAD);
		free(exact);
	}
}

static void mapped_addresses_follow_the_samples(void **state)
{
	struct flow v4 = { .port = 32853 }, v6 = { .port = 32853 };
	uint8_t out[STUN_ANSWER_BYTES];
	struct stun_check check;
	struct in_addr a;
	uint64_t id;
	size_t n;

	(void)state;
	memcpy(&id, request + 8, sizeof id);
	stun_read(request, sizeof request, &check);
	inet_pton(AF_INET, "192.0.2.1", &a);
	v4.remote = flow_mapped(a);
	inet_pton(AF_INET6, "2001:db8:1234:5678:11:2233:4455:6677", &v6.remote);

	n = stun_answer(out, &check, STUN_SUCCESS, &v4, str_of(password));
	assert_int_equal(n, 64);
	assert_memory_equal(out + 20, mapped_v4, sizeof mapped_v4);
	assert_int_equal(ice_answer(out, n, id, password), 0);

	n = stun_answer(out, &check, STUN_SUCCESS, &v6, str_of(password));
	assert_int_equal(n, 76);
	assert_memory_equal(out + 20, mapped_v6, sizeof mapped_v6);
	assert_int_equal(ice_answer(out, n, id, password), 0);
}

static void errors_are_signed(void **state)
{
	static const enum stun_code codes[] = { STUN_FORBIDDEN, STUN_UNKNOWN_ATTRIBUTE, STUN_ROLE_CONFLICT };
	struct flow flow = { .port = 1 };
	uint8_t out[STUN_ANSWER_BYTES];
	struct stun_check check;
	uint64_t id;

	(void)state;
	memcpy(&id, request + 8, sizeof id);
	stun_read(request, sizeof request, &check);
	check.n_unknown = 1;
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		size_t n = stun_answer(out, &check, codes[i], &flow, str_of(password));

		assert_int_equal(ice_answer(out, n, id, password), codes[i]);
		assert_true(n <= sizeof request);
	}
}

static enum stun_kind kind_of(unsigned flags, struct stun_check *check)
{
	static uint8_t p[ICE_BYTES];
	size_t n = ice_write(p, &(struct ice_check){ "abcdef01", "0123456789abcdef0123456789abcdef", 5, flags });

	return stun_read(p, n, check);
}

static void only_whole_checks_are_checks(void **state)
{
	struct stun_check check;

	(void)state;
	assert_int_equal(kind_of(ICE_USE_CANDIDATE, &check), STUN_CHECK);
	assert_true(check.use_candidate);
	assert_int_equal(kind_of(ICE_UNKNOWN, &check), STUN_CHECK);
	assert_int_equal(check.n_unknown, 1);
	assert_int_equal(check.unknown[0], 0x7123);
	assert_int_equal(kind_of(ICE_NO_PRIORITY, &check), STUN_BAD);
	assert_int_equal(kind_of(ICE_NO_INTEGRITY, &check), STUN_BAD);
	assert_int_equal(kind_of(ICE_NO_PRINT, &check), STUN_BAD);
	assert_int_equal(kind_of(ICE_BAD_PRINT, &check), STUN_BAD);
	assert_int_equal(kind_of(ICE_NO_USERNAME, &check), STUN_BAD);
	assert_int_equal(kind_of(ICE_AFTER, &check), STUN_BAD);
}

static void an_answer_never_grows(void **state)
{
	static const enum stun_code codes[] = { STUN_SUCCESS, STUN_FORBIDDEN, STUN_UNKNOWN_ATTRIBUTE, STUN_ROLE_CONFLICT };
	struct flow v6 = { .remote.s6_addr = { 0x20, 1 }, .port = 9 };
	uint8_t out[STUN_ANSWER_BYTES];
	struct stun_check check;

	(void)state;
	assert_int_equal(kind_of(ICE_SHORT, &check), STUN_CHECK);
	assert_int_equal(check.n, 76);
	check.n_unknown = STUN_UNKNOWN;
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		size_t n = stun_answer(out, &check, codes[i], &v6, STR("p"));

		assert_true(n > 0 && n <= check.n);
	}
	check.n = 75;
	assert_int_equal(stun_answer(out, &check, STUN_SUCCESS, &v6, STR("p")), 0);
}

static void other_messages_are_told(void **state)
{
	uint8_t p[20] = { 0x00, 0x11, 0, 0, 0x21, 0x12, 0xa4, 0x42 };
	struct stun_check check;

	(void)state;
	assert_int_equal(stun_read(p, sizeof p, &check), STUN_INDICATION);
	p[1] = 0x01;			/* a bare request */
	assert_int_equal(stun_read(p, sizeof p, &check), STUN_BAD);
	p[1] = 0x03;			/* Allocate: we are no TURN server */
	assert_int_equal(stun_read(p, sizeof p, &check), STUN_BAD);
	p[0] = 0x01, p[1] = 0x01;	/* a response */
	assert_int_equal(stun_read(p, sizeof p, &check), STUN_BAD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sample_request_is_read),
		cmocka_unit_test(every_bent_bit_is_noticed),
		cmocka_unit_test(cut_requests_are_bad),
		cmocka_unit_test(mapped_addresses_follow_the_samples),
		cmocka_unit_test(errors_are_signed),
		cmocka_unit_test(only_whole_checks_are_checks),
		cmocka_unit_test(an_answer_never_grows),
		cmocka_unit_test(other_messages_are_told),
	};

	return cmocka_run_group_tests_name("relay/stun", tests, NULL, NULL);
}
