/** @file ctl/world.c  A world document from a file, compiled; and farhandctl check, which does no more and asks its promises. */
#include "ctl/world.h"

#include "base/clock.h"
#include "ctl/command.h"
#include "ctl/options.h"
#include "reach/reach.h"

#include <errno.h>
#include <stdio.h>

/* A world being built from its document. Rows are counted: offline nobody else knows them. */
struct load {
	struct world_builder *builder;
	int64_t tenants;
	int64_t accounts;
};

static bool fault_told(int err, struct json_err *why)
{
	if (err == -ENOMEM)
		json_bad(why, "", "out of memory");
	return err == 0;
}

static bool tenant_add(void *arg, const struct tenant_doc *tenant, const char *path, struct json_err *err)
{
	struct load *load = arg;

	return fault_told(world_builder_tenant(load->builder, ++load->tenants, tenant, 1, path, err), err);
}

static bool account_add(void *arg, const struct tenant_doc *tenant, const struct account_doc *account, const char *path, struct json_err *err)
{
	struct load *load = arg;

	(void)tenant;
	return fault_told(world_builder_account(load->builder, ++load->accounts, load->tenants, account, path, err), err);
}

static struct world *world_build(struct str text, json_t **promises, struct json_err *err)
{
	static const struct world_doc_ops ops = { tenant_add, account_add };
	struct load load = { 0 };
	struct world *world = NULL;

	if (world_builder_new(&load.builder)) {
		json_bad(err, "", "out of memory");
		return NULL;
	}
	if (!world_doc_decode_promises(text, &ops, &load, promises, err) || world_builder_check(load.builder, err)) {
		world_builder_free(load.builder);
		return NULL;
	}
	if (world_builder_end(load.builder, 1, &world))
		json_bad(err, "", "out of memory");
	return world;
}

struct world *world_file_load(const char *path, json_t **promises)
{
	struct json_err err = { 0 };
	struct buf text = { 0 };
	json_t *given = NULL;
	struct world *world;

	if (!file_read(path, &text))
		return NULL;
	world = world_build(buf_str(&text), &given, &err);
	buf_release(&text);
	if (!world)
		complain("%s: %s%s%s", path, err.path, err.path[0] ? ": " : "", err.why);
	if (world && promises)
		*promises = given;
	else
		json_decref(given);
	return world;
}

int check_command(int argc, char **argv)
{
	const struct option_row rows[] = { { 0 } };
	json_t *promises = NULL;
	struct json_err err;
	struct world *world;
	const char *path;
	bool kept;

	if (options_read(argc, argv, rows, &path, 1) != 1) {
		complain("check needs one FILE");
		return EXIT_MALFORMED;
	}
	world = world_file_load(path, &promises);
	if (!world)
		return EXIT_MALFORMED;
	kept = reach_promises_kept(world, promises, clock_wall_ms(), &err);
	if (kept)
		printf("%s: well-formed, %zu promises kept\n", path, json_array_size(promises));
	else
		complain("%s: %s: %s", path, err.path, err.why);
	json_decref(promises);
	world_unref(world);
	return kept ? EXIT_OK : EXIT_REFUSED;
}
