/** @file store/store.h  The store: one writer thread with group commit, one reader connection for the loop. The nouns are in store/nouns.h. */
#pragma once
#include "base/str.h"

#include <stdint.h>

struct store;
struct store_tx;

/**
 * Open (create, migrate) the database file and start the writer thread. SQLite in WAL mode with synchronous=FULL and foreign
 * keys on, each read back; a database newer than this binary is refused. `wake(arg)` is called from the writer thread when
 * completions wait for store_reap(); it may be called until store_close() returns. 0 and *sp (owned), or a negative errno with
 * `why` filled: -EBUSY when another process has it open, -ENOTSUP when it is newer, -EINVAL when it is not ours.
 */
int store_open(struct store **sp, const char *path, void (*wake)(void *arg), void *arg, char why[static 256]);

/** Run what is queued, stop the writer, checkpoint, close, free. Pending completions run inside, and can submit no more. Loop thread. */
void store_close(struct store *store);

/**
 * The work of one write, on the writer's thread, inside a savepoint of the group's transaction. 0 commits; a negative errno rolls
 * back this job alone. `arg` is borrowed: the job may write to it, and nobody else touches it, from store_submit() until `done`.
 * A fault of a neighbour (a full disk) can undo a job that returned 0: nothing is so until `done` says it.
 */
typedef int (*store_run)(struct store_tx *tx, void *arg);

/** The outcome, on the loop's thread, after the group is durable: what run returned, or the group's fault. It may submit again. */
typedef void (*store_done)(void *arg, int err);

/**
 * Queue a write; jobs run and complete in the order of submission. 0; -EAGAIN when LIMIT_WRITE_QUEUE jobs wait to be run or
 * reaped; -ESHUTDOWN while the store closes. On an error neither run nor done is called. Loop thread.
 */
int store_submit(struct store *store, store_run run, store_done done, void *arg);
/** … with a transaction of its own, for thousands of rows. */
int store_submit_large(struct store *store, store_run run, store_done done, void *arg);

/** Run the completions that wait. Loop thread, after `wake`. */
void store_reap(struct store *store);

/** Numbers since the start: jobs submitted, jobs run, and the commits (fsyncs) that they shared. */
struct store_counts {
	uint64_t submitted;
	uint64_t finished;
	uint64_t commits;
};
void store_counts(struct store *store, struct store_counts *out);
