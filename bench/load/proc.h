/** @file proc.h  What /proc says of a server. */
#pragma once
#include <stdint.h>

/** CPU seconds of a process so far, its threads and what it has waited for included. */
double proc_cpu(int pid);
/** Its proportional set in KiB: shared pages are counted in part. */
uint64_t proc_pss(int pid);
/** A clock in ns that never goes back. */
uint64_t now_ns(void);
