/** @file act/mark.c  Pointer and marks: attributed, ordered, undone and redone by whom they are of, kept with the call while it lasts. */
#include "act/call.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
	size_t least, most;		/* points */
	bool pressure;			/* may have it in its points */
	bool text;
} kinds[MARK_KINDS] = {
	[MARK_ARROW] = { 2, 2, false, false },
	[MARK_INK] = { 1, LIMIT_MARK_POINTS, true, false },
	[MARK_CIRCLE] = { 2, 2, false, false },
	[MARK_STEP] = { 1, 1, false, true },
};

/* To the lines that carry those who may see what `by` drew in the picture of `of`; the pointer spares its own. */
static void tell_seeing(const struct call *call, unsigned by, unsigned of, const struct line *except, json_t *event)
{
	for (unsigned i = 0; i < call->n_parties; i++) {
		struct line *line = call->party[i]->line;

		if (line && line != except && party_present(call->party[i]) && call_meets(call, i, by) && call_meets(call, i, of))
			line_tell(line, json_deep_copy(event));
	}
	json_decref(event);
}

static bool fraction(json_t *v, double *out)
{
	*out = json_number_value(v);
	return json_is_number(v) && *out >= 0 && *out <= 1;
}

static bool point_read(json_t *v, double out[2])
{
	return json_is_array(v) && json_array_size(v) == 2 && fraction(json_array_get(v, 0), &out[0]) && fraction(json_array_get(v, 1), &out[1]);
}

/* Whose picture is meant. */
static bool picture_read(struct deed *deed, json_t *object, const char *pointer, const struct call *call, unsigned *of)
{
	const char *address = json_string_value(json_object_get(object, "of"));

	for (unsigned i = 0; i < call->n_parties; i++) {
		if (!address || !party_present(call->party[i]) || strcmp(address, call->party[i]->address) != 0)
			continue;
		*of = i;
		return true;
	}
	deed_refuse_field(deed, REASON_BAD_FIELD, pointer, "must be the address of somebody in the call");
	return false;
}

static bool pair_draws(const struct pair *pair)
{
	return pair && pair->open && pair->annotate;
}

/* A pair of his in which he may draw, or else any open one, to say why not. */
static const struct pair *drawing_pair(const struct party *mine)
{
	const struct pair *found = NULL;

	for (unsigned i = 0; i < mine->call->n_parties && !pair_draws(found); i++) {
		const struct pair *pair = i == mine->seat ? NULL : call_pair(mine->call, mine->seat, i);

		if (pair && (!found || pair_draws(pair) || (pair->open && !found->open)))
			found = pair;
	}
	return found;
}

static void refuse_drawing(struct deed *deed, const struct pair *pair)
{
	struct act *act = deed->act;
	const struct account *me = world_account_by_id(act->world, deed->who.account);
	const struct account *from = pair ? world_account_by_id(act->world, pair_party(pair, 0)->account) : NULL;
	const struct account *to = pair ? world_account_by_id(act->world, pair_party(pair, 1)->account) : NULL;
	struct verdict verdict = { .allowed = true };

	if (from && to)
		ask_pair(act, from, to, ACTION_ANNOTATE, &verdict);
	if (verdict.allowed)
		deed_refuse(deed, REASON_CALL_STATE);	/* it opened again meanwhile; a new call may draw */
	else
		deed_refuse_verdict(deed, me, from, account_address(to), ACTION_ANNOTATE, &verdict);
}

/* Drawing needs a running call, the line that carries it, and somebody with whom the rules allow it. */
static bool may_draw(struct deed *deed, const struct party *mine)
{
	const struct pair *pair = drawing_pair(mine);

	if (mine->call->state != CALL_TALKING || mine->state != PARTY_TALKING || mine->line != deed->line) {
		deed_refuse(deed, REASON_CALL_STATE);
		return false;
	}
	if (pair_draws(pair))
		return true;
	refuse_drawing(deed, pair);
	return false;
}

/* In somebody's picture: what he and its owner may. */
static bool may_draw_in(struct deed *deed, const struct party *mine, unsigned of)
{
	const struct pair *pair = of == mine->seat ? drawing_pair(mine) : call_pair(mine->call, mine->seat, of);

	if (pair_draws(pair))
		return true;
	refuse_drawing(deed, pair);
	return false;
}

