/** @file act/room.h  Inside of the room: the state the use cases share, and the helpers between their files. Not for other rooms. */
#pragma once
#include "act/count.h"
#include "act/act.h"

struct throttle;
struct tally;
struct sweep;

struct act {
	struct act_parts parts;
	struct world *world;
	struct store *store;
	struct relay *relay;
	struct lines lines;
	struct permits permits;
	struct list calls;		/* ringing and talking */
	struct list calls_over;		/* ended in the last minute, for counters */
	struct list records;		/* of calls, to be written */
	struct list records_writing;	/* with the writer */
	size_t n_records;		/* in both */
	struct list unkept;		/* calls that changed since they were kept */
	bool keeping;			/* a write of them is under way */
	bool keep_all;			/* one failed: the next is of all */
	int64_t kept_at;		/* monotonic ms */
	struct list deeds;		/* all under way, except those that wait */
	struct list waiting;		/* deeds behind the change under way */
	bool changing;			/* a change is between its decision and its swap */
	bool ending;
	struct throttle *throttle;	/* sign-in tries */
	struct throttle *paces;		/* requests: apart, so that no flood of them washes tries away */
	struct tally *tally;
	struct sweep *sweep;		/* of the folder of files; NULL without one */
	bool sealing;			/* a checkpoint is on its way */
	int64_t sealed, sealed_at;	/* rows signed, and when (monotonic) */
	struct list first_contacts;	/* buckets of first_contact.c */
	struct list visitors;		/* of join_wait.c */
	struct list handovers;		/* of handover.c */
	struct list joined_over;	/* of join_end.c */
	unsigned hashing;		/* password hashes in the pool */
	struct leg_counts legs;		/* of the relay, that are over */
	bool words_due;			/* messages were stored that the index of words lacks, perhaps */
	bool words_busy;		/* a step of it is under way */
	bool erasure_due;		/* somebody was erased, and traces are left, perhaps */
	bool erasure_busy;		/* a step of it is under way */
	bool doubts;			/* some line is doubted: factor_tick */
	bool sweep_busy;		/* a sweep of what organisations no longer keep is under way */
	int64_t sweep_at;		/* when the next begins (monotonic) */
	struct mailing *mailing;	/* the letter that is under way; NULL where no mail is sent */
	uv_timer_t tick;
	void (*closed)(void *arg);
	void *closed_arg;
};

/* handover.c */

/** Forget all devices that wait. */
void handovers_free(struct act *act);

/* change.c */

/** Begin a change: the caller has checked everything that can be refused. From now deeds wait. */
void change_begin(struct act *act);
/** Committed: take the new world (its reference), ask all permits again, tell what closed or opened. Infallible. The caller answers, then calls change_end. */
void change_swap(struct act *act, struct world *world, const int64_t *tenants, size_t n_tenants);

/** The same when one account's contacts alone changed: the calls are asked again; the caller tells the rest. */
void change_swap_account(struct act *act, struct world *world);

/** Let the deeds that waited go on; the last statement of a change. */
void change_end(struct act *act);

/* world.c */

/** Compile the kept world. 0 and *wp with one reference, or a negative errno. */
int world_load(struct act *act, struct world **wp);
/** The same as a job sees it, with what it has written; -EEXIST or -EINVAL with `why` when that is no world. */
int world_load_tx(struct store_tx *tx, int64_t revision, struct world **wp, struct json_err *why);
/** Give up a reference of a world that was swapped out, and free it beside the loop: it may be large. */
void world_retire(struct act *act, struct world *world);
/** The kept promises, a new reference. */
int promises_load(struct act *act, json_t **out);

/* ask.c */

/** Decide for two accounts, now. */
void ask_pair(struct act *act, const struct account *from, const struct account *to, enum action action, struct verdict *out);
/** Decide for an account and any canonical address; `query` may be NULL. */
void ask_address(struct act *act, const struct account *from, const char *to, enum action action, const struct query *query, struct verdict *out);
/** Redact for a person and encode; a new reference. */
json_t *answer_for(struct act *act, const struct account *reader, const struct account *from, struct str to, enum action action, const struct verdict *verdict);
/** What the admins of a party's tenant may know of a refusal. */
enum reason reason_for(struct act *act, const struct account *party, struct str from, struct str to, enum action action, const struct verdict *verdict);
/** End the deed with the redacted refusal. */
void deed_refuse_verdict(struct deed *deed, const struct account *reader, const struct account *from, struct str to, enum action action, const struct verdict *verdict);

