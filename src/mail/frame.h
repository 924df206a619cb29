/** @file mail/frame.h  What the server and its mail process say to each other: whole datagrams over a socket pair. Inside of the room. */
#pragma once
#include "mail/letter.h"

#include <stdint.h>

/** To the mail process: one letter. As many bytes as its text has, no more. */
struct frame_letter {
	uint32_t turn;			/* that of the hello or outcome which asked for it: a letter for somebody who died is not his heir's */
	uint32_t bytes;
	char to[LETTER_ADDRESS_BYTES + 4];
	char text[LETTER_BYTES];
};

/** From it. */
enum frame_word {
	FRAME_HELLO = 1,		/* ready, after its start; whatever was under way is not known to have been sent */
	FRAME_BAD,			/* the start failed: `why` */
	FRAME_SENT,
	FRAME_LATER,			/* not now: try again */
	FRAME_NEVER,			/* the mail server will not take this one */
};

struct frame_outcome {
	uint32_t turn;
	uint32_t word;
	char why[200];			/* for the log */
};

#define FRAME_LETTER_HEAD offsetof(struct frame_letter, text)

/** Is what came whole and sound? Texts are ended. */
bool frame_letter_ok(struct frame_letter *frame, size_t n);
bool frame_outcome_ok(struct frame_outcome *frame, size_t n);
