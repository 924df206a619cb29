/** @file edge/api_test.c  doc/openapi.json says what the server does: held to the tables of routes and of reasons, both ways. */
#include "edge/inside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *folder;
static json_t *api;

/* What edge.c serves beside its table of routes. */
static const struct {
	const char *method, *path;
	bool anyone;
} beside[] = {
	{ "get", "/v1/live", false },
	{ "get", "/v1/openapi.json", true },
	{ "get", "/metrics", false },
	{ "get", "/healthz", true },
};

static int api_read(void **state)
{
	json_error_t err;
	char file[4096];

	(void)state;
	snprintf(file, sizeof file, "%s/openapi.json", folder);
	api = json_load_file(file, JSON_REJECT_DUPLICATES, &err);
	if (!api)
		print_error("%s:%d: %s\n", file, err.line, err.text);
	return api ? 0 : -1;
}

static int api_free(void **state)
{
	(void)state;
	json_decref(api);
	return 0;
}

/* What a JSON pointer names, NULL when nothing. */
static json_t *at(const char *pointer)
{
	json_t *v = api;

	while (v && *pointer == '/') {
		char key[128];
		size_t n = strcspn(++pointer, "/");

		assert_true(n < sizeof key);
		snprintf(key, sizeof key, "%.*s", (int)n, pointer);
		v = json_object_get(v, key);
		pointer += n;
	}
	return v;
}

/* The object itself, or the one that it refers to. */
static json_t *resolved(json_t *v)
{
	const char *ref = json_string_value(json_object_get(v, "$ref"));

	return ref ? at(ref + 1) : v;
}

/* "/a/{id}/b" as the table of routes has it, "/a/{}/b"; the names go to `names`. */
static void pattern_of(const char *path, char out[static 128], char names[4][32], size_t *n)
{
	size_t o = 0;

	*n = 0;
	for (; *path; path++) {
		assert_true(o < 127);
		out[o++] = *path;
		if (*path != '{')
			continue;
		snprintf(names[(*n)++], 32, "%.*s", (int)strcspn(path + 1, "}"), path + 1);
		path += strcspn(path, "}");
		out[o++] = '}';
	}
	out[o] = '\0';
}

static void upper(const char *method, char out[static 8])
{
	size_t i = 0;

	for (; method[i] && i < 7; i++)
		out[i] = (char)(method[i] - 'a' + 'A');
	out[i] = '\0';
}

static const struct route_row *row_of(const char *method, const char *pattern)
{
	size_t n;
	const struct route_row *rows = route_rows(&n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].path, pattern) == 0 && strcmp(rows[i].method, method) == 0)
			return &rows[i];
	return NULL;
}

static bool for_anyone(json_t *operation)
{
	json_t *security = json_object_get(operation, "security");

	/* Absent, the document's own applies. */
	assert_true(!security || (json_is_array(security) && json_array_size(security) == 0));
	return security;
}

static bool has_query(const struct route_row *row, const char *name)
{
	for (size_t i = 0; i < ROUTE_QUERIES; i++)
		if (row->queries[i] && strcmp(row->queries[i], name) == 0)
			return true;
	return false;
}

static void expect_parameters(const struct route_row *row, json_t *operation, char names[4][32], size_t n_names)
{
	json_t *list = json_object_get(operation, "parameters"), *v;
	size_t i, in_path = 0, in_query = 0, most_queries = 0;

	json_array_foreach(list, i, v) {
		json_t *parameter = resolved(v);
		const char *name = json_string_value(json_object_get(parameter, "name"));
		const char *in = json_string_value(json_object_get(parameter, "in"));

		if (strcmp(in, "path") == 0) {
			assert_true(in_path < n_names);
			assert_string_equal(name, names[in_path++]);
			assert_true(json_is_true(json_object_get(parameter, "required")));
		} else if (strcmp(in, "query") == 0) {
			if (!has_query(row, name))
				fail_msg("%s %s takes no %s", row->method, row->path, name);
			in_query++;
		}
	}
	for (i = 0; i < ROUTE_QUERIES; i++)
		most_queries += row->queries[i] != NULL;
	assert_int_equal(in_path, n_names);
	assert_int_equal(in_query, most_queries);
}

/* x-may and the row's `may` are the same set of words. */
static void expect_may(const struct route_row *row, json_t *operation)
{
	json_t *list = json_object_get(operation, "x-may"), *v;
	size_t i, words = 0;

	for (unsigned bit = 1; bit < MAY_OF_TENANT; bit <<= 1) {
		bool said = false;

		json_array_foreach(list, i, v)
			said = said || (*may_name(bit) && strcmp(json_string_value(v), may_name(bit)) == 0);
		if (said != ((row->may & bit) != 0))
			fail_msg("%s %s: x-may and the table differ on %s", row->method, row->path, may_name(bit));
		words += said;
	}
	assert_int_equal(words, json_array_size(list));
}

static void expect_row(const struct route_row *row, json_t *operation, char names[4][32], size_t n_names)
{
	json_t *body = json_object_get(operation, "requestBody");

	assert_int_equal(row->body_bytes != 0, body != NULL);
	if (body) {
		assert_true(json_is_true(json_object_get(body, "required")));
		assert_non_null(json_object_get(json_object_get(body, "content"), strcmp(row->method, "PATCH") == 0 ? "application/partial-upload" : "application/json"));
	}
	assert_int_equal((row->may & MAY_ANYONE) != 0, for_anyone(operation));
	expect_may(row, operation);
	/* A role counts in the tenant that the path names by one of these. */
	assert_int_equal((row->may & MAY_OF_TENANT) != 0, n_names && strcmp(names[0], "tenant") == 0);
	assert_int_equal((row->may & MAY_OF_ACCOUNT) != 0, n_names && strcmp(names[0], "address") == 0);
	expect_parameters(row, operation, names, n_names);
}

