/** @file live/line_test.c  Lines, endpoints and watches: who keeps what, in every order of going. Leaks are the sanitizer's to see. */
#include "live/line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/** The far end of a line: what it was sent. */
struct far {
	unsigned frames;
	char last[512];
	int code;
};

static bool send_h(void *arg, struct str frame)
{
	struct far *far = arg;

	far->frames++;
	snprintf(far->last, sizeof far->last, "%.*s", (int)frame.n, frame.p);
	return true;
}

static void close_h(void *arg, int code)
{
	((struct far *)arg)->code = code;
}

static const struct line_ops ops = { send_h, close_h };

static struct lines lines;

static int begin(void **state)
{
	(void)state;
	lines_init(&lines);
	return 0;
}

static int end(void **state)
{
	(void)state;
	lines_release(&lines);	/* asserts that nothing is left */
	return 0;
}

static struct line *open_one(int64_t account, struct far *far)
{
	struct line *line = line_open(&lines, account, 1, &ops, far);

	assert_non_null(line);
	return line;
}

static void endpoint_goes_with_its_last_line(void **state)
{
	struct far far = { 0 };
	struct line *a, *b;

	(void)state;
	assert_null(endpoint_find(&lines, 7));
	assert_int_equal(endpoint_lines(NULL), 0);
	assert_int_equal(endpoint_presence(NULL), PRESENCE_OFFLINE);
	a = open_one(7, &far);
	b = open_one(7, &far);
	assert_string_not_equal(a->id, b->id);
	assert_ptr_equal(a->endpoint, b->endpoint);
	assert_int_equal(endpoint_lines(endpoint_find(&lines, 7)), 2);
	assert_int_equal(endpoint_presence(a->endpoint), PRESENCE_AVAILABLE);
	line_close(&lines, a);
	assert_int_equal(endpoint_lines(endpoint_find(&lines, 7)), 1);
	line_close(&lines, b);
	assert_null(endpoint_find(&lines, 7));
}

static void call_keeps_the_endpoint(void **state)
{
	struct far far = { 0 };
	struct line *line = open_one(7, &far);
	struct endpoint *endpoint = line->endpoint;
	struct list party = { 0 };

	(void)state;
	list_add(&endpoint->parties, &party);
	assert_int_equal(endpoint_presence(endpoint), PRESENCE_IN_CALL);
	line_close(&lines, line);
	assert_ptr_equal(endpoint_find(&lines, 7), endpoint);
	assert_int_equal(endpoint_presence(endpoint), PRESENCE_OFFLINE);
	endpoint_drop(&lines, endpoint);
	assert_ptr_equal(endpoint_find(&lines, 7), endpoint);
	list_del(&party);
	endpoint_drop(&lines, endpoint);
	assert_null(endpoint_find(&lines, 7));
}

/* Past several growths of the table; accounts that share low bits too. */
static void many_accounts_are_found(void **state)
{
	enum { MANY = 3000 };
	static struct line *open[MANY];
	struct far far = { 0 };

	(void)state;
	for (int64_t i = 0; i < MANY; i++)
		open[i] = open_one(i % 2 ? i + 1 : (i + 1) << 32, &far);
	assert_int_equal(lines.n, MANY);
	for (int64_t i = 0; i < MANY; i++)
		assert_ptr_equal(endpoint_find(&lines, open[i]->endpoint->account), open[i]->endpoint);
	for (size_t i = 0; i < MANY; i += 2)
		line_close(&lines, open[i]);
	for (size_t i = 1; i < MANY; i += 2)
		assert_ptr_equal(endpoint_find(&lines, open[i]->endpoint->account), open[i]->endpoint);
	for (size_t i = 1; i < MANY; i += 2)
		line_close(&lines, open[i]);
}

static void events_are_numbered_when_ready(void **state)
{
	struct far far = { 0 };
	struct line *line = open_one(7, &far);

	(void)state;
	line_tell(line, json_pack("{s:s}", "ev", "early"));
	assert_int_equal(far.frames, 0);
	line->ready = true;
	line_tell(line, json_pack("{s:s}", "ev", "first"));
	assert_string_equal(far.last, "{\"ev\":\"first\",\"n\":1}");
	line_tell(line, NULL);	/* memory was out: a gap, so that the client connects again */
	line_tell(line, json_pack("{s:s, s:f}", "ev", "second", "at", 0.1));
	assert_string_equal(far.last, "{\"ev\":\"second\",\"at\":0.1,\"n\":3}");
	assert_int_equal(far.frames, 2);
	line_close(&lines, line);
}

