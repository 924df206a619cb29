/** @file ctl/calls.c  farhandctl calls: those under way, ending one, and the report of those that are over. */
#include "base/json.h"
#include "base/limits.h"
#include "ctl/command.h"
#include "ctl/server.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

static const char *text_at(json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "-";
}

/* One call a line, for people and for cut(1). */
static bool list_print(const struct reply *reply)
{
	struct json_err err;
	json_t *object = json_read(buf_str(&reply->body), LIMIT_JSON_DEPTH, &err), *calls = json_object_get(object, "calls"), *call;
	bool ok = json_is_array(calls);
	size_t i;

	json_array_foreach (calls, i, call)
		printf("%s\t%s\t%s\t%s\t%s\n", text_at(call, "id"), text_at(call, "state"), text_at(call, "since"), text_at(call, "from"), text_at(call, "to"));
	if (!ok)
		complain("the server's answer can't be read");
	json_decref(object);
	return ok;
}

static int list_run(struct server *server)
{
	struct reply reply;
	int code = server_call(server, &(struct request){ .method = "GET", .path = "/v1/calls" }, &reply);

	if (code == EXIT_OK && !list_print(&reply))
		code = EXIT_REFUSED;
	reply_release(&reply);
	return code;
}

/* "/v1/tenants/{tenant}/calls" and what follows it; the caller frees. NULL has complained. */
static char *calls_path(const char *tenant, const char *rest)
{
	char *escaped = curl_easy_escape(NULL, tenant, 0), *path = NULL;

	if (!escaped || asprintf(&path, "/v1/tenants/%s/calls%s", escaped, rest) < 0) {
		complain("out of memory");
		path = NULL;
	}
	curl_free(escaped);
	return path;
}

static int end_run(struct server *server, const char *tenant, const char *call)
{
	char *escaped = curl_easy_escape(NULL, call, 0), *rest = NULL, *path = NULL;
	struct reply reply = { 0 };
	int code = EXIT_REFUSED;

	if (escaped && asprintf(&rest, "/%s", escaped) > 0)
		path = calls_path(tenant, rest);
	if (path)
		code = server_call(server, &(struct request){ .method = "DELETE", .path = path }, &reply);
	reply_release(&reply);
	curl_free(escaped);
	free(rest);
	free(path);
	return code;
}

/* Print page after page: each says where it goes on. */
static int report_pages(struct server *server, const char *tenant, char *query)
{
	int code = EXIT_OK;

	while (code == EXIT_OK && query) {
		struct reply reply = { 0 };
		char *path = calls_path(tenant, query);

		free(query);
		query = NULL;
		code = path ? server_call(server, &(struct request){ .method = "GET", .path = path }, &reply) : EXIT_REFUSED;
		if (code == EXIT_OK && fwrite(reply.body.p ? reply.body.p : "", 1, reply.body.n, stdout) != reply.body.n)
			code = EXIT_REFUSED;
		if (code == EXIT_OK && reply.next[0] && asprintf(&query, ".csv%s", reply.next) < 0)
			code = EXIT_REFUSED;
		reply_release(&reply);
		free(path);
	}
	return code;
}

static int report_run(struct server *server, const char *tenant, const char *from, const char *to)
{
	char *since = from ? curl_easy_escape(NULL, from, 0) : NULL, *until = to ? curl_easy_escape(NULL, to, 0) : NULL, *query = NULL;
	bool ok = (since || !from) && (until || !to) &&
		asprintf(&query, ".csv?%s%s%s%s", since ? "from=" : "", since ? since : "", until ? "&to=" : "", until ? until : "") > 0;

	curl_free(since);
	curl_free(until);
	if (ok)
		return report_pages(server, tenant, query);
	complain("out of memory");
	return EXIT_REFUSED;
}

int calls_command(int argc, char **argv)
{
	struct server_words words = { 0 };
	const char *from = NULL, *to = NULL, *rest[3];
	const struct option_row rows[] = { SERVER_ROWS(&words), { "--from", &from, NULL }, { "--to", &to, NULL }, { 0 } };
	int n = options_read(argc, argv, rows, rest, 3), code;
	bool list = n == 1 && strcmp(rest[0], "list") == 0, end = n == 3 && strcmp(rest[0], "end") == 0;
	bool report = n == 2 && strcmp(rest[0], "report") == 0;
	struct server *server;

	if (n < 0)
		return EXIT_MALFORMED;
	if (!(list || end || report) || (!report && (from || to))) {
		complain("calls needs list, end TENANT CALL, or report TENANT [--from TIME] [--to TIME]");
		return EXIT_MALFORMED;
	}
	server = server_open(&words);
	if (!server)
		return EXIT_MALFORMED;
	if (list)
		code = list_run(server);
	else
		code = end ? end_run(server, rest[1], rest[2]) : report_run(server, rest[1], from, to);
	server_close(server);
	return code;
}
