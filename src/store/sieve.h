/**
 * @file store/sieve.h  Which accounts' sign-in changed lately, without a list: numbers that only grow, which many accounts share. Inside
 * this room only. A reader takes the number before he reads the database, and what he read stands as long as the number does.
 * The writer's thread moves it right behind the commit, before anybody hears of that.
 */
#pragma once
#include <stdatomic.h>
#include <stdint.h>

enum { SIEVE_NUMBERS = 4096, TOUCHED_MOST = 32 };

struct sieve {
	_Atomic uint64_t number[SIEVE_NUMBERS];
	_Atomic uint64_t everybody;
};

/** What one group of writes touched; more than TOUCHED_MOST are everybody. */
struct touched {
	int64_t account[TOUCHED_MOST];
	unsigned n;
};

/** Account 0 is everybody. */
static inline void touch(struct touched *touched, int64_t account)
{
	if (!account || touched->n >= TOUCHED_MOST)
		touched->n = TOUCHED_MOST + 1;
	else
		touched->account[touched->n++] = account;
}

static inline uint64_t sieve_number(struct sieve *sieve, int64_t account)
{
	/* Both only grow: so does their sum, whichever moved. */
	return atomic_load(&sieve->number[(uint64_t)account % SIEVE_NUMBERS]) + atomic_load(&sieve->everybody);
}

static inline void sieve_move(struct sieve *sieve, const struct touched *touched)
{
	if (touched->n > TOUCHED_MOST)
		atomic_fetch_add(&sieve->everybody, 1);
	else
		for (unsigned i = 0; i < touched->n; i++)
			atomic_fetch_add(&sieve->number[(uint64_t)touched->account[i] % SIEVE_NUMBERS], 1);
}
