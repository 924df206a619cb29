/** @file store/audit_key.h  The key that signs the audit log's checkpoints, as files in the data folder. */
#pragma once
#include "base/note.h"

/**
 * Read `folder`/audit.key, or make it (0600) when it is absent and `make` is set; audit.pub beside it holds the half that checks, for others
 * to keep. 0, -ENOENT, or another negative errno; `why` is filled.
 */
int audit_key_open(struct note_signer *out, const char *folder, bool make, char why[static 256]);

/** Read a key that checks from a file. 0 or a negative errno, with `why`. */
int audit_key_read(struct note_key *out, const char *path, char why[static 256]);
