/** @file act/mark.c  Pointer and marks: attributed, ordered, undone and redone by whom they are of, kept with the call while it lasts. */
#include "act/media.h"

#include <errno.h>
#include <stdio.h>

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

/* To both ends' carrying lines; the pointer spares its own. */
static void tell_both(struct call *call, const struct line *except, json_t *event)
{
	for (int i = 0; i < 2; i++)
		if (call->party[i].line && call->party[i].line != except)
			line_tell(call->party[i].line, json_deep_copy(event));
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

static bool picture_read(struct deed *deed, json_t *object, const char *pointer, const struct call *call, enum call_side *of)
{
	const char *address = json_string_value(json_object_get(object, "of"));

	for (int i = 0; i < 2; i++) {
		if (!address || strcmp(address, call->party[i].address) != 0)
			continue;
		*of = (enum call_side)i;
		return true;
	}
	deed_refuse_field(deed, REASON_BAD_FIELD, pointer, "must be the address of somebody in the call");
	return false;
}

/* Drawing needs a running call, the line that carries it, and the permit to annotate. */
static bool may_draw(struct deed *deed, const struct call *call, enum call_side mine)
{
	struct act *act = deed->act;
	const struct account *me = world_account_by_id(act->world, deed->who.account);
	const struct account *from = world_account_by_id(act->world, call->party[CALL_FROM].account);
	const struct account *to = world_account_by_id(act->world, call->party[CALL_TO].account);
	struct verdict verdict;

	if (call->state != CALL_TALKING || call->party[mine].line != deed->line) {
		deed_refuse(deed, REASON_CALL_STATE);
		return false;
	}
	if (call->annotate)
		return true;
	ask_pair(act, from, to, ACTION_ANNOTATE, &verdict);
	if (verdict.allowed)
		deed_refuse(deed, REASON_CALL_STATE);	/* it opened again meanwhile; a new call may draw */
	else
		deed_refuse_verdict(deed, me, from, account_address(to), ACTION_ANNOTATE, &verdict);
	return false;
}

/* A call in which this line may draw now; NULL: refused, the deed is over. */
static struct call *drawing_read(struct deed *deed, const char *const *keys, enum call_side *mine)
{
	struct call *call = call_read(deed, mine);

	return call && deed_only(deed, keys) && may_draw(deed, call, *mine) ? call : NULL;
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

static void tell_mark(struct call *call, const char *ev, const struct mark *mark)
{
	tell_both(call, NULL, json_pack("{s:s, s:s, s:o}", "ev", ev, "call", call->id, "mark", say_mark(call, mark)));
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
	struct call *call = drawing_read(deed, keys, &mark.by);
	int failed;

	if (!call)
		return;
	if (!mark_read(o, &mark, &text, points, &err)) {
		refuse_read(deed, &err);
		return;
	}
	if (!picture_read(deed, o, "/mark/of", call, &mark.of))
		return;
	failed = marks_add(&call->marks, &mark, text, points, &added);
	if (failed == -EEXIST || failed == -ENOSPC) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "/mark/id", failed == -EEXIST ? "was used before" : "there are too many marks; take some away");
		return;
	}
	if (failed) {
		deed_fault(deed, failed, "mark.add");
		return;
	}
	tell_mark(call, "mark", added);
	deed_ok(deed, json_pack("{s:o, s:o}", "mark", say_mark(call, added), "steps", say_steps(call, mark.by)));
}

/* The caller's own shown mark with the id at `path`; NULL: refused. */
static struct mark *own_read(struct deed *deed, struct call *call, enum call_side mine, json_t *id, const char *path)
{
	struct mark *mark = json_is_string(id) ? marks_find(&call->marks, mine, json_string_value(id)) : NULL;

	if (!mark)
		deed_refuse_field(deed, json_is_string(id) ? REASON_NOT_FOUND : REASON_BAD_FIELD, path, "must be the id of a mark of one's own");
	return mark;
}

