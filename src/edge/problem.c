/** @file edge/problem.c  Refusals on the wire (RFC 9457), and the headers that every answer carries. */
#include "edge/inside.h"

#include <stdio.h>
#include <stdlib.h>

json_t *problem_object(const struct outcome *outcome)
{
	const char *slug = reason_slug(outcome->reason);
	json_t *o = json_pack("{s:o, s:s, s:i, s:s}", "type", json_sprintf("urn:farhand:problem:%s", slug), "title", reason_sentence(outcome->reason),
		"status", reason_status(outcome->reason), "reason", slug);

	metrics_refused(outcome->reason);
	if (o && outcome->field[0])
		json_object_set_new(o, "field", json_string(outcome->field));
	if (o && outcome->detail[0])
		json_object_set_new(o, "detail", json_string(outcome->detail));
	if (o && outcome->least)
		json_object_set_new(o, "least", json_integer(outcome->least));
	if (o && outcome->answer) {
		json_object_set(o, "answer", outcome->answer);
		json_object_set(o, "side", json_object_get(outcome->answer, "side"));
		json_object_set(o, "tenant", json_object_get(outcome->answer, "tenant"));
	}
	if (o && outcome->between)
		json_object_set(o, "between", outcome->between);
	if (o && outcome->retry_s)
		json_object_set_new(o, "retry_after", json_integer(outcome->retry_s));
	return o;
}

static void fields_with(struct http_field out[EDGE_FIELDS], const struct http_field *own, const struct http_field more[2])
{
	static const struct http_field all[] = {
		{ "Strict-Transport-Security", "max-age=31536000" },
		{ "X-Content-Type-Options", "nosniff" },
		{ "Referrer-Policy", "no-referrer" },
		{ "X-Frame-Options", "DENY" },
		{ "Cross-Origin-Opener-Policy", "same-origin" },
		{ "Cross-Origin-Resource-Policy", "same-origin" },
	};
	size_t n = 0;

	while (own && own->name)
		out[n++] = *own++;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		out[n++] = all[i];
	for (size_t i = 0; i < 2; i++)
		out[n++] = more[i];
	assert(n < EDGE_FIELDS);
	out[n] = (struct http_field){ 0 };
}

void fields_fill(struct http_field out[EDGE_FIELDS], const struct http_field *own, bool page)
{
	static const struct http_field of_page[] = {
		{ "Content-Security-Policy", "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; object-src 'none'; "
			"base-uri 'none'; form-action 'self'; frame-ancestors 'none'" },
		{ "Permissions-Policy", "camera=(self), microphone=(self), display-capture=(self), screen-wake-lock=(self), geolocation=(), payment=(), usb=()" },
	};
	static const struct http_field of_api[] = {
		{ "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'" },
		{ "Cache-Control", "no-store" },
	};

	fields_with(out, own, page ? of_page : of_api);
}

void fields_fill_file(struct http_field out[EDGE_FIELDS], const struct http_field *own)
{
	/* No script runs from there, whatever the bytes are. Asked about each time: what was deleted is not shown from a browser's store. */
	static const struct http_field of_file[] = {
		{ "Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'" },
		{ "Cache-Control", "private, no-cache" },
	};

	fields_with(out, own, of_file);
}

static void reply(struct http_req *req, const struct outcome *outcome, const struct http_field *own)
{
	json_t *o = problem_object(outcome);
	char *text = o ? json_dumps(o, JSON_COMPACT) : NULL;
	struct http_field fields[EDGE_FIELDS];

	fields_fill(fields, own, false);
	http_reply(req, reason_status(outcome->reason), "application/problem+json", fields, str_of(text));
	free(text);
	json_decref(o);
}

void problem_reply(struct http_req *req, enum reason reason)
{
	const struct http_field own[] = { CHALLENGE, { 0 } };

	reply(req, &(struct outcome){ .reason = reason }, reason_status(reason) == 401 ? own : NULL);
}

void problem_reply_later(struct http_req *req, unsigned retry_s)
{
	char text[16];
	const struct http_field own[] = { { "Retry-After", text }, { 0 } };

	snprintf(text, sizeof text, "%u", retry_s);
	reply(req, &(struct outcome){ .reason = REASON_TOO_MANY, .retry_s = retry_s }, own);
}

void problem_reply_method(struct http_req *req)
{
	char text[64];
	const struct http_field own[] = { { "Allow", text }, { 0 } };

	route_allow(http_path(req), text);
	reply(req, &(struct outcome){ .reason = REASON_METHOD }, own);
}
