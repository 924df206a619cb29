/**
 * @file live/mark.h  What people drew in a call, in order, and each one's steps to undo and redo. Bounded. Who may draw is
 * decided in act. People are known by their seats in the call.
 *
 * A step of a person is one mark added, or some taken away. A mark that was taken away is kept while a step can bring it back.
 */
#pragma once
#include "base/limits.h"
#include "base/list.h"

#include <stdbool.h>
#include <stdint.h>

enum mark_kind { MARK_ARROW, MARK_INK, MARK_CIRCLE, MARK_STEP, MARK_KINDS };

/** The kind's name in the protocol. */
const char *mark_kind_name(enum mark_kind kind);

/** Where on the picture, in ten-thousandths of its width and height; and how hard the pen was pressed, in those of its most. */
enum { MARK_WHOLE = 10000, MARK_NO_PRESSURE = UINT16_MAX };
struct mark_point {
	uint16_t u;
	uint16_t v;
	uint16_t pressure;		/* or MARK_NO_PRESSURE */
};

/** One annotation. Owned by its struct marks. */
struct mark {
	struct list node;
	char id[65];
	enum mark_kind kind;
	unsigned by;			/* a seat */
	unsigned of;			/* whose picture: a seat */
	uint32_t seq;			/* order of arrival: 1, 2, 3 … in the call */
	unsigned number;		/* of a MARK_STEP, over all people; else 0 */
	char *text;			/* of a MARK_STEP; NULL: none */
	bool shown;			/* false: taken away, but a step can bring it back */
	unsigned added;			/* the step of its owner that added it */
	unsigned removed;		/* the last one that took it away; 0: none */
	size_t n_points;		/* 1 to LIMIT_MARK_POINTS */
	struct mark_point points[];
};

/** A person's steps: [first, done) can be undone, [done, end) redone. */
struct mark_steps {
	unsigned first;
	unsigned done;
	unsigned end;
	bool adds[LIMIT_MARK_STEPS];	/* by step % LIMIT_MARK_STEPS: it added a mark; else it took some away */
};

struct marks {
	struct list list;		/* all that are kept, by seq */
	size_t n;
	size_t n_points;
	uint32_t seq;
	struct mark_steps steps[LIMIT_CALL_SEATS];	/* by seat */
};

/** Told of each mark that a step showed or took away. */
typedef void (*mark_changed)(const struct mark *mark, void *arg);

void marks_init(struct marks *marks);
void marks_release(struct marks *marks);

/**
 * Add a mark: id, kind, by, of, the text (or NULL) and the n_points points are copied, the rest is given to it. What its owner undid
 * is forgotten. 0 and *added, or with nothing changed -EEXIST (the id is in use), -ENOSPC (too many marks or points are shown) or -ENOMEM.
 */
int marks_add(struct marks *marks, const struct mark *mark, const char *text, const struct mark_point *points, const struct mark **added);

/** A shown mark of this seat; NULL when there is none. */
struct mark *marks_find(struct marks *marks, unsigned by, const char *id);
/** The newest shown mark of a seat. */
struct mark *marks_newest(struct marks *marks, unsigned by);
/** Put as many points, or a text (NULL: none), in place of a mark's own. The text is copied: 0 or -ENOMEM. */
void mark_place(struct mark *mark, const struct mark_point *points);
int mark_name(struct mark *mark, const char *text);

/** Take away one mark of its seat, or all of them, as one step. `changed` hears every one; the count is returned. */
size_t marks_remove(struct marks *marks, struct mark *mark, mark_changed changed, void *arg);
size_t marks_clear(struct marks *marks, unsigned by, mark_changed changed, void *arg);
/** Take back a seat's last step, or do it again. False when there is none. */
bool marks_undo(struct marks *marks, unsigned by, mark_changed changed, void *arg);
bool marks_redo(struct marks *marks, unsigned by, mark_changed changed, void *arg);

/** How many steps can be taken back, and done again. */
unsigned marks_undoable(const struct marks *marks, unsigned by);
unsigned marks_redoable(const struct marks *marks, unsigned by);
