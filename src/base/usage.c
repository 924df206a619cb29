/** @file base/usage.c  Reads the process' own numbers. */
#include "base/usage.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

/* Of the process, as its numbers are. */
static struct {
	int memory;		/* /proc/self/statm */
	DIR *files;		/* /proc/self/fd */
	time_ms_t started;
} opened = { -1, NULL, 0 };

void usage_open(void)
{
	opened.memory = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	opened.files = opendir("/proc/self/fd");
	opened.started = clock_wall_ms();
}

static uint64_t resident_bytes(void)
{
	char text[128];
	ssize_t n = opened.memory < 0 ? -1 : pread(opened.memory, text, sizeof text - 1, 0);
	unsigned long long all, resident;

	if (n <= 0)
		return 0;
	text[n] = '\0';
	return sscanf(text, "%llu %llu", &all, &resident) == 2 ? resident * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

static uint64_t open_files(void)
{
	uint64_t n = 0;

	if (!opened.files)
		return 0;
	rewinddir(opened.files);
	for (const struct dirent *entry = readdir(opened.files); entry; entry = readdir(opened.files))
		n += entry->d_name[0] != '.';
	return n;
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

void usage_read(struct usage *out)
{
	struct rlimit files;
	struct rusage used;

	*out = (struct usage){ .resident_bytes = resident_bytes(), .open_files = open_files(), .started = opened.started };
	if (getrusage(RUSAGE_SELF, &used) == 0)
		out->cpu_seconds = seconds(used.ru_utime) + seconds(used.ru_stime);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0)
		out->files_most = files.rlim_cur;
}
