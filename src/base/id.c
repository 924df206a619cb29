/** @file base/id.c  Random ids and tokens. */
#include "base/id.h"

#include <sodium.h>

void id_random(void *out, size_t n)
{
	randombytes_buf(out, n);
}

void id_make(char out[static ID_CHARS + 1])
{
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
	uint8_t raw[17] = { 0 };

	randombytes_buf(raw, 16);
	for (unsigned i = 0; i < ID_CHARS; i++) {
		unsigned bit = i * 5;
		unsigned pair = (unsigned)raw[bit / 8] << 8 | raw[bit / 8 + 1];

		out[i] = alphabet[pair >> (11 - bit % 8) & 31];
	}
	out[ID_CHARS] = '\0';
}

void token_make(char out[static TOKEN_CHARS + 1])
{
	uint8_t raw[32];

	randombytes_buf(raw, sizeof raw);
	sodium_bin2base64(out, TOKEN_CHARS + 1, raw, sizeof raw, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(raw, sizeof raw);
}

void token_hash(const char *token, size_t n, uint8_t out[static TOKEN_HASH_BYTES])
{
	crypto_generichash(out, TOKEN_HASH_BYTES, (const uint8_t *)token, n, NULL, 0);
}
