/** @file test/unit/net/http_test.c  The life of requests and WebSockets over a connection without a socket: time, slowness, misuse. */
#include "fake_conn.h"

#include "net/http_conn.h"
#include "net/ws.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { HEAD_MS = 11, BODY_MS = 13, IDLE_MS = 34, QUEUE_BYTES = 1000 };

static struct conn conn;
static struct http_req *late;
static struct ws *ws;
static int gone, closed_code, texts;
static bool misuse;

static void on_text(struct ws *on, void *arg, struct str text)
{
	(void)arg;
	(void)text;
	assert_ptr_equal(on, ws);
	texts++;
}

static void on_close(struct ws *on, void *arg, int code)
{
	(void)arg;
	assert_ptr_equal(on, ws);
	assert_int_equal(closed_code, 0);
	closed_code = code;
	ws = NULL;
}

static const struct ws_ops ws_ops = { .on_text = on_text, .on_close = on_close };

static void on_body(struct http_req *req, void *arg, struct str whole)
{
	(void)arg;
	(void)whole;
	late = req;
}

static void on_gone(struct http_req *req, void *arg)
{
	(void)arg;
	gone++;
	late = NULL;
	if (misuse)
		http_reply(req, 200, NULL, NULL, STR(""));
}

static const struct http_ops http_ops = { .on_body = on_body, .on_gone = on_gone };

static void on_request(struct http_req *req, void *arg)
{
	(void)arg;
	if (str_eq(http_path(req), STR("/ws")))
		ws = ws_accept(req, NULL, &ws_ops, NULL);
	else if (!str_eq(http_path(req), STR("/nobody")))
		http_body_take(req, 10, &http_ops, NULL);
}

static int begin(void **state)
{
	const struct net_config config = {
		.head_bytes = 1000, .queue_bytes = QUEUE_BYTES, .frame_bytes = 100, .head_ms = HEAD_MS, .body_ms = BODY_MS,
		.idle_ms = IDLE_MS, .on_request = on_request,
	};

	(void)state;
	late = NULL;
	ws = NULL;
	gone = closed_code = texts = 0;
	misuse = false;
	fake_conn_init(&conn, &config);
	return http_start(&conn);
}

static int end(void **state)
{
	(void)state;
	fake_conn_release(&conn);
	return 0;
}

static void feed(const char *text)
{
	assert_int_equal(fake_conn_feed(&conn, str_of(text), 1000), strlen(text));
}

static bool said(const char *text)
{
	return memmem(conn.log.p, conn.log.n, text, strlen(text)) != NULL;
}

