/**
 * @file load.c  From the store to a world: what a start of the server costs.
 *
 * usage: load FOLDER DATABASE    (a folder that model.mjs has filled; the database is made of its document when it is absent)
 * Prints a line that begins with '#': seconds of CPU and of the clock to read and compile it, the smallest of three.
 */
#include "engine.h"

#include "reach/world.h"
#include "store/nouns.h"

#include <err.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TIMES = 3 };

struct fill {
	const struct buf *text;
	struct store_tx *tx;
	int64_t tenant;
	atomic_bool woken;
	bool done;
	int err;
};

static void wake(void *arg)
{
	struct fill *fill = arg;

	atomic_store(&fill->woken, true);
}

static bool tenant_put(void *arg, const struct tenant_doc *tenant, const char *path, struct json_err *why)
{
	struct fill *fill = arg;
	int64_t revision;

	fill->err = store_tenant_put(fill->tx, tenant, &fill->tenant, &revision);
	return !fill->err || json_bad(why, path, "%s", strerror(-fill->err));
}

static bool account_put(void *arg, const struct tenant_doc *tenant, const struct account_doc *account, const char *path, struct json_err *why)
{
	struct fill *fill = arg;
	int64_t id;

	(void)tenant;
	fill->err = store_account_put(fill->tx, fill->tenant, account, &id);
	return !fill->err || json_bad(why, path, "%s", strerror(-fill->err));
}

static int fill_run(struct store_tx *tx, void *arg)
{
	static const struct world_doc_ops ops = { .tenant = tenant_put, .account = account_put };
	struct fill *fill = arg;
	struct json_err why = { 0 };

	fill->tx = tx;
	if (!world_doc_decode(buf_str(fill->text), &ops, fill, &why))
		errx(1, "%s: %s", why.path, why.why);
	return 0;
}

static void filled(void *arg, int err)
{
	struct fill *fill = arg;

	fill->done = true;
	fill->err = err;
}

static struct store *opened(const char *path, struct fill *fill)
{
	struct store *store;
	char why[256];

	if (store_open(&store, path, wake, fill, why))
		errx(1, "%s: %s", path, why);
	return store;
}

static void database_make(const char *folder, const char *path)
{
	struct buf text = { 0 };
	struct fill fill = { .text = &text };
	struct store *store = opened(path, &fill);

	engine_document(folder, &text);
	if (store_submit_large(store, fill_run, filled, &fill))
		errx(1, "the store takes no job");
	while (!fill.done) {
		usleep(10000);
		if (atomic_exchange(&fill.woken, false))
			store_reap(store);
	}
	if (fill.err)
		errx(1, "%s: %s", path, strerror(-fill.err));
	store_close(store);
	buf_release(&text);
}

static int expect(void *arg, size_t accounts)
{
	return world_builder_expect(arg, accounts);
}

static int tenant_compile(void *arg, int64_t row, const struct tenant_doc *tenant, int64_t access_rev)
{
	struct json_err why;

	return world_builder_tenant(arg, row, tenant, access_rev, "", &why);
}

static int account_compile(void *arg, int64_t row, int64_t tenant, const struct account_doc *account)
{
	struct json_err why;

	return world_builder_account(arg, row, tenant, account, "", &why);
}

static double now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void load(struct store *store, double *cpu, double *wall)
{
	static const struct store_world_ops ops = { expect, tenant_compile, account_compile };
	double cpu_before = now(CLOCK_PROCESS_CPUTIME_ID), before = now(CLOCK_MONOTONIC);
	struct world_builder *builder;
	struct world *world;

	if (world_builder_new(&builder) || store_world_load(store, &ops, builder) || world_builder_end(builder, 1, &world))
		errx(1, "the world can't be loaded");
	*cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu_before;
	*wall = now(CLOCK_MONOTONIC) - before;
	world_unref(world);
}

int main(int argc, char **argv)
{
	struct fill none = { 0 };
	struct store *store;
	double cpu = 0, wall = 0;

	if (argc != 3)
		errx(2, "usage: load FOLDER DATABASE");
	if (access(argv[2], F_OK))
		database_make(argv[1], argv[2]);
	for (int i = 0; i < TIMES; i++) {
		double cpu_now, wall_now;

		/* Opened again: the first reads are part of a start. */
		store = opened(argv[2], &none);
		load(store, &cpu_now, &wall_now);
		store_close(store);
		if (i && cpu_now >= cpu)
			continue;
		cpu = cpu_now;
		wall = wall_now;
	}
	printf("# from SQLite %.3f s of CPU, %.3f s by the clock\n", cpu, wall);
	return 0;
}
