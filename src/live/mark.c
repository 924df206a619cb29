/** @file live/mark.c  The marks of a call and the steps that made them. */
#include "live/mark.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *mark_kind_name(enum mark_kind kind)
{
	static const char *const names[MARK_KINDS] = { [MARK_ARROW] = "arrow", [MARK_INK] = "ink", [MARK_CIRCLE] = "circle", [MARK_STEP] = "step" };

	return names[kind];
}

void marks_init(struct marks *marks)
{
	*marks = (struct marks){ 0 };
	list_init(&marks->list);
	for (unsigned seat = 0; seat < LIMIT_CALL_SEATS; seat++)
		marks->steps[seat].first = marks->steps[seat].done = marks->steps[seat].end = 1;
}

static void mark_free(struct marks *marks, struct mark *mark)
{
	list_del(&mark->node);
	marks->n--;
	marks->n_points -= mark->n_points;
	free(mark->text);
	free(mark);
}

void marks_release(struct marks *marks)
{
	list_each (&marks->list, node, after)
		mark_free(marks, list_entry(node, struct mark, node));
}

/* Whether some step of its owner can bring the mark back. */
static bool mark_reachable(const struct mark *mark, const struct mark_steps *steps)
{
	bool undone = mark->added >= steps->done && mark->added < steps->end;
	bool taken = mark->removed >= steps->first && mark->removed < steps->done;

	return mark->shown || undone || taken;
}

/* Behind a change of what can be undone or redone. */
static void steps_sweep(struct marks *marks, unsigned by)
{
	const struct mark_steps *steps = &marks->steps[by];

	list_each (&marks->list, node, after) {
		struct mark *mark = list_entry(node, struct mark, node);

		if (mark->by != by)
			continue;
		if (!mark_reachable(mark, steps))
			mark_free(marks, mark);
		else if (mark->removed >= steps->end)
			mark->removed = 0;	/* that number is the next step's */
	}
}

/* A new step: what was undone can't be done again, and the oldest step goes when there are too many. */
static unsigned step_new(struct marks *marks, unsigned by, bool adds)
{
	struct mark_steps *steps = &marks->steps[by];

	steps->end = steps->done;
	if (steps->end - steps->first == LIMIT_MARK_STEPS)
		steps->first++;
	steps_sweep(marks, by);
	steps->adds[steps->end % LIMIT_MARK_STEPS] = adds;
	steps->end = ++steps->done;
	return steps->done - 1;
}

static bool fits(const struct marks *marks, size_t n, size_t n_points, const struct mark *mark)
{
	return marks->n - n < LIMIT_MARKS_PER_CALL && marks->n_points - n_points + mark->n_points <= LIMIT_MARK_POINTS_PER_CALL;
}

/* Forget steps, oldest first, until the mark fits: its owner's, then the others'. False, with nothing forgotten, when that can't help. */
static bool room_make(struct marks *marks, const struct mark *mark)
{
	size_t n = 0, n_points = 0;

	list_each (&marks->list, node, after) {
		const struct mark *old = list_entry(node, struct mark, node);

		n += !old->shown;
		n_points += old->shown ? 0 : old->n_points;
	}
	if (!fits(marks, n, n_points, mark))
		return false;
	for (unsigned turn = 0; turn < LIMIT_CALL_SEATS; turn++) {
		unsigned seat = (mark->by + turn) % LIMIT_CALL_SEATS;
		struct mark_steps *steps = &marks->steps[seat];

		while (!fits(marks, 0, 0, mark) && (steps->end > steps->done || steps->first < steps->done)) {
			if (steps->end > steps->done)
				steps->end = steps->done;
			else
				steps->first++;
			steps_sweep(marks, seat);
		}
	}
	assert(fits(marks, 0, 0, mark));
	return true;
}

static unsigned number_next(const struct marks *marks)
{
	unsigned highest = 0;

	list_each (&marks->list, node, after) {
		const struct mark *mark = list_entry(node, struct mark, node);

		if (mark->shown && mark->number > highest)
			highest = mark->number;
	}
	return highest + 1;
}

static bool id_used(const struct marks *marks, const char *id)
{
	list_each (&marks->list, node, after)
		if (strcmp(list_entry(node, struct mark, node)->id, id) == 0)
			return true;
	return false;
}

static struct mark *mark_copy(const struct mark *mark, const char *text, const struct mark_point *points)
{
	struct mark *own = calloc(1, sizeof *own + mark->n_points * sizeof *points);

	if (!own)
		return NULL;
	memcpy(own->id, mark->id, sizeof own->id);
	own->kind = mark->kind;
	own->by = mark->by;
	own->of = mark->of;
	own->n_points = mark->n_points;
	mark_place(own, points);
	if (mark_name(own, text)) {
		free(own);
		return NULL;
	}
	return own;
}

