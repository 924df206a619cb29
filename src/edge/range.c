/** @file edge/range.c  What of a file is asked for, and under which name it is kept: two header fields. */
#include "edge/inside.h"

#include <stdio.h>
#include <strings.h>

/* Digits of a whole number off the front; false without any, or beyond what a file can have. */
static bool number_take(struct str *in, int64_t *out)
{
	size_t n = 0;

	*out = 0;
	while (n < in->n && in->p[n] >= '0' && in->p[n] <= '9' && n < 16)
		*out = *out * 10 + (in->p[n++] - '0');
	in->p += n;
	in->n -= n;
	return n > 0 && n < 16;
}

int range_read(struct str field, int64_t bytes, int64_t *first, int64_t *last)
{
	bool from;

	if (field.n < 7 || strncasecmp(field.p, "bytes=", 6) != 0)
		return 0;
	field = (struct str){ field.p + 6, field.n - 6 };
	from = number_take(&field, first);
	if (field.n == 0 || *field.p != '-')
		return 0;
	field = (struct str){ field.p + 1, field.n - 1 };
	if (field.n == 0) {
		*last = bytes - 1;
		return !from ? 0 : *first < bytes ? 1 : -1;
	}
	/* Several ranges would be an answer in parts: all of it is as good. */
	if (!number_take(&field, last) || field.n)
		return 0;
	if (!from) {
		/* The last so many. */
		*first = *last < bytes ? bytes - *last : 0;
		if (*last == 0)
			return -1;
		*last = bytes - 1;
		return 1;
	}
	if (*last < *first)
		return 0;
	if (*first >= bytes)
		return -1;
	*last = *last < bytes ? *last : bytes - 1;
	return 1;
}

void disposition_write(const char *name, char out[static DISPOSITION_CHARS])
{
	static const char hex[] = "0123456789ABCDEF";
	size_t n = (size_t)snprintf(out, DISPOSITION_CHARS, "attachment; filename=\"");

	/* For who reads no other: what is not plain is left out of it. */
	for (const char *c = name; *c; c++)
		out[n++] = (unsigned char)*c >= ' ' && (unsigned char)*c < 0x7f && !strchr("\"\\%", *c) ? *c : '_';
	n += (size_t)snprintf(out + n, DISPOSITION_CHARS - n, "\"; filename*=UTF-8''");
	for (const char *c = name; *c; c++) {
		unsigned char byte = (unsigned char)*c;

		/* attr-char of RFC 8187 section 3.2.1 */
		if ((byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') || strchr("!#$&+-.^_`|~", byte)) {
			out[n++] = *c;
			continue;
		}
		out[n++] = '%';
		out[n++] = hex[byte >> 4];
		out[n++] = hex[byte & 15];
	}
	out[n] = '\0';
}
