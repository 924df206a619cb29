/** @file edge/exchange.c  One HTTP request of the table: admit, read the body, hand it to act, answer. */
#include "edge/inside.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct exchange {
	struct list chunk;		/* of edge->chunks, when its body is bytes */
	struct edge *edge;
	struct http_req *req;
	const struct route_row *row;
	struct deed *deed;
};

static void on_done(struct deed *deed, struct outcome *outcome, void *arg);
static void on_body(struct http_req *req, void *arg, struct str whole);
static void on_gone(struct http_req *req, void *arg);

static const struct http_ops exchange_ops = { .on_body = on_body, .on_gone = on_gone };

/* Bodies of bytes are large, and anybody who is signed in may send them: there are only so many at once. */
static bool is_bytes(const struct route_row *row)
{
	return strcmp(row->method, "PATCH") == 0;
}

static bool chunk_enter(struct exchange *x)
{
	struct edge *edge = x->edge;
	unsigned own = 0;

	list_each (&edge->chunks, node, after)
		own += list_entry(node, struct exchange, chunk)->deed->who.account == x->deed->who.account;
	if (edge->n_chunks >= LIMIT_CHUNKS || own >= LIMIT_CHUNKS_PER_ACCOUNT)
		return false;
	list_add(&edge->chunks, &x->chunk);
	edge->n_chunks++;
	return true;
}

static void exchange_free(struct exchange *x)
{
	if (!list_empty(&x->chunk)) {
		list_del(&x->chunk);
		x->edge->n_chunks--;
	}
	free(x);
}

/* The peer left: what was begun is finished, nobody hears of it. */
static void on_gone(struct http_req *req, void *arg)
{
	struct exchange *x = arg;

	(void)req;
	deed_leave(x->deed);
	exchange_free(x);
}

/* What an answer that is no JSON says of itself: a file to be saved, and where it goes on (RFC 8288). */
static size_t set_file_fields(struct http_field *own, char text[2][1100], const struct outcome *outcome)
{
	size_t n = 0;

	if (!outcome->type || outcome->reason != REASON_OK)
		return 0;
	snprintf(text[0], sizeof text[0], "attachment; filename=\"%s\"", outcome->file);
	own[n++] = (struct http_field){ "Content-Disposition", text[0] };
	if (outcome->next[0]) {
		snprintf(text[1], sizeof text[1], "<%s>; rel=\"next\"", outcome->next);
		own[n++] = (struct http_field){ "Link", text[1] };
	}
	return n;
}

static void set_fields(struct http_field *own, char text[4][160], const struct exchange *x, const struct outcome *outcome)
{
	size_t n = 0;

	if (outcome->token[0]) {
		snprintf(text[0], sizeof text[0], "__Host-farhand=%s; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=%lld", outcome->token,
			(long long)(outcome->expires - clock_wall_ms()) / 1000);
		own[n++] = (struct http_field){ "Set-Cookie", text[0] };
	} else if (x->row->run == act_session_close && outcome->reason == REASON_OK) {
		own[n++] = (struct http_field){ "Set-Cookie", "__Host-farhand=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0" };
	}
	if (outcome->versioned) {
		snprintf(text[1], sizeof text[1], "\"%lld\"", (long long)outcome->revision);
		own[n++] = (struct http_field){ "ETag", text[1] };
	}
	if (outcome->retry_s) {
		snprintf(text[2], sizeof text[2], "%u", outcome->retry_s);
		own[n++] = (struct http_field){ "Retry-After", text[2] };
	}
	if (reason_status(outcome->reason) == 401)
		own[n++] = CHALLENGE;
	own[n] = (struct http_field){ 0 };
}

/* The session's secret is in the body for programs, in the cookie for pages. */
static json_t *body_of(const struct outcome *outcome)
{
	char expires[25];

	if (outcome->reason != REASON_OK)
		return problem_object(outcome);
	if (!outcome->token[0])
		return json_incref(outcome->body);
	clock_format(outcome->expires, expires);
	return json_pack("{s:s, s:s, s:O}", "token", outcome->token, "expires", expires, "me", outcome->body);
}

