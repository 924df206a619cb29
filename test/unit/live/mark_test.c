/** @file live/mark_test.c  Marks in order, steps back and forth, and their bounds; then any steps at all against a plain model. */
#include "live/mark.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Two seats. */
enum { CALL_FROM, CALL_TO };

static const struct mark_point dots[LIMIT_MARK_POINTS] = { { 1, 2, MARK_NO_PRESSURE }, { 3, 4, 5 } };

static int add_sized(struct marks *marks, unsigned by, enum mark_kind kind, const char *id, size_t n_points)
{
	struct mark mark = { .by = by, .of = CALL_FROM, .kind = kind, .n_points = n_points };
	const struct mark *added;

	snprintf(mark.id, sizeof mark.id, "%s", id);
	return marks_add(marks, &mark, NULL, dots, &added);
}

static void add(struct marks *marks, unsigned by, const char *id)
{
	assert_int_equal(add_sized(marks, by, MARK_ARROW, id, 2), 0);
}

static void ignore(const struct mark *mark, void *arg)
{
	(void)mark;
	(void)arg;
}

/* The shown marks' ids in order, with steps' numbers. */
static const char *shown(const struct marks *marks)
{
	static char text[8192];
	size_t n = 0;

	text[0] = '\0';
	list_each (&marks->list, node, after) {
		const struct mark *mark = list_entry(node, struct mark, node);

		if (mark->shown && mark->number)
			n += (size_t)snprintf(text + n, sizeof text - n, "%s#%u ", mark->id, mark->number);
		else if (mark->shown)
			n += (size_t)snprintf(text + n, sizeof text - n, "%s ", mark->id);
	}
	return text;
}

static bool undo(struct marks *marks, unsigned by)
{
	return marks_undo(marks, by, ignore, NULL);
}

static bool redo(struct marks *marks, unsigned by)
{
	return marks_redo(marks, by, ignore, NULL);
}

static void steps_go_back_and_forth(void **state)
{
	struct marks marks;

	(void)state;
	marks_init(&marks);
	assert_false(undo(&marks, CALL_FROM));
	add(&marks, CALL_FROM, "f1");
	add(&marks, CALL_TO, "t1");
	add(&marks, CALL_FROM, "f2");
	assert_int_equal(marks_remove(&marks, marks_find(&marks, CALL_FROM, "f1"), ignore, NULL), 1);
	assert_string_equal(shown(&marks), "t1 f2 ");
	add(&marks, CALL_FROM, "f3");
	assert_int_equal(marks_clear(&marks, CALL_FROM, ignore, NULL), 2);
	assert_int_equal(marks_clear(&marks, CALL_FROM, ignore, NULL), 0);
	assert_string_equal(shown(&marks), "t1 ");
	assert_int_equal(marks_undoable(&marks, CALL_FROM), 5);
	/* Back: the clearing, f3, the deletion; what comes back stands where it stood. */
	assert_true(undo(&marks, CALL_FROM));
	assert_string_equal(shown(&marks), "t1 f2 f3 ");
	assert_true(undo(&marks, CALL_FROM) && undo(&marks, CALL_FROM));
	assert_string_equal(shown(&marks), "f1 t1 f2 ");
	assert_true(redo(&marks, CALL_FROM));
	assert_string_equal(shown(&marks), "t1 f2 ");
	assert_true(redo(&marks, CALL_FROM) && redo(&marks, CALL_FROM));
	assert_string_equal(shown(&marks), "t1 ");
	assert_false(redo(&marks, CALL_FROM));
	assert_true(undo(&marks, CALL_TO));
	assert_string_equal(shown(&marks), "");
	marks_release(&marks);
}

