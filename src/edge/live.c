/** @file edge/live.c  The live protocol (doc/protocol.md): frames to deeds, answers and events to frames. */
#include "edge/inside.h"

#include <stdlib.h>

enum { HELLO_MS = 5000, FRAMES_PER_SECOND = 60, FRAMES_BURST = 240 };
enum { CLOSE_NO_HELLO = 4408, CLOSE_TOO_MANY = 4429 };

/** One WebSocket and its line. Lives until the socket's on_close. */
struct endpoint_ws {
	struct list node;
	struct edge *edge;
	struct ws *ws;
	struct line *line;
	struct who who;
	int64_t opened;
	int64_t refilled;	/* monotonic ms; the frame bucket */
	double frames;
};

/* The ops, in the order of doc/protocol.md. */
static const struct {
	const char *op;
	deed_run run;
	bool silent;	/* no answer when it went well and no id was given */
	unsigned may;	/* MAY_JOINED: who came by a link may, too */
} ops[] = {
	{ "hello", act_hello, false, MAY_JOINED },
	{ "send", act_message_send, false, 0 },
	{ "edit", act_message_edit, false, 0 },
	{ "delete", act_message_delete, false, 0 },
	{ "receipt", act_receipt, true, 0 },
	{ "typing", act_typing, true, 0 },
	{ "idle", act_idle, true, 0 },
	{ "watch", act_watch, false, 0 },
	{ "call.place", act_call_place, false, MAY_JOINED },
	{ "call.answer", act_call_answer, false, MAY_JOINED },
	{ "call.sdp", act_call_sdp, false, MAY_JOINED },
	{ "call.decline", act_call_decline, false, MAY_JOINED },
	{ "call.hangup", act_call_hangup, false, MAY_JOINED },
	{ "call.add", act_call_add, false, 0 },
	{ "call.remove", act_call_remove, false, 0 },
	{ "call.hold", act_call_hold, false, MAY_JOINED },
	{ "call.take", act_call_take, false, MAY_JOINED },
	{ "call.status", act_call_status, true, MAY_JOINED },
	{ "call.still", act_call_still, false, 0 },
	{ "mark.add", act_mark_add, false, MAY_JOINED },
	{ "mark.change", act_mark_change, false, MAY_JOINED },
	{ "mark.delete", act_mark_delete, false, MAY_JOINED },
	{ "mark.clear", act_mark_clear, false, MAY_JOINED },
	{ "mark.undo", act_mark_undo, false, MAY_JOINED },
	{ "mark.redo", act_mark_redo, false, MAY_JOINED },
	{ "point", act_point, true, MAY_JOINED },
};

const char *live_op(size_t i)
{
	return i < sizeof ops / sizeof ops[0] ? ops[i].op : NULL;
}

static void send_json(struct endpoint_ws *e, json_t *o)
{
	char *text = o ? json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(10)) : NULL;

	if (text)
		ws_send(e->ws, str_of(text));
	free(text);
	json_decref(o);
}

static void on_done(struct deed *deed, struct outcome *outcome, void *arg)
{
	struct endpoint_ws *e = arg;

	if (deed->id < 0)
		return;
	if (outcome->reason == REASON_OK)
		send_json(e, json_pack("{s:I, s:O}", "re", (json_int_t)deed->id, "ok", outcome->body));
	else
		send_json(e, json_pack("{s:I, s:o}", "re", (json_int_t)deed->id, "error", problem_object(outcome)));
}

static bool frame_allowed(struct endpoint_ws *e)
{
	int64_t now = clock_mono_ms();

	e->frames += (double)(now - e->refilled) * FRAMES_PER_SECOND / 1000;
	e->refilled = now;
	if (e->frames > FRAMES_BURST)
		e->frames = FRAMES_BURST;
	if (e->frames < 1)
		return false;
	e->frames -= 1;
	return true;
}

static void refuse(struct endpoint_ws *e, int64_t id, enum reason reason, const struct json_err *err)
{
	struct outcome outcome = { .reason = reason };

	if (err) {
		memcpy(outcome.field, err->path, sizeof outcome.field);
		memcpy(outcome.detail, err->why, sizeof err->why);
	}
	send_json(e, json_pack("{s:o, s:o}", "re", id < 0 ? json_null() : json_integer(id), "error", problem_object(&outcome)));
}

static void run_op(struct endpoint_ws *e, json_t *frame, size_t op, int64_t id)
{
	struct deed *deed = deed_new(e->edge->act, &e->who);

	if (!deed) {
		json_decref(frame);
		refuse(e, id, REASON_BUSY, NULL);
		return;
	}
	deed->args = frame;
	deed->line = e->line;
	deed->by_line = true;
	deed->may = ops[op].may;
	deed->id = id;
	deed->done = on_done;
	deed->arg = e;
	deed_start(deed, ops[op].run);
}

