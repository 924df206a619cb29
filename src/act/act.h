/** @file act/act.h  The use cases' common ground: what they share, a request under way (deed), and its outcome. */
#pragma once
#include "base/json.h"
#include "base/limits.h"
#include "base/log.h"
#include "live/call.h"
#include "reach/reach.h"
#include "relay/relay.h"
#include "store/nouns.h"
#include "store/outside.h"

#include <uv.h>

struct act;
struct breached;
struct deed;
struct post;

/** Who asks. Filled by act_who_*; valid for one request. */
struct who {
	bool operator_;			/* the deployment's operator, by token; then account is 0 */
	int64_t account;
	int64_t session;
	unsigned roles;			/* bits of enum role, in the account's own tenant */
	bool joined;			/* came by a link (act/join.h): only what MAY_JOINED says */
	bool due;			/* his organisation wants a second factor that he has not: only what MAY_DUE says */
	time_ms_t expires;		/* of the session */
	uint8_t hash[TOKEN_HASH_BYTES];	/* of its token: to look again after a wait */
};

/**
 * Who may start a deed: roles (bits of enum role) in the asker's own tenant, or one of these. 0 is nobody. With MAY_OF_TENANT or
 * MAY_OF_ACCOUNT the path's first argument is a tenant or an address, and a role counts only if that is the asker's own tenant's.
 */
enum {
	MAY_ROLES = ROLE_OWNER | ROLE_ACCESS_ADMIN | ROLE_LICENCE_ADMIN | ROLE_AUDITOR,
	MAY_SIGNED_IN = 1 << 8,		/* anybody with an account; the operator has none */
	MAY_OPERATOR = 1 << 9,
	MAY_ANYONE = 1 << 10,
	MAY_JOINED = 1 << 11,		/* who came by a link; of the rows for MAY_SIGNED_IN, and of a line's requests, only those that say it */
	MAY_DUE = 1 << 12,		/* who has to set up a second factor first; of the rows for MAY_SIGNED_IN only those that say it */
	MAY_OF_TENANT = 1 << 16,
	MAY_OF_ACCOUNT = 1 << 17,
};

/** A file on its way out. */
struct download {
	int fd;				/* to read its bytes from */
	struct store_file file;
};

/** Close and free; NULL is harmless. Blocks no longer than a close. */
void download_free(struct download *download);

/** What came of a deed. */
struct outcome {
	enum reason reason;		/* REASON_OK, or why not */
	int status;			/* HTTP status when it is not the reason's own; 0: the reason's */
	json_t *body;			/* for OK; owned by the outcome, freed after the answer */
	struct download *download;	/* for OK, instead of a body; owned, who takes it puts NULL here */
	struct buf text;		/* for OK with `type`: the answer, which is no JSON; owned likewise */
	const char *type;		/* its media type; NULL: the answer is `body` */
	const char *file;		/* what it is called when it is saved */
	char next[1024];		/* for a Link to the page behind it, a relative reference; "" none */
	json_t *answer;			/* the redacted verdict, when a rule refused; owned */
	json_t *between;		/* the two whom it keeps apart, where one of them is not the asker; owned */
	bool versioned;			/* the answer has an ETag: */
	int64_t revision;
	unsigned retry_s;		/* for Retry-After; 0: none */
	char token[TOKEN_CHARS + 1];	/* a new session's secret; "" otherwise */
	time_ms_t expires;		/* of that session */
	unsigned least;			/* of a text that is too short: the characters that it needs; 0: not said */
	char field[512];		/* JSON pointer of the field at fault; "" otherwise */
	char detail[320];		/* an English clause for it */
};

/**
 * One request under way. An edge makes it (deed_new), hands it to a use case, and hears `done` exactly once; it may be
 * before the use case returns. The edge may leave meanwhile (deed_leave): then nobody hears, and what was begun is finished.
 * While a change of the world is being committed, deeds wait and are decided after its swap.
 */
