/** @file test/unit/net/peers_test.c  Counting connections by address. */
#include "net/peers.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct peers peers;

static struct in6_addr at(const char *text)
{
	struct in6_addr address;

	assert_int_equal(inet_pton(AF_INET6, text, &address), 1);
	return address;
}

static struct peer *enter(const char *text, unsigned most)
{
	struct in6_addr address = at(text);

	return peers_enter(&peers, &address, most);
}

static void an_ipv4_address_counts_for_itself(void **state)
{
	struct peer *a, *b, *other;

	(void)state;
	peers_init(&peers);
	a = enter("::ffff:192.0.2.1", 2);
	b = enter("::ffff:192.0.2.1", 2);
	assert_ptr_equal(a, b);
	assert_int_equal(a->count, 2);
	assert_null(enter("::ffff:192.0.2.1", 2));
	other = enter("::ffff:192.0.2.2", 2);
	assert_non_null(other);
	peer_leave(a);
	assert_non_null(enter("::ffff:192.0.2.1", 2));
	peer_leave(a);
	peer_leave(a);
	peer_leave(other);
}

static void an_ipv6_prefix_is_one(void **state)
{
	struct peer *a, *b, *other;

	(void)state;
	peers_init(&peers);
	a = enter("2001:db8:1:2::1", 2);
	b = enter("2001:db8:1:2:ffff:ffff:ffff:ffff", 2);
	assert_ptr_equal(a, b);
	assert_null(enter("2001:db8:1:2:3::", 2));
	other = enter("2001:db8:1:3::1", 2);
	assert_ptr_not_equal(a, other);
	peer_leave(a);
	peer_leave(b);
	peer_leave(other);
}

static void many_come_and_go(void **state)
{
	static struct peer *entered[20000];

	(void)state;
	peers_init(&peers);
	for (unsigned i = 0; i < 20000; i++) {
		struct in6_addr address = at("::ffff:10.0.0.0");

		address.s6_addr[14] = (uint8_t)(i >> 8);
		address.s6_addr[15] = (uint8_t)i;
		entered[i] = peers_enter(&peers, &address, 1);
		assert_non_null(entered[i]);
		assert_null(peers_enter(&peers, &address, 1));
	}
	for (unsigned i = 0; i < 20000; i++)
		peer_leave(entered[i]);
	for (unsigned i = 0; i < PEERS_BUCKETS; i++)
		assert_true(list_empty(&peers.buckets[i]));
}

static void none_is_none(void **state)
{
	(void)state;
	peers_init(&peers);
	assert_null(enter("::1", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_ipv4_address_counts_for_itself),
		cmocka_unit_test(an_ipv6_prefix_is_one),
		cmocka_unit_test(many_come_and_go),
		cmocka_unit_test(none_is_none),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
