/**
 * @file base/note.h  Checkpoints of a log as signed notes: text that people, and the tools of transparency logs, can read and check.
 *
 * The formats are those of C2SP: signed-note (Ed25519) and tlog-checkpoint. A note is
 *
 *   farhand/0123456789abcdef                     whose log: made from the key
 *   42                                           rows
 *   2MOzBtVGk4GVYcmyP1bBVVrPOXbbiqkMEvhYNX4LlfU= root of their Merkle tree
 *   at 2026-11-23T17:35:00.123Z
 *                                                (an empty line)
 *   — farhand/0123456789abcdef SIGNATURE
 */
#pragma once
#include "base/clock.h"
#include "base/merkle.h"
#include "base/str.h"

enum {
	NOTE_SEED_BYTES = 32,
	NOTE_PUBLIC_BYTES = 32,
	NOTE_NAME_CHARS = 24,
	NOTE_CHARS = 400,	/* of a whole note, with room for the NUL */
	NOTE_KEY_CHARS = 128,	/* of a key's text, likewise */
};

/** A key that checks. */
struct note_key {
	char name[NOTE_NAME_CHARS + 1];
	uint8_t id[4];
	uint8_t public[NOTE_PUBLIC_BYTES];
};

/** A key that signs; wipe it when done. */
struct note_signer {
	struct note_key key;
	uint8_t secret[64];
};

/** What is signed. */
struct checkpoint_note {
	int64_t size;
	struct merkle root;
	time_ms_t at;
};

/** The signer of a seed. Never fails. */
void note_signer_of(const uint8_t seed[static NOTE_SEED_BYTES], struct note_signer *out);

/** "NAME+ID+KEY", as C2SP writes keys that check; and back. False: it is none, or its name or id do not fit its key. */
void note_key_format(const struct note_key *key, char out[static NOTE_KEY_CHARS]);
bool note_key_parse(struct str text, struct note_key *out);

/** "PRIVATE+KEY+NAME+ID+SEED", and back; a line's end behind it is taken. */
void note_signer_format(const struct note_signer *signer, char out[static NOTE_KEY_CHARS]);
bool note_signer_parse(struct str text, struct note_signer *out);

/** Sign; the note's text with its last line's end, NUL-terminated. */
void note_sign(const struct note_signer *signer, const struct checkpoint_note *what, char out[static NOTE_CHARS]);

/** Read one whole note and check that this key signed it. False: it is none, or not this key's; *out is as it was. */
bool note_open(const struct note_key *key, struct str text, struct checkpoint_note *out);

/**
 * The next whole note in a text of many, whatever stands between (a torn one, when power failed while it was written): *rest begins behind
 * it. False when there is none; *rest is as it was then.
 */
bool note_next(struct str *rest, struct str *note);