void act_mark_change(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "call", "mark", NULL }, *const parts[] = { "id", "points", "text", NULL };
	json_t *o = json_object_get(deed->args, "mark"), *given = json_object_get(o, "points"), *named = json_object_get(o, "text");
	struct mark_point points[LIMIT_MARK_POINTS];
	enum call_side mine;
	struct call *call = drawing_read(deed, keys, &mine);
	struct mark *mark = call ? own_read(deed, call, mine, json_object_get(o, "id"), "/mark/id") : NULL;
	const char *text;
	struct json_err err;
	size_t n = 0;

	if (!mark)
		return;
	if (!json_only(o, "/mark", parts, &err) || (given && !points_read(given, mark->kind, points, &n, &err)) || !text_read(named, mark->kind, &text, &err)) {
		refuse_read(deed, &err);
		return;
	}
	if (given && (mark != marks_newest(&call->marks, mine) || n != mark->n_points)) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "/mark/points", n != mark->n_points ? "must be as many as before" : "only one's newest mark can be moved");
		return;
	}
	if (named && mark_name(mark, text)) {
		deed_fault(deed, -ENOMEM, "mark.change");
		return;
	}
	if (given)
		mark_place(mark, points);
	tell_mark(call, "remark", mark);
	deed_ok(deed, json_pack("{s:o}", "mark", say_mark(call, mark)));
}

/* What a step turned over: ids of those taken away, and those shown again. */
struct turned {
	struct call *call;
	json_t *gone;
};

static void on_turned(const struct mark *mark, void *arg)
{
	struct turned *turned = arg;

	if (mark->shown)
		tell_mark(turned->call, "mark", mark);
	else
		json_array_append_new(turned->gone, json_string(mark->id));
}

/* Both hear what went, and the asker how far one can go back and forth now. */
static void turned_tell(struct deed *deed, struct turned *turned, enum call_side mine)
{
	struct call *call = turned->call;

	if (json_array_size(turned->gone))
		tell_both(call, NULL, json_pack("{s:s, s:s, s:O}", "ev", "unmark", "call", call->id, "ids", turned->gone));
	json_decref(turned->gone);
	deed_ok(deed, json_pack("{s:o}", "steps", say_steps(call, mine)));
}

void act_mark_undo(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "call", NULL };
	enum call_side mine;
	struct turned turned = { .call = drawing_read(deed, keys, &mine) };

	if (!turned.call)
		return;
	turned.gone = json_array();
	marks_undo(&turned.call->marks, mine, on_turned, &turned);
	turned_tell(deed, &turned, mine);
}

void act_mark_redo(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "call", NULL };
	enum call_side mine;
	struct turned turned = { .call = drawing_read(deed, keys, &mine) };

	if (!turned.call)
		return;
	turned.gone = json_array();
	marks_redo(&turned.call->marks, mine, on_turned, &turned);
	turned_tell(deed, &turned, mine);
}

void act_mark_delete(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "call", "mark", NULL };
	enum call_side mine;
	struct turned turned = { .call = drawing_read(deed, keys, &mine) };
	struct mark *mark = turned.call ? own_read(deed, turned.call, mine, json_object_get(deed->args, "mark"), "/mark") : NULL;

	if (!mark)
		return;
	turned.gone = json_array();
	marks_remove(&turned.call->marks, mark, on_turned, &turned);
	turned_tell(deed, &turned, mine);
}

void act_mark_clear(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "call", NULL };
	enum call_side mine;
	struct turned turned = { .call = drawing_read(deed, keys, &mine) };

	if (!turned.call)
		return;
	turned.gone = json_array();
	marks_clear(&turned.call->marks, mine, on_turned, &turned);
	turned_tell(deed, &turned, mine);
}

void act_point(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "call", "of", "at", NULL };
	json_t *at = json_object_get(deed->args, "at");
	double point[2] = { 0 };
	enum call_side mine, of;
	struct call *call = call_read(deed, &mine);

	if (!call || !deed_only(deed, keys) || !may_draw(deed, call, mine) || !picture_read(deed, deed->args, "/of", call, &of))
		return;
	if (!json_is_null(at) && !point_read(at, point)) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "/at", "must be a point of fractions from 0 to 1, or null");
		return;
	}
	/* Above the budget the newest is dropped, but never the farewell. */
	if (call_point(call, mine, clock_mono_ms()) || json_is_null(at))
		tell_both(call, deed->line, json_pack("{s:s, s:s, s:s, s:s, s:O}", "ev", "point", "call", call->id, "by", call->party[mine].address,
			"of", call->party[of].address, "at", at));
	deed_ok(deed, json_object());
}
