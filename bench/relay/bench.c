/**
 * @file bench.c  Packets per CPU second through the relay, the bare loop and coturn, interleaved; times; memory.
 *
 * usage: bench TURNSERVER
 * Prints lines of: "packets", shape, name, median, lowest and highest per CPU second, per second, part lost;
 * "time", name, p50 and p99 in ns; and "memory" (server.h).
 */
#include "load.h"
#include "process.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { ROUNDS = 7, ROUND_MS = 700, TIMES = 4000, SERVERS = 5 };

static const struct shape shapes[] = {
	{ "one pair, as fast as it goes, 16 at a time", 1, 16, 0 },
	{ "50 pairs, pictures of 11 packets, 30 a second each (16,500 packets a second)", 50, 11, 16500 },
	{ "50 pairs, single packets, 200 a second each (10,000 packets a second)", 50, 1, 10000 },
};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

static int by_rate(const void *a, const void *b)
{
	double x = ((const struct outcome *)a)->per_cpu_second, y = ((const struct outcome *)b)->per_cpu_second;

	return (x > y) - (x < y);
}

static int by_time(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* servers[0] is none: there is nothing to count. */
static void packets_measure(const struct server servers[SERVERS], const struct shape *shape)
{
	struct outcome outcomes[SERVERS][ROUNDS];

	for (unsigned round = 0; round < ROUNDS; round++)
		for (unsigned i = 1; i < SERVERS; i++)
			outcomes[i][round] = load_run(&servers[i], shape, ROUND_MS);
	for (unsigned i = 1; i < SERVERS; i++) {
		const struct outcome *all = outcomes[i];

		qsort(outcomes[i], ROUNDS, sizeof outcomes[i][0], by_rate);
		printf("packets\t%s\t%s\t%.0f\t%.0f\t%.0f\t%.0f\t%.4f\n", shape->name, servers[i].name, all[ROUNDS / 2].per_cpu_second,
			all[0].per_cpu_second, all[ROUNDS - 1].per_cpu_second, all[ROUNDS / 2].per_second, all[ROUNDS / 2].lost);
	}
}

static void times_measure(const struct server servers[SERVERS])
{
	static uint32_t took[SERVERS][ROUNDS * TIMES];

	for (unsigned round = 0; round < ROUNDS; round++)
		for (unsigned i = 0; i < SERVERS; i++)
			load_times(&servers[i], took[i] + round * TIMES, TIMES);
	for (unsigned i = 0; i < SERVERS; i++) {
		qsort(took[i], ROUNDS * TIMES, sizeof took[i][0], by_time);
		printf("time\t%s\t%u\t%u\n", servers[i].name, took[i][ROUNDS * TIMES / 2], took[i][ROUNDS * TIMES * 99 / 100]);
	}
}

/* A socket for each leg whose memory is measured. */
static void files_allow(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files))
		err(1, "getrlimit");
	files.rlim_cur = files.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &files))
		err(1, "setrlimit");
}

int main(int argc, char **argv)
{
	static struct server servers[SERVERS];

	if (argc != 2)
		errx(2, "usage: bench TURNSERVER");
	files_allow();
	core_take(0);
	relay_memory_print();
	direct_start(&servers[0]);
	bare_start(&servers[1]);
	coturn_start(&servers[2], argv[1]);
	relay_start(&servers[3], false);
	relay_start(&servers[4], true);
	for (unsigned i = 0; i < SHAPES; i++)
		packets_measure(servers, &shapes[i]);
	times_measure(servers);
	for (unsigned i = 0; i < SERVERS; i++)
		server_stop(&servers[i]);
	return 0;
}
