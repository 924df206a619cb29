/** @file edge/auth.c  The session token of a request, and whether a browser sends it for our own page. */
#include "edge/inside.h"

#include <strings.h>

static const char cookie_name[] = "__Host-farhand=";

struct str auth_token(const struct http_req *req, bool *cookie)
{
	struct str bearer = http_header(req, "authorization"), jar = http_header(req, "cookie");
	size_t name = sizeof cookie_name - 1;

	*cookie = false;
	if (bearer.n > 7 && strncasecmp(bearer.p, "Bearer ", 7) == 0)
		return (struct str){ bearer.p + 7, bearer.n - 7 };
	while (jar.n) {
		size_t n = 0;

		while (jar.n && (*jar.p == ' ' || *jar.p == ';')) {
			jar.p++;
			jar.n--;
		}
		while (n < jar.n && jar.p[n] != ';')
			n++;
		if (n > name && strncmp(jar.p, cookie_name, name) == 0) {
			*cookie = true;
			return (struct str){ jar.p + name, n - name };
		}
		jar.p += n;
		jar.n -= n;
	}
	return STR("");
}

bool auth_origin_ok(const struct http_req *req)
{
	struct str origin = http_header(req, "origin"), host = http_header(req, "host");

	if (origin.n == 0)
		return true;
	return origin.n == host.n + 8 && strncmp(origin.p, "https://", 8) == 0 && strncasecmp(origin.p + 8, host.p, host.n) == 0;
}
