/** @file sandbox_filter.h  What the filters of system calls share. Inside of the sandbox's files. */
#pragma once
#include "sandbox.h"

#include <seccomp.h>
#include <stddef.h>

/** Do the same with each of these calls; what the architecture lacks is passed over. 0 or a negative errno. */
int sandbox_list_add(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t n);
