/**
 * @file edge/live.c  Fuzz: the live protocol, from frames in to frames out, with a real act behind src/edge/live.c. The network is
 * the target's own: two people, each with one WebSocket.
 *
 * An input is lines. The first byte of a line says what happens: A or B, that person's page sends the rest as a frame; a or b, its
 * socket breaks and it connects again; 0 or 1, the rules close or open; a dot, what is under way ends first. In a frame $C stands
 * for the id of the newest call, $S for a session description.
 *
 * Holds: every frame out is a JSON object, an event numbered without a gap, or an answer to one frame in; every frame in gets
 * exactly one answer (what needs no id and has none gets none); nothing is told before hello.
 */
#include "edge/inside.h"
#include "ground.h"

#include <stdio.h>
#include <stdlib.h>

enum { FRAMES_MOST = 400, NO_ID = -1 };

/** One person's socket. */
struct ws {
	const struct ws_ops *ops;
	void *arg;
	bool closed;			/* by the server */
	bool ready;			/* hello was answered */
	int64_t told;			/* the number of the newest event */
	int64_t open[FRAMES_MOST];	/* ids of frames without an answer yet, NO_ID among them */
	size_t n_open;
};

/** What a request to connect has to say. */
struct http_req {
	const char *authorization;
	struct ws *ws;
};

static struct ws sockets[PEOPLE];
static char call[ID_CHARS + 1];

static const char description[] =
	"v=0\\r\\no=- 1 2 IN IP4 127.0.0.1\\r\\ns=-\\r\\nt=0 0\\r\\na=group:BUNDLE 0\\r\\nm=audio 9 UDP/TLS/RTP/SAVPF 111\\r\\nc=IN IP4 0.0.0.0\\r\\n"
	"a=ice-ufrag:abcd\\r\\na=ice-pwd:abcdefghijklmnopqrstuv\\r\\n"
	"a=fingerprint:sha-256 AC:8B:FE:0A:EF:CC:D2:26:57:D5:ED:4F:99:51:A3:0A:91:D0:45:3F:BF:F2:6E:2E:65:AF:6C:9D:AA:CF:16:80\\r\\n"
	"a=setup:actpass\\r\\na=mid:0\\r\\na=sendrecv\\r\\na=rtcp-mux\\r\\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The network, as src/edge/live.c knows it. */

struct str http_header(const struct http_req *req, const char *name)
{
	return strcmp(name, "authorization") == 0 ? str_of(req->authorization) : STR("");
}

struct str http_peer(const struct http_req *req)
{
	(void)req;
	return STR("127.0.0.1");
}

struct str http_path(const struct http_req *req)
{
	(void)req;
	return STR("/v1/live");
}

/* The port's counters are /metrics', which no frame asks for. */
void net_counts(const struct net_server *server, struct net_counts *out)
{
	(void)server, (void)out;
	abort();
}

bool http_offers(const struct http_req *req, const char *header, const char *token)
{
	(void)req;
	return strcmp(header, "sec-websocket-protocol") == 0 && strcmp(token, "farhand.v1") == 0;
}

void http_reply(struct http_req *req, int status, const char *type, const struct http_field *fields, struct str body)
{
	(void)req, (void)status, (void)type, (void)fields, (void)body;
	abort();	/* both are signed in, and have few lines */
}

struct ws *ws_accept(struct http_req *req, const char *protocol, const struct ws_ops *ops, void *arg)
{
	(void)protocol;
	*req->ws = (struct ws){ .ops = ops, .arg = arg };
	return req->ws;
}

void ws_close(struct ws *ws, int code)
{
	assert(code >= 1000 && code < 5000);
	ws->closed = true;
}

/* One frame in has its answer. */
static void answered(struct ws *ws, json_t *re)
{
	int64_t id = json_is_null(re) ? NO_ID : json_integer_value(re);
	size_t i = 0;

	assert(json_is_null(re) || json_is_integer(re));
	while (i < ws->n_open && ws->open[i] != id)
		i++;
	assert(i < ws->n_open);
	ws->open[i] = ws->open[--ws->n_open];
}

static void expect_answer(struct ws *ws, json_t *frame)
{
	json_t *ok = json_object_get(frame, "ok"), *error = json_object_get(frame, "error");
	enum reason reason;

	assert(json_object_size(frame) == 2 && (json_is_object(ok) || json_is_object(error)));
	if (json_object_get(ok, "conversations"))
		ws->ready = true;
	if (error) {
		assert(reason_parse(str_of(json_string_value(json_object_get(error, "reason"))), &reason));
		assert(reason != REASON_OK && reason != REASON_FAULT);
		assert(json_integer_value(json_object_get(error, "status")) == reason_status(reason));
	}
	answered(ws, json_object_get(frame, "re"));
}

