/** @file test/fuzz/reach/ask.c  Asks as JSON against a small world: decisions are whole, and nobody learns more than section 8 says. */
#include "base/limits.h"
#include "reach/ask.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char document[] =
	"{\"tenants\": [{\"id\": \"a\", \"domains\": [\"a.example\", \"bücher.example\"], \"licences\": [{\"sku\": \"connect\"}],"
	"\"external_access\": {\"mode\": \"block\", \"block\": [\"*.d.example\"]}, \"accounts\": ["
	"{\"address\": \"ann@a.example\", \"name\": \"Ann\", \"licences\": [{\"sku\": \"connect\"}]}, {\"address\": \"lea@bücher.example\", \"enabled\": false},"
	"{\"address\": \"desk@a.example\", \"kind\": \"service\", \"in_house\": true, \"licences\": [{\"sku\": \"connect\"}]}]},"
	"{\"id\": \"b\", \"domains\": [\"b.example\"], \"verified\": false, \"licences\": [{\"sku\": \"connect\"}], \"external_access\": {\"mode\": \"off\"},"
	"\"accounts\": [{\"address\": \"bob@b.example\", \"licences\": [{\"sku\": \"connect\"}]}]},"
	"{\"id\": \"c\", \"domains\": [\"c.example\"], \"disclose\": \"generic\", \"licences\": [{\"sku\": \"connect\"}], \"external_access\": {\"directory_cards\": [\"a.example\"]},"
	"\"accounts\": [{\"address\": \"cy@c.example\", \"name\": \"Cy\", \"licences\": [{\"sku\": \"connect\"}]}]}]}";

static int64_t rows;

static bool tenant_add(void *arg, const struct tenant_doc *tenant, const char *path, struct json_err *err)
{
	return world_builder_tenant(arg, ++rows, tenant, 1, path, err) == 0;
}

static bool account_add(void *arg, const struct tenant_doc *tenant, const struct account_doc *account, const char *path, struct json_err *err)
{
	static int64_t accounts;

	(void)tenant;
	return world_builder_account(arg, ++accounts, rows, account, path, err) == 0;
}

static const struct world *the_world(void)
{
	static const struct world_doc_ops ops = { tenant_add, account_add };
	static struct world *world;
	struct world_builder *builder;
	struct json_err err;

	if (world)
		return world;
	assert(world_builder_new(&builder) == 0);
	assert(world_doc_decode(str_of(document), &ops, builder, &err));
	assert(world_builder_end(builder, 1, &world) == 0);
	return world;
}

static void whole(const struct verdict *v)
{
	unsigned stops = 0;
	json_t *json = verdict_encode(v);

	assert(json && json_array_size(json_object_get(json, "steps")) == GATES);
	json_decref(json);
	for (unsigned g = 0; g < GATES; g++) {
		stops += v->steps[g].result == STEP_STOP;
		assert(v->steps[g].result == STEP_SKIP || v->steps[g].result == STEP_STOP || stops == 0);
	}
	assert(stops == (v->allowed || v->reason == REASON_UNREACHABLE ? 0 : 1));
	assert(v->allowed == (v->reason == REASON_OK));
}

/* A user learns of others only what two tenants alone decide. */
static void told_well(const struct world *world, const struct ask *ask, const struct verdict *v)
{
	struct asker asker = { .kind = ASKER_USER, .home = world_tenant_by_domain(world, address_domain(ask->from)) };
	struct verdict told = *v;

	if (!asker.home)
		return;
	reach_redact(world, ask, &asker, &told);
	whole(&told);
	assert(told.allowed == v->allowed);
	if (told.tenant && told.tenant != asker.home)
		assert(tenant_discloses(told.tenant) && (told.reason == REASON_EXTERNAL_OFF || told.reason == REASON_EXTERNAL_BLOCKED
			|| told.reason == REASON_EXTERNAL_NOT_ALLOWED || told.reason == REASON_EXTERNAL_UNVERIFIED));
	if (told.reason == REASON_UNREACHABLE)
		assert(told.route == ROUTE_NONE && !told.tenant && !told.rule[0] && told.n_remedies == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct world *world = the_world();
	struct json_err err = { 0 };
	json_t *object = json_read((struct str){ (const char *)data, n }, LIMIT_JSON_DEPTH, &err);
	struct verdict v;
	struct ask_doc doc;

	if (object && ask_doc_decode(object, "", 0, &doc, &err)) {
		reach_decide(world, &doc.ask, &v);
		whole(&v);
		assert(v.allowed == reach_allowed(world, &doc.ask));
		assert((v.route == ROUTE_NONE) == !(world_account(world, doc.ask.from) && world_account(world, doc.ask.to)));
		told_well(world, &doc.ask, &v);
		ask_doc_release(&doc);
	} else {
		assert(err.why[0]);
	}
	json_decref(object);
	return 0;
}
