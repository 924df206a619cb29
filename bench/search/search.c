/**
 * @file search.c  People search in one organisation: the index against the walk over everybody that it replaced, in one run.
 *
 * usage: search ACCOUNTS    Prints a table.
 */
#include "model/names.h"
#include "reach/reach.h"
#include "reach/word_index.h"

#include <err.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { QUERIES = 4000, WALKS = 40, PAGE = 100, SHOWN = 50, CHANGES = 201 };

static uint64_t seed = 1;

static unsigned dice(unsigned sides)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % sides;
}

static uint64_t now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* 2,000 first and 20,000 last names of three or four syllables, taken unevenly, as names are. */
static void name_make(char out[static 32], unsigned nth, unsigned syllables)
{
	static const char *const parts[] = { "ka", "lo", "mi", "ren", "ta", "so", "ver", "ni", "ho", "ba", "el", "an", "dri", "gu", "sha", "pe", "wo", "zi", "cor", "fa" };

	out[0] = '\0';
	for (unsigned i = 0; i < syllables; i++, nth /= 20)
		strcat(out, parts[nth % 20]);
	out[0] = (char)(out[0] & ~0x20);
}

static void person_make(struct account_doc *doc, unsigned nth)
{
	static const char *const titles[] = { "Pump technician", "Field engineer", "Shift lead", "Valve expert, north", "Planner", "Safety officer" };
	char first[32], last[32];

	name_make(first, dice(dice(2000) + 1), 3);
	name_make(last, dice(dice(20000) + 1), 4);
	snprintf(doc->name, 80, "%s %s", first, last);
	snprintf(doc->address, 80, "%c%s.%s%u@big.example", first[0] | 0x20, first + 1, last + 1, nth);
	snprintf(doc->title, 80, "%s", titles[dice(6)]);
}

static struct world *world_make(unsigned accounts, struct account_doc *doc)
{
	char *domains[] = { (char[]){ "big.example" } };
	struct tenant_doc t = { .id = (char[]){ "big" }, .name = (char[]){ "Big" }, .verified = true, .licences[SKU_CONNECT] = { .listed = true } };
	struct world_builder *b;
	struct json_err why;
	struct world *world;

	t.domains = (struct texts){ .v = domains, .n = 1 };
	if (world_builder_new(&b) || world_builder_tenant(b, 1, &t, 1, "", &why))
		errx(1, "no world");
	for (unsigned i = 0; i < accounts; i++) {
		person_make(doc, i);
		if (world_builder_account(b, i + 1, 1, doc, "", &why))
			errx(1, "%s %s", why.path, why.why);
	}
	if (world_builder_end(b, 1, &world))
		errx(1, "no world");
	return world;
}

/* What people type: the beginning of a first or a last name, both, of an address, all of a name. */
static char *query_make(const struct world *world, unsigned accounts)
{
	const struct account *a = world_account_by_id(world, 1 + dice(accounts));
	struct str name = account_name(a);
	size_t space = (size_t)((const char *)memchr(name.p, ' ', name.n) - name.p);
	char text[80];

	switch (dice(5)) {
	case 0:
		snprintf(text, sizeof text, "%.*s", 3 + (int)dice(4), name.p);
		break;
	case 1:
		snprintf(text, sizeof text, "%.*s", 4 + (int)dice(4), name.p + space + 1);
		break;
	case 2:
		snprintf(text, sizeof text, "%.*s", (int)space + 3, name.p);
		break;
	case 3:
		snprintf(text, sizeof text, "%.*s", (int)space + 4, account_address(a).p);
		break;
	default:
		snprintf(text, sizeof text, "%s", name.p);
	}
	return text_fold(str_of(text));
}

struct walk {
	struct str query;
	size_t n;
};

static bool walk_each(void *arg, const struct account *a)
{
	struct walk *walk = arg;

	walk->n += account_matches(a, walk->query);
	return walk->n < SHOWN;
}

/* As GET /v1/people does, without its JSON: look up, ask the rules about each. */
static size_t search(const struct world *world, const struct tenant *tenant, const struct query *query)
{
	const struct account *found[PAGE];
	size_t n = world_search(world, tenant, str_of(query->folded), found, PAGE), shown = 0;
	struct ask ask = { .from = account_address(world_account_by_id(world, 1)), .action = ACTION_FIND, .at = { .given = true, .seconds = 1800000000 }, .query = query };
	struct verdict verdict;

	for (size_t i = 0; i < n && shown < SHOWN; i++) {
		ask.to = account_address(found[i]);
		reach_decide(world, &ask, &verdict);
		shown += verdict.allowed;
	}
	return shown;
}