/* The op of a frame and its id (-1: none), or false with the field at fault. */
static bool frame_read(const struct endpoint_ws *e, json_t *frame, size_t *op, int64_t *id, struct json_err *err)
{
	json_t *given = json_object_get(frame, "id");
	struct str name = STR("");

	*id = -1;
	if (given && (!json_is_integer(given) || json_integer_value(given) < 0))
		return json_bad(err, "/id", "must be a whole number");
	if (given)
		*id = json_integer_value(given);
	if (!json_get_str(frame, "", "op", true, &name, err))
		return false;
	for (*op = 0; *op < sizeof ops / sizeof ops[0]; ++*op)
		if (str_eq(name, str_of(ops[*op].op)))
			break;
	if (*op == sizeof ops / sizeof ops[0])
		return json_bad(err, "/op", "is not a request of this protocol");
	if (!given && !ops[*op].silent)
		return json_bad(err, "/id", "is required");
	if (!e->line->ready && ops[*op].run != act_hello)
		return json_bad(err, "/op", "must be hello first");
	return true;
}

static void on_text(struct ws *ws, void *arg, struct str text)
{
	struct endpoint_ws *e = arg;
	struct json_err err;
	json_t *frame;
	int64_t id = -1;
	size_t op = 0;

	if (!frame_allowed(e)) {
		ws_close(ws, CLOSE_TOO_MANY);
		return;
	}
	frame = json_read(text, LIMIT_JSON_DEPTH, &err);
	if (!frame) {
		refuse(e, -1, REASON_BAD_REQUEST, &err);
	} else if (!frame_read(e, frame, &op, &id, &err)) {
		json_decref(frame);
		refuse(e, id, REASON_BAD_FIELD, &err);
	} else {
		run_op(e, frame, op, id);
	}
}

static void on_close(struct ws *ws, void *arg, int code)
{
	struct endpoint_ws *e = arg;

	(void)ws;
	(void)code;
	list_del(&e->node);
	act_line_close(e->edge->act, e->line);
	free(e);
}

static const struct ws_ops socket_ops = { on_text, on_close };

static bool line_send(void *arg, struct str frame)
{
	struct endpoint_ws *e = arg;

	return ws_send(e->ws, frame);
}

static void line_close_(void *arg, int code)
{
	struct endpoint_ws *e = arg;

	ws_close(e->ws, code);
}

static const struct line_ops line_ops = { line_send, line_close_ };

void live_accept(struct edge *edge, struct http_req *req)
{
	struct endpoint_ws *e;
	struct who who = { 0 };
	enum reason refusal;
	unsigned wait;
	bool cookie, in;
	struct str token = auth_token(req, &cookie);

	/* A WebSocket is not bound to an origin by the browser: the server must be (RFC 6455 section 10.2). */
	if (!auth_origin_ok(req) || (cookie && http_header(req, "origin").n == 0)) {
		problem_reply(req, REASON_ORIGIN);
		return;
	}
	in = token.n && act_who(edge->act, token, &who);
	wait = act_pace(edge->act, &who, http_peer(req));
	if (wait) {
		problem_reply_later(req, wait);
		return;
	}
	refusal = in ? act_line_may(edge->act, &who) : REASON_SIGN_IN;
	if (refusal != REASON_OK) {
		problem_reply(req, refusal);
		return;
	}
	if (!http_offers(req, "sec-websocket-protocol", "farhand.v1")) {
		problem_reply(req, REASON_BAD_REQUEST);
		return;
	}
	e = calloc(1, sizeof *e);
	if (e)
		e->line = act_line_open(edge->act, &who, &line_ops, e);
	if (!e || !e->line) {
		free(e);
		problem_reply(req, REASON_TOO_MANY);
		return;
	}
	e->edge = edge;
	e->who = who;
	e->opened = e->refilled = clock_mono_ms();
	e->frames = FRAMES_BURST;
	list_add(&edge->endpoints, &e->node);
	e->ws = ws_accept(req, "farhand.v1", &socket_ops, e);
	if (e->ws)
		return;
	list_del(&e->node);
	act_line_close(edge->act, e->line);
	free(e);
}

void live_sweep(struct edge *edge)
{
	int64_t now = clock_mono_ms();
	time_ms_t today = clock_wall_ms();

	list_each (&edge->endpoints, node, after) {
		struct endpoint_ws *e = list_entry(node, struct endpoint_ws, node);

		if (!e->line->ready && now - e->opened > HELLO_MS)
			ws_close(e->ws, CLOSE_NO_HELLO);
		else if (e->who.expires <= today)
			line_end(e->line, "session.ended", LINE_SESSION_ENDED);
	}
}
