/** @file test/unit/store/rig.h  A store on a real file in a folder of its own, and a loop that waits for its completions. */
#pragma once
#include "store/nouns.h"

struct sqlite3;

struct rig {
	char folder[64];
	char path[80];
	int wake_fd;
	struct store *store;
};

/** A new folder with an empty store, open. */
void rig_init(struct rig *rig);
/** Close the store if it is open and delete the folder. */
void rig_release(struct rig *rig);

void rig_open(struct rig *rig);
void rig_close(struct rig *rig);

/** Wait until the writer has woken us, and run what completed. Gives up the test after half a minute. */
void rig_turn(struct rig *rig);

/** Submit one job and turn until it is done; its outcome. */
int rig_write(struct rig *rig, store_run run, void *arg);

/** A foreign connection to the same file, for what the store's own interface can't do. The caller closes it. */
struct sqlite3 *rig_foreign(struct rig *rig);
/** Run SQL on it; SQLite's result code. */
int rig_sql(struct rig *rig, const char *sql);
/** The first column of the first row, as a number. */
int64_t rig_number(struct rig *rig, const char *sql);

/** Two tenants, abc (1) and contoso (2), with accounts 1 ann, 2 amy and 3 bob, 4 ben: by SQL, so that no document is needed. */
void rig_people(struct rig *rig);