/* The asker's party in a call in which this line may draw now; NULL: refused, the deed is over. */
static struct party *drawing_read(struct deed *deed, const char *const *keys)
{
	struct party *mine = call_read(deed);

	return mine && deed_only(deed, keys) && may_draw(deed, mine) ? mine : NULL;
}

static bool tenthousandths(json_t *v, const char *path, size_t i, uint16_t *out, struct json_err *err)
{
	char at[512];
	double x;

	json_path_index(at, path, i);
	if (!fraction(v, &x))
		return json_bad(err, at, "must be a fraction from 0 to 1");
	*out = (uint16_t)(x * MARK_WHOLE + 0.5);
	return true;
}

static bool mark_point_read(json_t *v, const char *path, bool pressure, struct mark_point *out, struct json_err *err)
{
	size_t n = json_array_size(v);

	*out = (struct mark_point){ .pressure = MARK_NO_PRESSURE };
	if (n != 2 && !(n == 3 && pressure))
		return json_bad(err, path, pressure ? "must be two or three fractions" : "must be two fractions");
	return tenthousandths(json_array_get(v, 0), path, 0, &out->u, err) && tenthousandths(json_array_get(v, 1), path, 1, &out->v, err) &&
		(n == 2 || tenthousandths(json_array_get(v, 2), path, 2, &out->pressure, err));
}

static bool points_read(json_t *array, enum mark_kind kind, struct mark_point out[static LIMIT_MARK_POINTS], size_t *n, struct json_err *err)
{
	size_t least = kinds[kind].least, most = kinds[kind].most;

	*n = json_array_size(array);
	if (*n < least || *n > most)
		return json_bad(err, "/mark/points", "must be an array of %zu to %zu points", least, most);
	for (size_t i = 0; i < *n; i++) {
		char path[512];

		json_path_index(path, "/mark/points", i);
		if (!mark_point_read(json_array_get(array, i), path, kinds[kind].pressure, &out[i], err))
			return false;
	}
	return true;
}

static bool text_read(json_t *v, enum mark_kind kind, const char **out, struct json_err *err)
{
	const char *text = json_string_value(v);
	size_t chars = 0;

	*out = NULL;
	if (!v || json_is_null(v))
		return true;
	if (!kinds[kind].text)
		return json_bad(err, "/mark/text", "only a step has one");
	if (!text)
		return json_bad(err, "/mark/text", "must be a string or null");
	for (const char *c = text; *c; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return json_bad(err, "/mark/text", "has a control character");
		chars += ((unsigned char)*c & 0xc0) != 0x80;
	}
	if (chars > LIMIT_MARK_TEXT_CHARS)
		return json_bad(err, "/mark/text", "is longer than %d characters", LIMIT_MARK_TEXT_CHARS);
	*out = chars ? text : NULL;
	return true;
}

