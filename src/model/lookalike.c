/** @file model/lookalike.c  Names that are not what they seem: letters of several scripts, or of one that looks like another (UTS 39). */
#include "model/names.h"

#include <pthread.h>
#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/uspoof.h>
#include <unicode/utf8.h>

static USpoofChecker *checker;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Latin beside the scripts that are written with it in East Asia is no trick; hidden characters always are. */
static void checker_open(void)
{
	UErrorCode code = U_ZERO_ERROR;

	checker = uspoof_open(&code);
	if (U_SUCCESS(code))
		uspoof_setChecks(checker, USPOOF_RESTRICTION_LEVEL | USPOOF_INVISIBLE | USPOOF_MIXED_NUMBERS, &code);
	if (U_SUCCESS(code))
		uspoof_setRestrictionLevel(checker, USPOOF_HIGHLY_RESTRICTIVE);
	if (U_SUCCESS(code))
		return;
	uspoof_close(checker);
	checker = NULL;
}

static bool ascii(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] >= 0x80)
			return false;
	return true;
}

/* What is not drawn, or turns the direction of what is. Joiners are a part of some scripts. */
static bool hides(struct str text)
{
	const uint8_t *bytes = (const uint8_t *)text.p;
	int32_t n = (int32_t)text.n;

	for (int32_t i = 0; i < n;) {
		UChar32 c;

		U8_NEXT(bytes, i, n, c);
		if (c < 0 || (c != 0x200c && c != 0x200d && u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)))
			return true;
	}
	return false;
}

/* Nothing of it is ASCII letters, and all of it looks like them. */
static bool disguised(struct str text)
{
	char skeleton[1024];
	UErrorCode code = U_ZERO_ERROR;
	int32_t n;

	for (size_t i = 0; i < text.n; i++)
		if ((text.p[i] | 0x20) >= 'a' && (text.p[i] | 0x20) <= 'z')
			return false;
	n = uspoof_getSkeletonUTF8(checker, 0, text.p, (int32_t)text.n, skeleton, sizeof skeleton, &code);

	/* A letter that looks like a Latin one with a sign on it is a letter of its own. */
	return U_SUCCESS(code) && n > 0 && (size_t)n < sizeof skeleton && ascii((struct str){ skeleton, (size_t)n });
}

enum lookalike text_lookalike(struct str text)
{
	UErrorCode code = U_ZERO_ERROR;
	int32_t failed;

	if (ascii(text))
		return LOOKALIKE_NONE;
	pthread_once(&once, checker_open);
	/* Without its data nothing is known to be what it seems. */
	if (!checker)
		return LOOKALIKE_MIXED;
	failed = uspoof_check2UTF8(checker, text.p, (int32_t)text.n, NULL, &code);
	if (U_FAILURE(code) || failed || hides(text))
		return LOOKALIKE_MIXED;
	return disguised(text) ? LOOKALIKE_DISGUISED : LOOKALIKE_NONE;
}
