/** @file ctl/account.c  farhandctl password, password-link, invite and role: what the world document does not hold. */
#include "base/json.h"
#include "base/limits.h"
#include "ctl/command.h"
#include "ctl/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

/* One line from standard input; from a terminal without echo. False has complained. */
static bool password_read(char out[static LIMIT_PASSWORD_BYTES + 2])
{
	struct termios was, quiet;
	bool terminal = tcgetattr(STDIN_FILENO, &was) == 0;
	bool ok;

	if (terminal) {
		quiet = was;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		fprintf(stderr, "Password: ");
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	}
	ok = fgets(out, LIMIT_PASSWORD_BYTES + 2, stdin);
	if (terminal) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
		fprintf(stderr, "\n");
	}
	if (ok)
		out[strcspn(out, "\r\n")] = '\0';
	ok = ok && out[0] && strlen(out) <= LIMIT_PASSWORD_BYTES;
	if (!ok)
		complain("standard input has no password, or one longer than %d bytes", LIMIT_PASSWORD_BYTES);
	return ok;
}

static int request_send(const struct server_words *words, const struct request *request)
{
	struct server *server = server_open(words);
	struct reply reply;
	int code;

	if (!server)
		return EXIT_MALFORMED;
	code = server_call(server, request, &reply);
	reply_release(&reply);
	server_close(server);
	return code;
}

static int password_send(const struct server_words *words, const char *path, bool must_change)
{
	char password[LIMIT_PASSWORD_BYTES + 2];
	int code = EXIT_MALFORMED;
	json_t *object;
	char *body;

	if (!password_read(password))
		return code;
	object = must_change ? json_pack("{s:s, s:b}", "password", password, "must_change", 1) : json_pack("{s:s}", "password", password);
	body = object ? json_dumps(object, JSON_COMPACT) : NULL;
	if (body) {
		const struct request request = { .method = "PUT", .path = path, .body = str_of(body) };

		code = request_send(words, &request);
		explicit_bzero(body, strlen(body));
	} else {
		complain("the password is not text in UTF-8");
	}
	explicit_bzero(password, sizeof password);
	free(body);
	json_decref(object);
	return code;
}

/* The link with the server in front, and until when. */
static bool link_print(const struct server *server, const struct reply *reply)
{
	json_t *object = json_loadb(reply->body.p ? reply->body.p : "", reply->body.n, 0, NULL);
	const char *path = json_string_value(json_object_get(object, "path")), *expires = json_string_value(json_object_get(object, "expires"));
	bool ok = path && expires;

	if (ok)
		printf("%s%s\n", server_url(server), path);
	if (ok)
		fprintf(stderr, "It can be used once, until %s.\n", expires);
	else
		complain("the server's answer can't be read");
	json_decref(object);
	return ok;
}

int password_link_command(int argc, char **argv)
{
	struct server_words words = { 0 };
	const struct option_row rows[] = { SERVER_ROWS(&words), { 0 } };
	struct server *server;
	struct reply reply;
	const char *address;
	char *path;
	int code;

	if (options_read(argc, argv, rows, &address, 1) != 1) {
		complain("password-link needs one ADDRESS");
		return EXIT_MALFORMED;
	}
	path = account_path(address, "password-link");
	server = path ? server_open(&words) : NULL;
	if (!server) {
		free(path);
		return EXIT_MALFORMED;
	}
	code = server_call(server, &(struct request){ .method = "POST", .path = path, .body = STR("") }, &reply);
	/* A link is a password for a while: it goes to standard output and nowhere else. */
	if (code == EXIT_OK && !link_print(server, &reply))
		code = EXIT_REFUSED;
	reply_release(&reply);
	server_close(server);
	free(path);
	return code;
}

int password_command(int argc, char **argv)
{
	struct server_words words = { 0 };
	bool must_change = false;
	const struct option_row rows[] = { SERVER_ROWS(&words), { "--must-change", NULL, &must_change }, { 0 } };
	const char *address;
	char *path;
	int code;

	if (options_read(argc, argv, rows, &address, 1) != 1) {
		complain("password needs one ADDRESS");
		return EXIT_MALFORMED;
	}
	path = account_path(address, "password");
	if (!path)
		return EXIT_MALFORMED;
	code = password_send(&words, path, must_change);
	free(path);
	return code;
}

int second_factor_command(int argc, char **argv)
{
	struct server_words words = { 0 };
	const struct option_row rows[] = { SERVER_ROWS(&words), { 0 } };
	const char *rest[2];
	char *path;
	int code;

	if (options_read(argc, argv, rows, rest, 2) != 2 || strcmp(rest[0], "reset") != 0) {
		complain("second-factor needs reset and an ADDRESS");
		return EXIT_MALFORMED;
	}
	path = account_path(rest[1], "second-factor");
	if (!path)
		return EXIT_MALFORMED;
	code = request_send(&words, &(struct request){ .method = "DELETE", .path = path, .body = STR("") });
	free(path);
	return code;
}

int invite_command(int argc, char **argv)
{
	struct server_words words = { 0 };
	const struct option_row rows[] = { SERVER_ROWS(&words), { 0 } };
	const char *address;
	char *path;
	int code;

	if (options_read(argc, argv, rows, &address, 1) != 1) {
		complain("invite needs one ADDRESS");
		return EXIT_MALFORMED;
	}
	path = account_path(address, "password-mail");
	if (!path)
		return EXIT_MALFORMED;
	code = request_send(&words, &(struct request){ .method = "POST", .path = path, .body = STR("") });
	free(path);
	return code;
}

static bool role_known(const char *name)
{
	static const char *const roles[] = { "owner", "access_admin", "licence_admin", "auditor" };

	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (strcmp(name, roles[i]) == 0)
			return true;
	return false;
}

int role_command(int argc, char **argv)
{
	struct server_words words = { 0 };
	const struct option_row rows[] = { SERVER_ROWS(&words), { 0 } };
	const char *rest[3];
	char role[64];
	char *path;
	bool grant;
	int code;

	if (options_read(argc, argv, rows, rest, 3) != 3 || (strcmp(rest[0], "grant") != 0 && strcmp(rest[0], "revoke") != 0)
			|| !role_known(rest[2])) {
		complain("role needs grant or revoke, an ADDRESS, and owner, access_admin, licence_admin or auditor");
		return EXIT_MALFORMED;
	}
	grant = strcmp(rest[0], "grant") == 0;
	snprintf(role, sizeof role, "roles/%s", rest[2]);
	path = account_path(rest[1], role);
	if (!path)
		return EXIT_MALFORMED;
	code = request_send(&words, &(struct request){ .method = grant ? "PUT" : "DELETE", .path = path, .body = STR("") });
	free(path);
	return code;
}
