/**
 * @file live/call.h  One call: its parties, and a pair for each two of them. Two people are a call with one pair. States and
 * marks are kept here; who may call whom is decided in act.
 */
#pragma once
#include "base/buf.h"
#include "base/id.h"
#include "base/limits.h"
#include "live/line.h"
#include "live/mark.h"
#include "live/permit.h"

/** Zero is no state. */
enum call_state { CALL_NONE, CALL_RINGING, CALL_TALKING, CALL_ENDED, CALL_STATES };
enum call_event { CALL_EV_ANSWER, CALL_EV_END, CALL_EVENTS };

/** Somebody in it. Who places a call is talking from the start. */
enum party_state { PARTY_NONE, PARTY_RINGING, PARTY_TALKING, PARTY_HELD, PARTY_GONE, PARTY_STATES };
enum party_event { PARTY_EV_RING, PARTY_EV_JOIN, PARTY_EV_TAKE, PARTY_EV_HOLD, PARTY_EV_RESUME, PARTY_EV_LEAVE, PARTY_EVENTS };

/** The seats of who placed it and of who was called. Later ones are of those who were added, in this order. */
enum { CALL_FROM, CALL_TO };

struct call;

/** A rule that ended something, while it is told. Everything borrowed. */
struct call_stop {
	const struct verdict *verdict;
	enum action action;
	struct str from, to;		/* of the ask */
};

/** One person of a call, on one seat from the moment it rings for him until the call is forgotten. Owned by the call. */
struct party {
	struct list node;		/* of its endpoint's, until it is gone */
	struct call *call;
	unsigned seat;
	unsigned asked_by;		/* the seat that called or added him; his own for who placed the call */
	enum party_state state;
	int64_t account;
	char address[324];
	int64_t session;		/* the session that carries it; 0 before the answer */
	struct line *line;		/* the line that carries it; NULL while it is away */
	int64_t away_since;		/* monotonic ms; 0: not away */
	bool unheard;			/* it only seems to ring: he is busy, and who asked may not know */
	bool muted, camera;		/* what his page says of his microphone and his camera */
	bool frozen;			/* he draws on a still of another's picture */
	int64_t still;			/* monotonic ms, when he last asked for a sharp picture; 0: never */
	bool leaving;			/* he is gone, and will be told so in a moment */
	int64_t rung;			/* monotonic ms */
	time_ms_t asked;		/* the same, by the wall clock */
	time_ms_t since;		/* wall clock of his own answer; 0 before */
	enum reason why;		/* of his end */
	enum reason why_admin;		/* as much of it as his admins may know */
	int ended_by;			/* a seat, or -1: nobody */
	const struct call_stop *stop;	/* the rule that ended it, while it is told; else NULL */
	int64_t point_window;		/* monotonic second of the pointer's budget */
	unsigned points;		/* pointer moves in it */
};

/** What may pass between two parties. Owned by the call. */
struct pair {
	struct list node;		/* of the call's pairs */
	struct call *call;
	unsigned seat[2];		/* the lower first: its end 0 */
	bool open;			/* false: nothing passes yet, or any more */
	bool barred;			/* a rule closed it */
	bool video;			/* video is allowed in it */
	bool annotate;
	enum route route;		/* by which the two were joined */
	enum reason why[2];		/* of its closing, as much as each end may know */
	void *media;			/* act's side of it: the relay pair and the descriptions */
	unsigned n_permits;
	struct permit permits[];	/* act knows which is which */
};

struct call {
	struct list node;		/* of the live calls, or of the ended ones */
	struct list unkept;		/* of those that changed since they were kept */
	char id[ID_CHARS + 1];
	enum call_state state;
	struct party *party[LIMIT_CALL_SEATS];	/* by seat; NULL: free */
	unsigned n_parties;		/* seats taken */
	unsigned host;			/* the seat that may remove others */
	unsigned stage;			/* the technician's seat: whose picture is on stage first */
	bool wants_video;		/* it was placed with video */
	struct list pairs;
	struct marks marks;
	struct buf drawn;		/* what was drawn and taken away, with times: JSON objects with commas between; bounded */
	time_ms_t since;		/* wall clock of the first answer; 0 before */
	int64_t ended;			/* monotonic ms */
	time_ms_t died;			/* by the wall clock, of one that the server did not outlive; 0: its end is now */
	enum reason why;		/* of the end of the whole call */
	char ended_for[LIMIT_NAME_CHARS * 4 + 1]; /* the id of the tenant whose admin ended it; "" nobody's, or the operator did */
};

/** A new call in CALL_RINGING without parties; NULL when memory is out. The caller owns it. */
struct call *call_new(void);
/** Free parties, pairs, marks and call; permits must be released, media freed, and parties off their endpoints. */
void call_free(struct call *call);

/** The one assignment of state. False when the event does not fit the state: nothing changes. */
bool call_step(struct call *call, enum call_event event);

/** The next free seat for an account; NULL when all are taken or memory is out. Its state is PARTY_NONE. */
struct party *call_seat(struct call *call, int64_t account, struct str address);
/** Give back the seat that was taken last, of somebody who is in no pair. */
void call_unseat(struct call *call);
/** The one assignment of a party's state. False when the event does not fit: nothing changes. */
bool party_step(struct party *party, enum party_event event);
/** The seat of an account; NULL when it has none. */
struct party *call_party(const struct call *call, int64_t account);
/** Does it ring for him, or is he in it? */
bool party_live(const struct party *party);
/** Is he in it, on hold or not? */
bool party_present(const struct party *party);
/** Whom he is with: who asked him (for who placed it: whom he called) while that one is there, else the first one who is. */
struct party *party_opposite(const struct party *party);
/** How many parties are live, or present. */
unsigned call_live(const struct call *call);
unsigned call_present(const struct call *call);

/** A closed pair of two seats, with room for so many permits; NULL when memory is out. */
struct pair *pair_new(struct call *call, unsigned a, unsigned b, unsigned n_permits);
/** Take it out of the call and free it; media must be freed, and permits released. */
void pair_free(struct pair *pair);
/** The pair of two seats, the newest when they met several times; NULL when there is none. */
struct pair *call_pair(const struct call *call, unsigned a, unsigned b);
/** Which end of the pair the seat is: 0 or 1. */
unsigned pair_end(const struct pair *pair, unsigned seat);
/** The party at one end, and the one that sits opposite of a seat. */
struct party *pair_party(const struct pair *pair, unsigned end);
struct party *pair_other(const struct pair *pair, unsigned seat);

/** Count one try to call somebody; false when the account has used up LIMIT_CALLS_PER_MINUTE. */
bool call_try(struct endpoint *endpoint, int64_t now);

/** Count one pointer move; false when the party has used up LIMIT_POINTS_PER_SECOND. */
bool party_point(struct party *party, int64_t now);
