/** @file model/word.h  Where words begin. */
#pragma once
#include "base/str.h"

#include <stdbool.h>

/**
 * A walk over the beginnings of words: of runs of letters and digits, with the marks upon them. An ideograph is a word by itself, as
 * nothing parts it from the next. Start with the text, which must be UTF-8, and zeros.
 */
struct words {
	struct str text;
	size_t at;
	bool inside;	/* of a word that has been told */
};

/** The next one, as a byte in the text; false behind the last. */
bool words_next(struct words *words, size_t *begins);
