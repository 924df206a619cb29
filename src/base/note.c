/** @file base/note.c  Signed notes: writing, reading, checking. Where they are kept is not here. */
#include "base/note.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define DASH "\xe2\x80\x94 "
#define PRIVATE "PRIVATE+KEY+"

/* signed-note's number for Ed25519. */
enum { ED25519 = 1, SIGNATURE_BYTES = 4 + crypto_sign_BYTES, LINES = 6, NAME_BYTES = 8 };

_Static_assert(NOTE_SEED_BYTES == crypto_sign_SEEDBYTES && NOTE_PUBLIC_BYTES == crypto_sign_PUBLICKEYBYTES, "Ed25519");

static void base64(const uint8_t *p, size_t n, char *out, size_t room)
{
	sodium_bin2base64(out, room, p, n, sodium_base64_VARIANT_ORIGINAL);
}

/* Exactly n bytes, written the one way in which they are written: libsodium 1.0.18 also reads letters with their eighth bit set. */
static bool base64_read(struct str text, uint8_t *out, size_t n)
{
	char again[128];
	size_t got;
	bool ok;

	if (text.n != sodium_base64_ENCODED_LEN(n, sodium_base64_VARIANT_ORIGINAL) - 1 ||
		sodium_base642bin(out, n, text.p, text.n, NULL, &got, NULL, sodium_base64_VARIANT_ORIGINAL) || got != n)
		return false;
	base64(out, n, again, sizeof again);
	ok = str_eq(text, str_of(again));
	sodium_memzero(again, sizeof again);
	return ok;
}

/* The name is made from the key, so that a key that was changed shows itself. */
static void key_of(const uint8_t public[static NOTE_PUBLIC_BYTES], struct note_key *out)
{
	uint8_t hash[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state state;
	char hex[2 * NAME_BYTES + 1];

	memcpy(out->public, public, NOTE_PUBLIC_BYTES);
	crypto_hash_sha256(hash, public, NOTE_PUBLIC_BYTES);
	sodium_bin2hex(hex, sizeof hex, hash, NAME_BYTES);
	snprintf(out->name, sizeof out->name, "farhand/%s", hex);
	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, (const uint8_t *)out->name, strlen(out->name));
	crypto_hash_sha256_update(&state, (const uint8_t[]){ '\n', ED25519 }, 2);
	crypto_hash_sha256_update(&state, public, NOTE_PUBLIC_BYTES);
	crypto_hash_sha256_final(&state, hash);
	memcpy(out->id, hash, sizeof out->id);
}

void note_signer_of(const uint8_t seed[static NOTE_SEED_BYTES], struct note_signer *out)
{
	uint8_t public[NOTE_PUBLIC_BYTES];

	crypto_sign_seed_keypair(public, out->secret, seed);
	key_of(public, &out->key);
}

static void key_write(const char *before, const struct note_key *key, const uint8_t bytes[static 32], char out[static NOTE_KEY_CHARS])
{
	uint8_t typed[1 + 32] = { ED25519 };
	char hex[2 * sizeof key->id + 1], text[64];

	memcpy(typed + 1, bytes, 32);
	base64(typed, sizeof typed, text, sizeof text);
	sodium_bin2hex(hex, sizeof hex, key->id, sizeof key->id);
	snprintf(out, NOTE_KEY_CHARS, "%s%s+%s+%s", before, key->name, hex, text);
	sodium_memzero(typed, sizeof typed);
	sodium_memzero(text, sizeof text);
}

/* The typed bytes behind the last '+' (which base64 has too: it is the second of those behind the name). False: there are none. */
static bool key_read(struct str text, uint8_t out[static 32])
{
	uint8_t typed[1 + 32];
	size_t pluses = 0, at = 0;
	bool ok;

	for (; at < text.n && pluses < 2; at++)
		pluses += text.p[at] == '+';
	ok = pluses == 2 && base64_read((struct str){ text.p + at, text.n - at }, typed, sizeof typed) && typed[0] == ED25519;
	if (ok)
		memcpy(out, typed + 1, 32);
	sodium_memzero(typed, sizeof typed);
	return ok;
}

static struct str line_cut(struct str text)
{
	if (text.n && text.p[text.n - 1] == '\n')
		text.n--;
	return text;
}

void note_key_format(const struct note_key *key, char out[static NOTE_KEY_CHARS])
{
	key_write("", key, key->public, out);
}

bool note_key_parse(struct str text, struct note_key *out)
{
	char again[NOTE_KEY_CHARS];
	uint8_t public[NOTE_PUBLIC_BYTES];
	struct note_key key;

	text = line_cut(text);
	if (!key_read(text, public))
		return false;
	key_of(public, &key);
	note_key_format(&key, again);
	if (!str_eq(text, str_of(again)))
		return false;
	*out = key;
	return true;
}

void note_signer_format(const struct note_signer *signer, char out[static NOTE_KEY_CHARS])
{
	/* libsodium keeps the seed in the secret key's first half. */
	key_write(PRIVATE, &signer->key, signer->secret, out);
}

