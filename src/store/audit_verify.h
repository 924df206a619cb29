/** @file store/audit_verify.h  An audit log read from outside of the server: checked whole, exported, proved; of a data folder or of a backup. */
#pragma once
#include "base/buf.h"
#include "base/note.h"

struct audit_reader;

/** Open a database file for reading only; a server may run on it. 0 and *rp (owned), or a negative errno with `why`. */
int audit_reader_open(struct audit_reader **rp, const char *path, char why[static 256]);
void audit_reader_close(struct audit_reader *reader);

struct audit_report {
	int64_t rows;
	int64_t kept;		/* checkpoints in the database */
	int64_t outside;	/* checkpoints in the file outside */
	int64_t proved;		/* rows that the newest checkpoint of either speaks for */
	int64_t bad_row;	/* the first bad row; 0: none */
	bool sound;
	char why[256];		/* when it is not */
};

/**
 * Compute every hash anew: rows against leaves, leaves against nodes, nodes against every checkpoint of the database and of `outside` (the
 * file's text; empty: none), and every checkpoint against the key. 0 with the report filled, sound or not; a negative errno for a fault.
 */
int audit_verify(struct audit_reader *reader, const struct note_key *key, struct str outside, struct audit_report *out);

/** Hand out the text of every row in order, without line ends (store/audit_entry.h). A callback's non-zero stops and is returned. */
int audit_export(struct audit_reader *reader, int (*line)(void *arg, struct str entry), void *arg);

struct audit_proof {
	struct buf entry;		/* released by the caller */
	int64_t place, size;		/* the leaf's, and the signed tree's */
	struct merkle path[MERKLE_PATH];
	size_t n;
	char note[NOTE_CHARS];
};
/** Prove a row against the newest checkpoint. 0; -ENOENT: no such row; -EAGAIN: no checkpoint speaks for it yet; or a fault. */
int audit_prove(struct audit_reader *reader, int64_t id, struct audit_proof *out);