enum { DEED_QUERIES = 4 };
struct deed {
	struct list node;		/* of those that wait */
	struct act *act;
	struct who who;
	unsigned may;			/* who may: the route's, looked at when it runs and whenever it goes on */
	bool by_line;			/* asked over a line: by somebody signed in, as `may` need not say; MAY_JOINED counts */
	struct line *line;		/* that line; NULL over HTTP, and once it has gone */
	json_t *args;			/* decoded body or frame; owned, may be NULL */
	char path[2][330];		/* the route's path arguments, decoded */
	char query[DEED_QUERIES][LIMIT_QUERY_BYTES + 1]; /* the route's query arguments, decoded */
	bool query_given[DEED_QUERIES];
	char peer[64];			/* numeric address of the client */
	char agent[256];		/* what it calls itself, cut off */
	int64_t seen;			/* If-Match; -1: absent, -2: "*" */
	int64_t offset;			/* Upload-Offset; -1: absent */
	struct str text;		/* a whole body kept as text, for large documents; borrowed from `body` */
	struct buf body;		/* that; or what a use case keeps over a wait */
	char trail[ID_CHARS + 1];
	int64_t id;			/* the edge's own number of the request */
	void (*run)(struct deed *deed);	/* the use case */
	void (*done)(struct deed *deed, struct outcome *outcome, void *arg);
	void *arg;
};

/** A use case. */
typedef void (*deed_run)(struct deed *deed);

/** A new deed; NULL when memory is out. */
struct deed *deed_new(struct act *act, const struct who *who);
/**
 * Run it now, or when the change under way is swapped in. The asker is looked at again then, and `may` with him: a body or a
 * change may have taken long, and his session or his role may be over.
 */
void deed_start(struct deed *deed, deed_run run);
/** Nobody listens any more: what was begun is finished unheard, what was not started is freed. */
void deed_leave(struct deed *deed);
/** The end: tells `done`, frees deed and outcome. OK without a body or a download is a fault, unless the status is 204. */
void deed_done(struct deed *deed, struct outcome *outcome);
/* Ends in one word. */
void deed_refuse(struct deed *deed, enum reason reason);
void deed_refuse_field(struct deed *deed, enum reason reason, const char *field, const char *why);
void deed_fault(struct deed *deed, int err, const char *where);
void deed_ok(struct deed *deed, json_t *body);	/* takes the reference; NULL is a fault */

/** What signs the audit log, and where to; signer NULL: nobody. Borrowed. */
struct act_audit {
	const struct note_signer *signer;
	struct outside *outside;
	int64_t every_ms;		/* the longest that rows wait to be signed */
};

/** How the rooms hang together; everything borrowed. */
struct act_parts {
	uv_loop_t *loop;
	struct store *store;
	struct relay *relay;		/* may be NULL: then there are no calls */
	int64_t session_ms;		/* how long a session lasts */
	int64_t link_ms;		/* how long a link to set a password lasts */
	unsigned requests;		/* of an account in a second; 0: LIMIT_REQUESTS_PER_SECOND */
	unsigned password_chars;	/* the least of a new password; LIMIT_PASSWORD_MIN when less */
	struct breached *breached;	/* known passwords; may be NULL */
	uint8_t operator_hash[TOKEN_HASH_BYTES];
	struct act_audit audit;
	struct folder *folder;		/* with the bytes of files; may be NULL: then there are none */
	int64_t file_bytes;		/* the most of one file */
	int64_t files_bytes;		/* the most of all files of one tenant */
	struct post *post;		/* where mail goes; NULL: none is sent */
	const char *web_url;		/* how people reach this server; with `post` */
};

/** Load the world and start. 0 and *ap, or a negative errno with `why`. */
int act_open(struct act **ap, const struct act_parts *parts, char why[static 256]);
/**
 * At the start: does the audit log still have what was signed outside? -EBADMSG or -EKEYREJECTED with `why` when it does not, or another
 * negative errno. What was signed but did not get outside before a kill is brought there. Blocks.
 */
