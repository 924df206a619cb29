/** @file store/known.h  The sessions that asked lately, in memory: who a token is without a query. Inside this room only; the loop's thread. */
#pragma once
#include "store/nouns.h"
#include "store/sieve.h"

enum { KNOWN_SETS = 4096, KNOWN_WAYS = 4 };

struct known_session {
	uint8_t hash[TOKEN_HASH_BYTES];
	struct store_session session;	/* id 0: the place is free */
	uint64_t number;		/* of its account in the sieve, from before it was read */
};

/** Bounded: a session that comes takes the place of one of its set, and is read again when it asks again. */
struct known {
	struct known_session at[KNOWN_SETS][KNOWN_WAYS];
	unsigned turn;
};

/** What is remembered of a token and still stands. */
bool known_get(const struct known *known, struct sieve *sieve, const uint8_t hash[static TOKEN_HASH_BYTES], struct store_session *out);
/** Remember what was read when its account's number was `number`. */
void known_put(struct known *known, const uint8_t hash[static TOKEN_HASH_BYTES], const struct store_session *session, uint64_t number);