static int by_time(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void row(const char *what, uint64_t *times, size_t n, double rows)
{
	qsort(times, n, sizeof *times, by_time);
	printf("| %s | %.1f | %.1f | %.1f |\n", what, (double)times[n / 2] / 1000, (double)times[n * 99 / 100] / 1000, rows);
}

static void searches(const struct world *world, unsigned accounts)
{
	static uint64_t times[QUERIES];
	static struct query queries[QUERIES];
	const struct tenant *tenant = world_tenant(world, STR("big"));
	const struct account *found[PAGE];
	double rows = 0;

	for (size_t i = 0; i < QUERIES; i++) {
		char *text = query_make(world, accounts);

		if (query_init(&queries[i], str_of(text)))
			errx(1, "no query");
		free(text);
	}
	printf("| | p50 µs | p99 µs | people found |\n|---|---|---|---|\n");
	for (size_t i = 0; i < QUERIES; i++) {
		uint64_t start = now_ns(CLOCK_MONOTONIC);

		rows += (double)world_search(world, tenant, str_of(queries[i].folded), found, SHOWN);
		times[i] = now_ns(CLOCK_MONOTONIC) - start;
	}
	row("the index alone", times, QUERIES, rows / QUERIES);
	rows = 0;
	for (size_t i = 0; i < QUERIES; i++) {
		uint64_t start = now_ns(CLOCK_MONOTONIC);

		rows += (double)search(world, tenant, &queries[i]);
		times[i] = now_ns(CLOCK_MONOTONIC) - start;
	}
	row("with the decision about each", times, QUERIES, rows / QUERIES);
	rows = 0;
	for (size_t i = 0; i < WALKS; i++) {
		struct walk walk = { .query = str_of(queries[i].folded) };
		uint64_t start = now_ns(CLOCK_MONOTONIC);

		account_list_each(&tenant->roster->by_name, walk_each, &walk);
		times[i] = now_ns(CLOCK_MONOTONIC) - start;
		rows += (double)walk.n;
	}
	row("a walk over everybody (any part of a word)", times, WALKS, rows / WALKS);
	for (size_t i = 0; i < QUERIES; i++)
		query_release(&queries[i]);
}

/* One account of many gets another name, or another licence. */
static void changes(struct world *world, unsigned accounts, struct account_doc *doc, bool renames)
{
	static uint64_t times[CHANGES];

	for (size_t i = 0; i < CHANGES; i++) {
		int64_t account = 1 + dice(accounts);
		const struct account *a = world_account_by_id(world, account);
		struct account_doc kept;
		struct json_err why;
		struct world *next;
		uint64_t start;

		if (world_account_doc(world, a, &kept))
			errx(1, "out of memory");
		person_make(doc, (unsigned)account - 1);
		start = now_ns(CLOCK_MONOTONIC);
		if (world_with_account(world, world_tenant(world, STR("big")), account, renames ? doc : &kept, 2, &next, &why))
			errx(1, "%s %s", why.path, why.why);
		times[i] = now_ns(CLOCK_MONOTONIC) - start;
		world_unref(next);
		account_doc_release(&kept);
	}
	qsort(times, CHANGES, sizeof *times, by_time);
	printf("%s: %.0f us. ", renames ? "An account renamed" : "An account changed otherwise", (double)times[CHANGES / 2] / 1000);
}

int main(int argc, char **argv)
{
	unsigned accounts = argc > 1 ? (unsigned)atoi(argv[1]) : 1000000;
	char name[80], address[80], title[80];
	struct account_doc doc = { .name = name, .address = address, .title = title, .enabled = true, .licences[SKU_CONNECT].held = true };
	struct word_index *again;
	struct world *world;
	uint64_t start;
	size_t before;

	if (accounts < 100)
		errx(2, "usage: search ACCOUNTS (100 or more)");
	world = world_make(accounts, &doc);
	searches(world, accounts);
	before = mallinfo2().uordblks;
	start = now_ns(CLOCK_PROCESS_CPUTIME_ID);
	again = word_index_new(&world_tenant(world, STR("big"))->roster->by_name);
	printf("\nThe index of %u people: %.1f MB, built in %.3f s. ", accounts, (double)(mallinfo2().uordblks - before) / 1e6,
		(double)(now_ns(CLOCK_PROCESS_CPUTIME_ID) - start) / 1e9);
	word_index_unref(again);
	changes(world, accounts, &doc, true);
	changes(world, accounts, &doc, false);
	printf("\n");
	world_unref(world);
	return 0;
}