static void upgrade(void)
{
	feed("GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
	     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
	assert_non_null(ws);
}

static void deadlines_follow_the_request(void **state)
{
	(void)state;
	assert_int_equal(conn.deadline_ms, HEAD_MS);
	feed("POST /late HTTP/1.1\r\n");
	assert_int_equal(conn.deadline_ms, HEAD_MS);
	feed("Host: x\r\nContent-Length: 2\r\n\r\n");
	assert_int_equal(conn.deadline_ms, BODY_MS);
	feed("h");
	feed("i");
	assert_non_null(late);
	assert_int_equal(conn.deadline_ms, 0);
	http_reply(late, 200, "text/plain", NULL, STR("x"));
	assert_int_equal(conn.deadline_ms, IDLE_MS);
	conn.ops->on_deadline(conn.up);
	assert_true(conn.finished);
	assert_false(said("408"));
}

static void a_late_head_and_a_late_body_are_refused(void **state)
{
	(void)state;
	feed("POST /late HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n");
	conn.ops->on_deadline(conn.up);
	assert_true(said("HTTP/1.1 408 ") && conn.finished);
	assert_int_equal(gone, 1);
	fake_conn_lose(&conn);
	assert_int_equal(gone, 1);
	fake_conn_release(&conn);
	begin(state);
	feed("POST /late");
	conn.ops->on_deadline(conn.up);
	assert_true(said("HTTP/1.1 408 ") && conn.finished);
	assert_int_equal(gone, 0);
}

static void a_slow_reader_gets_its_time_and_no_more(void **state)
{
	(void)state;
	feed("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	conn.queued = 16000;
	http_reply(late, 200, NULL, NULL, STR(""));
	late = NULL;
	assert_int_equal(conn.deadline_ms, BODY_MS + 1000);
	/* The next request waits, so that answers don't pile up. */
	feed("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_true(conn.paused);
	assert_null(late);
	conn.queued = 0;
	conn_wake(&conn);
	feed("");
	assert_non_null(late);
	assert_false(conn.paused);
	conn.queued = 16000;
	http_reply(late, 200, NULL, NULL, STR(""));
	conn.ops->on_deadline(conn.up);
	assert_false(conn.open || conn.finished);
}

static void a_request_that_nobody_reads_the_end_of(void **state)
{
	(void)state;
	feed("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_non_null(late);
	fake_conn_lose(&conn);
	assert_int_equal(gone, 1);
}

static void a_failed_write_is_told_to_nobody(void **state)
{
	(void)state;
	feed("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	conn.open = false;
	http_reply(late, 200, NULL, NULL, STR(""));
	fake_conn_lose(&conn);
	assert_int_equal(gone, 0);
}

static void aborts(void (*mistake)(void))
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		fclose(stderr);
		signal(SIGABRT, SIG_DFL);
		mistake();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void reply_when_gone(void)
{
	misuse = true;
	fake_conn_feed(&conn, STR("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), 100);
	fake_conn_lose(&conn);
}

static void forget_the_request(void)
{
	fake_conn_feed(&conn, STR("GET /nobody HTTP/1.1\r\nHost: x\r\n\r\n"), 100);
}

static void take_twice(void)
{
	fake_conn_feed(&conn, STR("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), 100);
	http_body_take(late, 1, &http_ops, NULL);
}

static void misuse_is_a_bug(void **state)
{
	(void)state;
	aborts(reply_when_gone);
	aborts(forget_the_request);
	aborts(take_twice);
}

static void a_websocket_is_pinged_then_cut(void **state)
{
	(void)state;
	upgrade();
	assert_int_equal(conn.deadline_ms, IDLE_MS / 2);
	conn.log.n = 0;
	conn.ops->on_deadline(conn.up);
	assert_memory_equal(conn.log.p, "\x89\x00", 2);
	assert_int_equal(conn.deadline_ms, IDLE_MS / 2);
	/* A pong, then silence again. */
	assert_int_equal(fake_conn_feed(&conn, STR("\x8a\x80\0\0\0\0"), 100), 6);
	conn.ops->on_deadline(conn.up);
	assert_true(conn.open);
	conn.ops->on_deadline(conn.up);
	assert_false(conn.open || conn.finished);
	assert_int_equal(closed_code, 0);
	fake_conn_lose(&conn);
	assert_int_equal(closed_code, 1006);
}

static void a_full_queue_cuts_without_calling_back(void **state)
{
	(void)state;
	upgrade();
	conn.queued = QUEUE_BYTES - 10 - 5;
	assert_true(ws_send(ws, STR("12345")));
	assert_false(ws_send(ws, STR("123456")));
	assert_false(conn.open);
	assert_int_equal(closed_code, 0);
	assert_false(ws_send(ws, STR("")));
	ws_close(ws, 1000);
	fake_conn_lose(&conn);
	assert_int_equal(closed_code, 1013);
}

static void a_closing_websocket_hears_nothing_and_waits_for_goodbye(void **state)
{
	(void)state;
	upgrade();
	conn.log.n = 0;
	ws_close(ws, 4401);
	ws_close(ws, 1000);
	assert_memory_equal(conn.log.p, "\x88\x02\x11\x31", 4);
	assert_int_equal(conn.log.n, 4);
	assert_false(ws_send(ws, STR("x")));
	assert_int_equal(fake_conn_feed(&conn, STR("\x81\x81\0\0\0\0x"), 100), 7);
	assert_int_equal(texts, 0);
	assert_int_equal(closed_code, 0);
	assert_int_equal(fake_conn_feed(&conn, STR("\x88\x82\0\0\0\0\x11\x31"), 100), 8);
	assert_int_equal(closed_code, 4401);
	assert_true(conn.finished);
	assert_int_equal(conn.log.n, 4);
}

static void frames_behind_a_late_upgrade_are_heard_after_it(void **state)
{
	(void)state;
	feed("GET /late HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
	     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
	assert_int_equal(fake_conn_feed(&conn, STR("\x81\x81\0\0\0\0x"), 100), 7);
	assert_true(conn.paused);
	ws = ws_accept(late, NULL, &ws_ops, NULL);
	assert_non_null(ws);
	assert_int_equal(texts, 0);
	feed("");
	assert_int_equal(texts, 1);
	assert_false(conn.paused);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(deadlines_follow_the_request, begin, end),
		cmocka_unit_test_setup_teardown(a_late_head_and_a_late_body_are_refused, begin, end),
		cmocka_unit_test_setup_teardown(a_slow_reader_gets_its_time_and_no_more, begin, end),
		cmocka_unit_test_setup_teardown(a_request_that_nobody_reads_the_end_of, begin, end),
		cmocka_unit_test_setup_teardown(a_failed_write_is_told_to_nobody, begin, end),
		cmocka_unit_test_setup_teardown(misuse_is_a_bug, begin, end),
		cmocka_unit_test_setup_teardown(a_websocket_is_pinged_then_cut, begin, end),
		cmocka_unit_test_setup_teardown(a_full_queue_cuts_without_calling_back, begin, end),
		cmocka_unit_test_setup_teardown(a_closing_websocket_hears_nothing_and_waits_for_goodbye, begin, end),
		cmocka_unit_test_setup_teardown(frames_behind_a_late_upgrade_are_heard_after_it, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
