/** @file test/unit/net/reply_test.c  Reply heads, byte for byte. */
#include "net/http_reply.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { DATE_CHARS = 29 };

/* The head with its date blotted out. */
static char *head_of(const struct reply *reply)
{
	struct buf out = { 0 };
	char *text, *date;

	assert_int_equal(reply_head(&out, reply), 0);
	text = str_dup(buf_str(&out));
	buf_release(&out);
	date = strstr(text, "Date: ");
	if (date)
		memset(date + 6, '#', DATE_CHARS);
	return text;
}

static void is(const struct reply *reply, const char *expected)
{
	char *text = head_of(reply);

	assert_string_equal(text, expected);
	free(text);
}

#define DATE "Date: #############################\r\n"

static void heads(void **state)
{
	static const struct http_field fields[] = { { "ETag", "\"1\"" }, { "X-Empty", "" }, { NULL, NULL } };

	(void)state;
	is(&(struct reply){ .status = 200, .type = "text/plain", .body_bytes = 7 },
	   "HTTP/1.1 200 OK\r\n" DATE "Content-Type: text/plain\r\nContent-Length: 7\r\n\r\n");
	is(&(struct reply){ .status = 200, .fields = fields, .http10 = true },
	   "HTTP/1.1 200 OK\r\n" DATE "Content-Length: 0\r\nETag: \"1\"\r\nX-Empty: \r\nConnection: keep-alive\r\n\r\n");
	is(&(struct reply){ .status = 404, .close = true, .http10 = true },
	   "HTTP/1.1 404 Not Found\r\n" DATE "Content-Length: 0\r\nConnection: close\r\n\r\n");
	is(&(struct reply){ .status = 204 }, "HTTP/1.1 204 No Content\r\n" DATE "\r\n");
	is(&(struct reply){ .status = 304, .fields = fields }, "HTTP/1.1 304 Not Modified\r\n" DATE "ETag: \"1\"\r\nX-Empty: \r\n\r\n");
	is(&(struct reply){ .status = 100 }, "HTTP/1.1 100 Continue\r\n\r\n");
	is(&(struct reply){ .status = 599 }, "HTTP/1.1 599 \r\n" DATE "Content-Length: 0\r\n\r\n");
}

/* What can't be put into a head is a bug, and ends the process. */
static void aborts(const struct reply *reply)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		struct buf out = { 0 };

		fclose(stderr);
		signal(SIGABRT, SIG_DFL);
		reply_head(&out, reply);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void splitting_is_a_bug(void **state)
{
	static const char *const values[] = { "a\r\nSet-Cookie: b", "a\nb", "a\rb", "a\x01", "a\x7f" };
	static const char *const names[] = { "", "A B", "A:", "A\r\nB", "\xc3\xa4" };

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		aborts(&(struct reply){ .status = 200, .fields = (const struct http_field[]){ { "A", values[i] }, { NULL, NULL } } });
		aborts(&(struct reply){ .status = 200, .fields = (const struct http_field[]){ { names[i], "a" }, { NULL, NULL } } });
	}
	aborts(&(struct reply){ .status = 200, .type = "text/plain\r\nA: b" });
	aborts(&(struct reply){ .status = 204, .body_bytes = 1 });
	aborts(&(struct reply){ .status = 99 });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads),
		cmocka_unit_test(splitting_is_a_bug),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
