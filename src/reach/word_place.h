/** @file reach/word_place.h  The places that a search can lead to: where in an account's texts a word begins. */
#pragma once
#include "reach/facts.h"

/** An account's row, one of its texts, a byte in it: packed, as a tenant has millions. */
typedef uint64_t word_place;

enum {
	WORD_TEXTS = 6,
	WORD_AT_BITS = 13,
	WORD_TEXT_BITS = 3,
	WORDS_MOST = 64,	/* of one account; those behind are not found */
};

/**
 * The nth of the texts that a search looks through: name, title, address, home, these two in both forms where these differ. Small
 * letters, or ASCII in any case. Borrowed; "" where there is none.
 */
const char *word_text(const struct account *a, unsigned nth);

/** Its places, in order of text and byte. In an address the local part has words, and the domain is one. */
size_t word_places(const struct account *a, word_place out[static WORDS_MOST]);

static inline word_place word_place_of(const struct account *a, unsigned nth, size_t at)
{
	return ((uint64_t)a->row << WORD_TEXT_BITS | nth) << WORD_AT_BITS | at;
}

static inline int64_t word_row(word_place place)
{
	return (int64_t)(place >> (WORD_AT_BITS + WORD_TEXT_BITS));
}

static inline unsigned word_nth(word_place place)
{
	return (unsigned)(place >> WORD_AT_BITS) & ((1u << WORD_TEXT_BITS) - 1);
}

static inline size_t word_at(word_place place)
{
	return place & ((1u << WORD_AT_BITS) - 1);
}

/** The byte in small letters. */
static inline unsigned char word_small(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}
