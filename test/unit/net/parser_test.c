/** @file test/unit/net/parser_test.c  Requests out of bytes: what is understood, what is refused. The long list of refusals is test/probe. */
#include "net/http_parser.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { HEAD_MOST = 256 };

/* Feed everything in pieces; what came last, and how many bytes were left. */
static enum http_event feed(struct http_parser *p, struct str *text, size_t step)
{
	enum http_event event = HTTP_MORE;

	while (text->n && event == HTTP_MORE) {
		struct str piece = { text->p, text->n < step ? text->n : step };
		size_t had = piece.n;

		event = http_parser_feed(p, &piece);
		*text = (struct str){ text->p + had - piece.n, text->n - had + piece.n };
	}
	return event;
}

static void refused(const char *text, int status)
{
	for (size_t step = 1; step < 300; step += 99) {
		struct http_parser p;
		struct str in = str_of(text);

		http_parser_init(&p, HEAD_MOST);
		assert_int_equal(feed(&p, &in, step), HTTP_BAD);
		assert_int_equal(p.status, status);
		http_parser_release(&p);
	}
}

static void a_head_is_kept_as_sent(void **state)
{
	static const char text[] = "GET /a%20b?c HTTP/1.1\r\nHost: x\r\nEmpty:\r\nX-Y: \t one  two\t \r\n\r\nrest";

	(void)state;
	for (size_t step = 1; step < sizeof text; step++) {
		struct http_parser p;
		struct str in = str_of(text), name, value;
		size_t at = 0;

		http_parser_init(&p, HEAD_MOST);
		assert_int_equal(feed(&p, &in, step), HTTP_HEAD_DONE);
		assert_true(p.ended);
		assert_true(str_eq(in, STR("rest")));
		assert_true(str_eq(http_parser_target(&p), STR("/a%20b?c")));
		assert_true(http_parser_field(&p, &at, &name, &value));
		assert_true(str_eq(name, STR("Host")) && str_eq(value, STR("x")));
		assert_true(http_parser_field(&p, &at, &name, &value));
		assert_true(str_eq(name, STR("Empty")) && value.n == 0);
		assert_true(http_parser_field(&p, &at, &name, &value));
		assert_true(str_eq(name, STR("X-Y")) && str_eq(value, STR("one  two")));
		assert_false(http_parser_field(&p, &at, &name, &value));
		http_parser_release(&p);
	}
}

static void a_body_waits_until_it_is_wanted(void **state)
{
	struct http_parser p;
	struct str in = STR("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhelloGET");

	(void)state;
	http_parser_init(&p, HEAD_MOST);
	assert_int_equal(feed(&p, &in, 1000), HTTP_HEAD_DONE);
	assert_false(p.ended);
	assert_true(str_eq(in, STR("helloGET")));
	p.body_most = 5;
	assert_int_equal(feed(&p, &in, 1000), HTTP_END);
	assert_true(p.ended);
	assert_true(str_eq(buf_str(&p.body), STR("hello")));
	assert_true(str_eq(in, STR("GET")));
	http_parser_release(&p);
}

static void a_chunked_body_above_its_limit(void **state)
{
	struct http_parser p;
	struct str in = STR("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n");

	(void)state;
	http_parser_init(&p, HEAD_MOST);
	assert_int_equal(feed(&p, &in, 1000), HTTP_HEAD_DONE);
	p.body_most = 5;
	assert_int_equal(feed(&p, &in, 1000), HTTP_BAD);
	assert_int_equal(p.status, 413);
	http_parser_release(&p);
}

static void heads_that_are_refused(void **state)
{
	(void)state;
	refused("GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", 400);
	refused("\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", 400);
	refused("GET / HTTP/1.1\nHost: x\n\n", 400);
	refused("GET / HTTP/1.1\r\n\r\n", 400);
	refused("GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", 400);
	refused("GET x HTTP/1.1\r\nHost: x\r\n\r\n", 400);
	refused("GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505);
	refused("TRACE / HTTP/1.1\r\nHost: x\r\n\r\n", 501);
	refused("GET / HTTP/1.1\r\nHost: x\r\nExpect: x\r\n\r\n", 417);
	refused("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400);
	refused("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", 400);
	refused("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 400);
}

static void a_head_at_its_limit(void **state)
{
	char text[HEAD_MOST + 64];
	int n = snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: x\r\nA: %0*d\r\n\r\n", HEAD_MOST - 32, 0);

	(void)state;
	assert_int_equal(n, HEAD_MOST);
	for (size_t step = 1; step < 1000; step += 111) {
		struct http_parser p;
		struct str in = { text, HEAD_MOST };

		http_parser_init(&p, HEAD_MOST);
		assert_int_equal(feed(&p, &in, step), HTTP_HEAD_DONE);
		http_parser_release(&p);
		http_parser_init(&p, HEAD_MOST - 1);
		in = (struct str){ text, HEAD_MOST };
		assert_int_equal(feed(&p, &in, step), HTTP_BAD);
		assert_int_equal(p.status, 431);
		http_parser_release(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_head_is_kept_as_sent),
		cmocka_unit_test(a_body_waits_until_it_is_wanted),
		cmocka_unit_test(a_chunked_body_above_its_limit),
		cmocka_unit_test(heads_that_are_refused),
		cmocka_unit_test(a_head_at_its_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
