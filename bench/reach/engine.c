/** @file engine.c  The engine as it is used: a world document in, addresses in, answers out. */
#include "engine.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct load {
	struct world_builder *builder;
	int64_t tenants;
	int64_t accounts;
};

static bool tenant_add(void *arg, const struct tenant_doc *tenant, const char *path, struct json_err *why)
{
	struct load *load = arg;

	return !world_builder_tenant(load->builder, ++load->tenants, tenant, 1, path, why);
}

static bool account_add(void *arg, const struct tenant_doc *tenant, const struct account_doc *account, const char *path, struct json_err *why)
{
	struct load *load = arg;

	(void)tenant;
	return !world_builder_account(load->builder, ++load->accounts, load->tenants, account, path, why);
}

void engine_document(const char *folder, struct buf *text)
{
	char path[4096], chunk[65536];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/world.json", folder);
	f = fopen(path, "r");
	if (!f)
		err(1, "%s", path);
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		if (buf_add(text, chunk, n))
			errx(1, "memory");
	fclose(f);
}

static double seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct world *engine_load(const char *folder, double *seconds)
{
	static const struct world_doc_ops ops = { .tenant = tenant_add, .account = account_add };
	struct json_err why = { 0 };
	struct load load = { 0 };
	struct buf text = { 0 };
	struct world *world;
	double start;

	engine_document(folder, &text);
	start = seconds_now();
	if (world_builder_new(&load.builder))
		errx(1, "memory");
	if (!world_doc_decode(buf_str(&text), &ops, &load, &why))
		errx(1, "%s/world.json: %s: %s", folder, why.path, why.why);
	if (world_builder_end(load.builder, 1, &world))
		errx(1, "memory");
	*seconds = seconds_now() - start;
	buf_release(&text);
	return world;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int access_patch(struct world *world, const struct tenant *tenant, const struct tenant_doc *doc, struct world **wp)
{
	(void)doc;
	return world_with_access(world, tenant, tenant_access(tenant), 2, 2, wp);
}

static int rules_patch(struct world *world, const struct tenant *tenant, const struct tenant_doc *doc, struct world **wp)
{
	return world_with_rules(world, tenant, &doc->guests, &doc->rules, 2, wp);
}

/* Median time of a patch, over tenants in turn. */
static double patch_us(struct world *world, int (*patch)(struct world *, const struct tenant *, const struct tenant_doc *, struct world **))
{
	enum { TIMES = 1001 };
	static double us[TIMES];
	const struct tenant *tenant = NULL;

	for (int i = 0; i < TIMES; i++) {
		struct tenant_doc doc;
		struct world *patched;
		double start;

		tenant = world_tenant_next(world, tenant);
		if (!tenant)
			tenant = world_tenant_next(world, NULL);
		if (world_tenant_doc(tenant, &doc))
			errx(1, "memory");
		start = seconds_now();
		if (patch(world, tenant, &doc, &patched))
			errx(1, "the world can't be patched");
		us[i] = (seconds_now() - start) * 1e6;
		world_unref(patched);
		tenant_doc_release(&doc);
	}
	qsort(us, TIMES, sizeof(us[0]), by_size);
	return us[TIMES / 2];
}

double engine_patch_us(struct world *world)
{
	return patch_us(world, access_patch);
}

double engine_rules_patch_us(struct world *world)
{
	return patch_us(world, rules_patch);
}

/* One account in turn: its title is another. */
double engine_account_patch_us(struct world *world)
{
	enum { TIMES = 1001 };
	static double us[TIMES];
	const struct tenant *tenant = NULL;

	for (int i = 0; i < TIMES; i++) {
		const struct account *a;
		struct account_doc doc;
		struct world *patched;
		struct json_err why;
		double start;

		tenant = world_tenant_next(world, tenant);
		if (!tenant)
			tenant = world_tenant_next(world, NULL);
		a = world_account_next(world, tenant, NULL);
		if (!a || world_account_doc(world, a, &doc))
			errx(1, "memory");
		start = seconds_now();
		if (world_with_account(world, tenant, account_row(a), &doc, 2, &patched, &why))
			errx(1, "the world can't be patched: %s", why.why);
		us[i] = (seconds_now() - start) * 1e6;
		world_unref(patched);
		account_doc_release(&doc);
	}
	qsort(us, TIMES, sizeof(us[0]), by_size);
	return us[TIMES / 2];
}

/* A tenant's list of 100,000 domains with another one behind it. */
double engine_list_patch_us(struct world *world)
{
	enum { ENTRIES = 100000, TIMES = 11 };
	static double us[TIMES];
	const struct tenant *tenant = world_tenant_next(world, NULL);
	struct external_access access;
	char domain[64];

	external_access_default(&access);
	access.mode = ACCESS_ALLOW;
	for (int i = 0; i < ENTRIES; i++) {
		snprintf(domain, sizeof(domain), "partner-%d.example", i);
		if (texts_add(&access.allow, str_of(domain)))
			errx(1, "memory");
	}
	for (int i = 0; i < TIMES; i++) {
		struct world *patched;
		double start = seconds_now();

		if (world_with_access(world, tenant, &access, 2, 2, &patched))
			errx(1, "memory");
		us[i] = (seconds_now() - start) * 1e6;
		world_unref(patched);
	}
	external_access_release(&access);
	qsort(us, TIMES, sizeof(us[0]), by_size);
	return us[TIMES / 2];
}

static struct ask ask_of(const struct fact_ask *ask)
{
	/* 2026-06-15T12:00:00Z */
	return (struct ask){ ask->from, ask->to, (enum action)ask->action, { .seconds = 1781524800, .given = true }, NULL };
}

bool engine_allows(const struct world *world, const struct fact_ask *ask)
{
	struct ask asked = ask_of(ask);

	return reach_allowed(world, &asked);
}

void engine_decide(const struct world *world, const struct fact_ask *ask, struct verdict *out)
{
	struct ask asked = ask_of(ask);

	reach_decide(world, &asked, out);
}

void engine_tell(const struct world *world, const struct fact_ask *ask)
{
	struct verdict verdict;
	json_t *answer;
	char *text;

	engine_decide(world, ask, &verdict);
	answer = verdict_encode(&verdict);
	text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;
	if (!text)
		errx(1, "memory");
	free(text);
	json_decref(answer);
}
