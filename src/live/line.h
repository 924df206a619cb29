/** @file live/line.h  Lines: connected endpoints of accounts, and who watches whose presence. Decides nothing. */
#pragma once
#include "base/id.h"
#include "base/list.h"
#include "base/str.h"

#include <jansson.h>
#include <stdint.h>

/** How an edge reaches its endpoint. `send` may fail (a slow reader): the edge then closes and calls line_close itself, later. */
struct line_ops {
	bool (*send)(void *arg, struct str frame);
	void (*close)(void *arg, int code);
};

/** What a person says of himself. Kept by these numbers. */
enum status { STATUS_AVAILABLE, STATUS_BUSY, STATUS_AWAY };

/** All lines of the process. */
struct lines {
	struct list all;
	struct endpoint **table;	/* by account */
	size_t n, cap;
};

/** An account as far as it is connected or watched. Owned by struct lines; goes when nobody needs it. */
struct endpoint {
	int64_t account;
	struct list lines;
	struct list watchers;		/* struct watch */
	struct list parties;		/* struct party: its places in live calls; they keep the endpoint */
	enum status status;		/* chosen by the person; set by act with the first line */
	int64_t place_window;		/* monotonic minute of the tries to call */
	unsigned placed;		/* tries in it */
	struct endpoint *chain;
};

/** One line. Owned by struct lines, from line_open to line_close. */
struct line {
	struct list node;		/* of its endpoint */
	struct list everywhere;		/* of struct lines */
	struct endpoint *endpoint;
	char id[ID_CHARS + 1];
	int64_t session;
	int64_t cursor;			/* newest pos told */
	int64_t told;			/* events numbered so far */
	bool ready;			/* hello was answered: events may go */
	bool idle;			/* nobody touches this device */
	bool doubted;			/* a rule of signing in came over it: looked at when its calls are over */
	struct watch *watches;		/* array of n_watches */
	size_t n_watches;
	const struct line_ops *ops;
	void *arg;
};

/** One line's interest in one account's presence. */
struct watch {
	struct list node;		/* of the target's watchers; in none when the address is nobody's */
	struct line *line;
	struct endpoint *target;
	char address[324];
	int state;			/* what was told last: enum presence */
};

/** The closing codes of a line whose session is over, of one whose person must do something first, and of one that another line follows. */
enum { LINE_SESSION_ENDED = 4401, LINE_FACTOR_REQUIRED = 4403, LINE_REPLACED = 4409 };

enum presence { PRESENCE_UNTOLD, PRESENCE_OFFLINE, PRESENCE_AVAILABLE, PRESENCE_IN_CALL, PRESENCE_BUSY, PRESENCE_AWAY };

void lines_init(struct lines *lines);
/** All lines must be closed. */
void lines_release(struct lines *lines);

/** A new line, not ready yet. NULL when memory is out. */
struct line *line_open(struct lines *lines, int64_t account, int64_t session, const struct line_ops *ops, void *arg);

/** Forget a line; its endpoint goes with the last of it. */
void line_close(struct lines *lines, struct line *line);

/** The endpoint of an account; NULL when it has neither line, watcher nor call. */
struct endpoint *endpoint_find(const struct lines *lines, int64_t account);
/** Find or make; NULL when memory is out. */
struct endpoint *endpoint_need(struct lines *lines, int64_t account);
/** Call after taking something away from an endpoint: frees it when nothing holds it. */
void endpoint_drop(struct lines *lines, struct endpoint *endpoint);

/** The account's presence, before anybody's permission. */
enum presence endpoint_presence(const struct endpoint *endpoint);
size_t endpoint_lines(const struct endpoint *endpoint);

/** Number the event, send it, free it. NULL is a gap in the numbers. A line that is not ready hears nothing. */
void line_tell(struct line *line, json_t *event);

/** The same for an event with one object that is text already, as what many lines hear is written once: {"ev": ev, ev: object, "n": …}. */
void line_tell_text(struct line *line, const char *ev, struct str object);

/** Say goodbye (`bye`) and have the edge close it; line_close follows from there, later. */
void line_end(struct line *line, const char *reason, int code);

/** Replace what a line watches: `n` addresses with their accounts (0: nobody's). 0 or -ENOMEM (then it watches nothing). */
int line_watch(struct lines *lines, struct line *line, const struct str *addresses, const int64_t *accounts, size_t n);
