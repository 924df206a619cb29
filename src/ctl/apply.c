/** @file ctl/apply.c  farhandctl apply and export: the world document to and from a server. */
#include "base/json.h"
#include "base/limits.h"
#include "ctl/command.h"
#include "ctl/server.h"

#include <errno.h>
#include <stdio.h>

static long long number_of(json_t *reply, const char *key)
{
	return (long long)json_integer_value(json_object_get(reply, key));
}

static int changes_tell(const struct reply *reply)
{
	struct json_err err;
	json_t *said = json_read(buf_str(&reply->body), LIMIT_JSON_DEPTH, &err), *kept, *v;
	size_t i;

	if (!said) {
		complain("applied, but the server's reply can't be read: %s", err.why);
		return EXIT_REFUSED;
	}
	kept = json_object_get(said, "accounts_kept");
	printf("revision %lld: %lld tenants, %lld accounts added, %lld changed, %zu kept that the file omits\n", number_of(said, "revision"),
		number_of(said, "tenants"), number_of(said, "accounts_added"), number_of(said, "accounts_changed"), json_array_size(kept));
	json_array_foreach(kept, i, v)
		printf("kept %s\n", json_is_string(v) ? json_string_value(v) : "?");
	json_decref(said);
	return EXIT_OK;
}

/* The revision that this apply is planned against. */
static int revision_get(struct server *server, char etag[static 128])
{
	const struct request request = { .method = "GET", .path = "/v1/world" };
	struct reply reply;
	int code = server_call(server, &request, &reply);

	if (code == EXIT_OK && !reply.etag[0]) {
		complain("the server did not say its revision");
		code = EXIT_REFUSED;
	}
	memcpy(etag, reply.etag, sizeof reply.etag);
	reply_release(&reply);
	return code;
}

static int apply(struct server *server, struct str text, bool prune, bool force)
{
	char etag[128] = "*";
	struct request request = { .method = "PUT", .path = prune ? "/v1/world?prune=1" : "/v1/world", .body = text, .if_match = etag };
	int code = force ? EXIT_OK : revision_get(server, etag);
	struct reply reply;

	if (code != EXIT_OK)
		return code;
	code = server_call(server, &request, &reply);
	if (code == EXIT_OK)
		code = changes_tell(&reply);
	reply_release(&reply);
	return code;
}

int apply_command(int argc, char **argv)
{
	struct server_words words = { 0 };
	bool prune = false, force = false;
	const struct option_row rows[] = { SERVER_ROWS(&words), { "--prune", NULL, &prune }, { "--force", NULL, &force }, { 0 } };
	struct buf text = { 0 };
	struct server *server;
	const char *path;
	int code;

	if (options_read(argc, argv, rows, &path, 1) != 1) {
		complain("apply needs one FILE");
		return EXIT_MALFORMED;
	}
	if (!file_read(path, &text))
		return EXIT_MALFORMED;
	server = server_open(&words);
	code = server ? apply(server, buf_str(&text), prune, force) : EXIT_MALFORMED;
	server_close(server);
	buf_release(&text);
	return code;
}

int export_command(int argc, char **argv)
{
	const struct request request = { .method = "GET", .path = "/v1/world" };
	struct server_words words = { 0 };
	const struct option_row rows[] = { SERVER_ROWS(&words), { 0 } };
	struct server *server;
	struct reply reply;
	int code;

	if (options_read(argc, argv, rows, NULL, 0) != 0)
		return EXIT_MALFORMED;
	server = server_open(&words);
	if (!server)
		return EXIT_MALFORMED;
	code = server_call(server, &request, &reply);
	if (code == EXIT_OK && (fwrite(reply.body.p, 1, reply.body.n, stdout) != reply.body.n || fflush(stdout))) {
		complain("standard output: %s", strerror(errno));
		code = EXIT_REFUSED;
	}
	reply_release(&reply);
	server_close(server);
	return code;
}