/* say.c: the objects of doc/protocol.md. New references; NULL when memory is out. */
json_t *say_person(struct act *act, const struct account *reader, const struct account *person);
json_t *say_tenant(const struct tenant *tenant);
json_t *say_message(struct act *act, const struct store_message *message);
json_t *say_conversation(struct act *act, const struct account *reader, const struct store_conversation *conversation, const struct store_message *last);
/** The code of a rule that ended something, as this reader (NULL: nobody any more) may know it. With `answer`, also the answer that it comes from (a new reference). */
enum reason stop_why(struct act *act, const struct account *reader, const struct call_stop *stop, json_t **answer);
/**
 * Whose setting or whose admin ended it for this party, as he may know it: a tenant's id (borrowed from answer or call), or NULL.
 * `answer` is stop_why's, or NULL.
 */
const char *call_whose(struct act *act, const struct account *reader, const struct party *mine, const json_t *answer);
json_t *say_call(struct act *act, const struct account *reader, const struct call *call, const struct line *line);
/** Those that this party may see. */
json_t *say_marks(const struct party *reader);
json_t *say_mark(const struct call *call, const struct mark *mark);
json_t *say_steps(const struct party *party);
json_t *say_time(time_ms_t at);
/** The answer of GET /v1/me. `due`: a second factor has to be set up first. */
json_t *say_me(struct act *act, const struct account *me, unsigned roles, bool due);

/* conversation.c */

/** Read a conversation by its id text, if the asker is a member; -ENOENT. */
int conversation_read(struct deed *deed, const char *text, struct store_conversation *out);
/** The conversation of the path or, on a line, of the key `conversation`, if the asker is a member. False: the deed is over. */
bool conversation_given(struct deed *deed, struct store_conversation *out);
/** Read the address at `key` and ask whether `me` may do this to it. NULL: refused, the deed is over. */
const struct account *party_read(struct deed *deed, const struct account *me, const char *key, enum action action);
/** A conversation with its last message, as one account reads it; NULL on a fault. */
json_t *conversation_said(struct act *act, const struct account *reader, const struct store_conversation *conversation);
/** A page of the reader's conversations, newest first, as an array: those before a position (0: the newest); NULL on a fault. `nextp`: for the next page, 0 on the last. */
json_t *conversations_of(struct act *act, const struct account *reader, int64_t before, int64_t *nextp);
/** After a change: tell both ends of every conversation whose openness differs between the two worlds. */
void conversations_recheck(struct act *act, struct world *before, const int64_t *tenants, size_t n_tenants);

/* contact.c */

/** Tell an event to every line of an account; takes the reference. */
void account_tell(struct act *act, int64_t account, json_t *event);

/* message.c */

/** What people write: not blank, no control characters but line feed and tab. False: refused by the name of the field, the deed is over. */
bool text_ok(struct deed *deed, const char *field, struct str text);

/* drain.c */

/** Drain the lines of an account. */
void drain_lines(struct act *act, int64_t account);

/** Tell the line what is behind its cursor. */
void drain_line(struct act *act, struct line *line);
/** A message was changed: drain the lines of both members. */
void drain_members(struct act *act, const struct store_conversation *conversation);
/** A message was stored at `pos`, and this is what is said of it (NULL: read it). With the first of all the conversation is told, too. */
void drain_message(struct act *act, const struct store_conversation *conversation, int64_t pos, json_t *said);

/** What a client calls its own: 1 to 64 of A-Za-z0-9_-. False: refused by the name of the field, the deed is over. */
bool client_id_ok(struct deed *deed, struct str id);

/* sweep.c */

/** Begin: what a kill left in the folder of files is looked for. 0 or -ENOMEM. */
int sweep_start(struct act *act);
void sweep_free(struct sweep *sweep);
/** From the tick: uploads that nobody went on with, files that nobody has any more. */
void sweep_tick(struct act *act, int64_t now);
/** A file may have lost its last message. */
void sweep_due(struct act *act);

/* erase.c */

/** Go on erasing those who were. */
void erasure_tick(struct act *act);

/* retention.c */

/** Begin a sweep when it is time. */
void retention_tick(struct act *act, int64_t now);

/* search.c */

/** Take what was written into the index of words, step by step. */
void words_tick(struct act *act);

/* preference.c */

json_t *say_preference(const struct store_preference *preference);

/* presence.c */

/** The account came, went, or entered or left a call: tell its watchers. */
void presence_changed(struct act *act, int64_t account);
/** The rules changed: ask every watch again. */
void presence_recheck(struct act *act);

/* call_end.c; the rest of calls is act/call.h's */

/** Rings and absences that are over, ended calls to forget. */
void calls_tick(struct act *act, int64_t now);
/**
 * A line came back with hello, in the place of `replaced` (may be NULL): it takes up its session's calls that are away, and the one of the id
 * `carried` ("": none), whose media its page has, from another line of the session too. The party that it carries, or that another line
 * does, or NULL.
 */
