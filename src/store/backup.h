/** @file store/backup.h  Copying a database that may be in use, and making a copy fit to serve from. */
#pragma once

/**
 * Copy a database as it is at one moment into a new file, synced, that needs no log beside it. A server may write meanwhile, and does not
 * wait. 0 or a negative errno with `why`; -EEXIST when `to` exists.
 */
int store_backup(const char *from, const char *to, char why[static 256]);

/**
 * Bring a copy up to date, end every session in it, and write into its audit log that it was restored. 0 or a negative errno with `why`.
 */
int store_restored(const char *path, char why[static 256]);