int act_audit_check(struct store *store, const struct act_audit *audit, char why[static 256]);
/** At the end, behind act_end and before the store closes: write what was counted, and sign the last rows. */
void act_audit_end(struct act *act);
/** The server stops: calls end, lines hear it, new deeds are refused. Those under way go on. */
void act_goodbye(struct act *act);
/** Behind act_goodbye and when no line is left: `closed` on the loop. */
void act_end(struct act *act, void (*closed)(void *arg), void *arg);
/** Free; after `closed` and after the store was closed. */
void act_free(struct act *act);

/* Who: session.c */

/** Find by token. False: no such session, expired, or its account is gone or disabled. */
bool act_who(struct act *act, struct str token, struct who *out);
/** Look again: false when the session is over; else its roles are today's. Who came without a session stays who he is. */
bool act_who_again(struct act *act, struct who *who);

/**
 * One request more of an asker, whatever it is: 0, or after how many seconds to come back. By address before sign-in; by account and
 * by tenant after it; the operator is not counted.
 */
unsigned act_pace(struct act *act, const struct who *who, struct str peer);

/* What a deed may: may.c */

/** REASON_OK, or why the asker may not start a deed of this `may`; `path` is the path's first argument. */
enum reason act_may(const struct act *act, const struct who *who, unsigned may, const char *path);
/** The word for one bit of a `may`: "owner" … "signed_in", "operator", "anyone"; "" for the others. */
const char *may_name(unsigned bit);

