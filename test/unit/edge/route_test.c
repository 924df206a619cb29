/** @file edge/route_test.c  Which route a request is, and what stands in its path and query. */
#include "edge/inside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const struct {
	const char *method, *path;
	const char *route;	/* NULL: refused */
	enum reason refusal;
} finds[] = {
	{ "GET", "/v1/me", "/v1/me", REASON_OK },
	{ "HEAD", "/v1/me", "/v1/me", REASON_OK },
	{ "POST", "/v1/me", NULL, REASON_METHOD },
	{ "get", "/v1/me", NULL, REASON_METHOD },
	{ "", "/v1/me", NULL, REASON_METHOD },
	{ "OPTIONS", "/v1/session", NULL, REASON_METHOD },
	{ "HEAD", "/v1/session", NULL, REASON_METHOD },
	{ "GET", "/", NULL, REASON_NOT_FOUND },
	{ "GET", "/v1", NULL, REASON_NOT_FOUND },
	{ "GET", "/v1/", NULL, REASON_NOT_FOUND },
	{ "GET", "/v1/me/", NULL, REASON_NOT_FOUND },
	{ "GET", "//v1/me", NULL, REASON_NOT_FOUND },
	{ "GET", "/v1//me", NULL, REASON_NOT_FOUND },
	{ "GET", "/v1/Me", NULL, REASON_NOT_FOUND },
	{ "GET", "/v1/m%65", NULL, REASON_NOT_FOUND },	/* one spelling of each route */
	{ "GET", "/v1/./me", NULL, REASON_NOT_FOUND },
	{ "GET", "/v1/x/../me", NULL, REASON_NOT_FOUND },
	{ "GET", "/v1/mee", NULL, REASON_NOT_FOUND },
	{ "GET", "/v1/m", NULL, REASON_NOT_FOUND },
	{ "GET", "/v1/conversations", "/v1/conversations", REASON_OK },
	{ "GET", "/v1/conversations/7", "/v1/conversations/{}", REASON_OK },
	{ "GET", "/v1/conversations/7/messages", "/v1/conversations/{}/messages", REASON_OK },
	{ "GET", "/v1/conversations/", NULL, REASON_NOT_FOUND },
	{ "GET", "/v1/conversations//messages", NULL, REASON_NOT_FOUND },
	{ "GET", "/v1/conversations/7/messages/", NULL, REASON_NOT_FOUND },
	{ "GET", "/v1/conversations/7/messages/1/2", NULL, REASON_NOT_FOUND },
	{ "DELETE", "/v1/conversations/7", NULL, REASON_METHOD },
	{ "PUT", "/v1/accounts/ann@abc.example/roles/owner", "/v1/accounts/{}/roles/{}", REASON_OK },
	{ "DELETE", "/v1/accounts/ann@abc.example/roles/owner", "/v1/accounts/{}/roles/{}", REASON_OK },
	{ "PUT", "/v1/accounts/ann@abc.example/roles", NULL, REASON_NOT_FOUND },
	{ "PUT", "/v1/accounts/a/b/password", NULL, REASON_NOT_FOUND },
	/* Served beside the table. */
	{ "GET", "/v1/live", NULL, REASON_NOT_FOUND },
	{ "GET", "/healthz", NULL, REASON_NOT_FOUND },
};

static void routes_are_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof finds / sizeof *finds; i++) {
		enum reason refusal = REASON_OK;
		const struct route_row *row = route_find(str_of(finds[i].method), str_of(finds[i].path), &refusal);

		if (finds[i].route ? !row || strcmp(row->path, finds[i].route) != 0 : row || refusal != finds[i].refusal)
			fail_msg("%s %s: %s, %s", finds[i].method, finds[i].path, row ? row->path : "none", reason_slug(refusal));
	}
}

