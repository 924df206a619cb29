/** @file facts.c  Reads the benchmark's tables. */
#include "facts.h"

#include "model/names.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>

static char *file_text(const char *folder, const char *name, size_t *n_lines)
{
	char path[4096];
	char *text;
	long size;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "r");
	if (!f || fseek(f, 0, SEEK_END) || (size = ftell(f)) < 0 || fseek(f, 0, SEEK_SET))
		err(1, "%s", path);
	text = malloc((size_t)size + 1);
	if (!text || fread(text, 1, (size_t)size, f) != (size_t)size)
		err(1, "%s", path);
	fclose(f);
	text[size] = '\0';
	*n_lines = 0;
	for (const char *p = text; *p; p++)
		*n_lines += *p == '\n';
	return text;
}

/* The next field; moves *p behind it. */
static struct str field(char **p)
{
	size_t n = strcspn(*p, "\t\n");
	struct str out = { *p, n };

	*p += n + ((*p)[n] != '\0');
	return out;
}

static uint32_t number(char **p)
{
	struct str text = field(p);

	return text.p[0] == '-' ? NOBODY : (uint32_t)strtoul(text.p, NULL, 10);
}

static void *rows_new(size_t n, size_t size)
{
	void *rows = calloc(n + 1, size);

	if (!rows)
		err(1, "memory");
	return rows;
}

static void accounts_read(struct facts *facts, char *p)
{
	facts->accounts = rows_new(facts->n_accounts, sizeof(*facts->accounts));
	for (size_t i = 0; i < facts->n_accounts; i++) {
		struct fact_account *a = &facts->accounts[i];

		a->address = field(&p);
		a->tenant = number(&p);
		a->kind = (uint8_t)number(&p);
		a->enabled = (uint8_t)number(&p);
		a->licensed = (uint8_t)number(&p);
		a->segment = (uint8_t)number(&p);
		a->home = number(&p);
		a->accepted = (uint8_t)number(&p);
	}
}

static void tenants_read(struct facts *facts, char *p, char *barriers, size_t n_barriers)
{
	facts->tenants = rows_new(facts->n_tenants, sizeof(*facts->tenants));
	for (size_t i = 0; i < facts->n_tenants; i++) {
		facts->tenants[i].domain = field(&p);
		facts->tenants[i].mode = (uint8_t)number(&p);
	}
	for (size_t i = 0; i < n_barriers; i++) {
		struct fact_tenant *t = &facts->tenants[number(&barriers)];
		uint32_t segment = number(&barriers);

		t->allows |= number(&barriers) << segment;
		t->lists[segment] = number(&barriers);
	}
}

static void leases_read(struct facts *facts, char *p, size_t n)
{
	facts->holds = rows_new(2 * n, sizeof(*facts->holds));
	for (size_t i = 0; i < n; i++) {
		uint32_t account = number(&p);

		facts->accounts[account].lease_over = (uint8_t)number(&p);
		for (unsigned holder = 0; holder < 2; holder++) {
			uint32_t who = number(&p);

			if (who != NOBODY)
				facts->holds[facts->n_holds++] = (struct fact_pair){ who, account };
		}
	}
}

static void asks_read(struct facts *facts, char *p)
{
	facts->asks = rows_new(facts->n_asks, sizeof(*facts->asks));
	for (size_t i = 0; i < facts->n_asks; i++) {
		struct fact_ask *ask = &facts->asks[i];
		enum action action;

		ask->from = field(&p);
		ask->to = field(&p);
		if (!action_parse(field(&p), &action))
			errx(1, "asks.tsv: line %zu: no action", i + 1);
		ask->action = (uint8_t)action;
	}
}

void facts_read(struct facts *facts, const char *folder)
{
	size_t n_barriers, n_leases;
	char *p;

	*facts = (struct facts){ 0 };
	facts->texts[0] = file_text(folder, "accounts.tsv", &facts->n_accounts);
	facts->texts[1] = file_text(folder, "tenants.tsv", &facts->n_tenants);
	facts->texts[2] = file_text(folder, "barriers.tsv", &n_barriers);
	facts->texts[3] = file_text(folder, "leases.tsv", &n_leases);
	facts->texts[4] = file_text(folder, "asks.tsv", &facts->n_asks);
	facts->texts[5] = file_text(folder, "lists.tsv", &facts->n_lists);
	accounts_read(facts, facts->texts[0]);
	tenants_read(facts, facts->texts[1], facts->texts[2], n_barriers);
	leases_read(facts, facts->texts[3], n_leases);
	asks_read(facts, facts->texts[4]);
	facts->lists = rows_new(facts->n_lists, sizeof(*facts->lists));
	p = facts->texts[5];
	for (size_t i = 0; i < facts->n_lists; i++) {
		facts->lists[i].a = number(&p);
		facts->lists[i].b = number(&p);
	}
}

void facts_release(struct facts *facts)
{
	for (size_t i = 0; i < sizeof(facts->texts) / sizeof(facts->texts[0]); i++)
		free(facts->texts[i]);
	free(facts->tenants);
	free(facts->accounts);
	free(facts->lists);
	free(facts->holds);
	free(facts->asks);
	*facts = (struct facts){ 0 };
}

const char *code_slug(enum code code)
{
	switch (code) {
#define X(name, value, slug) case CODE_##name: return slug;
	CODES(X)
#undef X
	}
	return "?";
}
