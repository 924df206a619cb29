/** @file test/unit/net/server_test.c  Listening and ending, without anybody connecting. What connects is test/probe. */
#include "net/http.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static uv_loop_t loop;
static SSL_CTX *tls;
static int closed;

static void on_request(struct http_req *req, void *arg)
{
	(void)req;
	(void)arg;
	abort();
}

static void on_closed(void *arg)
{
	assert_ptr_equal(arg, &loop);
	closed++;
}

static int listen_at(struct net_server **sp, const char *address, uint16_t port)
{
	const struct net_config config = {
		.address = address, .port = port, .tls = tls, .head_bytes = 1024, .queue_bytes = 1024, .frame_bytes = 512,
		.head_ms = 1000, .body_ms = 1000, .idle_ms = 1000, .connections = 1, .connections_per_address = 1,
		.on_request = on_request,
	};

	return net_listen(sp, &loop, &config);
}

static int begin(void **state)
{
	(void)state;
	closed = 0;
	tls = SSL_CTX_new(TLS_server_method());
	return uv_loop_init(&loop);
}

static int end(void **state)
{
	(void)state;
	SSL_CTX_free(tls);
	return uv_loop_close(&loop);
}

static void listens_and_ends(void **state)
{
	static const char *const addresses[] = { "127.0.0.1", "::1", "::", "0.0.0.0" };
	struct net_server *server, *second = NULL;
	int err, had;

	(void)state;
	for (int i = 0; i < 4; i++) {
		err = listen_at(&server, addresses[i], 0);
		/* A machine without IPv6. */
		if (strchr(addresses[i], ':') && (err == -EAFNOSUPPORT || err == -EADDRNOTAVAIL))
			continue;
		assert_int_equal(err, 0);
		had = closed;
		assert_int_not_equal(net_port(server), 0);
		assert_int_equal(listen_at(&second, addresses[i], net_port(server)), -EADDRINUSE);
		assert_null(second);
		net_tls_set(server, tls);
		net_end(server, on_closed, &loop);
		assert_int_equal(closed, had);
		assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
		assert_int_equal(closed, had + 1);
	}
}

static void refuses_what_is_no_address(void **state)
{
	static const char *const addresses[] = { "", "localhost", "127.0.0.1.", "::g", "300.0.0.1" };
	struct net_server *server = NULL;

	(void)state;
	for (int i = 0; i < 5; i++)
		assert_int_equal(listen_at(&server, addresses[i], 0), -EINVAL);
	assert_int_equal(listen_at(&server, "192.0.2.1", 0), -EADDRNOTAVAIL);
	assert_null(server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(listens_and_ends, begin, end),
		cmocka_unit_test_setup_teardown(refuses_what_is_no_address, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
