/** @file mail/frame.c  Neither side believes the other: lengths are exact, texts are ended, words are known. */
#include "mail/frame.h"

#include <stddef.h>

bool frame_letter_ok(struct frame_letter *frame, size_t n)
{
	if (n < FRAME_LETTER_HEAD || frame->bytes > LETTER_BYTES || n != FRAME_LETTER_HEAD + frame->bytes)
		return false;
	frame->to[sizeof frame->to - 1] = '\0';
	return letter_address_ok(frame->to);
}

bool frame_outcome_ok(struct frame_outcome *frame, size_t n)
{
	if (n != sizeof *frame || frame->word < FRAME_HELLO || frame->word > FRAME_NEVER)
		return false;
	frame->why[sizeof frame->why - 1] = '\0';
	return true;
}
