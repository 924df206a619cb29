/** @file model/span.c  Finding where JSON values begin and end. What lies inside them is left to the strict parser. */
#include "model/span.h"

static unsigned line_of(struct str whole, const char *p)
{
	unsigned line = 1;

	for (const char *c = whole.p; c < p; c++)
		line += *c == '\n';
	return line;
}

static bool misfit(const struct span *span, const char *what, struct json_err *err)
{
	return json_bad(err, span->path, "not valid JSON at line %u: %s", line_of(span->whole, span->p), what);
}

static void skip_blanks(struct span *span)
{
	while (span->p < span->end && (*span->p == ' ' || *span->p == '\t' || *span->p == '\n' || *span->p == '\r'))
		span->p++;
}

static bool at(const struct span *span, char c)
{
	return span->p < span->end && *span->p == c;
}

/* The end of the string that begins at p, or NULL. */
static const char *string_end(const char *p, const char *end)
{
	for (p++; p < end; p++) {
		if (*p == '"')
			return p + 1;
		if (*p == '\\')
			p++;
	}
	return NULL;
}

/* Brackets are only counted here; whether they match is seen when the part is parsed. */
static const char *nested_end(const char *p, const char *end)
{
	unsigned depth = 0;

	while (p < end) {
		if (*p == '"') {
			p = string_end(p, end);
			if (!p)
				return NULL;
			continue;
		}
		depth += *p == '{' || *p == '[';
		if ((*p == '}' || *p == ']') && --depth == 0)
			return p + 1;
		p++;
	}
	return NULL;
}

static const char *scalar_end(const char *p, const char *end)
{
	const char *from = p;

	while (p < end && !strchr(" \t\r\n,:]}", *p))
		p++;
	return p > from ? p : NULL;
}

static bool take_value(struct span *span, struct str *value, struct json_err *err)
{
	const char *from, *to;

	skip_blanks(span);
	from = span->p;
	if (at(span, '"'))
		to = string_end(from, span->end);
	else if (at(span, '{') || at(span, '['))
		to = nested_end(from, span->end);
	else
		to = scalar_end(from, span->end);
	if (!to)
		return misfit(span, "a value is missing or has no end", err);
	*value = (struct str){ from, (size_t)(to - from) };
	span->p = to;
	return true;
}

bool span_open(struct span *span, struct str whole, struct str value, char open, const char *path, struct json_err *err)
{
	*span = (struct span){ whole, path, value.p, value.p + value.n, open == '{' ? '}' : ']', true };
	skip_blanks(span);
	if (!at(span, open))
		return json_bad(err, path, open == '{' ? "must be an object" : "must be a list");
	span->p++;
	return true;
}

static enum span_step finish(struct span *span, struct json_err *err)
{
	span->p++;
	skip_blanks(span);
	if (span->p == span->end)
		return SPAN_DONE;
	misfit(span, "something follows the end", err);
	return SPAN_BAD;
}

static bool take_key(struct span *span, struct str *key, struct json_err *err)
{
	skip_blanks(span);
	if (!at(span, '"'))
		return misfit(span, "a key in quotes is missing", err);
	if (!take_value(span, key, err))
		return false;
	skip_blanks(span);
	if (!at(span, ':'))
		return misfit(span, "a colon is missing", err);
	span->p++;
	return true;
}

enum span_step span_next(struct span *span, struct str *key, struct str *value, struct json_err *err)
{
	*key = (struct str){ "", 0 };
	skip_blanks(span);
	if (at(span, span->close) && span->first)
		return finish(span, err);
	if (!span->first) {
		if (at(span, span->close))
			return finish(span, err);
		if (!at(span, ',')) {
			misfit(span, "a comma or the closing bracket is missing", err);
			return SPAN_BAD;
		}
		span->p++;
	}
	span->first = false;
	if (span->close == '}' && !take_key(span, key, err))
		return SPAN_BAD;
	return take_value(span, value, err) ? SPAN_MORE : SPAN_BAD;
}

json_t *span_read(struct str whole, struct str value, unsigned depth, const char *path, struct json_err *err)
{
	json_t *part = json_read(value, depth, err);
	json_error_t e;

	if (part)
		return part;
	/* The path and the line that the reader gave are those of the part: say it again with the document's. */
	part = json_loadb(value.p, value.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK, &e);
	if (part) {
		json_decref(part);
		json_bad(err, path, "not valid JSON at line %u, or nested too deep", line_of(whole, value.p));
		return NULL;
	}
	json_bad(err, path, "not valid JSON at line %u: %s", line_of(whole, value.p) + (unsigned)(e.line > 0 ? e.line - 1 : 0), e.text);
	return NULL;
}
