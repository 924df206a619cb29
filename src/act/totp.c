/** @file act/totp.c  RFC 6238, over OpenSSL's HMAC. */
#include "act/totp.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>
#include <stdio.h>

enum { STEP_MS = 30000, MILLION = 1000000 };

int totp_code(const uint8_t secret[static TOTP_SECRET_BYTES], int64_t step, char out[static TOTP_DIGITS + 1])
{
	uint8_t counter[8], mac[20];
	unsigned n = sizeof mac, at;
	uint32_t number;

	for (int i = 7; i >= 0; i--, step >>= 8)
		counter[i] = (uint8_t)step;
	if (!HMAC(EVP_sha1(), secret, TOTP_SECRET_BYTES, counter, sizeof counter, mac, &n))
		return -ENOMEM;
	/* RFC 4226 section 5.3 */
	at = mac[19] & 0xf;
	number = (uint32_t)(mac[at] & 0x7f) << 24 | (uint32_t)mac[at + 1] << 16 | (uint32_t)mac[at + 2] << 8 | mac[at + 3];
	snprintf(out, TOTP_DIGITS + 1, "%06u", number % MILLION);
	return 0;
}

int64_t totp_match(const uint8_t secret[static TOTP_SECRET_BYTES], time_ms_t now, int64_t last, struct str code)
{
	int64_t today = now / STEP_MS, found = 0;

	if (code.n != TOTP_DIGITS)
		return 0;
	for (int64_t step = today - 1; step <= today + 1; step++) {
		char wanted[TOTP_DIGITS + 1];

		if (totp_code(secret, step, wanted) == 0 && sodium_memcmp(wanted, code.p, TOTP_DIGITS) == 0 && step > last)
			found = step;
	}
	return found;
}

void totp_secret_text(const uint8_t secret[static TOTP_SECRET_BYTES], char out[static TOTP_SECRET_CHARS + 1])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

	for (unsigned i = 0; i < TOTP_SECRET_CHARS; i++) {
		unsigned bit = i * 5, byte = bit / 8, shift = bit % 8;
		unsigned two = (unsigned)secret[byte] << 8 | (byte + 1 < TOTP_SECRET_BYTES ? secret[byte + 1] : 0);

		out[i] = letters[two >> (11 - shift) & 0x1f];
	}
	out[TOTP_SECRET_CHARS] = '\0';
}
