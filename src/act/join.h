/**
 * @file act/join.h  Joining a call without an account, by a link: who made it (join.c), who waits with it (join_wait.c), who was let in
 * (join_admit.c), and the end of that (join_end.c). Inside of the room.
 *
 * Who was let in is a guest of the host's tenant whose home is nobody's: CODE@link.invalid (RFC 2606), who may reach the host alone,
 * for a short time. So the ordinary decision rules all he does, and the tenant's rules for guests, those for the domain link.invalid
 * included, are the rules for links.
 */
#pragma once
#include "act/room.h"

#define JOIN_DOMAIN "link.invalid"

/** Did this account come by a link? */
bool account_joined(const struct account *account);
/** What a joined one is told of himself: whose call he joins, and until when; null for all others. A new reference. */
json_t *say_joined(struct act *act, const struct account *me);

/** May this member invite people by a link now? REASON_OK, or why not; `roles` are his own. */
enum reason join_allowed(struct act *act, const struct account *host, unsigned roles);
/** The same when he is not the asker. -errno in *err on a fault. */
enum reason join_allowed_read(struct act *act, int64_t host, int *err);
/** Read the own link that the path names. False: the deed is over. */
bool join_given(struct deed *deed, struct store_join *out);

/** Somebody who would be let in, as a document and in a world of his own, before anything is kept. */
struct joining {
	struct account_doc doc;
	struct world *world;
	int64_t row;			/* his account's, once it is kept */
};
/** Suppose that the host lets in somebody of this name until then. 0, or a negative errno and nothing is owned. */
int joining_init(struct joining *j, struct act *act, const struct account *host, struct str name, time_ms_t expires);
void joining_release(struct joining *j);
/** May the host call him then? False ends the deed, with the rules' own reason. */
bool joining_open(struct deed *deed, const struct joining *j, const struct account *host);

/** Somebody at the door with a link, alone with it. In memory only: whoever is gone for LIMIT_JOIN_AWAY_MS waits no more. */
enum visitor_state { VISITOR_COMING, VISITOR_WAITING, VISITOR_ADMITTED, VISITOR_REFUSED, VISITOR_GONE };
struct visitor {
	struct list node;
	char id[ID_CHARS + 1];		/* what the host knows him by */
	uint8_t ticket[TOKEN_HASH_BYTES]; /* of the secret with which he asks */
	int64_t link, host;
	char name[LIMIT_NAME_CHARS * 4 + 1]; /* as he typed it: nobody has looked at it */
	enum visitor_state state;
	time_ms_t since, until;		/* when he came, and when the link ends */
	int64_t seen;			/* monotonic ms of his last request */
	int64_t account, session;	/* once he was let in, and for his one session: */
	time_ms_t expires;
	char token[TOKEN_CHARS + 1];
};
/** The one with this link; NULL. */
struct visitor *visitor_of_link(struct act *act, int64_t link);
struct visitor *visitor_find(struct act *act, const char *id);
/** The one assignment of a state behind VISITOR_COMING; the host's lines hear it. */
void visitor_step(struct act *act, struct visitor *visitor, enum visitor_state state);
/** Forget him; one who waits is told to the host as gone. */
void visitor_drop(struct act *act, struct visitor *visitor);
/** At the end, when no line is left to tell. */
void visitors_free(struct act *act);
json_t *say_visitor(const struct visitor *visitor);
/** Those who wait for this host, as an array; a new reference. */
json_t *visitors_of(struct act *act, int64_t host);

/** A call that he talked in is over for this account: if he came by a link, so is his stay. Done by the tick. */
void join_left(struct act *act, int64_t account);
/**
 * End the stay of a joined one: his account is disabled, his sessions and calls end. `deed` (may be NULL) is answered 204. The caller is
 * not inside of a change.
 */
void join_end(struct act *act, struct deed *deed, const struct account *guest, const char *why);

void joins_tick(struct act *act, int64_t now);
void joins_free(struct act *act);
