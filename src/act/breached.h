/** @file act/breached.h  A list of passwords that others know: SHA-1 hashes in order, one a line, looked up in the file itself. */
#pragma once
#include "base/str.h"

struct breached;

/**
 * Open a file of lines "HASH" or "HASH:COUNT", in ascending order: haveibeenpwned.com's "ordered by hash". It is never loaded.
 * 0 and *bp (owned), or a negative errno with `why`: -EINVAL when its first line is no hash.
 */
int breached_open(struct breached **bp, const char *file, char why[static 256]);
void breached_close(struct breached *breached);

/** Is the password on the list? 1, 0, or a negative errno. Any thread: it only reads. */
int breached_has(const struct breached *breached, struct str password);
