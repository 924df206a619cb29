/** @file relay/sdp_line.h  The lines, tokens and attributes that a session description is made of (RFC 8866 section 5). */
#pragma once
#include "base/str.h"

/** One line, without its end. */
struct sdp_line {
	char type;
	struct str value;
};

/**
 * Take the next line off *rest. False at the end, and, with *rest not empty, before a line that is none: no type letter and `=`,
 * an empty value, over SDP_LINE_BYTES, a control character, bytes that are not UTF-8, or no LF or CRLF behind it.
 */
enum { SDP_LINE_BYTES = 4096 };
bool sdp_line_next(struct str *rest, struct sdp_line *line);

/** Take the next token off *rest, up to a single space or the end. False when there is none, or an empty one. */
bool sdp_token_next(struct str *rest, struct str *token);

/** A decimal number without sign, at most `most`. */
bool sdp_number(struct str text, unsigned most, unsigned *out);

/** The name of an a= line, and what is behind its colon ("" when there is none). */
struct str sdp_attribute(struct str line, struct str *value);
