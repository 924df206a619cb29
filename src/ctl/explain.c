/** @file ctl/explain.c  farhandctl reach --explain: one answer drawn and said in words. */
#include "ctl/explain.h"

#include <stdio.h>
#include <stdlib.h>

/* What comes from files must not steer a terminal. */
static void text_print(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		putchar((unsigned char)text.p[i] < 0x20 || text.p[i] == 0x7f ? '?' : text.p[i]);
}

static void said(const char *before, struct str text)
{
	fputs(before, stdout);
	text_print(text);
}

/* ann@a.example ──○ identity ──● external ╌╌○ find ╌╌ bob@b.example */
static void line_print(const struct ask *ask, const struct verdict *v)
{
	bool stopped = false;

	text_print(ask->from);
	for (unsigned g = 0; g < GATES; g++) {
		enum step_result result = v->steps[g].result;

		if (result == STEP_SKIP && !stopped)
			continue;
		stopped |= result == STEP_STOP;
		printf(" %s %s", result == STEP_PASS ? "──[open]" : result == STEP_STOP ? "──[SHUT]" : "╌╌[    ]", gate_name((enum gate)g));
	}
	said(stopped ? " ╌╌ " : " ──▶ ", ask->to);
	putchar('\n');
}

static void reason_print(const struct ask *ask, const struct verdict *v)
{
	if (v->allowed) {
		printf("  yes: %s is open by the route %s\n", action_name(ask->action), route_name(v->route));
		return;
	}
	printf("  no: %s  (%s", reason_sentence(v->reason), reason_slug(v->reason));
	if (v->route != ROUTE_NONE)
		printf(", route %s", route_name(v->route));
	if (v->side != SIDE_NONE)
		printf(", at the side of %s", v->side == SIDE_FROM ? "the caller" : "the called");
	fputs(")\n", stdout);
	if (v->tenant) {
		said("  decided by ", tenant_id(v->tenant));
		said(": ", str_of(v->rule));
		putchar('\n');
	}
}

static void remedies_print(const struct verdict *v)
{
	for (unsigned i = 0; i < v->n_remedies; i++) {
		const struct remedy *r = &v->remedies[i];

		printf("  %s ", i ? "    or:" : "remedy:");
		text_print(r->who);
		printf(" %s ", remedy_slug(r->code));
		text_print(r->what);
		if (r->code == REMEDY_ASSIGN_LICENCE)
			printf(" %s", sku_name(r->sku));
		if (r->lease.n)
			said(" lease ", r->lease);
		putchar('\n');
	}
}

static void until_print(const struct verdict *v)
{
	char *text = v->until_given ? instant_format(&v->until) : NULL;

	if (text)
		printf("  until %s, when it may change by itself\n", text);
	free(text);
}

bool explain_print(const struct ask *ask, const struct verdict *v)
{
	line_print(ask, v);
	reason_print(ask, v);
	remedies_print(v);
	until_print(v);
	return !ferror(stdout);
}
