/**
 * @file base/note.c  Fuzz: a file of checkpoints, and a key. What is found in it is inside of it; what opens was signed by the key and is
 * written the same again; a key that is read is written the same.
 */
#include "base/note.h"

#include <assert.h>
#include <sodium.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void expect_same_again(const struct note_signer *signer, struct str note, const struct checkpoint_note *opened)
{
	char again[NOTE_CHARS];

	note_sign(signer, opened, again);
	assert(str_eq(note, str_of(again)));	/* Ed25519 signs alike each time */
}

static void expect_key(struct str text)
{
	char again[NOTE_KEY_CHARS];
	struct note_key key;
	struct note_signer signer;

	if (note_key_parse(text, &key)) {
		note_key_format(&key, again);
		assert(memcmp(text.p, again, strlen(again)) == 0 && text.n - strlen(again) <= 1);
	}
	if (note_signer_parse(text, &signer)) {
		note_signer_format(&signer, again);
		assert(memcmp(text.p, again, strlen(again)) == 0 && text.n - strlen(again) <= 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const uint8_t seed[NOTE_SEED_BYTES] = { 0 };
	struct str rest = { (const char *)data, n }, note;
	const char *end = (const char *)data + n;
	struct checkpoint_note opened;
	struct note_signer signer;

	note_signer_of(seed, &signer);
	expect_key(rest);
	while (note_next(&rest, &note)) {
		assert(note.p >= (const char *)data && note.p + note.n <= end && note.n && rest.p >= note.p + note.n && rest.p + rest.n == end);
		if (note_open(&signer.key, note, &opened))
			expect_same_again(&signer, note, &opened);
	}
	return 0;
}
