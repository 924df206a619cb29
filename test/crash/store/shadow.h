/**
 * @file test/crash/store/shadow.h  A disk between SQLite and the real one, that fails at one of its writes, syncs, truncations or deletions.
 *
 * SHADOW in the environment says how; operations are counted from 1, over all files and threads:
 *
 *   count              only say on standard error at the end how many there were: "operations N"
 *   kill N             SIGKILL, before operation N
 *   full N             operation N finds the disk full; from then on there is room again
 *   full+ N            and from then on there is none
 *   cut N FOLDER SEED  power fails before operation N. FOLDER gets the files as they are then on the disk: what was synced, and of what
 *                      was not, nothing (SEED 0), or some of it, whole or torn at a sector. The process ends as if killed.
 *   lie N FOLDER SEED  the same on a disk that only says that it synced
 */
#pragma once

/** Put it under every database opened from now on, if the environment says so. */
void shadow_init(void);
