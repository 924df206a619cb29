/** @file model/instant.c  Points in time, compared exactly (RFC 3339). */
#include "model/names.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { NANO_DIGITS = 9 };

/* Reading goes by a cursor that stops being valid at the first misfit. */
struct reader {
	const char *p, *end;
	bool ok;
};

static bool refuse(char why[static 128], const char *text)
{
	snprintf(why, 128, "%s", text);
	return false;
}

static unsigned digits(struct reader *r, unsigned count)
{
	unsigned value = 0;

	for (; count; count--, r->p++) {
		if (!r->ok || r->p >= r->end || *r->p < '0' || *r->p > '9') {
			r->ok = false;
			return 0;
		}
		value = value * 10 + (unsigned)(*r->p - '0');
	}
	return value;
}

static char one_of(struct reader *r, const char *set)
{
	char c = r->ok && r->p < r->end ? *r->p : '\0';

	if (c == '\0' || !strchr(set, c)) {
		r->ok = false;
		return '\0';
	}
	r->p++;
	return c;
}

static unsigned month_days(unsigned year, unsigned month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar, counted in eras of 400 years that begin on the first of March. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void date_of(int64_t days, int64_t *year, int64_t *month, int64_t *day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t of_era = z - era * 146097;
	int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
	int64_t m = (5 * of_year + 2) / 153;

	*day = of_year - (153 * m + 2) / 5 + 1;
	*month = m + (m < 10 ? 3 : -9);
	*year = y + era * 400 + (*month <= 2);
}

static int64_t read_seconds(struct reader *r)
{
	unsigned year, month, day, hour, minute, second;

	year = digits(r, 4);
	one_of(r, "-");
	month = digits(r, 2);
	one_of(r, "-");
	day = digits(r, 2);
	one_of(r, "Tt");
	hour = digits(r, 2);
	one_of(r, ":");
	minute = digits(r, 2);
	one_of(r, ":");
	second = digits(r, 2);
	if (!r->ok || month < 1 || month > 12 || day < 1 || day > month_days(year, month) || hour > 23 || minute > 59 || second > 59) {
		r->ok = false;
		return 0;
	}
	return days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
}

/* Borrows the digits behind the dot; none when there is no dot. */
static struct str read_fraction(struct reader *r)
{
	const char *from;

	if (!r->ok || r->p >= r->end || *r->p != '.')
		return (struct str){ "", 0 };
	from = ++r->p;
	while (r->p < r->end && *r->p >= '0' && *r->p <= '9')
		r->p++;
	r->ok = r->p > from;
	return (struct str){ from, (size_t)(r->p - from) };
}

static int64_t read_offset(struct reader *r)
{
	char sign = one_of(r, "Zz+-");
	unsigned hours, minutes;
	int64_t offset;

	if (!r->ok || sign == 'Z' || sign == 'z')
		return 0;
	hours = digits(r, 2);
	one_of(r, ":");
	minutes = digits(r, 2);
	if (hours > 23 || minutes > 59)
		r->ok = false;
	offset = hours * 3600 + minutes * 60;
	return sign == '-' ? -offset : offset;
}

static bool keep_fraction(struct instant *out, struct str fraction)
{
	while (fraction.n && fraction.p[fraction.n - 1] == '0')
		fraction.n--;
	for (size_t i = 0; i < NANO_DIGITS; i++)
		out->nanos = out->nanos * 10 + (i < fraction.n ? (uint32_t)(fraction.p[i] - '0') : 0);
	if (fraction.n <= NANO_DIGITS)
		return true;
	out->finer = str_dup((struct str){ fraction.p + NANO_DIGITS, fraction.n - NANO_DIGITS });
	return out->finer;
}

bool instant_parse(struct str text, struct instant *out, char why[static 128])
{
	struct reader r = { text.p, text.p + text.n, true };
	struct instant at = { .given = true };
	struct str fraction;

	*out = (struct instant){ 0 };
	at.seconds = read_seconds(&r);
	fraction = read_fraction(&r);
	at.seconds -= read_offset(&r);
	if (!r.ok || r.p != r.end)
		return refuse(why, "is not a time as in 2026-06-15T12:00:00Z (RFC 3339)");
	if (at.seconds < days_of(0, 1, 1) * 86400 || at.seconds >= days_of(10000, 1, 1) * 86400)
		return refuse(why, "is not in the years 0000 to 9999 of UTC");
	if (!keep_fraction(&at, fraction))
		return refuse(why, "out of memory");
	*out = at;
	return true;
}

void instant_release(struct instant *at)
{
	free(at->finer);
	*at = (struct instant){ 0 };
}

int instant_copy(struct instant *out, const struct instant *from)
{
	struct instant copy = *from;

	*out = (struct instant){ 0 };
	if (from->finer) {
		copy.finer = str_dup(str_of(from->finer));
		if (!copy.finer)
			return -ENOMEM;
	}
	*out = copy;
	return 0;
}

int instant_cmp(const struct instant *a, const struct instant *b)
{
	if (a->given != b->given)
		return a->given ? 1 : -1;
	if (a->seconds != b->seconds)
		return a->seconds < b->seconds ? -1 : 1;
	if (a->nanos != b->nanos)
		return a->nanos < b->nanos ? -1 : 1;
	/* Without trailing zeros, digits order as text. */
	return strcmp(a->finer ? a->finer : "", b->finer ? b->finer : "");
}

char *instant_format(const struct instant *at)
{
	int64_t days = at->seconds / 86400, second = at->seconds % 86400, year, month, day;
	char nanos[NANO_DIGITS + 2];
	char *out;
	int n;

	assert(at->given);
	if (second < 0) {
		second += 86400;
		days--;
	}
	date_of(days, &year, &month, &day);
	n = snprintf(nanos, sizeof nanos, ".%09u", (unsigned)at->nanos);
	for (; !at->finer && n && (nanos[n - 1] == '0' || nanos[n - 1] == '.'); n--)
		nanos[n - 1] = '\0';
	n = asprintf(&out, "%04d-%02d-%02dT%02d:%02d:%02d%s%sZ", (int)year, (int)month, (int)day, (int)(second / 3600),
		(int)(second / 60 % 60), (int)(second % 60), nanos, at->finer ? at->finer : "");
	return n < 0 ? NULL : out;
}

void instant_of_ms(time_ms_t at, struct instant *out)
{
	int64_t seconds = at / 1000, ms = at % 1000;

	if (ms < 0) {
		ms += 1000;
		seconds--;
	}
	*out = (struct instant){ .seconds = seconds, .nanos = (uint32_t)ms * 1000000, .given = true };
}
