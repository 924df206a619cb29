/** @file test/unit/reach/worlds.c  Worlds and asks for tests. */
#include "worlds.h"

#include <stdio.h>
#include <stdlib.h>

struct load {
	struct world_builder *builder;
	int64_t tenants, accounts;
};

static bool tenant_add(void *arg, const struct tenant_doc *tenant, const char *path, struct json_err *err)
{
	struct load *load = arg;

	return world_builder_tenant(load->builder, ++load->tenants, tenant, 1, path, err) == 0;
}

static bool account_add(void *arg, const struct tenant_doc *tenant, const struct account_doc *account, const char *path, struct json_err *err)
{
	struct load *load = arg;

	(void)tenant;
	return world_builder_account(load->builder, ++load->accounts, load->tenants, account, path, err) == 0;
}

static void die(const char *what, const struct json_err *err)
{
	fprintf(stderr, "%s: %s: %s\n", what, err->path, err->why);
	exit(1);
}

struct world *world_of(const char *document)
{
	static const struct world_doc_ops ops = { tenant_add, account_add };
	struct json_err err = { 0 };
	struct load load = { 0 };
	struct world *world = NULL;

	if (world_builder_new(&load.builder) || !world_doc_decode(str_of(document), &ops, &load, &err) ||
			world_builder_end(load.builder, 1, &world))
		die("world", &err);
	return world;
}

void decide(const struct world *world, const char *ask, struct ask_doc *doc, struct verdict *out)
{
	struct json_err err = { 0 };
	json_t *object = json_read(str_of(ask), 8, &err);

	if (!object || !ask_doc_decode(object, "", 0, doc, &err))
		die(ask, &err);
	json_decref(object);
	reach_decide(world, &doc->ask, out);
	if (out->allowed != reach_allowed(world, &doc->ask))
		die("reach_allowed disagrees with reach_decide", &err);
}

char *answer_of(const struct world *world, const char *ask, const struct asker *asker)
{
	struct ask_doc doc;
	struct verdict v;
	json_t *answer;
	char *text;

	decide(world, ask, &doc, &v);
	if (asker)
		reach_redact(world, &doc.ask, asker, &v);
	answer = verdict_encode(&v);
	text = json_dumps(answer, JSON_COMPACT);
	json_decref(answer);
	ask_doc_release(&doc);
	return text;
}

char *answer_to(const struct world *world, const char *from, const char *to, const char *action, const struct asker *asker)
{
	char ask[1024];

	snprintf(ask, sizeof ask, "{\"from\": \"%s\", \"to\": \"%s\", \"action\": \"%s\"}", from, to, action);
	return answer_of(world, ask, asker);
}
