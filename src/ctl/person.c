/** @file ctl/person.c  farhandctl person: what is kept about somebody, and erasing him. */
#include "ctl/command.h"
#include "ctl/server.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* "/v1/tenants/{tenant}/people/{address}"; the caller frees. NULL has complained. */
static char *person_path(const char *tenant, const char *address)
{
	char *of = curl_easy_escape(NULL, tenant, 0), *who = curl_easy_escape(NULL, address, 0), *path = NULL;

	if (!of || !who || asprintf(&path, "/v1/tenants/%s/people/%s", of, who) < 0) {
		complain("out of memory");
		path = NULL;
	}
	curl_free(of);
	curl_free(who);
	return path;
}

static int person_run(struct server *server, const char *method, const char *path)
{
	struct reply reply;
	int code = server_call(server, &(struct request){ .method = method, .path = path }, &reply);

	if (code == EXIT_OK && (fwrite(reply.body.p, 1, reply.body.n, stdout) != reply.body.n || putchar('\n') == EOF || fflush(stdout))) {
		complain("standard output: %s", strerror(errno));
		code = EXIT_REFUSED;
	}
	reply_release(&reply);
	return code;
}

int person_command(int argc, char **argv)
{
	struct server_words words = { 0 };
	bool yes = false, erase;
	const struct option_row rows[] = { SERVER_ROWS(&words), { "--yes", NULL, &yes }, { 0 } };
	struct server *server;
	const char *rest[3];
	char *path;
	int code;

	if (options_read(argc, argv, rows, rest, 3) != 3 || (strcmp(rest[0], "export") != 0 && strcmp(rest[0], "erase") != 0)) {
		complain("person needs export or erase, a TENANT and an ADDRESS");
		return EXIT_MALFORMED;
	}
	erase = strcmp(rest[0], "erase") == 0;
	if (erase && !yes) {
		complain("erasing %s can't be undone: say --yes", rest[2]);
		return EXIT_MALFORMED;
	}
	path = person_path(rest[1], rest[2]);
	server = path ? server_open(&words) : NULL;
	code = server ? person_run(server, erase ? "DELETE" : "GET", path) : EXIT_MALFORMED;
	if (server)
		server_close(server);
	free(path);
	return code;
}