static void call_learn(json_t *frame)
{
	const char *id = json_string_value(json_object_get(json_object_get(frame, "call"), "id"));

	if (id) {
		assert(strlen(id) == ID_CHARS);
		memcpy(call, id, sizeof call);
	}
}

bool ws_send(struct ws *ws, struct str text)
{
	json_t *frame = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, NULL);

	if (ws->closed) {
		json_decref(frame);
		return false;
	}
	assert(json_is_object(frame));
	if (json_object_get(frame, "re")) {
		expect_answer(ws, frame);
		call_learn(json_object_get(frame, "ok"));
	} else {
		assert(ws->ready && json_is_string(json_object_get(frame, "ev")));
		assert(json_integer_value(json_object_get(frame, "n")) == ++ws->told);
		call_learn(frame);
	}
	json_decref(frame);
	return true;
}

/* The two pages. */

static struct edge *edge_of(struct ground *ground)
{
	static struct edge edge;

	edge.act = ground->act;
	if (!edge.endpoints.next)
		list_init(&edge.endpoints);
	return &edge;
}

static void connect_(struct ground *ground, unsigned who)
{
	char authorization[64];
	struct http_req req = { authorization, &sockets[who] };

	snprintf(authorization, sizeof authorization, "Bearer %s", ground->tokens[who]);
	ground_unpace(ground);
	live_accept(edge_of(ground), &req);
	assert(sockets[who].ops);
}

static void disconnect(unsigned who)
{
	struct ws *ws = &sockets[who];

	ws->closed = true;
	ws->ops->on_close(ws, ws->arg, 1006);
}

/* What needs no id, and then gets no answer. */
static bool op_silent(const char *op)
{
	static const char *const ops[] = { "point", "receipt", "typing", "idle" };

	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
		if (strcmp(op, ops[i]) == 0)
			return true;
	return false;
}

/* The number that the answer to a frame carries; false when there comes none. */
static bool answer_of(const struct ws *ws, struct str text, int64_t *id)
{
	struct json_err err;
	json_t *frame = json_read(text, LIMIT_JSON_DEPTH, &err), *given = json_object_get(frame, "id");
	const char *op = json_string_value(json_object_get(frame, "op"));
	bool silent = ws->ready && !given && op && op_silent(op);

	*id = json_is_integer(given) && json_integer_value(given) >= 0 ? json_integer_value(given) : NO_ID;
	json_decref(frame);
	return !silent;
}

/* The frame with what the input can't know. */
static void frame_fill(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		struct str as = { text.p + i, 1 };

		if (i + 1 < text.n && text.p[i] == '$' && text.p[i + 1] == 'C') {
			as = str_of(call);
			i++;
		} else if (i + 1 < text.n && text.p[i] == '$' && text.p[i + 1] == 'S') {
			as = str_of(description);
			i++;
		}
		if (buf_add(out, as.p, as.n))
			abort();
	}
}

static void say(unsigned who, struct str text)
{
	struct ws *ws = &sockets[who];
	struct buf frame = { 0 };
	int64_t id;

	frame_fill(&frame, text);
	/* What net lets through: text of a bounded size. */
	if (!ws->closed && ws->n_open < FRAMES_MOST && frame.n <= LIMIT_LIVE_BYTES && str_utf8(buf_str(&frame))) {
		if (answer_of(ws, buf_str(&frame), &id))
			ws->open[ws->n_open++] = id;
		ws->ops->on_text(ws, ws->arg, buf_str(&frame));
	}
	buf_release(&frame);
}

static void line_play(struct ground *ground, struct str line)
{
	struct str rest = { line.p + 1, line.n - 1 };
	char first = *line.p;

	switch (first) {
	case 'a':
	case 'b':
		disconnect(first == 'b');
		connect_(ground, first == 'b');
		break;
	case '0':
	case '1':
		ground_shut(ground, first == '0');
		break;
	case '.':
		ground_settle(ground);
		break;
	default:
		say((first & 1) == 0, rest);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ground *ground = ground_get();
	struct str left = { (const char *)data, n };

	call[0] = '\0';
	for (unsigned who = 0; who < PEOPLE; who++)
		connect_(ground, who);
	for (unsigned lines = 0; left.n && lines < FRAMES_MOST; lines++) {
		const char *end = memchr(left.p, '\n', left.n);
		struct str line = { left.p, end ? (size_t)(end - left.p) : left.n };

		if (line.n)
			line_play(ground, line);
		left.p += line.n + (end != NULL);
		left.n -= line.n + (end != NULL);
	}
	ground_settle(ground);
	for (unsigned who = 0; who < PEOPLE; who++) {
		assert(sockets[who].closed || sockets[who].n_open == 0);
		disconnect(who);
	}
	ground_clear(ground);
	return 0;
}
