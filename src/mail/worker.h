/** @file mail/worker.h  The mail process, from its first line to its end. Inside of the room. */
#pragma once
#include "mail/post.h"

/** Keep a worker up that sends what comes over `fd`; ends, with the worker, when the other side of it is closed. */
_Noreturn void worker_keep(int fd, const struct post_config *config);