bool note_signer_parse(struct str text, struct note_signer *out)
{
	size_t before = sizeof PRIVATE - 1;
	uint8_t seed[NOTE_SEED_BYTES];
	char again[NOTE_KEY_CHARS];
	struct note_signer signer;
	bool ok;

	text = line_cut(text);
	if (text.n < before || memcmp(text.p, PRIVATE, before) != 0 || !key_read((struct str){ text.p + before, text.n - before }, seed))
		return false;
	note_signer_of(seed, &signer);
	note_signer_format(&signer, again);
	ok = str_eq(text, str_of(again));
	if (ok)
		*out = signer;
	sodium_memzero(seed, sizeof seed);
	sodium_memzero(again, sizeof again);
	sodium_memzero(&signer, sizeof signer);
	return ok;
}

/* What is signed: the lines before the empty one. */
static size_t text_write(const struct note_key *key, const struct checkpoint_note *what, char out[static NOTE_CHARS])
{
	char root[64], at[25];

	base64(what->root.hash, MERKLE_BYTES, root, sizeof root);
	clock_format(what->at, at);
	return (size_t)snprintf(out, NOTE_CHARS, "%s\n%lld\n%s\nat %s\n", key->name, (long long)what->size, root, at);
}

void note_sign(const struct note_signer *signer, const struct checkpoint_note *what, char out[static NOTE_CHARS])
{
	size_t n = text_write(&signer->key, what, out);
	uint8_t signature[SIGNATURE_BYTES];
	char text[128];

	memcpy(signature, signer->key.id, sizeof signer->key.id);
	crypto_sign_detached(signature + 4, NULL, (const uint8_t *)out, n, signer->secret);
	base64(signature, sizeof signature, text, sizeof text);
	snprintf(out + n, NOTE_CHARS - n, "\n" DASH "%s %s\n", signer->key.name, text);
}

/* The next line without its end; false when no whole one is left. */
static bool line_next(struct str *rest, struct str *line)
{
	const char *end = rest->n ? memchr(rest->p, '\n', rest->n) : NULL;

	if (!end)
		return false;
	*line = (struct str){ rest->p, (size_t)(end - rest->p) };
	rest->n -= line->n + 1;
	rest->p = end + 1;
	return true;
}

static bool number_read(struct str text, int64_t *out)
{
	int64_t v = 0;

	if (!text.n || text.n > 18 || (text.p[0] == '0' && text.n > 1))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		v = v * 10 + (text.p[i] - '0');
	}
	*out = v;
	return true;
}

/* "at " and a time as clock_format() writes it, and no other way. */
static bool at_read(struct str line, time_ms_t *out)
{
	char text[28], again[25];
	struct tm utc = { 0 };
	const char *rest;

	if (line.n != sizeof text - 1 || memchr(line.p, 0, line.n))
		return false;
	memcpy(text, line.p, line.n);
	text[line.n] = '\0';
	rest = strptime(text, "at %Y-%m-%dT%H:%M:%S.", &utc);
	if (!rest)
		return false;
	*out = (time_ms_t)timegm(&utc) * 1000 + strtol(rest, NULL, 10);
	if (*out < 0)
		return false;
	clock_format(*out, again);
	return strcmp(again, text + 3) == 0;
}

static bool signature_ok(const struct note_key *key, struct str signed_text, struct str line)
{
	size_t before = sizeof DASH - 1 + strlen(key->name) + 1;
	uint8_t signature[SIGNATURE_BYTES];
	char start[64];

	snprintf(start, sizeof start, DASH "%s ", key->name);
	if (line.n <= before || memcmp(line.p, start, before) != 0 ||
		!base64_read((struct str){ line.p + before, line.n - before }, signature, sizeof signature))
		return false;
	return memcmp(signature, key->id, sizeof key->id) == 0 &&
		crypto_sign_verify_detached(signature + 4, (const uint8_t *)signed_text.p, signed_text.n, key->public) == 0;
}

bool note_open(const struct note_key *key, struct str text, struct checkpoint_note *out)
{
	struct str rest = text, lines[LINES], signed_text = { text.p, 0 };
	struct checkpoint_note note;

	for (int i = 0; i < LINES; i++)
		if (!line_next(&rest, &lines[i]))
			return false;
	if (rest.n || lines[4].n)
		return false;
	signed_text.n = (size_t)(lines[4].p - text.p);
	if (!str_eq(lines[0], str_of(key->name)) || !number_read(lines[1], &note.size) ||
		!base64_read(lines[2], note.root.hash, MERKLE_BYTES) || !at_read(lines[3], &note.at))
		return false;
	if (!signature_ok(key, signed_text, lines[5]))
		return false;
	*out = note;
	return true;
}

static bool signs(struct str line)
{
	return line.n > sizeof DASH - 1 && memcmp(line.p, DASH, sizeof DASH - 1) == 0;
}

bool note_next(struct str *rest, struct str *note)
{
	struct str left = *rest, line, window[LINES] = { 0 };

	/* The last six lines: a note ends with a signature, which stands behind an empty line. */
	while (line_next(&left, &line)) {
		memmove(window, window + 1, (LINES - 1) * sizeof *window);
		window[LINES - 1] = line;
		if (!window[0].p || !signs(line) || window[LINES - 2].n)
			continue;
		*note = (struct str){ window[0].p, (size_t)(left.p - window[0].p) };
		*rest = left;
		return true;
	}
	return false;
}
