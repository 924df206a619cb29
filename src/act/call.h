/** @file act/call.h  Between the files about calls: pairs and their permits, who leaves, what is told. Not for other rooms. */
#pragma once
#include "act/room.h"

/** Which permit of a pair is which; those for the way back follow, where both ways are asked. */
enum { PERMIT_CALL, PERMIT_VIDEO, PERMIT_ANNOTATE, PERMITS };

/* pair.c */

/**
 * Ask the rules whether the two seats may meet, and keep what they allow: `from` is who asks for it; with `both_ways` each way is
 * asked, as for a group. 0 and *pairp, not open yet and without media; -EACCES with the stop in *verdict and *action; -ENOMEM.
 * With `needs_video` a pair without video is refused.
 */
int pair_ask(struct act *act, const struct party *from, const struct party *to, bool both_ways, bool needs_video, struct pair **pairp,
	struct verdict *verdict, enum action *action);
/** Release the permits, cut the relay: when it returns no packet of the pair passes any more. Idempotent. */
void pair_close(struct act *act, struct pair *pair);
/** pair_close, then free it with its media. */
void pair_drop(struct act *act, struct pair *pair);
/** May the two hear and see each other, or might they until one of them left? False where a rule stands between them. */
bool call_meets(const struct call *call, unsigned a, unsigned b);

/* call.c */

/** May somebody be rung? Not who is offline, or has no room for one more call. False: refused, the deed is over. Who may not know hears it ring: see call_rings. */
bool call_can_ring(struct deed *deed, const struct account *me, const struct account *other, bool video);
/** Does a new call ring there? Not while another rings, or waits on hold beside the one he is in. */
bool call_rings(const struct endpoint *there);
/** Does he talk in another call than this one? */
bool call_talks(struct act *act, const struct party *party);

/* call_end.c */

/** He is in it now, or it rings for him: it counts for his presence. The endpoint must be there. */
void party_enter(struct act *act, struct party *party);
/**
 * He leaves, by his own hand (`by` is his seat), by another's, or by nobody's (-1). With him go those who have nobody left to
 * talk to; with the last the call ends. The relay is cut before anybody is told.
 */
void party_leave(struct act *act, struct party *party, enum reason why, int by, const struct call_stop *stop);
/** A pair lost its permit to call: it closes, and who has nobody left leaves. */
void pair_bar(struct act *act, struct pair *pair, const struct call_stop *stop);
/** Write it into the log. */
void call_log(const struct party *party, const char *event);

/* call_keep.c */

/** Something of it is other than it was kept. */
void call_changed(struct act *act, struct call *call);

/* media.c */

/** What is needed to make the pair's legs again after a start, as JSON: a new reference; NULL when memory is out. */
json_t *media_keep(const struct pair *pair);
/** The legs as they were kept, with what the rules allow now. 0, -EINVAL for what is no such thing, or a negative errno. */
int media_reopen(struct act *act, struct pair *pair, json_t *kept);

/** Make the pair's legs; `sdp` is the offer of end 0, or without text: somebody will offer. 0, -EINVAL with `why` for a bad offer, or a negative errno. */
int media_open(struct act *act, struct pair *pair, struct str sdp, char why[static 128]);
/** The offer that waits for this end, as a JSON text; NULL when memory is out. */
json_t *media_offer(struct act *act, struct pair *pair, unsigned end);
/** He is back on another line: tell it again what it may have missed. What it knows already, a page passes over. */
void media_tell_again(struct act *act, struct party *party);
/** Tell the relay which payload types may pass now. */
void media_allow(struct act *act, struct pair *pair);
/** No packet passes any more when this returns, and no description waits. Idempotent. */
void media_cut(struct act *act, struct pair *pair);
/** Free pair->media; it must be cut. */
void media_free(struct act *act, struct pair *pair);
/** What each leg moved; zero where the relay has forgotten. */
void media_counters(struct act *act, const struct pair *pair, struct relay_counters out[2]);

/** The asker's party in the call that the deed names, if he is live in it. NULL: refused, the deed is over. */
struct party *call_read(struct deed *deed);
/** The other party whom the deed names by `with`; without that key the only other one with an open pair. NULL: refused, the deed is over. */
struct party *call_with(struct deed *deed, const struct party *mine);
