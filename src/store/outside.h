/**
 * @file store/outside.h  The file of checkpoints outside of the database: what was once signed stays there, whoever changes the database.
 *
 * It is a list of signed notes (base/note.h), each behind an empty line, and only grows.
 */
#pragma once
#include "base/note.h"

struct outside;

/**
 * Open the file, or make it (0600, owner's alone). Before the sandbox: the file may be anywhere. 0 and *op (owned), or a negative errno
 * with `why`.
 */
int outside_open(struct outside **op, const char *path, char why[static 256]);
void outside_close(struct outside *outside);

/**
 * The newest checkpoint in it that `key` signed; what a power cut left behind that is cut off. -ENOENT when the file is empty; -EBADMSG
 * with `why` when it is not, but does not end with a checkpoint of this key. `note` holds NOTE_CHARS.
 */
int outside_last(struct outside *outside, const struct note_key *key, struct checkpoint_note *out, char *note, char why[static 256]);

/** Append a note of `size` rows and sync it; one that is not newer than the last is left out. Any thread; blocks. 0 or a negative errno. */
int outside_add(struct outside *outside, const char *note, int64_t size);