/* Use cases. Their args and answers are doc/openapi.json's and doc/protocol.md's. */
void act_session_open(struct deed *deed);	/* no who */
void act_session_close(struct deed *deed);
void act_handover_begin(struct deed *deed);
void act_handover_wait(struct deed *deed);	/* args: ticket */
void act_handover_look(struct deed *deed);	/* args: code */
void act_handover_answer(struct deed *deed);	/* args: code, allow */
void act_me(struct deed *deed);
void act_sessions(struct deed *deed);
void act_session_drop(struct deed *deed);	/* path[0]: id */
void act_sessions_drop(struct deed *deed);	/* all but the asker's */
void act_people(struct deed *deed);		/* query[0]: q */
void act_reach(struct deed *deed);
void act_conversations(struct deed *deed);
void act_conversation_open(struct deed *deed);
void act_conversation(struct deed *deed);	/* path[0]: id */
void act_messages(struct deed *deed);		/* path[0]: id; query: before, limit */
void act_message_send(struct deed *deed);	/* path[0]: id; args: client_id, text, file */
void act_message_edit(struct deed *deed);	/* path: id, seq; args: text */
void act_message_delete(struct deed *deed);	/* path: id, seq */
void act_upload_begin(struct deed *deed);	/* path[0]: conversation; args: client_id, name, size */
void act_upload(struct deed *deed);		/* path[0]: id */
void act_upload_append(struct deed *deed);	/* path[0]: id; offset; text */
void act_upload_drop(struct deed *deed);	/* path[0]: id */
void act_file(struct deed *deed);		/* path[0]: id */
void act_message_search(struct deed *deed);	/* query: q, before */
void act_preference_put(struct deed *deed);	/* args: read_receipts, status */
void act_contact_put(struct deed *deed);	/* path[0]: address; args: state, report */
void act_contact_drop(struct deed *deed);
void act_access(struct deed *deed);		/* path[0]: tenant */
void act_access_put(struct deed *deed);
void act_access_preview(struct deed *deed);
void act_sign_in_rule(struct deed *deed);	/* path[0]: tenant */
void act_sign_in_rule_put(struct deed *deed);	/* args: second_factor */
void act_sign_in_rule_preview(struct deed *deed);	/* the same */
void act_retention(struct deed *deed);		/* path[0]: tenant */
void act_retention_put(struct deed *deed);	/* args: messages_days, calls_days */
void act_retention_preview(struct deed *deed);	/* the same */
void act_person_export(struct deed *deed);	/* path: tenant, address */
void act_person_erase(struct deed *deed);	/* path: tenant, address */
void act_calls(struct deed *deed);
void act_call_close(struct deed *deed);		/* path: tenant, call */
void act_calls_history(struct deed *deed);	/* query: before, limit */
void act_summary(struct deed *deed);		/* path[0]: call */
void act_note_put(struct deed *deed);		/* path[0]: call; args: text */
void act_quality_put(struct deed *deed);	/* path[0]: call; args: kbps, rtt_ms, loss_percent */
void act_report(struct deed *deed);		/* path[0]: tenant; query: from, to, before, limit */
void act_report_csv(struct deed *deed);		/* the same */
void act_world(struct deed *deed);
void act_world_put(struct deed *deed);		/* text; query[0]: prune */
void act_password_put(struct deed *deed);	/* path[0]: address */
void act_password_own(struct deed *deed);
void act_factor(struct deed *deed);
void act_factor_begin(struct deed *deed);
void act_factor_on(struct deed *deed);
void act_factor_off(struct deed *deed);
void act_factor_drop(struct deed *deed);	/* path[0]: address */
void act_link_make(struct deed *deed);		/* path[0]: address */
void act_link_check(struct deed *deed);		/* no who, nor the next */
void act_link_use(struct deed *deed);
void act_sign_in_ways(struct deed *deed);	/* no who, nor the next: what the sign-in page can offer */
void act_link_request(struct deed *deed);	/* args: address */
void act_link_send(struct deed *deed);		/* path[0]: address */
void act_join_make(struct deed *deed);		/* args: minutes */
void act_joins(struct deed *deed);
void act_join_drop(struct deed *deed);		/* path[0]: id, as for the next two */
void act_join_admit(struct deed *deed);		/* args: visitor */
void act_join_refuse(struct deed *deed);	/* args: visitor */
void act_join_check(struct deed *deed);		/* no who, nor the next three */
void act_join_enter(struct deed *deed);		/* args: token, name */
void act_join_wait(struct deed *deed);		/* args: ticket */
void act_join_leave(struct deed *deed);		/* args: ticket */
void act_role_put(struct deed *deed);		/* path: address, role */
void act_role_drop(struct deed *deed);
void act_audit(struct deed *deed);		/* path[0]: tenant; query: before, limit */
void act_audit_all(struct deed *deed);		/* query: before, limit */
void act_hello(struct deed *deed);		/* line requests from here */
void act_receipt(struct deed *deed);
void act_typing(struct deed *deed);
void act_idle(struct deed *deed);
void act_watch(struct deed *deed);
void act_call_place(struct deed *deed);
void act_call_answer(struct deed *deed);
void act_call_sdp(struct deed *deed);
void act_call_decline(struct deed *deed);
void act_call_hangup(struct deed *deed);
void act_call_add(struct deed *deed);
void act_call_remove(struct deed *deed);
void act_call_hold(struct deed *deed);
void act_call_take(struct deed *deed);
void act_call_status(struct deed *deed);
void act_call_still(struct deed *deed);
void act_mark_add(struct deed *deed);
void act_mark_change(struct deed *deed);
void act_mark_delete(struct deed *deed);
void act_mark_clear(struct deed *deed);
void act_mark_undo(struct deed *deed);
void act_mark_redo(struct deed *deed);
void act_point(struct deed *deed);

/** May he have a line? REASON_OK, or what stands before it; a second factor that is due waits for the end of his call. */
enum reason act_line_may(const struct act *act, const struct who *who);
/** A line for a signed-in person: NULL when the account has LIMIT_LINES_PER_ACCOUNT or memory is out. */
struct line *act_line_open(struct act *act, const struct who *who, const struct line_ops *ops, void *arg);
/** The endpoint went. */
void act_line_close(struct act *act, struct line *line);

/**
 * At the first start make the operator's token: written to `file` (mode 0600) before its hash is kept, so that a kill in between
 * only means a new one. Later starts leave the file alone. `hash` is the kept token's. 0 or a negative errno.
 */
int act_operator_token(struct store *store, const char *file, uint8_t hash[static TOKEN_HASH_BYTES]);
