/** @file edge/auth_test.c  The token of a request, and its Origin. The request is the test's own: a few headers. */
#include "edge/inside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <strings.h>

#include <cmocka.h>

struct http_req {
	const char *authorization, *cookie, *origin, *host;
};

struct str http_header(const struct http_req *req, const char *name)
{
	if (strcasecmp(name, "authorization") == 0)
		return str_of(req->authorization);
	if (strcasecmp(name, "cookie") == 0)
		return str_of(req->cookie);
	return str_of(strcasecmp(name, "origin") == 0 ? req->origin : req->host);
}

static const struct {
	struct http_req req;
	const char *token;
	bool cookie;
} tokens[] = {
	{ { 0 }, "", false },
	{ { .authorization = "Bearer abc" }, "abc", false },
	{ { .authorization = "bearer abc" }, "abc", false },
	{ { .authorization = "Bearer " }, "", false },
	{ { .authorization = "Bearer" }, "", false },
	{ { .authorization = "Basic abc" }, "", false },
	{ { .authorization = "Bearerabc" }, "", false },
	{ { .cookie = "__Host-farhand=abc" }, "abc", true },
	{ { .cookie = "a=1; __Host-farhand=abc; b=2" }, "abc", true },
	{ { .cookie = "a=1;__Host-farhand=abc" }, "abc", true },
	{ { .cookie = ";; ;  __Host-farhand=abc;" }, "abc", true },
	{ { .cookie = "__Host-farhand=abc; __Host-farhand=def" }, "abc", true },
	{ { .cookie = "__Host-farhand=a=b" }, "a=b", true },
	/* Nothing behind the equals sign is no token. */
	{ { .cookie = "__Host-farhand=" }, "", false },
	{ { .cookie = "__Host-farhand=; a=1" }, "", false },
	{ { .cookie = "__Host-farhand" }, "", false },
	/* Names are compared as they are: the prefix is a promise of the browser only in this spelling. */
	{ { .cookie = "__host-farhand=abc" }, "", false },
	{ { .cookie = "x__Host-farhand=abc" }, "", false },
	{ { .cookie = "a=__Host-farhand=abc" }, "", false },
	{ { .cookie = "__Host-farhand2=abc" }, "", false },
	{ { .cookie = ";" }, "", false },
	/* A program's header wins; another scheme leaves the cookie alone. */
	{ { .authorization = "Bearer abc", .cookie = "__Host-farhand=def" }, "abc", false },
	{ { .authorization = "Basic abc", .cookie = "__Host-farhand=def" }, "def", true },
};

static void token_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
		bool cookie = !tokens[i].cookie;
		struct str token = auth_token(&tokens[i].req, &cookie);

		if (!str_eq(token, str_of(tokens[i].token)) || cookie != tokens[i].cookie)
			fail_msg("row %zu: \"%.*s\"", i, (int)token.n, token.p);
	}
}

static const struct {
	struct http_req req;
	bool ok;
} origins[] = {
	{ { .host = "farhand.example" }, true },
	{ { .host = "farhand.example", .origin = "https://farhand.example" }, true },
	{ { .host = "Farhand.example", .origin = "https://farhand.EXAMPLE" }, true },
	{ { .host = "localhost:8443", .origin = "https://localhost:8443" }, true },
	{ { .host = "localhost:8443", .origin = "https://localhost" }, false },
	{ { .host = "localhost", .origin = "https://localhost:8443" }, false },
	{ { .host = "farhand.example", .origin = "http://farhand.example" }, false },
	{ { .host = "farhand.example", .origin = "https://farhand.example/" }, false },
	{ { .host = "farhand.example", .origin = "https://farhand.example.evil.example" }, false },
	{ { .host = "farhand.example", .origin = "https://evil.example" }, false },
	{ { .host = "farhand.example", .origin = "null" }, false },
	{ { .origin = "https://farhand.example" }, false },
	{ { .host = "", .origin = "https://" }, true },	/* net refuses a request without Host */
};

static void origin_is_ours(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof origins / sizeof *origins; i++)
		if (auth_origin_ok(&origins[i].req) != origins[i].ok)
			fail_msg("row %zu: %s", i, origins[i].req.origin);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(token_is_found),
		cmocka_unit_test(origin_is_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
