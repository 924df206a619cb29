/** @file base/usage.h  What this process uses of the machine. Its files in /proc are opened once, before a sandbox hides them. */
#pragma once
#include "base/clock.h"

struct usage {
	double cpu_seconds;
	uint64_t resident_bytes;	/* 0: unknown, as the next two */
	uint64_t open_files, files_most;
	time_ms_t started;
};

/** Open what usage_read needs. Once, at the start; without it the numbers from /proc are 0. */
void usage_open(void);
/** The numbers now. One thread only. */
void usage_read(struct usage *out);
