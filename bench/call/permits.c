/**
 * @file permits.c  How long 10,000 live permits take to be asked again when a rule has changed.
 *
 * usage: permits FOLDER    (a folder that bench/reach/model.mjs has filled)
 * Prints one line: permits, lost at each change, median ms, p95 ms.
 */
#include "../reach/engine.h"
#include "live/permit.h"
#include "reach/world.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { PERMITS = 10000, CHANGES = 200 };

/* The instant that the asks of the benchmark are asked at, 2026-06-15T12:00:00Z. */
static const int64_t at_ms = 1781524800000;

static size_t lost_sum;

static void lost(struct permit *permit, const struct verdict *verdict)
{
	(void)permit;
	(void)verdict;
	lost_sum++;
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Calls that the world allows, until there are so many permits. */
static void permits_fill(struct permits *permits, struct permit *all, const struct world *world, const struct facts *facts)
{
	size_t n = 0;

	for (size_t i = 0; i < facts->n_asks && n < PERMITS; i++) {
		struct ask ask = { facts->asks[i].from, facts->asks[i].to, ACTION_CALL, { .seconds = at_ms / 1000, .given = true }, NULL };
		struct verdict verdict;

		reach_decide(world, &ask, &verdict);
		if (verdict.allowed && permit_keep(permits, &all[n++], world, &ask, &verdict, lost, NULL))
			errx(1, "memory");
	}
	if (n < PERMITS)
		errx(1, "only %zu of the asks are allowed", n);
}

static void permits_empty(struct permits *permits, struct permit *all)
{
	for (size_t i = 0; i < PERMITS; i++)
		permit_release(permits, &all[i]);
}

/* One tenant in turn turns its external access off, then has it as before: permits that it loses are kept again. */
static double change_ms(struct permits *permits, struct permit *all, struct world *world, const struct tenant *tenant, const struct facts *facts)
{
	struct external_access off;
	struct world *changed;
	double start, took;

	external_access_default(&off);
	off.mode = ACCESS_OFF;
	if (world_with_access(world, tenant, &off, 2, 2, &changed))
		errx(1, "memory");
	start = now_ms();
	permits_sweep(permits, changed, at_ms);
	took = now_ms() - start;
	external_access_release(&off);
	permits_empty(permits, all);
	world_unref(changed);
	permits_fill(permits, all, world, facts);
	return took;
}

int main(int argc, char **argv)
{
	static struct permit all[PERMITS];
	static double ms[CHANGES];
	struct permits permits = { 0 };
	const struct tenant *tenant = NULL;
	struct facts facts = { 0 };
	struct world *world;
	double seconds;

	if (argc != 2)
		errx(2, "usage: permits FOLDER");
	world = engine_load(argv[1], &seconds);
	facts_read(&facts, argv[1]);
	permits_init(&permits);
	permits_fill(&permits, all, world, &facts);
	for (int i = 0; i < CHANGES; i++) {
		tenant = world_tenant_next(world, tenant);
		if (!tenant)
			tenant = world_tenant_next(world, NULL);
		ms[i] = change_ms(&permits, all, world, tenant, &facts);
	}
	qsort(ms, CHANGES, sizeof ms[0], by_size);
	printf("permits\t%d\t%.1f\t%.2f\t%.2f\n", PERMITS, (double)lost_sum / CHANGES, ms[CHANGES / 2], ms[CHANGES * 95 / 100]);
	permits_empty(&permits, all);
	permits_release(&permits);
	facts_release(&facts);
	world_unref(world);
	return 0;
}
