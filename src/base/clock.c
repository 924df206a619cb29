/** @file base/clock.c  Wall and monotonic time. */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t clock_read(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

time_ms_t clock_wall_ms(void)
{
	return clock_read(CLOCK_REALTIME);
}

int64_t clock_mono_ms(void)
{
	return clock_read(CLOCK_MONOTONIC);
}

void clock_format(time_ms_t at, char out[static 25])
{
	time_t seconds = (time_t)(at / 1000);
	unsigned ms = (unsigned)(at % 1000);
	char day[24];
	struct tm utc;

	gmtime_r(&seconds, &utc);
	strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(out, 25, "%.19s.%03uZ", day, ms % 1000);
}
