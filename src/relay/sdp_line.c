/** @file relay/sdp_line.c  Lines, tokens and words of a session description. */
#include "relay/sdp_line.h"

static bool text_clean(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return false;
	}
	return str_utf8(text);
}

bool sdp_line_next(struct str *rest, struct sdp_line *line)
{
	const char *end = rest->n ? memchr(rest->p, '\n', rest->n) : NULL;
	size_t n, taken;

	if (!end)
		return false;
	n = (size_t)(end - rest->p);
	taken = n + 1;
	if (n && end[-1] == '\r')
		n--;
	if (n < 3 || n > SDP_LINE_BYTES || rest->p[0] < 'a' || rest->p[0] > 'z' || rest->p[1] != '=')
		return false;
	line->type = rest->p[0];
	line->value = (struct str){ rest->p + 2, n - 2 };
	if (!text_clean(line->value))
		return false;
	rest->p += taken;
	rest->n -= taken;
	return true;
}

bool sdp_token_next(struct str *rest, struct str *token)
{
	const char *space = rest->n ? memchr(rest->p, ' ', rest->n) : NULL;
	size_t n = space ? (size_t)(space - rest->p) : rest->n;
	size_t taken = space ? n + 1 : n;

	if (n == 0)
		return false;
	*token = (struct str){ rest->p, n };
	rest->p += taken;
	rest->n -= taken;
	return true;
}

bool sdp_number(struct str text, unsigned most, unsigned *out)
{
	unsigned v = 0;

	if (text.n == 0 || text.n > 6)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		v = v * 10 + (unsigned)(text.p[i] - '0');
	}
	*out = v;
	return v <= most;
}

struct str sdp_attribute(struct str line, struct str *value)
{
	const char *colon = memchr(line.p, ':', line.n);
	size_t n = colon ? (size_t)(colon - line.p) : line.n;

	*value = colon ? (struct str){ colon + 1, line.n - n - 1 } : STR("");
	return (struct str){ line.p, n };
}

/*
 * Browsers end a name at a space too, or take capitals for small letters: what we read as some unknown attribute, they would
 * read as a candidate, and call an address that we have not seen. So a name is what browsers write, or refused.
 */
bool sdp_name(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
			return false;
	}
	return name.n > 0;
}

bool sdp_ice_text(struct str text, size_t least)
{
	if (text.n < least || text.n > 256)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '+' && c != '/')
			return false;
	}
	return true;
}

bool sdp_hex_bytes(struct str text, size_t n)
{
	if (text.n != n * 3 - 1)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (i % 3 == 2 ? c != ':' : !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'F') && !(c >= 'a' && c <= 'f'))
			return false;
	}
	return true;
}
