/** @file proc.c  What /proc says of a server. */
#include "proc.h"

#include <err.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static FILE *proc_open(int pid, const char *what)
{
	char name[64];
	FILE *file;

	snprintf(name, sizeof name, "/proc/%d/%s", pid, what);
	file = fopen(name, "re");
	if (!file)
		err(1, "%s", name);
	return file;
}

double proc_cpu(int pid)
{
	FILE *file = proc_open(pid, "stat");
	unsigned long user, system;
	char line[1024], *name;

	/* Behind the name, which may hold anything. */
	if (!fgets(line, sizeof line, file) || !(name = strrchr(line, ')')) ||
		sscanf(name + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
		errx(1, "/proc/%d/stat", pid);
	fclose(file);
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

uint64_t proc_pss(int pid)
{
	FILE *file = proc_open(pid, "smaps_rollup");
	unsigned long kib = 0;
	char line[256];

	while (fgets(line, sizeof line, file) && sscanf(line, "Pss: %lu", &kib) != 1)
		;
	fclose(file);
	return kib;
}

uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}
