/** @file base/clock.h  The only door to time. Tests may move the wall clock; timers use the monotonic one. */
#pragma once
#include <stdint.h>

/** Milliseconds since 1970-01-01T00:00:00Z. */
typedef int64_t time_ms_t;

/** The wall clock, milliseconds since the epoch. */
time_ms_t clock_wall_ms(void);

/** A clock that never goes back, milliseconds since some start. */
int64_t clock_mono_ms(void);

/** RFC 3339 in UTC with milliseconds, "2026-11-23T17:35:00.123Z". */
void clock_format(time_ms_t at, char out[static 25]);
