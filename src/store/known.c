/** @file store/known.c  The sessions that asked lately. The database is the truth; a sieve tells when what is here has become old. */
#include "store/known.h"

#include <string.h>

/* The hash of a random token: its first bytes spread by themselves. */
static unsigned set_of(const uint8_t hash[static TOKEN_HASH_BYTES])
{
	return (hash[0] | (unsigned)hash[1] << 8) % KNOWN_SETS;
}

bool known_get(const struct known *known, struct sieve *sieve, const uint8_t hash[static TOKEN_HASH_BYTES], struct store_session *out)
{
	const struct known_session *set = known->at[set_of(hash)];

	for (unsigned i = 0; i < KNOWN_WAYS; i++) {
		if (!set[i].session.id || memcmp(set[i].hash, hash, TOKEN_HASH_BYTES) != 0)
			continue;
		*out = set[i].session;
		return set[i].number == sieve_number(sieve, out->account_id);
	}
	return false;
}

void known_put(struct known *known, const uint8_t hash[static TOKEN_HASH_BYTES], const struct store_session *session, uint64_t number)
{
	struct known_session *set = known->at[set_of(hash)], *place = &set[known->turn++ % KNOWN_WAYS];

	for (unsigned i = 0; i < KNOWN_WAYS; i++)
		if (memcmp(set[i].hash, hash, TOKEN_HASH_BYTES) == 0)
			place = &set[i];
	*place = (struct known_session){ .session = *session, .number = number };
	memcpy(place->hash, hash, TOKEN_HASH_BYTES);
}
