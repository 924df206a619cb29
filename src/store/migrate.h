/** @file store/migrate.h  The database's identity and its way from any older schema to this one. Inside this room only. */
#pragma once
#include "store/sqlite.h"

/** The steps from an empty database to today's schema, in order, for ever: schema.c. A step that was released is never edited. */
extern const char *const schema_steps[];
extern const unsigned schema_steps_n;

/** Refuse a file that is another program's, or newer than this one. Reads only. 0, -EINVAL, -ENOTSUP or a fault, with `why`. */
int migrate_check(struct db *db, char why[static 256]);

/** Bring the database up to date, each step in a transaction of its own. 0, or a fault with `why`: the finished steps stay. */
int migrate_run(struct db *db, char why[static 256]);
