/** @file edge/route.c  The table of routes. Who is not in it does not exist. */
#include "edge/inside.h"

#include <stdio.h>
#include <string.h>

#define BODY LIMIT_BODY_BYTES
/* An external access with two full lists of domains. */
#define ACCESS_BODY (16 * 1024 * 1024)

/* Who may; the roles are those in the asker's own tenant. */
#define ADMINS (ROLE_OWNER | ROLE_ACCESS_ADMIN)
#define SIGNED_IN MAY_SIGNED_IN
#define AND_JOINED (MAY_SIGNED_IN | MAY_JOINED)
#define ACCOUNT_OWNERS (ROLE_OWNER | MAY_OPERATOR | MAY_OF_ACCOUNT)
#define TENANT_OWNERS (ROLE_OWNER | MAY_OPERATOR | MAY_OF_TENANT)
#define TENANT_ADMINS (ADMINS | MAY_OPERATOR | MAY_OF_TENANT)

static const struct route_row rows[] = {
	{ "POST", "/v1/session", MAY_ANYONE, BODY, false, { 0 }, act_session_open },
	{ "DELETE", "/v1/session", AND_JOINED | MAY_DUE, 0, false, { 0 }, act_session_close },
	{ "POST", "/v1/device-codes", MAY_ANYONE, BODY, false, { 0 }, act_handover_begin },
	{ "POST", "/v1/device-codes/wait", MAY_ANYONE, BODY, false, { 0 }, act_handover_wait },
	{ "POST", "/v1/device-codes/look", SIGNED_IN, BODY, false, { 0 }, act_handover_look },
	{ "POST", "/v1/device-codes/answer", SIGNED_IN, BODY, false, { 0 }, act_handover_answer },
	{ "GET", "/v1/me", AND_JOINED | MAY_DUE, 0, false, { 0 }, act_me },
	{ "GET", "/v1/me/sessions", SIGNED_IN, 0, false, { 0 }, act_sessions },
	{ "DELETE", "/v1/me/sessions", SIGNED_IN, 0, false, { 0 }, act_sessions_drop },
	{ "DELETE", "/v1/me/sessions/{}", SIGNED_IN, 0, false, { 0 }, act_session_drop },
	{ "PUT", "/v1/me/password", SIGNED_IN, BODY, false, { 0 }, act_password_own },
	{ "GET", "/v1/me/second-factor", SIGNED_IN | MAY_DUE, 0, false, { 0 }, act_factor },
	{ "POST", "/v1/me/second-factor", SIGNED_IN | MAY_DUE, BODY, false, { 0 }, act_factor_begin },
	{ "PUT", "/v1/me/second-factor", SIGNED_IN | MAY_DUE, BODY, false, { 0 }, act_factor_on },
	{ "POST", "/v1/me/second-factor/off", SIGNED_IN, BODY, false, { 0 }, act_factor_off },
	{ "GET", "/v1/people", SIGNED_IN, 0, false, { "q", "after" }, act_people },
	{ "PUT", "/v1/contacts/{}", SIGNED_IN, BODY, false, { 0 }, act_contact_put },
	{ "DELETE", "/v1/contacts/{}", SIGNED_IN, 0, false, { 0 }, act_contact_drop },
	{ "POST", "/v1/reach", SIGNED_IN | MAY_OPERATOR, BODY, false, { 0 }, act_reach },
	{ "GET", "/v1/conversations", SIGNED_IN, 0, false, { "before" }, act_conversations },
	{ "POST", "/v1/conversations", SIGNED_IN, BODY, false, { 0 }, act_conversation_open },
	{ "GET", "/v1/conversations/{}", SIGNED_IN, 0, false, { 0 }, act_conversation },
	{ "GET", "/v1/conversations/{}/messages", SIGNED_IN, 0, false, { "before", "limit" }, act_messages },
	{ "POST", "/v1/conversations/{}/messages", SIGNED_IN, BODY, false, { 0 }, act_message_send },
	{ "PUT", "/v1/conversations/{}/messages/{}", SIGNED_IN, BODY, false, { 0 }, act_message_edit },
	{ "DELETE", "/v1/conversations/{}/messages/{}", SIGNED_IN, 0, false, { 0 }, act_message_delete },
	{ "POST", "/v1/conversations/{}/uploads", SIGNED_IN, BODY, false, { 0 }, act_upload_begin },
	{ "GET", "/v1/uploads/{}", SIGNED_IN, 0, false, { 0 }, act_upload },
	{ "PATCH", "/v1/uploads/{}", SIGNED_IN, LIMIT_CHUNK_BYTES, true, { 0 }, act_upload_append },
	{ "DELETE", "/v1/uploads/{}", SIGNED_IN, 0, false, { 0 }, act_upload_drop },
	{ "GET", "/v1/files/{}", SIGNED_IN, 0, false, { 0 }, act_file },
	{ "GET", "/v1/messages", SIGNED_IN, 0, false, { "q", "before" }, act_message_search },
	{ "PUT", "/v1/preferences", SIGNED_IN, BODY, false, { 0 }, act_preference_put },
	{ "GET", "/v1/tenants/{}/external-access", TENANT_ADMINS | ROLE_AUDITOR, 0, false, { 0 }, act_access },
	{ "PUT", "/v1/tenants/{}/external-access", TENANT_ADMINS, ACCESS_BODY, false, { 0 }, act_access_put },
	{ "POST", "/v1/tenants/{}/external-access/preview", TENANT_ADMINS, ACCESS_BODY, false, { 0 }, act_access_preview },
	{ "GET", "/v1/tenants/{}/sign-in-rule", TENANT_OWNERS | ROLE_AUDITOR, 0, false, { 0 }, act_sign_in_rule },
	{ "PUT", "/v1/tenants/{}/sign-in-rule", TENANT_OWNERS, BODY, false, { 0 }, act_sign_in_rule_put },
	{ "POST", "/v1/tenants/{}/sign-in-rule/preview", TENANT_OWNERS, BODY, false, { 0 }, act_sign_in_rule_preview },
	{ "GET", "/v1/tenants/{}/retention", TENANT_OWNERS | ROLE_AUDITOR, 0, false, { 0 }, act_retention },
	{ "PUT", "/v1/tenants/{}/retention", TENANT_OWNERS, BODY, false, { 0 }, act_retention_put },
	{ "POST", "/v1/tenants/{}/retention/preview", TENANT_OWNERS, BODY, false, { 0 }, act_retention_preview },
	{ "GET", "/v1/tenants/{}/people/{}", TENANT_OWNERS, 0, false, { 0 }, act_person_export },
	{ "DELETE", "/v1/tenants/{}/people/{}", TENANT_OWNERS, 0, false, { 0 }, act_person_erase },
	{ "GET", "/v1/calls", ADMINS | ROLE_AUDITOR | MAY_OPERATOR, 0, false, { 0 }, act_calls },
	{ "GET", "/v1/calls/history", SIGNED_IN, 0, false, { "before", "limit" }, act_calls_history },
	{ "GET", "/v1/calls/{}", SIGNED_IN, 0, false, { 0 }, act_summary },
	{ "PUT", "/v1/calls/{}/note", SIGNED_IN, BODY, false, { 0 }, act_note_put },
	{ "PUT", "/v1/calls/{}/quality", SIGNED_IN, BODY, false, { 0 }, act_quality_put },
	{ "GET", "/v1/tenants/{}/calls", TENANT_ADMINS | ROLE_AUDITOR, 0, false, { "from", "to", "before", "limit" }, act_report },
	{ "DELETE", "/v1/tenants/{}/calls/{}", TENANT_ADMINS, 0, false, { 0 }, act_call_close },
	{ "GET", "/v1/tenants/{}/calls.csv", TENANT_ADMINS | ROLE_AUDITOR, 0, false, { "from", "to", "before", "limit" }, act_report_csv },
	{ "GET", "/v1/world", MAY_OPERATOR, 0, false, { 0 }, act_world },
	{ "PUT", "/v1/world", MAY_OPERATOR, LIMIT_WORLD_BYTES, true, { "prune" }, act_world_put },
	{ "GET", "/v1/audit", MAY_OPERATOR, 0, false, { "before", "limit" }, act_audit_all },
	{ "GET", "/v1/tenants/{}/audit", ROLE_OWNER | ROLE_AUDITOR | MAY_OPERATOR | MAY_OF_TENANT, 0, false, { "before", "limit" }, act_audit },
	{ "PUT", "/v1/accounts/{}/password", ACCOUNT_OWNERS, BODY, false, { 0 }, act_password_put },
	{ "POST", "/v1/accounts/{}/password-link", ACCOUNT_OWNERS, 0, false, { 0 }, act_link_make },
	{ "DELETE", "/v1/accounts/{}/second-factor", ACCOUNT_OWNERS, 0, false, { 0 }, act_factor_drop },
	{ "POST", "/v1/password-link/check", MAY_ANYONE, BODY, false, { 0 }, act_link_check },
	{ "POST", "/v1/password-link/use", MAY_ANYONE, BODY, false, { 0 }, act_link_use },
	{ "GET", "/v1/sign-in", MAY_ANYONE, 0, false, { 0 }, act_sign_in_ways },
	{ "POST", "/v1/password-link/request", MAY_ANYONE, BODY, false, { 0 }, act_link_request },
	{ "POST", "/v1/accounts/{}/password-mail", ACCOUNT_OWNERS, 0, false, { 0 }, act_link_send },
	{ "GET", "/v1/join-links", SIGNED_IN, 0, false, { 0 }, act_joins },
	{ "POST", "/v1/join-links", SIGNED_IN, BODY, false, { 0 }, act_join_make },
	{ "DELETE", "/v1/join-links/{}", SIGNED_IN, 0, false, { 0 }, act_join_drop },
	{ "POST", "/v1/join-links/{}/admit", SIGNED_IN, BODY, false, { 0 }, act_join_admit },
	{ "POST", "/v1/join-links/{}/refuse", SIGNED_IN, BODY, false, { 0 }, act_join_refuse },
	{ "POST", "/v1/join/check", MAY_ANYONE, BODY, false, { 0 }, act_join_check },
	{ "POST", "/v1/join", MAY_ANYONE, BODY, false, { 0 }, act_join_enter },
	{ "POST", "/v1/join/wait", MAY_ANYONE, BODY, false, { 0 }, act_join_wait },
	{ "POST", "/v1/join/leave", MAY_ANYONE, BODY, false, { 0 }, act_join_leave },
	{ "PUT", "/v1/accounts/{}/roles/{}", ACCOUNT_OWNERS, 0, false, { 0 }, act_role_put },
	{ "DELETE", "/v1/accounts/{}/roles/{}", ACCOUNT_OWNERS, 0, false, { 0 }, act_role_drop },
};

const struct route_row *route_rows(size_t *n)
{
	*n = sizeof rows / sizeof rows[0];
	return rows;
}

/* A role belongs to a tenant: where the path names something of one, the row must say what. */
static bool row_sound(const struct route_row *row)
{
	bool of = row->may & (MAY_OF_TENANT | MAY_OF_ACCOUNT);

	if (!row->run || !(row->may & (MAY_ROLES | MAY_SIGNED_IN | MAY_OPERATOR | MAY_ANYONE)))
		return false;
	if (of && !strstr(row->path, "{}"))
		return false;
	return of || !(row->may & MAY_ROLES) || !strstr(row->path, "{}");
}

bool routes_sound(const struct route_row *some, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!row_sound(&some[i]))
			return false;
	return true;
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

void route_allow(struct str path, char out[static 64])
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (!path_matches(rows[i].path, path))
			continue;
		n += (size_t)snprintf(out + n, 64 - n, "%s%s%s", n ? ", " : "", rows[i].method, strcmp(rows[i].method, "GET") == 0 ? ", HEAD" : "");
		assert(n < 64);
	}
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
