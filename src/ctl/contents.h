/** @file ctl/contents.h  The files of conversations in a backup and back. */
#pragma once
#include <stdbool.h>

struct folder;

/* All complain to the user and return false. */

/** Open a data folder's files so that none is removed until folder_close. *out is NULL where there are none. */
bool contents_hold(const char *data, struct folder **out);
/** Copy them into a data folder that has none, synced; each is checked. NULL: nothing to copy. */
bool contents_copy(const struct folder *from, const char *to);
/** Take such a copy away again, as far as it came. */
void contents_remove(const char *aside);
