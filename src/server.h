/** @file server.h  The running server. */
#pragma once
#include "base/config.h"

/** Start, serve until SIGTERM or SIGINT, end in good order. The exit status; what went wrong is on standard error. */
int server_run(const struct config *config);