struct party *call_resume(struct line *line, const struct line *replaced, const char *carried);
/** A line went. */
void call_line_gone(struct line *line);
/** Tell a call to every line that it concerns. */
void call_tell(struct act *act, struct call *call);
/** End the calls of an account's session (0: all of them). */
void calls_end_session(struct act *act, int64_t account, int64_t session);
/** End the calls of all the account's sessions but one; what still rings goes on. */
void calls_end_others(struct act *act, int64_t account, int64_t session);
/** The server stops: what rings is over; who talks may go on with the next start. */
void calls_stop(struct act *act);
/** Free the calls, at the end. */
void calls_forget(struct act *act);
/** How many live calls join these two tenants. */
size_t calls_between(struct act *act, int64_t tenant_a, int64_t tenant_b);

/* call_keep.c */

/** Keep what changed, and that the server lives. From the tick, and at the end. */
void calls_keep(struct act *act);
/** At the start: take up what an end or a kill left. 0 or a negative errno. */
int calls_revive(struct act *act);
/** At the end, behind the last write: let go of those that go on with the next start. */
void calls_drop(struct act *act);

/* record.c */

/** Keep what somebody had of a call that he has just left; before the rule that ended it is forgotten. The caller writes. */
void record_party(struct act *act, const struct party *party);
/** Keep what was drawn in a call that is over, behind the records of its people. The caller writes. */
void record_marks(struct act *act, struct call *call);
/**
 * Keep a try to call that was refused, as the caller was told: why, and by whose setting (may be NULL). With the rule's verdict (may be
 * NULL) also what the admins on either side may know, for their reports.
 */
void record_refused(struct act *act, const struct account *me, struct str to, bool video, enum reason told, const char *tenant,
	const struct verdict *verdict);
/** A record as its owner reads it; a new reference. */
json_t *say_record(const struct store_call_record *record);
/** Write what waits. From the tick, too: a disk that was full gets its records later. */
void records_write(struct act *act);
/** Free what could not be written. */
void records_release(struct act *act);

/* act.c */

/** Records were written, or given up: an end that waits for them goes on. */
void act_settle(struct act *act);

/* throttle.c */
struct throttle *throttle_new(void);
void throttle_free(struct throttle *throttle);
/** Take one sign-in try from both buckets, an IPv6 /64 being one peer; 0, or after how many seconds to come back. */
unsigned throttle_take(struct throttle *throttle, struct str address, struct str peer, int64_t now);
/** Take one lost password: few for an address, some for a client. 0, or after how many seconds to come back. */
unsigned throttle_lost(struct throttle *throttle, struct str address, struct str peer, int64_t now);
/** Take one try to come in by a link; 0, or after how many seconds to come back. */
unsigned throttle_join(struct throttle *throttle, struct str peer, int64_t now);
/** A device that asks for a code to show; seconds to wait, 0: now. */
unsigned throttle_handover_new(struct throttle *throttle, struct str peer, int64_t now);
/** Codes of devices that an account types; seconds to wait, 0: now. Only wrong ones are spent. */
unsigned throttle_handover(struct throttle *throttle, int64_t account, bool wrong, int64_t now);
/** Wrong codes of an account's second factor: after how many seconds the next is looked at, 0 at once; `wrong` counts one. */
unsigned throttle_code(struct throttle *throttle, int64_t account, bool wrong, int64_t now);
/** Whose requests are counted: a client's that is not signed in (by its address), an account's, a tenant's. */
enum pace { PACE_CLIENT, PACE_ACCOUNT, PACE_TENANT };
/** Take one request from a bucket that gets `per_second`, and holds ten times that; 0, or after how many seconds to come back. `throttle` is for these alone. */
unsigned throttle_pace(struct throttle *throttle, enum pace kind, struct str name, unsigned per_second, int64_t now);

/* session.c */

/** A session (0: all of the account's) is over: its calls end, its lines hear it and are closed. */
void lines_end_session(struct act *act, int64_t account, int64_t session);
/** The same for all but one. */
void lines_end_others(struct act *act, int64_t account, int64_t session);

/* sessions.c */

/** The session made a request: kept now and then. */
void session_seen(struct act *act, const struct store_session *session, time_ms_t now);

/* deed.c */

/** Look at the asker again, then run. */
void deed_run_again(struct deed *deed);
/** Who is written into the audit log: the asker's address, or "operator". */
void deed_actor(const struct deed *deed, char out[static 324]);

/* Reading arguments; on false or NULL the deed is over. */
const struct account *deed_account(struct deed *deed);	/* the asker's account */
const struct account *deed_target(struct deed *deed);	/* the account of path[0]; that the asker may touch it was in the route's `may` */
bool deed_str(struct deed *deed, const char *key, size_t most, struct str *out);
bool deed_only(struct deed *deed, const char *const *keys);
/** A query argument that is a whole number from 1 to `most`; *out stays where it is absent. */
bool deed_number(struct deed *deed, int which, const char *name, int64_t most, int64_t *out);