/* Every row is found by its own method and path, whatever stands in its arguments. */
static void every_row_is_found(void **state)
{
	size_t n;
	const struct route_row *rows = route_rows(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		enum reason refusal;

		assert_ptr_equal(route_find(str_of(rows[i].method), str_of(rows[i].path), &refusal), &rows[i]);
		assert_non_null(rows[i].run);
		assert_int_equal(strncmp(rows[i].path, "/v1/", 4), 0);
		/* Only what opens a session, sets its first password, waits at the door, or shows a code is for anyone. */
		assert_int_equal((rows[i].may & MAY_ANYONE) != 0, strncmp(rows[i].path, "/v1/join/", 9) == 0 || rows[i].run == act_join_enter ||
			rows[i].run == act_session_open || rows[i].run == act_handover_begin || rows[i].run == act_handover_wait || rows[i].run == act_link_check || rows[i].run == act_link_use || rows[i].run == act_link_request || rows[i].run == act_sign_in_ways);
		/* Who came by a link knows who he is, and may go. */
		assert_int_equal((rows[i].may & MAY_JOINED) != 0, rows[i].run == act_me || rows[i].run == act_session_close);
		/* Who has to set up a second factor may do that, and the same. */
		assert_int_equal((rows[i].may & MAY_DUE) != 0, rows[i].run == act_me || rows[i].run == act_session_close || rows[i].run == act_factor ||
			rows[i].run == act_factor_begin || rows[i].run == act_factor_on);
	}
	assert_true(routes_sound(rows, n));
}

