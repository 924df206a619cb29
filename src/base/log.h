/** @file base/log.h  One JSON object a line on standard error: events, not sentences. */
#pragma once
#include "base/str.h"

#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

enum log_type { LOG_END, LOG_STR, LOG_INT, LOG_BOOL };

/** One field of a line; build it with S(), I() or B(). */
struct log_field {
	const char *key;
	enum log_type type;
	struct str str;
	int64_t num;
};

#define LOG_S(k, v) ((struct log_field){ (k), LOG_STR, str_of(v), 0 })
#define LOG_STRN(k, v) ((struct log_field){ (k), LOG_STR, (v), 0 })
#define LOG_I(k, v) ((struct log_field){ (k), LOG_INT, { "", 0 }, (int64_t)(v) })
#define LOG_B(k, v) ((struct log_field){ (k), LOG_BOOL, { "", 0 }, (v) ? 1 : 0 })

/** Lines below this level are dropped. */
void log_level_set(enum log_level level);

/**
 * Write one line, `{"at":…,"level":…,"ev":…, fields…}`, in one write(2), from any thread. Values are escaped.
 * Never pass bodies, passwords, tokens or SDP.
 */
void log_line(enum log_level level, const char *event, const struct log_field *fields);

#define log_event(level, event, ...) \
	log_line((level), (event), (const struct log_field[]){ __VA_ARGS__ __VA_OPT__(,) { 0 } })
