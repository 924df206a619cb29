/**
 * @file relay/board.h  The board: pairs, their legs, credentials and paths, and what is done with a datagram. No socket, no
 * thread, no clock: datagrams and the time (monotonic milliseconds) come in, datagrams go out through one function.
 * Adding and cutting are board.c, checks are check.c, media is forward.c, waiting handshakes are early.c.
 *
 * Memory: a leg takes about 1.3 kB, and what it grows: each credential up to 80 kB of seen ids (seen.h), and up to
 * 8 datagrams of early DTLS until its first check. The tables are sized for the most legs when the board is made.
 */
#pragma once
#include "base/limits.h"
#include "base/list.h"
#include "relay/flow.h"
#include "relay/relay.h"
#include "relay/seen.h"
#include "relay/stun.h"
#include "relay/table.h"

enum {
	LEG_GENERATIONS = 3,	/* credentials: the newest, and two that restarts have left behind */
	LEG_EARLY = 8,		/* datagrams of DTLS kept until the first check */
	RATE_BURST_MS = 200,
	PATH_QUIET_MS = 1000,	/* a selected path so long silent gives way */
	CONSENT_MS = 30000,	/* RFC 7675 section 5.1 */
	RETIRE_MS = 30000,	/* credentials after a restart */
	FORGET_MS = 30000,	/* a pair after its cut */
};

/** An address that a valid check came from. A free place has no leg. */
struct path {
	struct table_node node;		/* in board->paths, by flow */
	struct leg *leg;
	struct flow flow;
	int64_t heard_at;		/* the last check or media */
	int64_t checked_at;		/* the last valid check: its consent */
};

/** One generation of a leg's credentials. A free place has no leg. */
struct credential {
	struct table_node node;		/* in board->credentials, by ufrag */
	struct list retiring;		/* in board->retiring while older than the newest */
	struct leg *leg;
	struct relay_cred text;
	struct seen seen;
	int64_t until;			/* when retiring */
};

/** A datagram of DTLS that waits. */
struct early {
	uint8_t *p;
	size_t n;
};

struct leg {
	struct pair *pair;
	struct credential credentials[LEG_GENERATIONS];
	unsigned newest;		/* index in credentials */
	struct path paths[LIMIT_PATHS_PER_LEG];
	struct path *selected;		/* where to send; NULL before the first check */
	struct relay_types types;
	uint64_t rate;			/* bytes a second, 0: no limit */
	uint64_t tokens;		/* thousandths of a byte */
	int64_t refilled_at;
	struct early early[LEG_EARLY];
	unsigned n_early;
	struct relay_counters counters;
};

struct pair {
	struct table_node node;		/* in board->pairs, by id */
	relay_pair id;
	struct leg legs[2];
	struct list ending;		/* in board->live, or in board->ended once cut */
	bool cut;
	int64_t forget_at;		/* when cut */
};

/** Send n bytes at p over the flow. The bytes are the callee's to copy. */
typedef void board_send_f(void *arg, const struct flow *flow, const void *p, size_t n);

/** No leg is heard over this TCP connection any more: close it, later. */
typedef void board_leave_f(void *arg, const struct flow *flow);

struct board {
	uint8_t key[16];		/* of every hash: nobody outside can aim at a chain */
	struct table pairs, credentials, paths;
	struct list live, ended, retiring;	/* the last two oldest first */
	unsigned most_pairs, n_live, n_ended;
	relay_pair last_id;
	struct relay_totals totals;
	board_send_f *send;
	board_leave_f *leave;
	void *out_arg;			/* of both */
};

/** Make an empty board for so many legs. 0 or -ENOMEM. */
int board_init(struct board *board, unsigned legs, board_send_f *send, board_leave_f *leave, void *out_arg);

/** Free everything. */
void board_release(struct board *board);

/** What relay.h says of relay_pair_add and so on. */
int board_pair_add(struct board *board, const struct relay_cred cred[2], relay_pair *id);
void board_pair_cut(struct board *board, int64_t now, relay_pair id);
void board_leg_restart(struct board *board, int64_t now, relay_pair id, unsigned leg, const struct relay_cred *cred);
void board_leg_allow(struct board *board, relay_pair id, unsigned leg, struct relay_types types);
void board_leg_rate(struct board *board, int64_t now, relay_pair id, unsigned leg, uint64_t bytes_per_second);
bool board_pair_counters(const struct board *board, int64_t now, relay_pair id, struct relay_counters out[2]);

/** Let go what is due: credentials that restarts left, pairs that were cut. Call it every second or so. */
void board_tidy(struct board *board, int64_t now);

/** One datagram came in. */
void board_receive(struct board *board, int64_t now, const struct flow *flow, const uint8_t *p, size_t n);

/** The flow's TCP connection is over. */
void board_flow_gone(struct board *board, const struct flow *flow);

/* Between the board's own files. */

/** The keyed hash of some bytes. */
uint64_t board_hash(const struct board *board, const void *p, size_t n);

/** The path that the flow is, or NULL. */
struct path *board_path(const struct board *board, const struct flow *flow);

/** Take a path out; its leg must select anew. Its TCP connection, if it has one, is left. */
void board_path_drop(struct board *board, struct path *path);

/** The path may be sent to and heard: its last check is not too old. */
static inline bool path_consents(const struct path *path, int64_t now)
{
	return now - path->checked_at < CONSENT_MS;
}

static inline struct leg *leg_partner(struct leg *leg)
{
	return &leg->pair->legs[leg == &leg->pair->legs[0]];
}

/** Send to the leg's selected path, if it has one that consents, and count. */
void board_leg_send(struct board *board, int64_t now, struct leg *leg, const uint8_t *p, size_t n);

/** A datagram that is or wants to be a check. */
void board_check(struct board *board, int64_t now, const struct flow *flow, const uint8_t *p, size_t n);

/** A datagram that is or wants to be media. */
void board_forward(struct board *board, int64_t now, const struct flow *flow, const uint8_t *p, size_t n);

/** Keep a datagram for a leg that no check has come from, deliver what was kept, or free it. */
void early_keep(struct leg *leg, const uint8_t *p, size_t n);
void early_deliver(struct board *board, int64_t now, struct leg *leg);
void early_free(struct leg *leg);
