/** @file act/mark.c  Pointer, arrow and undo: attributed, ordered, kept with the call while it lasts. */
#include "act/media.h"

#include <errno.h>
#include <stdio.h>

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

static bool mark_read(struct deed *deed, const struct call *call, struct mark *mark)
{
	static const char *const keys[] = { "id", "of", "kind", "points", NULL };
	json_t *o = json_object_get(deed->args, "mark"), *points;
	struct str id, kind;
	struct json_err err;

	if (!json_only(o, "/mark", keys, &err) || !json_get_str(o, "/mark", "id", true, &id, &err) || !json_get_str(o, "/mark", "kind", true, &kind, &err)) {
		deed_refuse_field(deed, REASON_BAD_FIELD, err.path, err.why);
		return false;
	}
	if (id.n == 0 || id.n >= sizeof mark->id || strspn(id.p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != id.n) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "/mark/id", "takes 1 to 64 of A-Za-z0-9_-");
		return false;
	}
	if (!str_eq(kind, STR("arrow"))) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "/mark/kind", "must be arrow");
		return false;
	}
	points = json_object_get(o, "points");
	if (json_array_size(points) != 2 || !point_read(json_array_get(points, 0), mark->points[0]) || !point_read(json_array_get(points, 1), mark->points[1])) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "/mark/points", "must be two points of fractions from 0 to 1");
		return false;
	}
	snprintf(mark->id, sizeof mark->id, "%s", id.p);
	return picture_read(deed, o, "/mark/of", call, &mark->of);
}

void act_mark_add(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "call", "mark", NULL };
	struct mark mark = { 0 };
	enum call_side mine;
	struct call *call = call_read(deed, &mine);
	int err;

	if (!call || !deed_only(deed, keys) || !may_draw(deed, call, mine) || !mark_read(deed, call, &mark))
		return;
	mark.by = mine;
	err = call_mark_add(call, &mark);
	if (err == -EEXIST || err == -ENOSPC) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "/mark/id", err == -EEXIST ? "was used before" : "there are too many marks; undo some");
		return;
	}
	if (err) {
		deed_fault(deed, err, "mark.add");
		return;
	}
	deed_ok(deed, json_pack("{s:o}", "mark", say_mark(call, &mark)));
	tell_both(call, NULL, json_pack("{s:s, s:s, s:o}", "ev", "mark", "call", call->id, "mark", say_mark(call, &mark)));
}

void act_mark_undo(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "call", NULL };
	enum call_side mine;
	struct call *call = call_read(deed, &mine);
	char id[65];

	if (!call || !deed_only(deed, keys) || !may_draw(deed, call, mine))
		return;
	if (!call_mark_undo(call, mine, id)) {
		deed_ok(deed, json_pack("{s:n}", "id"));
		return;
	}
	deed_ok(deed, json_pack("{s:s}", "id", id));
	tell_both(call, NULL, json_pack("{s:s, s:s, s:s}", "ev", "unmark", "call", call->id, "id", id));
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
