/** @file mail/letter.h  One text mail as the bytes that SMTP carries (RFC 5322, RFC 2045). Pure. */
#pragma once
#include "base/buf.h"
#include "base/clock.h"

enum { LETTER_ADDRESS_BYTES = 320, LETTER_TEXT_BYTES = 8192, LETTER_BYTES = 32768 };

/** What a mail says. Borrowed. */
struct letter {
	const char *id;			/* unique, letters and digits: the same for each try of one mail */
	time_ms_t at;
	const char *from;		/* an address; the name beside it is ours */
	const char *to;
	const char *subject;		/* ASCII, at most 70 characters: ours, never what somebody typed */
	const char *text;		/* UTF-8, lines ending in \n */
};

/**
 * May this stand in an envelope and in a header? A local part of atoms (RFC 5321 dot-string, UTF-8 by RFC 6531) and a domain of
 * letters, digits, dots and hyphens: nothing that needs quotes, and nothing that ends a command or a header.
 */
bool letter_address_ok(const char *address);

/** Append the mail, lines ending in \r\n. 0, -EINVAL when an address, the subject or a size is not as above, or -ENOMEM. */
int letter_encode(struct buf *out, const struct letter *letter);
