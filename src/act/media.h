/** @file act/media.h  A call's side of the relay: its pair, its credentials, and the descriptions that pass. */
#pragma once
#include "act/room.h"
#include "relay/sdp.h"

/** Hangs on call->media. */
struct media {
	struct act *act;
	relay_pair pair;		/* 0: none */
	struct relay_cred cred[2];	/* by enum call_side: what each side is told of its leg */
	char ufrag[2][260];		/* each browser's own, to see a restart */
	struct relay_types audio, video; /* payload types of all descriptions so far */
	char *waits[2];			/* by side: the last description for it, until it has answered or offered itself; owned */
	int offered_by;			/* enum call_side whose offer waits for its answer; -1: none */
};

/** Read the caller's offer and make a pair of legs. 0, -EINVAL with `why` for a bad offer, or a negative errno. */
int media_open(struct act *act, struct call *call, struct str sdp, char why[static 128]);
/** The caller's offer for the one who answers, as a JSON text; NULL when memory is out. */
json_t *media_offer(struct act *act, struct call *call);
/** The side is back on another line: tell it again what it may have missed. What it knows already, a page passes over. */
void media_tell_again(struct act *act, struct call *call, enum call_side side);
/** Tell the relay which payload types may pass now. */
void media_allow(struct act *act, struct call *call);
/** No packet passes any more when this returns, and no description waits. Idempotent. */
void media_cut(struct act *act, struct call *call);
/** Free call->media; it must be cut. */
void media_free(struct act *act, struct call *call);
/** What each leg moved; zero where the relay has forgotten. */
void media_counters(struct act *act, const struct call *call, struct relay_counters out[2]);

/** Read the call named by the deed, if the asker is one of its two. NULL: refused, the deed is over. */
struct call *call_read(struct deed *deed, enum call_side *mine);
