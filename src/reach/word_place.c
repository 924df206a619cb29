/** @file reach/word_place.c  The places that a search can lead to: where in an account's texts a word begins. */
#include "reach/word_place.h"

#include "model/word.h"

#include <assert.h>

/* Words beyond are not found: nobody's name is so long. */
enum { TEXT_BYTES = 1 << WORD_AT_BITS, TEXT_ADDRESS = 2 };

_Static_assert(WORD_TEXTS <= 1 << WORD_TEXT_BITS, "a place names its text");

static const char *plain_text(const struct account *a, unsigned nth)
{
	switch (nth) {
	case 0:
		return account_name(a).p;
	case 1:
		return account_title(a).p;
	case TEXT_ADDRESS:
		return account_address(a).p;
	case TEXT_ADDRESS + 1:
		return account_home(a).p;
	}
	return "";
}

const char *word_text(const struct account *a, unsigned nth)
{
	const char *text = a->text + a->hay_at;

	if (a->flags & ACCOUNT_PLAIN)
		return plain_text(a, nth);
	while (nth--)
		text += strlen(text) + 1;
	return text;
}

/* The beginnings of words in one text that may be indexed. */
static size_t begin_all(const char *text, bool address, size_t *out, size_t most)
{
	const char *at = address ? strchr(text, '@') : NULL;
	struct words words = { .text = { text, at ? (size_t)(at - text) : strlen(text) } };
	size_t n = 0;

	if (words.text.n > TEXT_BYTES)
		return 0;
	while (n < most && words_next(&words, &out[n]))
		n++;
	if (at && n < most && words.text.n + 1 < TEXT_BYTES)
		out[n++] = words.text.n + 1;
	return n;
}

size_t word_places(const struct account *a, word_place out[static WORDS_MOST])
{
	size_t begins[WORDS_MOST], n = 0;

	assert(a->row >= 0 && a->row < INT64_C(1) << (64 - WORD_AT_BITS - WORD_TEXT_BITS));
	for (unsigned nth = 0; nth < WORD_TEXTS && n < WORDS_MOST; nth++) {
		size_t more = begin_all(word_text(a, nth), nth >= TEXT_ADDRESS, begins, WORDS_MOST - n);

		for (size_t i = 0; i < more; i++)
			out[n++] = word_place_of(a, nth, begins[i]);
	}
	return n;
}
