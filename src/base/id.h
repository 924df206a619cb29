/** @file base/id.h  Random ids and tokens, and the hash under which tokens are kept. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { ID_CHARS = 26, TOKEN_CHARS = 43, TOKEN_HASH_BYTES = 32 };

/** Fill with random bytes from the kernel (libsodium). Never fails. */
void id_random(void *out, size_t n);

/** A random 128-bit id as 26 characters of lower-case base32, NUL-terminated. */
void id_make(char out[static ID_CHARS + 1]);

/** A random 256-bit secret as 43 characters of URL-safe base64, NUL-terminated. */
void token_make(char out[static TOKEN_CHARS + 1]);

/** BLAKE2b-256 of a secret: what the store keeps instead of the secret itself. */
void token_hash(const char *token, size_t n, uint8_t out[static TOKEN_HASH_BYTES]);
