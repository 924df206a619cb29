/** @file store/inside.h  The store as the files of this room see it. */
#pragma once
#include "store/checkpoint.h"
#include "store/known.h"
#include "store/nouns.h"
#include "store/writer.h"

struct store {
	int lock_fd;			/* one process a database: held until close */
	struct db *reader;		/* the loop's thread; sees every completed write */
	struct db *written;		/* the writer's thread */
	struct known *known;		/* the loop's thread */
	struct sieve sieve;
	struct checkpoint checkpoint;
	struct writer writer;
};