static bool id_read(json_t *o, struct mark *mark, struct json_err *err)
{
	struct str id;

	if (!json_get_str(o, "/mark", "id", true, &id, err))
		return false;
	if (id.n == 0 || id.n >= sizeof mark->id || strspn(id.p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != id.n)
		return json_bad(err, "/mark/id", "takes 1 to 64 of A-Za-z0-9_-");
	snprintf(mark->id, sizeof mark->id, "%s", id.p);
	return true;
}

static bool kind_read(json_t *o, enum mark_kind *out, struct json_err *err)
{
	struct str kind;

	if (!json_get_str(o, "/mark", "kind", true, &kind, err))
		return false;
	for (*out = 0; *out < MARK_KINDS; ++*out)
		if (str_eq(kind, str_of(mark_kind_name(*out))))
			return true;
	return json_bad(err, "/mark/kind", "must be arrow, ink, circle or step");
}

/* The text stays the frame's. */
static bool mark_read(json_t *o, struct mark *mark, const char **text, struct mark_point points[static LIMIT_MARK_POINTS], struct json_err *err)
{
	static const char *const keys[] = { "id", "of", "kind", "points", "text", NULL };

	return json_only(o, "/mark", keys, err) && id_read(o, mark, err) && kind_read(o, &mark->kind, err) &&
		points_read(json_object_get(o, "points"), mark->kind, points, &mark->n_points, err) &&
		text_read(json_object_get(o, "text"), mark->kind, text, err);
}

static void refuse_read(struct deed *deed, const struct json_err *err)
{
	deed_refuse_field(deed, REASON_BAD_FIELD, err->path, err->why);
}

/* Kept until the call is over, then stored. What is too much for it is left out: what was drawn first tells the most. */
static void keep_drawn(struct call *call, json_t *event)
{
	char *text = event ? json_dumps(event, JSON_COMPACT | JSON_REAL_PRECISION(6)) : NULL;
	size_t n = text ? strlen(text) : 0;

	if (n && call->drawn.n + n + 1 <= LIMIT_REPLAY_BYTES && (!call->drawn.n || !buf_add(&call->drawn, ",", 1)))
		buf_add(&call->drawn, text, n);
	free(text);
	json_decref(event);
}

static json_int_t drawn_at(const struct call *call)
{
	time_ms_t at = clock_wall_ms() - call->since;

	return at > 0 ? at : 0;
}

static void tell_mark(struct call *call, const char *ev, const struct mark *mark)
{
	keep_drawn(call, json_pack("{s:I, s:o}", "at", drawn_at(call), "mark", say_mark(call, mark)));
	tell_seeing(call, mark->by, mark->of, NULL, json_pack("{s:s, s:s, s:o}", "ev", ev, "call", call->id, "mark", say_mark(call, mark)));
}

void act_mark_add(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "call", "mark", NULL };
	json_t *o = json_object_get(deed->args, "mark");
	struct mark_point points[LIMIT_MARK_POINTS];
	struct mark mark = { 0 };
	const struct mark *added;
	const char *text;
	struct json_err err;
	struct party *mine = drawing_read(deed, keys);
	int failed;

	if (!mine)
		return;
	mark.by = mine->seat;
	if (!mark_read(o, &mark, &text, points, &err)) {
		refuse_read(deed, &err);
		return;
	}
	if (!picture_read(deed, o, "/mark/of", mine->call, &mark.of) || !may_draw_in(deed, mine, mark.of))
		return;
	failed = marks_add(&mine->call->marks, &mark, text, points, &added);
	if (failed == -EEXIST || failed == -ENOSPC) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "/mark/id", failed == -EEXIST ? "was used before" : "there are too many marks; take some away");
		return;
	}
	if (failed) {
		deed_fault(deed, failed, "mark.add");
		return;
	}
	tell_mark(mine->call, "mark", added);
	deed_ok(deed, json_pack("{s:o, s:o}", "mark", say_mark(mine->call, added), "steps", say_steps(mine)));
}

/* The caller's own shown mark with the id at `path`; NULL: refused. */
static struct mark *own_read(struct deed *deed, const struct party *mine, json_t *id, const char *path)
{
	struct mark *mark = json_is_string(id) ? marks_find(&mine->call->marks, mine->seat, json_string_value(id)) : NULL;

	if (!mark)
		deed_refuse_field(deed, json_is_string(id) ? REASON_NOT_FOUND : REASON_BAD_FIELD, path, "must be the id of a mark of one's own");
	return mark;
}

void act_mark_change(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "call", "mark", NULL }, *const parts[] = { "id", "points", "text", NULL };
	json_t *o = json_object_get(deed->args, "mark"), *given = json_object_get(o, "points"), *named = json_object_get(o, "text");
	struct mark_point points[LIMIT_MARK_POINTS];
	struct party *mine = drawing_read(deed, keys);
	struct mark *mark = mine ? own_read(deed, mine, json_object_get(o, "id"), "/mark/id") : NULL;
	const char *text;
	struct json_err err;
	size_t n = 0;

	if (!mark)
		return;
	if (!json_only(o, "/mark", parts, &err) || (given && !points_read(given, mark->kind, points, &n, &err)) || !text_read(named, mark->kind, &text, &err)) {
		refuse_read(deed, &err);
		return;
	}
	if (given && (mark != marks_newest(&mine->call->marks, mine->seat) || n != mark->n_points)) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "/mark/points", n != mark->n_points ? "must be as many as before" : "only one's newest mark can be moved");
		return;
	}
	if (named && mark_name(mark, text)) {
		deed_fault(deed, -ENOMEM, "mark.change");
		return;
	}
	if (given)
		mark_place(mark, points);
	tell_mark(mine->call, "remark", mark);
	deed_ok(deed, json_pack("{s:o}", "mark", say_mark(mine->call, mark)));
}

