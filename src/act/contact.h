/** @file act/contact.h  What an account's contacts say, and a change of them as a part of something else that is kept. Inside of the room. */
#pragma once
#include "act/room.h"

/** What my contacts say of somebody, by his address or his home; false when nothing. */
bool contact_held(const struct account *me, const struct account *other, enum contact_state *state);

/** Does more than a chat wait until `to` has accepted `from`? */
bool contact_waits(struct act *act, const struct account *from, const struct account *to);

/**
 * A change of one account's contacts on its way: made by the deed, written in a job of the store beside whatever belongs to it,
 * swapped in when that is durable. From change_begin() to change_end() it is the only change under way.
 */
struct contact_change {
	struct world *world;		/* compiled before the commit: after it nothing can fail */
	struct account_doc doc;
	int64_t tenant, account, seen;
	bool set;			/* else the entry goes */
	enum contact_state state;
	char about[324];
};

/** Prepare the entry `about` an address; `state` NULL forgets it. 0 or a negative errno, and then nothing is owned. */
int contact_change_init(struct contact_change *c, struct act *act, const struct account *me, struct str about, const enum contact_state *state);
/** Write it, in a job. */
int contact_change_run(struct store_tx *tx, struct contact_change *c);
/** Committed: swap, ask again what hangs on it, tell both sides what they see changed, and one's own devices the entry. */
void contact_change_swap(struct act *act, struct contact_change *c);
/** Harmless after the swap. */
void contact_change_release(struct contact_change *c);

/** Does reaching out to somebody have to write `accepted`? */
bool contact_needs(struct act *act, const struct account *me, const struct account *other);
/** … then prepare it. */
int contact_reach_out(struct contact_change *c, struct act *act, const struct account *me, const struct account *other);
/** He rang somebody: write it behind the ringing, if it has to be; a fault is logged, and the next call writes it. A last statement. */
void contact_rang(struct act *act, const struct account *me, const struct account *other);

/** Take one of the tenant's first contacts of this hour; 0, or after how many seconds to come back. */
unsigned first_contact_take(struct act *act, const struct tenant *tenant, int64_t now);
void first_contacts_free(struct list *first);
