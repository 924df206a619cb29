/** @file act/entry.h  A session that begins: kept with its device and its audit row, and those it takes the place of. Inside of the room. */
#pragma once
#include "act/audit.h"
#include "act/device.h"
#include "act/room.h"

/** What a use case fills in, but for what is said to come out. */
struct entry {
	uint8_t hash[TOKEN_HASH_BYTES];
	int64_t account;
	time_ms_t now, expires;
	struct device device;
	const char *by;			/* what allowed it, for the audit; NULL: a password */
	const char *actor, *of, *peer;
	int64_t session;		/* out, and what follows */
	unsigned roles;
	bool due;			/* a second factor has to be set up first */
	int64_t dropped[SESSIONS_TRIMMED];	/* sessions of the account that end for it */
	unsigned n_dropped;
};

/** Inside the transaction. -ENOENT when the account is disabled. */
int entry_keep(struct store_tx *tx, struct entry *entry);
/** Behind the commit: end the lines of those that it ended, and look at what the new one may. */
void entry_kept(struct act *act, struct entry *entry);
