/** @file live/call.h  One call of two people: its states, its parties, its marks. Who may call is decided in act. */
#pragma once
#include "base/id.h"
#include "base/limits.h"
#include "live/line.h"
#include "live/mark.h"
#include "live/permit.h"

/** Zero is no state. */
enum call_state { CALL_NONE, CALL_RINGING, CALL_TALKING, CALL_ENDED, CALL_STATES };
enum call_event { CALL_EV_ANSWER, CALL_EV_END, CALL_EVENTS };

/** One end of a call. */
struct party {
	int64_t account;
	char address[324];
	int64_t session;		/* the session that carries it; 0 before the answer */
	struct line *line;		/* the line that carries it; NULL while it is away */
	int64_t away_since;		/* monotonic ms; 0: not away */
};

struct call {
	struct list node;		/* of the live calls, or of the ended ones */
	char id[ID_CHARS + 1];
	enum call_state state;
	struct party party[2];		/* by enum call_side */
	enum call_side technician;	/* whose picture is on stage first */
	bool unheard;			/* it only seems to ring: the callee is busy, and the caller may not know */
	bool video;			/* video is allowed in it */
	bool annotate;
	struct permit permits[3];	/* call, video, annotate */
	struct marks marks;
	void *media;			/* act's side of it: the relay pair and the descriptions */
	int64_t placed;			/* monotonic ms */
	time_ms_t made;			/* the same, by the wall clock */
	enum route route;		/* by which the two were joined when it was placed */
	time_ms_t since;		/* wall clock of the answer; 0 before */
	int64_t ended;			/* monotonic ms */
	enum reason why;		/* of the end */
	enum reason told[2];		/* as much of it as each side's admins may know */
	int ended_by;			/* enum call_side, or -1: neither */
	struct verdict verdict;		/* that ended it, when a rule did */
	char ended_for[LIMIT_NAME_CHARS * 4 + 1]; /* the id of the tenant whose admin ended it; "" nobody's, or the operator did */
	int64_t point_window;		/* monotonic second of the pointer's budget */
	unsigned points[2];		/* pointer moves in it, by side */
};

/** A new call in CALL_RINGING; NULL when memory is out. The caller owns it. */
struct call *call_new(void);
/** Free marks and call; its permits must be released. */
void call_free(struct call *call);

/** The one assignment of state. False when the event does not fit the state: nothing changes. */
bool call_step(struct call *call, enum call_event event);

/** Which side this account is; the account must be a party. */
enum call_side call_side(const struct call *call, int64_t account);

/** Count one try to call somebody; false when the account has used up LIMIT_CALLS_PER_MINUTE. */
bool call_try(struct endpoint *endpoint, int64_t now);

/** Count one pointer move; false when the side has used up LIMIT_POINTS_PER_SECOND. */
bool call_point(struct call *call, enum call_side by, int64_t now);
