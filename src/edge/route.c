/** @file edge/route.c  The table of routes. Who is not in it does not exist. */
#include "edge/inside.h"

#include <string.h>

#define BODY LIMIT_BODY_BYTES
/* An external access with two full lists of domains. */
#define ACCESS_BODY (16 * 1024 * 1024)

static const struct route_row rows[] = {
	{ "POST", "/v1/session", ADMIT_ANYONE, BODY, false, { 0 }, act_session_open },
	{ "DELETE", "/v1/session", ADMIT_SIGNED_IN, 0, false, { 0 }, act_session_close },
	{ "GET", "/v1/me", ADMIT_SIGNED_IN, 0, false, { 0 }, act_me },
	{ "GET", "/v1/people", ADMIT_SIGNED_IN, 0, false, { "q", "after" }, act_people },
	{ "PUT", "/v1/contacts/{}", ADMIT_SIGNED_IN, BODY, false, { 0 }, act_contact_put },
	{ "DELETE", "/v1/contacts/{}", ADMIT_SIGNED_IN, 0, false, { 0 }, act_contact_drop },
	{ "POST", "/v1/reach", ADMIT_SIGNED_IN, BODY, false, { 0 }, act_reach },
	{ "GET", "/v1/conversations", ADMIT_SIGNED_IN, 0, false, { 0 }, act_conversations },
	{ "POST", "/v1/conversations", ADMIT_SIGNED_IN, BODY, false, { 0 }, act_conversation_open },
	{ "GET", "/v1/conversations/{}", ADMIT_SIGNED_IN, 0, false, { 0 }, act_conversation },
	{ "GET", "/v1/conversations/{}/messages", ADMIT_SIGNED_IN, 0, false, { "before", "limit" }, act_messages },
	{ "POST", "/v1/conversations/{}/messages", ADMIT_SIGNED_IN, BODY, false, { 0 }, act_message_send },
	{ "PUT", "/v1/conversations/{}/messages/{}", ADMIT_SIGNED_IN, BODY, false, { 0 }, act_message_edit },
	{ "DELETE", "/v1/conversations/{}/messages/{}", ADMIT_SIGNED_IN, 0, false, { 0 }, act_message_delete },
	{ "GET", "/v1/messages", ADMIT_SIGNED_IN, 0, false, { "q", "before" }, act_message_search },
	{ "PUT", "/v1/preferences", ADMIT_SIGNED_IN, BODY, false, { 0 }, act_preference_put },
	{ "GET", "/v1/tenants/{}/external-access", ADMIT_SIGNED_IN, 0, false, { 0 }, act_access },
	{ "PUT", "/v1/tenants/{}/external-access", ADMIT_SIGNED_IN, ACCESS_BODY, false, { 0 }, act_access_put },
	{ "POST", "/v1/tenants/{}/external-access/preview", ADMIT_SIGNED_IN, ACCESS_BODY, false, { 0 }, act_access_preview },
	{ "GET", "/v1/calls", ADMIT_SIGNED_IN, 0, false, { 0 }, act_calls },
	{ "GET", "/v1/calls/history", ADMIT_SIGNED_IN, 0, false, { "before", "limit" }, act_calls_history },
	{ "GET", "/v1/world", ADMIT_SIGNED_IN, 0, false, { 0 }, act_world },
	{ "PUT", "/v1/world", ADMIT_SIGNED_IN, LIMIT_WORLD_BYTES, true, { "prune" }, act_world_put },
	{ "PUT", "/v1/accounts/{}/password", ADMIT_SIGNED_IN, BODY, false, { 0 }, act_password_put },
	{ "PUT", "/v1/accounts/{}/roles/{}", ADMIT_SIGNED_IN, 0, false, { 0 }, act_role_put },
	{ "DELETE", "/v1/accounts/{}/roles/{}", ADMIT_SIGNED_IN, 0, false, { 0 }, act_role_drop },
};

const struct route_row *route_rows(size_t *n)
{
	*n = sizeof rows / sizeof rows[0];
	return rows;
}

static struct str segment_next(struct str *path)
{
	struct str segment;

	if (path->n && *path->p == '/') {
		path->p++;
		path->n--;
	}
	segment = (struct str){ path->p, 0 };
	while (segment.n < path->n && segment.p[segment.n] != '/')
		segment.n++;
	path->p += segment.n;
	path->n -= segment.n;
	return segment;
}

static bool path_matches(const char *pattern, struct str path)
{
	struct str rest = str_of(pattern);

	while (rest.n && path.n) {
		struct str want = segment_next(&rest), have = segment_next(&path);

		if (str_eq(want, STR("{}")) ? have.n == 0 : !str_eq(want, have))
			return false;
	}
	return rest.n == 0 && path.n == 0;
}

const struct route_row *route_find(struct str method, struct str path, enum reason *refusal)
{
	/* HEAD is GET without its body; net leaves the body out. */
	struct str as = str_eq(method, STR("HEAD")) ? STR("GET") : method;

	*refusal = REASON_NOT_FOUND;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (!path_matches(rows[i].path, path))
			continue;
		if (str_eq(as, str_of(rows[i].method)))
			return &rows[i];
		*refusal = REASON_METHOD;
	}
	return NULL;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* RFC 3986 section 2.1; in a query '+' is a space too (HTML forms). */
static bool decode(struct str from, bool plus, char *out, size_t most)
{
	size_t n = 0;

	for (size_t i = 0; i < from.n; i++) {
		char c = from.p[i];

		if (c == '%') {
			if (from.n - i < 3)
				return false;
			if (hex(from.p[i + 1]) < 0 || hex(from.p[i + 2]) < 0)
				return false;
			c = (char)(hex(from.p[i + 1]) << 4 | hex(from.p[i + 2]));
			i += 2;
		} else if (plus && c == '+') {
			c = ' ';
		}
		if (c == '\0' || n + 1 >= most)
			return false;
		out[n++] = c;
	}
	out[n] = '\0';
	return str_utf8((struct str){ out, n });
}

bool route_segment(const struct route_row *row, struct str path, unsigned n, char *out, size_t most)
{
	struct str rest = str_of(row->path);

	while (rest.n) {
		struct str want = segment_next(&rest), have = segment_next(&path);

		if (str_eq(want, STR("{}")) && n-- == 0)
			return decode(have, false, out, most) && !strchr(out, '/');
	}
	out[0] = '\0';
	return true;
}

int route_query(struct str query, const char *name, char *out, size_t most)
{
	while (query.n) {
		size_t n = 0, equals;
		struct str pair;

		while (n < query.n && query.p[n] != '&')
			n++;
		pair = (struct str){ query.p, n };
		query.p += n < query.n ? n + 1 : n;
		query.n -= n < query.n ? n + 1 : n;
		equals = 0;
		while (equals < pair.n && pair.p[equals] != '=')
			equals++;
		if (!str_eq((struct str){ pair.p, equals }, str_of(name)))
			continue;
		if (equals == pair.n)
			return decode(STR(""), true, out, most) ? 1 : -1;
		return decode((struct str){ pair.p + equals + 1, pair.n - equals - 1 }, true, out, most) ? 1 : -1;
	}
	return 0;
}
