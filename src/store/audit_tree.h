/** @file store/audit_tree.h  The audit log's rows as bytes to hash, and the tree over them. Inside this room only. */
#pragma once
#include "base/buf.h"
#include "base/merkle.h"
#include "store/nouns.h"
#include "store/sqlite.h"

#define AUDIT_COLUMNS "id, at, actor, what, tenant, detail"

/** The row at columns 0 to 5, borrowed until the next step. -EBADMSG when a column is not what it must be; -ENOMEM. */
int audit_row_of(struct query *q, struct audit_row *out);

/** How many leaves the tree has. */
int audit_tree_size(struct db *db, int64_t *out);

/** Append the leaf of a row whose place is the next. */
int audit_tree_add(struct db *db, const struct audit_row *row);

/** The hash of the whole subtree at a place; -ENOENT. */
int audit_tree_hash(struct db *db, int level, int64_t place, struct merkle *out);

/** The root over the first `size` rows; a log of that length must be there. */
int audit_tree_root(struct db *db, int64_t size, struct merkle *out);

/** The inclusion proof of a leaf in the tree of the first `size` rows: *n hashes. */
int audit_tree_proof(struct db *db, int64_t place, int64_t size, struct merkle path[static MERKLE_PATH], size_t *n);

/**
 * At the start: take in the rows of a database that had no tree yet. -EBADMSG with `why` when rows and tree are not equally long, so that
 * somebody else wrote.
 */
int audit_settle(struct db *db, char why[static 256]);