static void expect_beside(const char *method, const char *path, json_t *operation)
{
	for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
		if (strcmp(beside[i].method, method) != 0 || strcmp(beside[i].path, path) != 0)
			continue;
		assert_int_equal(for_anyone(operation), beside[i].anyone);
		return;
	}
	fail_msg("there is no route %s %s", method, path);
}

static void every_operation_is_a_route(void **state)
{
	const char *path, *method;
	json_t *item, *operation;
	size_t operations = 0, rows;

	(void)state;
	json_object_foreach(at("/paths"), path, item) {
		char pattern[128], names[4][32];
		size_t n;

		pattern_of(path, pattern, names, &n);
		json_object_foreach(item, method, operation) {
			const struct route_row *row;
			char as[8];

			upper(method, as);
			row = row_of(as, pattern);
			if (row)
				expect_row(row, operation, names, n);
			else
				expect_beside(method, path, operation);
			operations++;
		}
	}
	/* As many as there are, each found: so every route is described. */
	route_rows(&rows);
	assert_int_equal(operations, rows + sizeof beside / sizeof *beside);
}

static void operation_ids_are_unique(void **state)
{
	json_t *item, *operation, *seen = json_object();
	const char *path, *method;

	(void)state;
	json_object_foreach(at("/paths"), path, item)
		json_object_foreach(item, method, operation) {
			const char *id = json_string_value(json_object_get(operation, "operationId"));

			assert_non_null(id);
			assert_null(json_object_get(seen, id));
			json_object_set_new(seen, id, json_true());
		}
	json_decref(seen);
}

static void reasons_are_the_table(void **state)
{
	json_t *list = at("/components/schemas/Reason/enum"), *v;
	size_t i;

	(void)state;
	assert_int_equal(json_array_size(list), REASON_COUNT);
	json_array_foreach(list, i, v)
		assert_string_equal(json_string_value(v), reason_slug((enum reason)i));
	assert_string_equal(json_string_value(at("/components/schemas/Problem/properties/reason/$ref")), "#/components/schemas/Reason");
}

/* The reasons of a status are in the table, with that status. */
static void expect_status(const char *status, json_t *response)
{
	json_t *reasons = json_object_get(response, "x-reasons"), *v;
	enum reason reason;
	size_t i;

	assert_non_null(json_object_get(response, "description"));
	json_array_foreach(reasons, i, v) {
		if (!reason_parse(str_of(json_string_value(v)), &reason))
			fail_msg("there is no reason %s", json_string_value(v));
		if (reason_status(reason) != atoi(status))
			fail_msg("%s is not of status %s", json_string_value(v), status);
	}
	assert_int_equal(reasons != NULL, json_object_get(json_object_get(response, "content"), "application/problem+json") != NULL);
}

static void refusals_have_their_status(void **state)
{
	const char *path, *method, *status;
	json_t *item, *operation, *response;

	(void)state;
	json_object_foreach(at("/paths"), path, item)
		json_object_foreach(item, method, operation)
			json_object_foreach(json_object_get(operation, "responses"), status, response)
				expect_status(status, resolved(response));
}

static void expect_refs(json_t *v)
{
	const char *key, *ref = json_string_value(json_object_get(v, "$ref"));
	json_t *inner;
	size_t i;

	if (ref && (strncmp(ref, "#/", 2) != 0 || !at(ref + 1)))
		fail_msg("%s leads nowhere", ref);
	json_object_foreach(v, key, inner)
		expect_refs(inner);
	json_array_foreach(v, i, inner)
		expect_refs(inner);
}

static void references_lead_somewhere(void **state)
{
	(void)state;
	expect_refs(api);
}

/* What every problem object carries is described, and required. */
static void problem_is_described(void **state)
{
	struct outcome outcome = { .reason = REASON_BAD_FIELD, .retry_s = 1, .least = 8, .field = "/x", .detail = "is wrong" };
	json_t *properties = at("/components/schemas/Problem/properties"), *problem, *v;
	const char *key;
	size_t i;

	(void)state;
	outcome.answer = json_pack("{s:s, s:s}", "side", "from", "tenant", "abc");
	outcome.between = json_pack("[s, s]", "a@b.example", "c@d.example");
	problem = problem_object(&outcome);
	json_object_foreach(problem, key, v)
		if (!json_object_get(properties, key))
			fail_msg("%s is not described", key);
	assert_int_equal(json_object_size(problem), json_object_size(properties));
	json_array_foreach(at("/components/schemas/Problem/required"), i, v)
		assert_non_null(json_object_get(problem, json_string_value(v)));
	assert_string_equal(json_string_value(json_object_get(problem, "type")), "urn:farhand:problem:request.field");
	assert_int_equal(json_integer_value(json_object_get(problem, "status")), 400);
	json_decref(problem);
	json_decref(outcome.answer);
	json_decref(outcome.between);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_operation_is_a_route),
		cmocka_unit_test(operation_ids_are_unique),
		cmocka_unit_test(reasons_are_the_table),
		cmocka_unit_test(refusals_have_their_status),
		cmocka_unit_test(references_lead_somewhere),
		cmocka_unit_test(problem_is_described),
	};

	if (argc != 2)
		return 2;
	folder = argv[1];
	return cmocka_run_group_tests(tests, api_read, api_free);
}
