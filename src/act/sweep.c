/** @file act/sweep.c  The folder of files is kept clean: beside the requests, a step at a time. */
#include "act/room.h"

#include <errno.h>
#include <stdlib.h>

enum { EXPIRE_EVERY_MS = 600000 };

struct sweep {
	struct act *act;
	uv_work_t work;
	char *names;			/* that were there at the start, and are not yet looked at */
	size_t bytes, at;
	bool busy;			/* a step is under way */
	bool due;			/* something may have lost its last use */
	bool more;
	bool expires;			/* this step is about uploads that nobody goes on with */
	int64_t expired_at;		/* the last of those, monotonic */
};

static void in_pool(uv_work_t *work)
{
	struct sweep *s = work->data;
	int err = folder_names(s->act->parts.folder, &s->names, &s->bytes);

	/* What is not found today is found at the next start. */
	if (err)
		log_event(LOG_ERROR, "files.sweep", LOG_S("error", strerror(-err)));
}

static void listed(uv_work_t *work, int status)
{
	struct sweep *s = work->data;

	(void)status;
	s->busy = false;
}

int sweep_start(struct act *act)
{
	struct sweep *s;

	if (!act->parts.folder)
		return 0;
	s = calloc(1, sizeof *s);
	if (!s)
		return -ENOMEM;
	s->act = act;
	s->work.data = s;
	s->due = true;
	s->expired_at = clock_mono_ms() - EXPIRE_EVERY_MS;
	s->busy = uv_queue_work(act->parts.loop, &s->work, in_pool, listed) == 0;
	act->sweep = s;
	return 0;
}

void sweep_free(struct sweep *sweep)
{
	if (sweep)
		free(sweep->names);
	free(sweep);
}

void sweep_due(struct act *act)
{
	if (act->sweep)
		act->sweep->due = true;
}

static int run_step(struct store_tx *tx, void *arg)
{
	struct sweep *s = arg;
	int err;

	if (s->expires)
		return store_upload_expire(tx, clock_wall_ms() - (time_ms_t)LIMIT_UPLOAD_HOURS * 3600000);
	err = store_files_sweep(tx, s->act->parts.folder, &s->more);
	if (!err && s->names)
		err = store_files_settle(tx, s->act->parts.folder, (struct str){ s->names, s->bytes }, &s->at);
	return err == -EAGAIN ? 0 : err;
}

static void step_done(void *arg, int err)
{
	struct sweep *s = arg;

	if (err)
		log_event(LOG_ERROR, "files.sweep", LOG_S("error", strerror(-err)));
	s->busy = false;
	if (s->names && s->at >= s->bytes) {
		free(s->names);
		s->names = NULL;
	}
	/* What has expired is loose now. */
	s->due = !err && (s->expires || s->more || s->names);
}

void sweep_tick(struct act *act, int64_t now)
{
	struct sweep *s = act->sweep;

	if (!s || s->busy || act->ending)
		return;
	s->expires = now - s->expired_at >= EXPIRE_EVERY_MS;
	if (!s->expires && !s->due)
		return;
	if (s->expires)
		s->expired_at = now;
	s->busy = store_submit_large(act->store, run_step, step_done, s) == 0;
}