static void a_new_mark_ends_redo(void **state)
{
	struct marks marks;

	(void)state;
	marks_init(&marks);
	add(&marks, CALL_FROM, "x");
	add(&marks, CALL_FROM, "y");
	assert_true(undo(&marks, CALL_FROM));
	/* While it can come back, its id is taken; the other's new mark takes nothing from it. */
	assert_int_equal(add_sized(&marks, CALL_TO, MARK_ARROW, "y", 2), -EEXIST);
	add(&marks, CALL_TO, "t");
	assert_int_equal(marks_redoable(&marks, CALL_FROM), 1);
	add(&marks, CALL_FROM, "z");
	assert_int_equal(marks_redoable(&marks, CALL_FROM), 0);
	assert_int_equal(marks.n, 3);
	add(&marks, CALL_TO, "y");
	assert_string_equal(shown(&marks), "x t z y ");
	marks_release(&marks);
}

static void only_ones_own_is_found(void **state)
{
	struct marks marks;

	(void)state;
	marks_init(&marks);
	add(&marks, CALL_FROM, "f");
	add(&marks, CALL_TO, "t");
	assert_null(marks_find(&marks, CALL_FROM, "t"));
	assert_string_equal(marks_newest(&marks, CALL_FROM)->id, "f");
	marks_remove(&marks, marks_find(&marks, CALL_FROM, "f"), ignore, NULL);
	assert_null(marks_find(&marks, CALL_FROM, "f"));
	assert_null(marks_newest(&marks, CALL_FROM));
	marks_release(&marks);
}

static void steps_are_numbered_over_both(void **state)
{
	struct marks marks;

	(void)state;
	marks_init(&marks);
	assert_int_equal(add_sized(&marks, CALL_FROM, MARK_STEP, "a", 1), 0);
	assert_int_equal(add_sized(&marks, CALL_TO, MARK_STEP, "b", 1), 0);
	add(&marks, CALL_TO, "arrow");
	assert_string_equal(shown(&marks), "a#1 b#2 arrow ");
	marks_clear(&marks, CALL_FROM, ignore, NULL);
	marks_clear(&marks, CALL_TO, ignore, NULL);
	/* An empty picture begins again at 1; whose number was taken meanwhile gets the next. */
	assert_int_equal(add_sized(&marks, CALL_TO, MARK_STEP, "c", 1), 0);
	assert_string_equal(shown(&marks), "c#1 ");
	assert_true(undo(&marks, CALL_FROM));
	assert_string_equal(shown(&marks), "a#2 c#1 ");
	marks_release(&marks);
}

static void marks_are_named_and_moved(void **state)
{
	static const struct mark_point there = { 7, 8, MARK_NO_PRESSURE };
	struct marks marks;
	struct mark *mark;

	(void)state;
	marks_init(&marks);
	assert_int_equal(add_sized(&marks, CALL_FROM, MARK_STEP, "a", 1), 0);
	mark = marks_newest(&marks, CALL_FROM);
	assert_int_equal(mark_name(mark, "Shut this valve"), 0);
	assert_string_equal(mark->text, "Shut this valve");
	mark_place(mark, &there);
	assert_int_equal(mark->points[0].v, 8);
	assert_int_equal(mark_name(mark, NULL), 0);
	assert_null(mark->text);
	marks_release(&marks);
}

static void marks_are_bounded(void **state)
{
	struct marks marks;
	char id[65];

	(void)state;
	marks_init(&marks);
	for (unsigned i = 0; i < LIMIT_MARKS_PER_CALL; i++) {
		snprintf(id, sizeof id, "m%u", i);
		add(&marks, i % 2 ? CALL_TO : CALL_FROM, id);
	}
	assert_int_equal(add_sized(&marks, CALL_FROM, MARK_ARROW, "more", 2), -ENOSPC);
	assert_int_equal(marks_undoable(&marks, CALL_FROM), LIMIT_MARK_STEPS);	/* refused: nothing was forgotten */
	/* What was taken away makes room: it can't be brought back then. */
	assert_int_equal(marks_clear(&marks, CALL_TO, ignore, NULL), LIMIT_MARKS_PER_CALL / 2);
	add(&marks, CALL_FROM, "more");
	assert_int_equal(marks_undoable(&marks, CALL_TO), 0);
	assert_int_equal(marks.n, LIMIT_MARKS_PER_CALL / 2 + 1);
	marks_release(&marks);
}

