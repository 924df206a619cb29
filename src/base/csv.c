/** @file base/csv.c  Every field is quoted: that is always right, and nothing has to be looked for. */
#include "base/csv.h"

#include <string.h>

static bool runs(struct str text)
{
	return text.n && memchr("=+-@\t\r", text.p[0], 6);
}

static int quoted(struct buf *out, struct str text)
{
	int err = 0;

	for (size_t from = 0; !err && from < text.n;) {
		const char *quote = memchr(text.p + from, '"', text.n - from);
		size_t n = quote ? (size_t)(quote - text.p) - from + 1 : text.n - from;

		err = buf_add(out, text.p + from, n);
		if (!err && quote)
			err = buf_add(out, "\"", 1);
		from += n;
	}
	return err;
}

int csv_field(struct buf *out, struct str text)
{
	bool first = out->n == 0 || out->p[out->n - 1] == '\n';
	int err = first ? 0 : buf_add(out, ",", 1);

	if (!err)
		err = buf_add(out, "\"'", runs(text) ? 2 : 1);
	if (!err)
		err = quoted(out, text);
	return err ? err : buf_add(out, "\"", 1);
}

int csv_end(struct buf *out)
{
	return buf_add(out, "\r\n", 2);
}
