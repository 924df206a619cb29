/**
 * @file bench.c  Decisions per CPU second and their times: the engine, the bare walk (the limit) and SQLite, interleaved in one run.
 *
 * usage: bench FOLDER    (a folder that model.mjs has filled)
 * Prints lines of: name, decisions per CPU second as median min max, p50 ns, p99 ns, answers that differ from the bare walk's.
 */
#include "bare.h"
#include "engine.h"
#include "table.h"

#include <err.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 5 };

struct bench {
	struct facts facts;
	struct world *world;
	struct bare *bare;
	struct table *table;
	struct verdict verdict;		/* where the engine writes: kept, so that nothing is optimised away */
	uint64_t sum;			/* the same for the others */
};

static void bare_run(struct bench *b, const struct fact_ask *ask)
{
	b->sum += bare_decide(b->bare, ask->from, ask->to).code;
}

static void allows_run(struct bench *b, const struct fact_ask *ask)
{
	b->sum += engine_allows(b->world, ask);
}

static void decide_run(struct bench *b, const struct fact_ask *ask)
{
	engine_decide(b->world, ask, &b->verdict);
}

static void tell_run(struct bench *b, const struct fact_ask *ask)
{
	engine_tell(b->world, ask);
}

static void table_run(struct bench *b, const struct fact_ask *ask)
{
	b->sum += table_decide(b->table, ask->from, ask->to).code;
}

static const struct contender {
	const char *name;
	void (*run)(struct bench *b, const struct fact_ask *ask);
	size_t part;			/* one ask in so many */
} contenders[] = {
	{ "bare walk (the limit)", bare_run, 1 },
	{ "engine, yes or no", allows_run, 1 },
	{ "engine, full answer", decide_run, 1 },
	{ "engine, full answer as JSON", tell_run, 4 },
	{ "SQLite, one statement", table_run, 4 },
};
enum { CONTENDERS = sizeof(contenders) / sizeof(contenders[0]) };

static uint64_t now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static double per_cpu_second(struct bench *b, const struct contender *who)
{
	uint64_t start = now_ns(CLOCK_PROCESS_CPUTIME_ID);
	size_t n = b->facts.n_asks / who->part;

	for (size_t i = 0; i < n; i++)
		who->run(b, &b->facts.asks[i]);
	return (double)n * 1e9 / (double)(now_ns(CLOCK_PROCESS_CPUTIME_ID) - start);
}

/* Times of single decisions; *took has room for all asks. What the clock itself costs is in them. */
static size_t times_take(struct bench *b, const struct contender *who, uint32_t *took)
{
	size_t n = b->facts.n_asks / who->part;

	for (size_t i = 0; i < n; i++) {
		uint64_t start = now_ns(CLOCK_MONOTONIC);

		who->run(b, &b->facts.asks[i]);
		took[i] = (uint32_t)(now_ns(CLOCK_MONOTONIC) - start);
	}
	return n;
}

static int by_rate(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int by_time(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* How many answers are not the bare walk's: all the rest is worth nothing unless this is 0. */
static size_t engine_differs(struct bench *b)
{
	size_t differs = 0;

	for (size_t i = 0; i < b->facts.n_asks; i++) {
		const struct fact_ask *ask = &b->facts.asks[i];
		struct fact_answer bare = bare_decide(b->bare, ask->from, ask->to);

		engine_decide(b->world, ask, &b->verdict);
		if (b->verdict.route == bare.route && strcmp(reason_slug(b->verdict.reason), code_slug(bare.code)) == 0 &&
			engine_allows(b->world, ask) == (bare.code == CODE_OK))
			continue;
		if (differs++ < 5)
			warnx("%.*s to %.*s: engine route %d %s, bare walk route %d %s", (int)ask->from.n, ask->from.p, (int)ask->to.n, ask->to.p,
				b->verdict.route, reason_slug(b->verdict.reason), bare.route, code_slug(bare.code));
	}
	return differs;
}

static size_t table_differs(struct bench *b)
{
	size_t differs = 0;

	for (size_t i = 0; i < b->facts.n_asks; i++) {
		const struct fact_ask *ask = &b->facts.asks[i];
		struct fact_answer bare = bare_decide(b->bare, ask->from, ask->to), table = table_decide(b->table, ask->from, ask->to);

		differs += bare.route != table.route || bare.code != table.code;
	}
	return differs;
}

static void measure(struct bench *b)
{
	size_t differs[] = { 0, engine_differs(b), 0, 0, table_differs(b) };
	uint32_t *took = calloc(b->facts.n_asks, sizeof(*took));
	double rates[CONTENDERS][ROUNDS];

	if (!took)
		errx(1, "memory");
	differs[2] = differs[3] = differs[1];
	for (int round = 0; round < ROUNDS; round++)
		for (int i = 0; i < CONTENDERS; i++)
			rates[i][round] = per_cpu_second(b, &contenders[i]);
	for (int i = 0; i < CONTENDERS; i++) {
		size_t n = times_take(b, &contenders[i], took);

		qsort(took, n, sizeof(*took), by_time);
		qsort(rates[i], ROUNDS, sizeof(rates[i][0]), by_rate);
		printf("%s\t%.0f\t%.0f\t%.0f\t%u\t%u\t%zu\n", contenders[i].name, rates[i][ROUNDS / 2], rates[i][0], rates[i][ROUNDS - 1], took[n / 2],
			took[n * 99 / 100], differs[i]);
	}
	free(took);
}

static double resident_mb(void)
{
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	malloc_trim(0);
	if (!f || fscanf(f, "%*u %lu", &pages) != 1)
		err(1, "/proc/self/statm");
	fclose(f);
	return (double)pages * 4096 / 1e6;
}

int main(int argc, char **argv)
{
	struct bench b = { 0 };
	double before, seconds;

	if (argc != 2)
		errx(2, "usage: bench FOLDER");
	before = resident_mb();
	b.world = engine_load(argv[1], &seconds);
	printf("# load %.3f s, %.1f MB resident", seconds, resident_mb() - before);
	printf(", external access replaced in %.1f us, rules in %.1f us", engine_patch_us(b.world), engine_rules_patch_us(b.world));
	printf(", one account in %.1f us, a list of 100,000 domains in %.1f us\n", engine_account_patch_us(b.world), engine_list_patch_us(b.world));
	facts_read(&b.facts, argv[1]);
	b.bare = bare_new(&b.facts);
	b.table = table_new(&b.facts);
	measure(&b);
	table_free(b.table);
	bare_free(b.bare);
	facts_release(&b.facts);
	world_unref(b.world);
	return 0;
}
