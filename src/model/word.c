/** @file model/word.c  Where words begin. */
#include "model/word.h"

#include "model/fold.h"

#include <unicode/uchar.h>

enum sign { SIGN_OTHER, SIGN_LETTER, SIGN_MARK, SIGN_ALONE };

static enum sign sign_of(int32_t c)
{
	if (c < 0x80)
		return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ? SIGN_LETTER : SIGN_OTHER;
	if (u_hasBinaryProperty(c, UCHAR_IDEOGRAPHIC))
		return SIGN_ALONE;
	if (u_isalnum(c))
		return SIGN_LETTER;
	return U_GET_GC_MASK(c) & U_GC_M_MASK ? SIGN_MARK : SIGN_OTHER;
}

bool words_next(struct words *words, size_t *begins)
{
	while (words->at < words->text.n) {
		bool inside = words->inside;

		*begins = words->at;
		switch (sign_of(text_next(words->text, &words->at))) {
		case SIGN_MARK:
			break;
		case SIGN_OTHER:
			words->inside = false;
			break;
		case SIGN_ALONE:
			words->inside = false;
			return true;
		case SIGN_LETTER:
			words->inside = true;
			if (!inside)
				return true;
			break;
		}
	}
	return false;
}