int marks_add(struct marks *marks, const struct mark *mark, const char *text, const struct mark_point *points, const struct mark **added)
{
	struct mark *own;

	assert(mark->n_points > 0 && mark->n_points <= LIMIT_MARK_POINTS);
	if (id_used(marks, mark->id))
		return -EEXIST;
	own = mark_copy(mark, text, points);
	if (!own)
		return -ENOMEM;
	if (!room_make(marks, own)) {
		free(own->text);
		free(own);
		return -ENOSPC;
	}
	own->added = step_new(marks, own->by, true);
	own->shown = true;
	own->seq = ++marks->seq;
	own->number = own->kind == MARK_STEP ? number_next(marks) : 0;
	list_add(&marks->list, &own->node);
	marks->n++;
	marks->n_points += own->n_points;
	*added = own;
	return 0;
}

struct mark *marks_find(struct marks *marks, unsigned by, const char *id)
{
	list_each (&marks->list, node, after) {
		struct mark *mark = list_entry(node, struct mark, node);

		if (mark->shown && mark->by == by && strcmp(mark->id, id) == 0)
			return mark;
	}
	return NULL;
}

struct mark *marks_newest(struct marks *marks, unsigned by)
{
	for (struct list *node = marks->list.prev; node != &marks->list; node = node->prev) {
		struct mark *mark = list_entry(node, struct mark, node);

		if (mark->shown && mark->by == by)
			return mark;
	}
	return NULL;
}

void mark_place(struct mark *mark, const struct mark_point *points)
{
	memcpy(mark->points, points, mark->n_points * sizeof *points);
}

int mark_name(struct mark *mark, const char *text)
{
	char *own = text ? strdup(text) : NULL;

	if (text && !own)
		return -ENOMEM;
	free(mark->text);
	mark->text = own;
	return 0;
}

static void mark_hide(struct mark *mark, mark_changed changed, void *arg)
{
	mark->shown = false;
	changed(mark, arg);
}

/* Two steps never have one number: who comes back to a taken one gets the next. */
static void mark_show(struct marks *marks, struct mark *mark, mark_changed changed, void *arg)
{
	list_each (&marks->list, node, after) {
		const struct mark *other = list_entry(node, struct mark, node);

		if (mark->number && other->shown && other->number == mark->number) {
			mark->number = number_next(marks);
			break;
		}
	}
	mark->shown = true;
	changed(mark, arg);
}

size_t marks_remove(struct marks *marks, struct mark *mark, mark_changed changed, void *arg)
{
	assert(mark->shown);
	mark->removed = step_new(marks, mark->by, false);
	mark_hide(mark, changed, arg);
	return 1;
}

size_t marks_clear(struct marks *marks, unsigned by, mark_changed changed, void *arg)
{
	unsigned step;
	size_t n = 0;

	if (!marks_newest(marks, by))
		return 0;
	step = step_new(marks, by, false);
	list_each (&marks->list, node, after) {
		struct mark *mark = list_entry(node, struct mark, node);

		if (!mark->shown || mark->by != by)
			continue;
		mark->removed = step;
		mark_hide(mark, changed, arg);
		n++;
	}
	return n;
}

/* Turn over the marks of one step: its own mark when it added one, else those that it took away. */
static void step_turn(struct marks *marks, unsigned by, unsigned step, bool redo, mark_changed changed, void *arg)
{
	bool adds = marks->steps[by].adds[step % LIMIT_MARK_STEPS];

	list_each (&marks->list, node, after) {
		struct mark *mark = list_entry(node, struct mark, node);

		if (mark->by != by || (adds ? mark->added : mark->removed) != step)
			continue;
		assert(mark->shown == (adds != redo));
		if (adds == redo)
			mark_show(marks, mark, changed, arg);
		else
			mark_hide(mark, changed, arg);
	}
}

bool marks_undo(struct marks *marks, unsigned by, mark_changed changed, void *arg)
{
	struct mark_steps *steps = &marks->steps[by];

	if (steps->done == steps->first)
		return false;
	step_turn(marks, by, --steps->done, false, changed, arg);
	return true;
}

bool marks_redo(struct marks *marks, unsigned by, mark_changed changed, void *arg)
{
	struct mark_steps *steps = &marks->steps[by];

	if (steps->done == steps->end)
		return false;
	step_turn(marks, by, steps->done++, true, changed, arg);
	return true;
}

unsigned marks_undoable(const struct marks *marks, unsigned by)
{
	return marks->steps[by].done - marks->steps[by].first;
}

unsigned marks_redoable(const struct marks *marks, unsigned by)
{
	return marks->steps[by].end - marks->steps[by].done;
}
