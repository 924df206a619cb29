/** @file model/fold.c  Text made comparable: folded, lowered, trimmed. ICU works in UTF-16; this is where text goes there and back. */
#include "model/fold.h"

#include "model/names.h"

#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

/* Case mapping may triple, composing may triple again in the worst case; longer text is refused. */
enum { GROWTH = 9, TEXT_BYTES = 1 << 24 };

static bool ascii(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		if ((unsigned char)text.p[i] >= 0x80)
			return false;
	}
	return true;
}

static char *ascii_lower(struct str text)
{
	char *out = str_dup(text);

	for (size_t i = 0; out && i < text.n; i++) {
		if (out[i] >= 'A' && out[i] <= 'Z')
			out[i] = (char)(out[i] | 0x20);
	}
	return out;
}

static int32_t map_case(enum text_case mapping, UChar *to, int32_t most, const UChar *from, int32_t n, UErrorCode *status)
{
	if (mapping == TEXT_FOLD)
		return u_strFoldCase(to, most, from, n, U_FOLD_CASE_DEFAULT, status);
	return u_strToLower(to, most, from, n, "", status);
}

static char *to_utf8(const UChar *from, int32_t n)
{
	UErrorCode status = U_ZERO_ERROR;
	int32_t bytes = 0;
	char *out = malloc((size_t)n * 3 + 1);

	if (!out)
		return NULL;
	u_strToUTF8(out, n * 3, &bytes, from, n, &status);
	out[bytes] = '\0';
	return out;
}

char *text_map_case(struct str text, enum text_case mapping)
{
	UErrorCode status = U_ZERO_ERROR;
	int32_t n, most = (int32_t)(text.n * GROWTH + 16);
	const UNormalizer2 *nfc;
	char *out = NULL;
	UChar *a, *b;

	if (ascii(text))
		return ascii_lower(text);
	if (text.n > TEXT_BYTES || !str_utf8(text))
		return NULL;
	a = malloc((size_t)most * 2 * sizeof *a);
	if (!a)
		return NULL;
	b = a + most;
	nfc = unorm2_getNFCInstance(&status);
	u_strFromUTF8(a, most, &n, text.p, (int32_t)text.n, &status);
	n = unorm2_normalize(nfc, a, n, b, most, &status);
	n = map_case(mapping, a, most, b, n, &status);
	n = unorm2_normalize(nfc, a, n, b, most, &status);
	if (U_SUCCESS(status))
		out = to_utf8(b, n);
	free(a);
	return out;
}

char *text_fold(struct str text)
{
	return text_map_case(text, TEXT_FOLD);
}

int32_t text_next(struct str text, size_t *at)
{
	const unsigned char *p = (const unsigned char *)text.p + *at;
	unsigned tail = (*p >= 0xc0) + (*p >= 0xe0) + (*p >= 0xf0);
	int32_t c = tail ? *p & (0x3f >> tail) : *p;

	*at += 1 + tail;
	while (tail--)
		c = c << 6 | (*++p & 0x3f);
	return c;
}

struct str text_trim(struct str text)
{
	struct str rest = text;
	size_t at;

	while (rest.n) {
		at = 0;
		if (!u_isUWhiteSpace(text_next(rest, &at)))
			break;
		rest = (struct str){ rest.p + at, rest.n - at };
	}
	while (rest.n) {
		size_t last = rest.n - 1;

		while (last && ((unsigned char)rest.p[last] & 0xc0) == 0x80)
			last--;
		at = last;
		if (!u_isUWhiteSpace(text_next(rest, &at)))
			break;
		rest.n = last;
	}
	return rest;
}

size_t text_chars(struct str text)
{
	size_t chars = 0;

	for (size_t i = 0; i < text.n; i++)
		chars += ((unsigned char)text.p[i] & 0xc0) != 0x80;
	return chars;
}
