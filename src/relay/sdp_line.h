/** @file relay/sdp_line.h  The lines, tokens and words that a session description is made of (RFC 8866 section 9). */
#pragma once
#include "base/str.h"

/** One line, without its end. */
struct sdp_line {
	char type;
	struct str value;
};

enum { SDP_LINE_BYTES = 4096 };

/**
 * Take the next line off *rest. False at the end, and, with *rest not empty, before a line that is none: no type letter and `=`,
 * an empty value, over SDP_LINE_BYTES, a control character, bytes that are not UTF-8, or no LF or CRLF behind it.
 */
bool sdp_line_next(struct str *rest, struct sdp_line *line);

/** Take the next token off *rest, up to a single space or the end. False when there is none, or an empty one. */
bool sdp_token_next(struct str *rest, struct str *token);

/** A decimal number without sign, at most `most`. */
bool sdp_number(struct str text, unsigned most, unsigned *out);

/** The name of an a= line, and what is behind its colon ("" when there is none). */
struct str sdp_attribute(struct str line, struct str *value);

/** An attribute's name as browsers write them: small letters, digits and hyphens. */
bool sdp_name(struct str name);

/** A user fragment or password: `least` to 256 characters of RFC 8839 section 5.4. */
bool sdp_ice_text(struct str text, size_t least);

/** So many bytes in hex, with colons between (RFC 8122 section 5). */
bool sdp_hex_bytes(struct str text, size_t n);