static void watch(struct line *line, const int64_t *accounts, size_t n)
{
	struct str addresses[8];

	for (size_t i = 0; i < n; i++)
		addresses[i] = STR("somebody@abc.example");
	assert_int_equal(line_watch(&lines, line, addresses, accounts, n), 0);
	assert_int_equal(line->n_watches, n);
}

static void watching_keeps_the_watched(void **state)
{
	struct far far = { 0 };
	struct line *line = open_one(1, &far);

	(void)state;
	/* Nobody's, one who is away, one twice. */
	watch(line, (const int64_t[]){ 0, 2, 3, 3 }, 4);
	assert_null(line->watches[0].target);
	assert_string_equal(line->watches[0].address, "somebody@abc.example");
	assert_ptr_equal(line->watches[1].target, endpoint_find(&lines, 2));
	assert_ptr_equal(line->watches[2].target, line->watches[3].target);
	assert_int_equal(endpoint_presence(endpoint_find(&lines, 2)), PRESENCE_OFFLINE);
	/* A new list: who is on neither goes. */
	watch(line, (const int64_t[]){ 3 }, 1);
	assert_null(endpoint_find(&lines, 2));
	assert_non_null(endpoint_find(&lines, 3));
	watch(line, NULL, 0);
	assert_null(endpoint_find(&lines, 3));
	assert_int_equal(lines.n, 1);
	line_close(&lines, line);
}

static void watched_goes_first(void **state)
{
	struct far far = { 0 };
	struct line *watcher = open_one(1, &far), *watched = open_one(2, &far);

	(void)state;
	watch(watcher, (const int64_t[]){ 2 }, 1);
	line_close(&lines, watched);
	/* It is away, and still watched. */
	assert_ptr_equal(watcher->watches[0].target, endpoint_find(&lines, 2));
	watched = open_one(2, &far);
	assert_ptr_equal(watcher->watches[0].target, watched->endpoint);
	line_close(&lines, watched);
	line_close(&lines, watcher);
	assert_int_equal(lines.n, 0);
}

static void watcher_goes_first(void **state)
{
	struct far far = { 0 };
	struct line *watcher = open_one(1, &far), *other = open_one(3, &far), *watched = open_one(2, &far);

	(void)state;
	watch(watcher, (const int64_t[]){ 2, 1 }, 2);
	watch(other, (const int64_t[]){ 2 }, 1);
	line_close(&lines, watcher);
	assert_false(list_empty(&watched->endpoint->watchers));
	line_close(&lines, other);
	assert_true(list_empty(&watched->endpoint->watchers));
	line_close(&lines, watched);
	assert_int_equal(lines.n, 0);
}

/* Two who watch each other and themselves, on two lines each, go in every order. */
static void everybody_goes_in_any_order(void **state)
{
	static const unsigned orders[][4] = { { 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 0, 2, 1, 3 }, { 1, 3, 0, 2 }, { 2, 0, 3, 1 } };
	struct far far = { 0 };

	(void)state;
	for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
		struct line *open[4];

		for (size_t i = 0; i < 4; i++) {
			open[i] = open_one(1 + (int64_t)i % 2, &far);
			watch(open[i], (const int64_t[]){ 1, 2, 5, 1 }, 4);
		}
		assert_int_equal(lines.n, 3);
		for (size_t i = 0; i < 4; i++)
			line_close(&lines, open[orders[o][i]]);
		assert_int_equal(lines.n, 0);
		assert_true(list_empty(&lines.all));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(endpoint_goes_with_its_last_line, begin, end),
		cmocka_unit_test_setup_teardown(call_keeps_the_endpoint, begin, end),
		cmocka_unit_test_setup_teardown(many_accounts_are_found, begin, end),
		cmocka_unit_test_setup_teardown(events_are_numbered_when_ready, begin, end),
		cmocka_unit_test_setup_teardown(watching_keeps_the_watched, begin, end),
		cmocka_unit_test_setup_teardown(watched_goes_first, begin, end),
		cmocka_unit_test_setup_teardown(watcher_goes_first, begin, end),
		cmocka_unit_test_setup_teardown(everybody_goes_in_any_order, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
