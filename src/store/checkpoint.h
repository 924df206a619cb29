/** @file store/checkpoint.h  Moves the log (WAL) into the database on a thread of its own, off the commit path. Inside this room only. */
#pragma once
#include "store/sqlite.h"

#include <pthread.h>

struct checkpoint {
	pthread_t thread;
	pthread_mutex_t lock;		/* guards what follows, down to `stopping` */
	pthread_cond_t nudge;
	int frames;			/* in the log, after the last commit */
	int passed;			/* of them, when the last pass began */
	bool stopping;

	struct db *db;			/* its own connection, used by its thread */
};

/** Open a connection and start the thread. 0, or a negative errno with `why`. */
int checkpoint_start(struct checkpoint *c, const char *path, char why[static 256]);

/** The writer has committed, and the log now has so many frames (pages). Any thread. */
void checkpoint_note(struct checkpoint *c, int frames);

/** Move everything, empty the log, end the thread and close the connection. The writer has stopped. */
void checkpoint_stop(struct checkpoint *c);
