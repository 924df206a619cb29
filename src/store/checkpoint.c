/** @file store/checkpoint.c  When to checkpoint, and how hard. */
#include "store/checkpoint.h"

#include "base/clock.h"

#include <errno.h>
#include <time.h>

enum {
	PASS_MS = 5000,
	PASS_FRAMES = 4096,	/* 16 MB of new log: a page that changes all the time is written once for many changes */
	RESTART_FRAMES = 16384,	/* 64 MB of log */
	WAIT_MS = 1000,		/* well under the writer's own patience */
};

/*
 * A passive pass never waits and never makes anybody wait. But under a load without pauses it never catches up, and the log
 * would grow for ever: past RESTART_FRAMES the writer has to wait for one pass.
 */
static void checkpoint_pass(struct checkpoint *c, int mode)
{
	int code = sqlite3_wal_checkpoint_v2(db_handle(c->db), "main", mode, NULL, NULL);

	/* Somebody else's lock (a backup's) is no fault; a later pass moves what this one had to leave. */
	if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY)
		db_fault(c->db, "checkpoint", code);
}

static struct timespec pass_due(void)
{
	int64_t at = clock_mono_ms() + PASS_MS;

	return (struct timespec){ .tv_sec = (time_t)(at / 1000), .tv_nsec = (long)(at % 1000) * 1000000 };
}

static void *checkpoint_main(void *arg)
{
	struct checkpoint *c = arg;

	pthread_mutex_lock(&c->lock);
	while (!c->stopping) {
		struct timespec due = pass_due();
		int mode, timeout = 0;

		while (!c->stopping && !timeout && c->frames - c->passed < PASS_FRAMES)
			timeout = pthread_cond_timedwait(&c->nudge, &c->lock, &due);
		if (c->stopping || c->frames == c->passed)
			continue;
		mode = c->frames < RESTART_FRAMES ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_RESTART;
		c->passed = c->frames;
		pthread_mutex_unlock(&c->lock);
		checkpoint_pass(c, mode);
		pthread_mutex_lock(&c->lock);
	}
	pthread_mutex_unlock(&c->lock);
	checkpoint_pass(c, SQLITE_CHECKPOINT_TRUNCATE);
	return NULL;
}

int checkpoint_start(struct checkpoint *c, const char *path, char why[static 256])
{
	pthread_condattr_t attr;
	int err = db_open(&c->db, path, NULL, why);

	if (err)
		return err;
	sqlite3_busy_timeout(db_handle(c->db), WAIT_MS);
	pthread_mutex_init(&c->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&c->nudge, &attr);
	pthread_condattr_destroy(&attr);
	if (pthread_create(&c->thread, NULL, checkpoint_main, c) == 0)
		return 0;
	strcpy(why, "no thread for checkpoints");
	pthread_cond_destroy(&c->nudge);
	pthread_mutex_destroy(&c->lock);
	db_close(c->db);
	return -EAGAIN;
}

void checkpoint_note(struct checkpoint *c, int frames)
{
	pthread_mutex_lock(&c->lock);
	c->frames = frames;
	if (frames < c->passed)
		c->passed = 0;	/* the log has begun again at its head */
	if (c->frames - c->passed >= PASS_FRAMES)
		pthread_cond_signal(&c->nudge);
	pthread_mutex_unlock(&c->lock);
}

void checkpoint_stop(struct checkpoint *c)
{
	pthread_mutex_lock(&c->lock);
	c->stopping = true;
	pthread_cond_signal(&c->nudge);
	pthread_mutex_unlock(&c->lock);
	pthread_join(c->thread, NULL);
	pthread_cond_destroy(&c->nudge);
	pthread_mutex_destroy(&c->lock);
	db_close(c->db);
}
