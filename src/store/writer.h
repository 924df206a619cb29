/** @file store/writer.h  The one thread that writes, and its queue. Inside this room only. */
#pragma once
#include "base/limits.h"
#include "store/sieve.h"
#include "store/sqlite.h"
#include "store/store.h"

#include <pthread.h>

/** A write's hold on the group's transaction. */
struct store_tx {
	struct db *db;
	struct touched touched;		/* whose sign-in it changes: in the sieve when it is committed */
};

struct job {
	store_run run;
	store_done done;
	void *arg;
	int err;
	bool large;
};

/**
 * The queue is a ring: submitted >= finished >= reaped are numbers of jobs since the start, a job's place is its number modulo the
 * ring. The jobs below `finished` wait to be reaped, those above to be run. Zero-initialise before writer_start().
 */
struct writer {
	pthread_t thread;
	pthread_mutex_t lock;		/* guards what follows, down to `stopping` */
	pthread_cond_t work;
	uint64_t submitted;
	uint64_t finished;
	uint64_t reaped;
	uint64_t commits;
	bool stopping;

	struct store_tx tx;		/* the writer's thread alone */
	struct sieve *sieve;
	void (*wake)(void *arg);
	void *wake_arg;
	struct job ring[LIMIT_WRITE_QUEUE];
};

/** Start the thread on a connection and a sieve that the writer only borrows. 0 or -EAGAIN. */
int writer_start(struct writer *w, struct db *db, struct sieve *sieve, void (*wake)(void *arg), void *arg);

/** Run what is queued and end the thread; then run every completion. Loop thread. */
void writer_stop(struct writer *w);

int writer_submit(struct writer *w, store_run run, store_done done, void *arg, bool large);
void writer_reap(struct writer *w);