static void a_row_says_who_may(void **state)
{
	static const struct {
		const char *path;
		unsigned may;
		bool sound;
	} rows[] = {
		{ "/v1/x", MAY_SIGNED_IN, true },
		{ "/v1/x", ROLE_AUDITOR, true },
		{ "/v1/x/{}", MAY_SIGNED_IN, true },
		{ "/v1/x/{}", ROLE_OWNER | MAY_OF_TENANT, true },
		{ "/v1/x/{}", ROLE_OWNER | MAY_OF_ACCOUNT | MAY_OPERATOR, true },
		{ "/v1/x", 0, false },
		{ "/v1/x/{}", MAY_OF_TENANT, false },
		{ "/v1/x/{}", ROLE_OWNER, false },	/* an owner of what? */
		{ "/v1/x/{}", ROLE_OWNER | MAY_OPERATOR, false },
		{ "/v1/x", ROLE_OWNER | MAY_OF_TENANT, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct route_row row = { .method = "GET", .path = rows[i].path, .may = rows[i].may, .run = act_me };

		if (routes_sound(&row, 1) != rows[i].sound)
			fail_msg("row %zu", i);
		row.run = NULL;
		assert_false(routes_sound(&row, 1));
	}
}

static const struct route_row *row_of(const char *method, const char *path)
{
	enum reason refusal;
	const struct route_row *row = route_find(str_of(method), str_of(path), &refusal);

	assert_non_null(row);
	return row;
}

static void methods_are_named(void **state)
{
	char out[64];

	(void)state;
	route_allow(STR("/v1/session"), out);
	assert_string_equal(out, "POST, DELETE");
	route_allow(STR("/v1/conversations"), out);
	assert_string_equal(out, "GET, HEAD, POST");
	route_allow(STR("/v1/nothing"), out);
	assert_string_equal(out, "");
}

static const struct {
	const char *segment;
	const char *decoded;	/* NULL: refused */
} segments[] = {
	{ "7", "7" },
	{ "ann@abc.example", "ann@abc.example" },
	{ "ann%40abc.example", "ann@abc.example" },
	{ "a+b", "a+b" },	/* a space in queries only */
	{ "%2b%2B", "++" },
	{ "%C3%A4", "\xc3\xa4" },
	{ "\xc3\xa4", "\xc3\xa4" },
	{ "%7B%7D", "{}" },
	{ "%", NULL },
	{ "%4", NULL },
	{ "%4g", NULL },
	{ "%g4", NULL },
	{ "%%40", NULL },
	{ "a%", NULL },
	{ "%00", NULL },
	{ "a%00b", NULL },
	{ "a%2Fb", NULL },	/* a slash would name another place */
	{ "%2e%2E", ".." },	/* two dots are a name like others: nothing is looked up in folders */
	{ "%C3", NULL },
	{ "%FF", NULL },
	{ "%C0%AF", NULL },	/* an overlong slash */
	{ "%ED%A0%80", NULL },	/* a surrogate */
	{ "\xc3", NULL },
};

static void segments_are_decoded(void **state)
{
	const struct route_row *row = row_of("GET", "/v1/conversations/7/messages");

	(void)state;
	for (size_t i = 0; i < sizeof segments / sizeof *segments; i++) {
		char path[128], out[64];
		bool ok;

		snprintf(path, sizeof path, "/v1/conversations/%s/messages", segments[i].segment);
		ok = route_segment(row, str_of(path), 0, out, sizeof out);
		if (ok != (segments[i].decoded != NULL) || (ok && strcmp(out, segments[i].decoded) != 0))
			fail_msg("%s: %s", segments[i].segment, ok ? out : "refused");
	}
}

static void segments_are_counted(void **state)
{
	const struct route_row *row = row_of("PUT", "/v1/accounts/x/roles/y");
	struct str path = STR("/v1/accounts/ann%40abc.example/roles/owner");
	char out[64];

	(void)state;
	assert_true(route_segment(row, path, 0, out, sizeof out));
	assert_string_equal(out, "ann@abc.example");
	assert_true(route_segment(row, path, 1, out, sizeof out));
	assert_string_equal(out, "owner");
	assert_true(route_segment(row, path, 2, out, sizeof out));
	assert_string_equal(out, "");
}

/* Room is for the decoded text and its NUL, no more. */
static void overlong_is_refused(void **state)
{
	const struct route_row *row = row_of("GET", "/v1/conversations/7");
	char out[5];

	(void)state;
	assert_true(route_segment(row, STR("/v1/conversations/abcd"), 0, out, sizeof out));
	assert_string_equal(out, "abcd");
	assert_false(route_segment(row, STR("/v1/conversations/abcde"), 0, out, sizeof out));
	assert_true(route_segment(row, STR("/v1/conversations/%61%62%63%64"), 0, out, sizeof out));
	assert_int_equal(route_query(STR("q=abcd"), "q", out, sizeof out), 1);
	assert_int_equal(route_query(STR("q=abcde"), "q", out, sizeof out), -1);
}

static const struct {
	const char *query;
	int given;
	const char *decoded;
} queries[] = {
	{ "", 0, NULL },
	{ "q=", 1, "" },
	{ "q", 1, "" },
	{ "q=ann", 1, "ann" },
	{ "q=a+b%20c", 1, "a b c" },
	{ "q=%2B", 1, "+" },
	{ "q=a=b", 1, "a=b" },
	{ "q=%26%3D", 1, "&=" },
	{ "q=a/b", 1, "a/b" },
	{ "x=1&q=2", 1, "2" },
	{ "&&q=2&", 1, "2" },
	{ "q=1&q=2", 1, "1" },	/* the first counts, everywhere */
	{ "qq=1", 0, NULL },
	{ "xq=1", 0, NULL },
	{ "Q=1", 0, NULL },
	{ "%71=1", 0, NULL },	/* names are compared as they are */
	{ "x=1;q=2", 0, NULL },
	{ "=q", 0, NULL },
	{ "q=%", -1, NULL },
	{ "q=%4", -1, NULL },
	{ "q=%4&x=1", -1, NULL },
	{ "q=%zz", -1, NULL },
	{ "q=%00", -1, NULL },
	{ "q=%FF", -1, NULL },
	{ "q=%ED%BF%BF", -1, NULL },
	{ "x=%00&q=1", 1, "1" },	/* what nobody reads is nobody's */
};

static void queries_are_decoded(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
		char out[64];
		int given = route_query(str_of(queries[i].query), "q", out, sizeof out);

		if (given != queries[i].given || (given == 1 && strcmp(out, queries[i].decoded) != 0))
			fail_msg("%s: %d", queries[i].query, given);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(routes_are_found),
		cmocka_unit_test(every_row_is_found),
		cmocka_unit_test(a_row_says_who_may),
		cmocka_unit_test(methods_are_named),
		cmocka_unit_test(segments_are_decoded),
		cmocka_unit_test(segments_are_counted),
		cmocka_unit_test(overlong_is_refused),
		cmocka_unit_test(queries_are_decoded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
