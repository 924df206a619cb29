/**
 * @file store/writer.c  Group commit: what waits is written in one transaction, each job in a savepoint of its own. A job by itself
 * needs no savepoint; a large one has to be by itself, since SQLite walks what a savepoint keeps at each statement.
 */
#include "store/writer.h"

#include <assert.h>
#include <errno.h>

enum { GROUP_JOBS = 256 };

static struct job *job_at(struct writer *w, uint64_t number)
{
	return &w->ring[number % LIMIT_WRITE_QUEUE];
}

/* Run one job in its savepoint. Returns what has broken the whole group; 0 while its transaction stands. */
static int job_run(struct store_tx *tx, struct job *job)
{
	int err = db_run(tx->db, "SAVEPOINT job");

	if (err)
		return err;
	job->err = job->run(tx, job->arg);
	assert(job->err <= 0);
	/* A full disk or a failed read makes SQLite roll everything back: the jobs before this one have lost their work too. */
	if (db_idle(tx->db))
		return job->err ? job->err : -EIO;
	if (job->err && (err = db_run(tx->db, "ROLLBACK TO job")))
		return err;
	return db_run(tx->db, "RELEASE job");
}

static int only_write(struct writer *w, struct job *job)
{
	int err = db_run(w->tx.db, "BEGIN IMMEDIATE");

	if (err)
		return err;
	job->err = job->run(&w->tx, job->arg);
	assert(job->err <= 0);
	return job->err ? job->err : db_run(w->tx.db, "COMMIT");
}

static int group_write(struct writer *w, uint64_t from, uint64_t to)
{
	int err;

	if (to - from == 1)
		return only_write(w, job_at(w, from));
	err = db_run(w->tx.db, "BEGIN IMMEDIATE");

	for (uint64_t i = from; !err && i < to; i++)
		err = job_run(&w->tx, job_at(w, i));
	if (!err)
		err = db_run(w->tx.db, "COMMIT");
	return err;
}

/* True when the group was committed. */
static bool group_run(struct writer *w, uint64_t from, uint64_t to)
{
	int err;

	for (uint64_t i = from; i < to; i++)
		job_at(w, i)->err = 0;
	w->tx.touched.n = 0;
	err = group_write(w, from, to);
	if (!err) {
		sieve_move(w->sieve, &w->tx.touched);
		return true;
	}
	if (!db_idle(w->tx.db))
		db_run(w->tx.db, "ROLLBACK");
	/* Who was refused keeps that answer; who believed to be stored, or was never run, hears the fault. */
	for (uint64_t i = from; i < to; i++)
		if (!job_at(w, i)->err)
			job_at(w, i)->err = err;
	return false;
}

/* The end of the group that begins at `from`: a large job is one by itself. */
static uint64_t group_end(struct writer *w, uint64_t from)
{
	uint64_t to = from + 1;

	if (job_at(w, from)->large)
		return to;
	while (to < w->submitted && to - from < GROUP_JOBS && !job_at(w, to)->large)
		to++;
	return to;
}

static void *writer_main(void *arg)
{
	struct writer *w = arg;

	pthread_mutex_lock(&w->lock);
	for (;;) {
		uint64_t from = w->finished, to;
		bool committed;

		if (from == w->submitted && w->stopping)
			break;
		if (from == w->submitted) {
			pthread_cond_wait(&w->work, &w->lock);
			continue;
		}
		to = group_end(w, from);
		pthread_mutex_unlock(&w->lock);
		committed = group_run(w, from, to);
		pthread_mutex_lock(&w->lock);
		w->finished = to;
		w->commits += committed;
		pthread_mutex_unlock(&w->lock);
		w->wake(w->wake_arg);
		pthread_mutex_lock(&w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

int writer_start(struct writer *w, struct db *db, struct sieve *sieve, void (*wake)(void *arg), void *arg)
{
	w->tx.db = db;
	w->sieve = sieve;
	w->wake = wake;
	w->wake_arg = arg;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->work, NULL);
	if (pthread_create(&w->thread, NULL, writer_main, w) == 0)
		return 0;
	pthread_cond_destroy(&w->work);
	pthread_mutex_destroy(&w->lock);
	return -EAGAIN;
}

void writer_stop(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_cond_signal(&w->work);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	writer_reap(w);
	pthread_cond_destroy(&w->work);
	pthread_mutex_destroy(&w->lock);
}

int writer_submit(struct writer *w, store_run run, store_done done, void *arg, bool large)
{
	int err = 0;

	pthread_mutex_lock(&w->lock);
	if (w->stopping)
		err = -ESHUTDOWN;
	else if (w->submitted - w->reaped == LIMIT_WRITE_QUEUE)
		err = -EAGAIN;
	if (!err) {
		*job_at(w, w->submitted) = (struct job){ .run = run, .done = done, .arg = arg, .large = large };
		w->submitted++;
		pthread_cond_signal(&w->work);
	}
	pthread_mutex_unlock(&w->lock);
	return err;
}

void writer_reap(struct writer *w)
{
	uint64_t until;

	pthread_mutex_lock(&w->lock);
	until = w->finished;	/* what finishes meanwhile wakes the loop again */
	while (w->reaped < until) {
		struct job job = *job_at(w, w->reaped);

		/* Counted before it is told: a completion may submit, or reap. */
		w->reaped++;
		pthread_mutex_unlock(&w->lock);
		job.done(job.arg, job.err);
		pthread_mutex_lock(&w->lock);
	}
	pthread_mutex_unlock(&w->lock);
}
