/** @file act/totp.h  One-time codes by time (RFC 6238: HMAC-SHA-1, 30 s, 6 digits, as every authenticator app has them). Inside of the room. */
#pragma once
#include "base/clock.h"
#include "base/str.h"

#include <stdint.h>

enum { TOTP_DIGITS = 6, TOTP_SECRET_BYTES = 20, TOTP_SECRET_CHARS = 32 };

/** The code of one step of 30 s since the epoch. 0 or -ENOMEM. */
int totp_code(const uint8_t secret[static TOTP_SECRET_BYTES], int64_t step, char out[static TOTP_DIGITS + 1]);

/**
 * The step behind `last` whose code this is, now, or one before or after it: clocks differ. 0 when there is none. Takes the same
 * time whichever it is.
 */
int64_t totp_match(const uint8_t secret[static TOTP_SECRET_BYTES], time_ms_t now, int64_t last, struct str code);

/** Base32 (RFC 4648), as people type it into an app. */
void totp_secret_text(const uint8_t secret[static TOTP_SECRET_BYTES], char out[static TOTP_SECRET_CHARS + 1]);
