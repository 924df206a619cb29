/** @file mail_process.h  The mail process of this configuration: where mail goes, and its sandbox. */
#pragma once
#include "base/config.h"
#include "mail/post.h"

/** Start it if mail.server is set (*pp stays NULL if not); before any thread. 0, or a negative errno with `why`, which names the key. */
int mail_process_open(struct post **pp, const struct config *config, char why[static 256]);
