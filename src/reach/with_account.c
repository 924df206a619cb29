/** @file reach/with_account.c  The same world with one account replaced or added. */
#include "reach/facts.h"

#include <errno.h>

/* An account of the old world goes over as it is; the one that is replaced, as its new document says. */
static int account_carry(struct world_builder *b, const struct world *world, const struct tenant *t, const struct account *a, struct json_err *err)
{
	struct account_doc doc;
	int fault = world_account_doc(world, a, &doc);

	if (fault)
		return fault;
	fault = world_builder_account(b, a->row, tenant_row(t), &doc, "", err);
	account_doc_release(&doc);
	return fault;
}

static int tenant_carry(struct world_builder *b, const struct world *world, const struct tenant *t, int64_t without, struct json_err *err)
{
	struct tenant_doc doc;
	int fault = world_tenant_doc(t, &doc);

	if (fault)
		return fault;
	fault = world_builder_tenant(b, tenant_row(t), &doc, tenant_access_rev(t), "", err);
	tenant_doc_release(&doc);
	for (const struct account *a = world_account_next(world, t, NULL); a && !fault; a = world_account_next(world, t, a))
		fault = a->row == without ? 0 : account_carry(b, world, t, a, err);
	return fault;
}

int world_with_account(struct world *world, const struct tenant *tenant, int64_t row, const struct account_doc *doc, int64_t revision,
	struct world **wp, struct json_err *err)
{
	struct world_builder *b;
	int fault = world_builder_new(&b);

	if (fault)
		return fault;
	for (const struct tenant *t = world_tenant_next(world, NULL); t && !fault; t = world_tenant_next(world, t)) {
		fault = tenant_carry(b, world, t, row, err);
		if (!fault && t == tenant)
			fault = world_builder_account(b, row, tenant_row(t), doc, "", err);
	}
	if (!fault)
		fault = world_builder_check(b, err);
	if (!fault)
		return world_builder_end(b, revision, wp);
	world_builder_free(b);
	return fault;
}
