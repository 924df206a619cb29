/** @file test/unit/store/disk.h  A disk that fails when told: SQLite's own file layer, with writes and syncs of the log in between. */
#pragma once

/** Put it under every database opened from now on. */
void disk_init(void);

/** SQLite's result of each write to the log, and of each sync of it; SQLITE_OK lets them through. Any thread. */
void disk_write_fails(int code);
void disk_sync_fails(int code);