static void download_send(struct exchange *x, const struct deed *deed, struct outcome *outcome)
{
	struct download *download = outcome->download;

	outcome->download = NULL;
	download_reply(x->edge, x->req, &deed->who, download);
	exchange_free(x);
}

static void on_done(struct deed *deed, struct outcome *outcome, void *arg)
{
	struct exchange *x = arg;
	struct http_field own[8], fields[EDGE_FIELDS];
	char text[4][160], file[2][1100];
	int status = outcome->status ? outcome->status : reason_status(outcome->reason);
	bool is_file = outcome->type && outcome->reason == REASON_OK;
	json_t *body;
	char *json;

	if (outcome->download) {
		download_send(x, deed, outcome);
		return;
	}
	body = is_file ? NULL : body_of(outcome);
	json = body ? json_dumps(body, JSON_COMPACT | JSON_REAL_PRECISION(10)) : NULL;
	set_fields(own + set_file_fields(own, file, outcome), text, x, outcome);
	fields_fill(fields, own, false);
	if (is_file) {
		http_reply(x->req, status, outcome->type, fields, buf_str(&outcome->text));
		exchange_free(x);
		return;
	}
	http_reply(x->req, status, status == 204 ? NULL : outcome->reason == REASON_OK ? "application/json" : "application/problem+json", fields,
		status == 204 ? STR("") : str_of(json));
	if (json)
		memset(json, 0, strlen(json));	/* it may have held a token */
	free(json);
	json_decref(body);
	exchange_free(x);
}

static bool body_read(struct exchange *x, struct str whole)
{
	struct deed *deed = x->deed;
	struct json_err err;

	if (x->row->text) {
		if (buf_add(&deed->body, whole.p, whole.n)) {
			deed_fault(deed, -ENOMEM, "body");
			return false;
		}
		deed->text = buf_str(&deed->body);
		return true;
	}
	if (!x->row->body_bytes) {
		deed->args = json_object();
		return true;
	}
	deed->args = json_read(whole, LIMIT_JSON_DEPTH, &err);
	if (deed->args)
		return true;
	deed_refuse_field(deed, REASON_BAD_REQUEST, err.path, err.why);
	return false;
}

static void on_body(struct http_req *req, void *arg, struct str whole)
{
	struct exchange *x = arg;

	(void)req;
	if (body_read(x, whole))
		deed_start(x->deed, x->row->run);
}

static bool revision_read(struct http_req *req, int64_t *seen)
{
	struct str tag = http_header(req, "if-match");
	int64_t v = 0;

	if (tag.n == 0)
		return true;
	if (str_eq(tag, STR("*"))) {
		*seen = -2;
		return true;
	}
	if (tag.n < 3 || tag.n > 20 || tag.p[0] != '"' || tag.p[tag.n - 1] != '"')
		return false;
	for (size_t i = 1; i + 1 < tag.n; i++) {
		if (tag.p[i] < '0' || tag.p[i] > '9')
			return false;
		v = v * 10 + (tag.p[i] - '0');
	}
	*seen = v;
	return true;
}

/* draft-ietf-httpbis-resumable-upload section 4: a whole number (RFC 8941). False: it is there, and is none. */
static bool offset_read(struct http_req *req, int64_t *out)
{
	struct str text = http_header(req, "upload-offset");
	int64_t v = 0;

	if (text.n == 0)
		return true;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9' || i == 15)
			return false;
		v = v * 10 + (text.p[i] - '0');
	}
	*out = v;
	return true;
}

