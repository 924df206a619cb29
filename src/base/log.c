/** @file base/log.c  The JSON log line. */
#include "base/log.h"

#include "base/clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

enum { LINE_BYTES = 2048 };

struct line {
	char p[LINE_BYTES];
	size_t n;
};

static atomic_int lowest = LOG_INFO;

void log_level_set(enum log_level level)
{
	lowest = (int)level;
}

static void put(struct line *l, const char *p, size_t n)
{
	/* Room for the closing brace and the newline is always kept. */
	if (l->n + n > LINE_BYTES - 2)
		return;
	memcpy(l->p + l->n, p, n);
	l->n += n;
}

static void put_escaped(struct line *l, struct str s)
{
	/* A long value is cut, so that the line always stays whole JSON. */
	size_t most = s.n < 400 ? s.n : 400;

	put(l, "\"", 1);
	for (size_t i = 0; i < most && l->n < LINE_BYTES - 64; i++) {
		unsigned char c = (unsigned char)s.p[i];
		char esc[8];

		if (c == '"' || c == '\\') {
			esc[0] = '\\';
			esc[1] = (char)c;
			put(l, esc, 2);
		} else if (c < 0x20 || c == 0x7f || c >= 0x80) {
			/* Bytes, not characters: what a log shows must not depend on a valid encoding. */
			put(l, esc, (size_t)snprintf(esc, sizeof esc, "\\u%04x", c));
		} else {
			put(l, (const char *)&s.p[i], 1);
		}
	}
	put(l, "\"", 1);
}

static void put_field(struct line *l, const struct log_field *f)
{
	char num[32];

	if (l->n > LINE_BYTES - 512)
		return;
	put(l, ",\"", 2);
	put(l, f->key, strlen(f->key));
	put(l, "\":", 2);
	switch (f->type) {
	case LOG_STR:
		put_escaped(l, f->str);
		break;
	case LOG_INT:
		put(l, num, (size_t)snprintf(num, sizeof num, "%lld", (long long)f->num));
		break;
	case LOG_BOOL:
		put(l, f->num ? "true" : "false", f->num ? 4 : 5);
		break;
	case LOG_END:
		break;
	}
}

void log_line(enum log_level level, const char *event, const struct log_field *fields)
{
	static const char *const names[] = { "debug", "info", "warn", "error" };
	struct line l = { .n = 0 };
	char at[25];
	ssize_t wrote;

	if ((int)level < lowest)
		return;
	clock_format(clock_wall_ms(), at);
	l.n = (size_t)snprintf(l.p, sizeof l.p, "{\"at\":\"%s\",\"level\":\"%s\",\"ev\":\"%s\"", at, names[level], event);
	for (; fields->type != LOG_END; fields++)
		put_field(&l, fields);
	l.p[l.n++] = '}';
	l.p[l.n++] = '\n';
	wrote = write(STDERR_FILENO, l.p, l.n);
	(void)wrote;	/* there is nobody to tell */
}