static void points_are_bounded(void **state)
{
	struct marks marks;
	char id[65];

	(void)state;
	marks_init(&marks);
	for (unsigned i = 0; i < LIMIT_MARK_POINTS_PER_CALL / LIMIT_MARK_POINTS; i++) {
		snprintf(id, sizeof id, "m%u", i);
		assert_int_equal(add_sized(&marks, CALL_FROM, MARK_INK, id, LIMIT_MARK_POINTS), 0);
	}
	assert_int_equal(add_sized(&marks, CALL_TO, MARK_STEP, "more", 1), -ENOSPC);
	assert_true(undo(&marks, CALL_FROM));
	assert_int_equal(add_sized(&marks, CALL_TO, MARK_STEP, "more", 1), 0);
	assert_false(redo(&marks, CALL_FROM));
	marks_release(&marks);
}

/* The model: for each side its pictures, one behind every step, as sets of marks' numbers. */
enum { MOST = 64, TURNS = 4000 };
struct model {
	uint64_t pictures[MOST + 1];
	unsigned at, end;
};

static void model_step(struct model *model, uint64_t picture)
{
	model->pictures[++model->at] = picture;
	model->end = model->at;
}

static uint64_t picture_of(const struct marks *marks, unsigned by)
{
	uint64_t picture = 0;

	list_each (&marks->list, node, after) {
		const struct mark *mark = list_entry(node, struct mark, node);

		if (mark->shown && mark->by == by)
			picture |= UINT64_C(1) << atoi(mark->id + 1);
	}
	return picture;
}

static void play(struct marks *marks, struct model *model, unsigned by, unsigned turn, unsigned *made)
{
	uint64_t now = model->pictures[model->at];
	struct mark *newest = marks_newest(marks, by);
	char id[65];

	if (turn < 3 && *made < MOST && model->at < MOST) {
		snprintf(id, sizeof id, "%c%u", by ? 't' : 'f', *made);
		add(marks, by, id);
		model_step(model, now | UINT64_C(1) << (*made)++);
	} else if (turn == 3 && newest && model->at < MOST) {
		model_step(model, now & ~(UINT64_C(1) << atoi(newest->id + 1)));
		marks_remove(marks, newest, ignore, NULL);
	} else if (turn == 4 && model->at < MOST) {
		if (marks_clear(marks, by, ignore, NULL))
			model_step(model, 0);
	} else if (turn < 7) {
		assert_int_equal(undo(marks, by), model->at > 0);
		model->at -= model->at > 0;
	} else {
		assert_int_equal(redo(marks, by), model->at < model->end);
		model->at += model->at < model->end;
	}
}

static void any_steps_agree_with_the_model(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 20; seed++) {
		struct model models[2] = { 0 };
		unsigned made[2] = { 0 };
		uint32_t dice = seed;
		struct marks marks;

		marks_init(&marks);
		for (unsigned i = 0; i < TURNS; i++) {
			unsigned by;

			dice = dice * 1664525 + 1013904223;
			by = dice >> 31 ? CALL_TO : CALL_FROM;
			play(&marks, &models[by], by, (dice >> 24) % 9, &made[by]);
			for (unsigned side = 0; side < 2; side++) {
				assert_int_equal(picture_of(&marks, side), models[side].pictures[models[side].at]);
				assert_int_equal(marks_undoable(&marks, side), models[side].at);
				assert_int_equal(marks_redoable(&marks, side), models[side].end - models[side].at);
			}
		}
		marks_release(&marks);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_go_back_and_forth),
		cmocka_unit_test(a_new_mark_ends_redo),
		cmocka_unit_test(only_ones_own_is_found),
		cmocka_unit_test(steps_are_numbered_over_both),
		cmocka_unit_test(marks_are_named_and_moved),
		cmocka_unit_test(marks_are_bounded),
		cmocka_unit_test(points_are_bounded),
		cmocka_unit_test(any_steps_agree_with_the_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