/* What stands in the path, the query and the headers. */
static bool arguments_read(struct http_req *req, const struct route_row *row, struct deed *deed)
{
	struct str peer = http_peer(req), agent = http_header(req, "user-agent");

	for (unsigned i = 0; i < ROUTE_QUERIES; i++) {
		int given = row->queries[i] ? route_query(http_query(req), row->queries[i], deed->query[i], sizeof deed->query[i]) : 0;

		if (given < 0) {
			deed_refuse_field(deed, REASON_BAD_FIELD, row->queries[i], "is too long or badly encoded");
			return false;
		}
		deed->query_given[i] = given;
	}
	for (unsigned i = 0; i < 2; i++) {
		if (!route_segment(row, http_path(req), i, deed->path[i], sizeof deed->path[i])) {
			deed_refuse(deed, REASON_NOT_FOUND);
			return false;
		}
	}
	snprintf(deed->peer, sizeof deed->peer, "%.*s", (int)peer.n, peer.p);
	snprintf(deed->agent, sizeof deed->agent, "%.*s", (int)agent.n, agent.p);
	if (is_bytes(row) && (!offset_read(req, &deed->offset) || deed->offset < 0)) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "Upload-Offset", "must be how many bytes came before");
		return false;
	}
	if (revision_read(req, &deed->seen))
		return true;
	/* A tag that we never gave out matches nothing. */
	deed_refuse(deed, REASON_STALE);
	return false;
}

static bool may_start(struct deed *deed)
{
	enum reason refusal = act_may(deed->act, &deed->who, deed->may, deed->path[0]);

	if (refusal != REASON_OK)
		deed_refuse(deed, refusal);
	return refusal == REASON_OK;
}

static bool is_type(const struct http_req *req, struct str want)
{
	struct str type = http_header(req, "content-type");

	return type.n >= want.n && strncmp(type.p, want.p, want.n) == 0 && (type.n == want.n || type.p[want.n] == ';' || type.p[want.n] == ' ');
}

static enum reason admit(struct edge *edge, struct http_req *req, const struct route_row *row, struct who *who)
{
	bool cookie, writes = strcmp(row->method, "GET") != 0;
	struct str token = auth_token(req, &cookie);

	/* A browser sends its cookie for other sites' pages too: what writes must come from our own. */
	if (writes && !auth_origin_ok(req))
		return REASON_ORIGIN;
	if (row->body_bytes && !is_type(req, is_bytes(row) ? STR("application/partial-upload") : STR("application/json")))
		return REASON_MEDIA_TYPE;
	if (row->may & MAY_ANYONE)
		return REASON_OK;
	return token.n && act_who(edge->act, token, who) ? REASON_OK : REASON_SIGN_IN;
}

void exchange_start(struct edge *edge, struct http_req *req, const struct route_row *row)
{
	struct who who = { 0 };
	enum reason refusal = admit(edge, req, row, &who);
	/* Refused or not, it was asked: who is not signed in is counted by his address. */
	unsigned wait = act_pace(edge->act, &who, http_peer(req));
	struct exchange *x;

	if (wait) {
		problem_reply_later(req, wait);
		return;
	}
	if (refusal != REASON_OK) {
		problem_reply(req, refusal);
		return;
	}
	x = calloc(1, sizeof *x);
	if (x) {
		*x = (struct exchange){ .edge = edge, .req = req, .row = row, .deed = deed_new(edge->act, &who) };
		list_init(&x->chunk);
	}
	if (!x || !x->deed) {
		free(x);
		problem_reply(req, REASON_BUSY);
		return;
	}
	x->deed->done = on_done;
	x->deed->arg = x;
	x->deed->may = row->may;
	if (is_bytes(row) && !chunk_enter(x)) {
		struct outcome later = { .reason = REASON_TOO_MANY, .retry_s = 1 };

		deed_done(x->deed, &later);
		return;
	}
	/* Who may not is told before his body is read; when it has come he is looked at again. */
	if (arguments_read(req, row, x->deed) && may_start(x->deed))
		http_body_take(req, row->body_bytes, &exchange_ops, x);
}