/* What a step turned over: ids of those taken away, and those shown again. */
struct turned {
	struct party *mine;
	json_t *gone;
};

static void on_turned(const struct mark *mark, void *arg)
{
	struct turned *turned = arg;

	if (mark->shown)
		tell_mark(turned->mine->call, "mark", mark);
	else
		json_array_append_new(turned->gone, json_string(mark->id));
}

/* All who may see what he drew hear what went, and he how far he can go back and forth now. */
static void turned_tell(struct deed *deed, struct turned *turned)
{
	const struct party *mine = turned->mine;

	if (json_array_size(turned->gone))
		keep_drawn(mine->call, json_pack("{s:I, s:s, s:O}", "at", drawn_at(mine->call), "by", mine->address, "gone", turned->gone));
	if (json_array_size(turned->gone))
		tell_seeing(mine->call, mine->seat, mine->seat, NULL, json_pack("{s:s, s:s, s:O}", "ev", "unmark", "call", mine->call->id, "ids", turned->gone));
	json_decref(turned->gone);
	deed_ok(deed, json_pack("{s:o}", "steps", say_steps(mine)));
}

enum turn { UNDO, REDO, CLEAR };

/* One's own last step back, or again; or all of one's own away. */
static void turn(struct deed *deed, enum turn what)
{
	static const char *const keys[] = { "id", "op", "call", NULL };
	struct turned turned = { .mine = drawing_read(deed, keys) };
	struct marks *marks = turned.mine ? &turned.mine->call->marks : NULL;

	if (!marks)
		return;
	turned.gone = json_array();
	if (what == UNDO)
		marks_undo(marks, turned.mine->seat, on_turned, &turned);
	else if (what == REDO)
		marks_redo(marks, turned.mine->seat, on_turned, &turned);
	else
		marks_clear(marks, turned.mine->seat, on_turned, &turned);
	turned_tell(deed, &turned);
}

void act_mark_undo(struct deed *deed)
{
	turn(deed, UNDO);
}

void act_mark_redo(struct deed *deed)
{
	turn(deed, REDO);
}

void act_mark_clear(struct deed *deed)
{
	turn(deed, CLEAR);
}

void act_mark_delete(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "call", "mark", NULL };
	struct turned turned = { .mine = drawing_read(deed, keys) };
	struct mark *mark = turned.mine ? own_read(deed, turned.mine, json_object_get(deed->args, "mark"), "/mark") : NULL;

	if (!mark)
		return;
	turned.gone = json_array();
	marks_remove(&turned.mine->call->marks, mark, on_turned, &turned);
	turned_tell(deed, &turned);
}

void act_point(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "call", "of", "at", NULL };
	json_t *at = json_object_get(deed->args, "at");
	struct party *mine = drawing_read(deed, keys);
	const struct call *call = mine ? mine->call : NULL;
	double point[2] = { 0 };
	unsigned of;

	if (!mine || !picture_read(deed, deed->args, "/of", call, &of) || !may_draw_in(deed, mine, of))
		return;
	if (!json_is_null(at) && !point_read(at, point)) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "/at", "must be a point of fractions from 0 to 1, or null");
		return;
	}
	/* Above the budget the newest is dropped, but never the farewell. */
	if (party_point(mine, clock_mono_ms()) || json_is_null(at))
		tell_seeing(call, mine->seat, of, deed->line, json_pack("{s:s, s:s, s:s, s:s, s:O}", "ev", "point", "call", call->id, "by", mine->address,
			"of", call->party[of]->address, "at", at));
	deed_ok(deed, json_object());
}
