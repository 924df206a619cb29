/** @file test/fuzz/model/world_doc.c  The world document: what was read can be written, and read again to the same. */
#include "model/world_doc.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The document written again, as far as it was read. */
struct copy {
	json_t *tenants;
};

static bool tenant_copy(void *arg, const struct tenant_doc *tenant, const char *path, struct json_err *err)
{
	struct copy *copy = arg;

	(void)path;
	(void)err;
	json_array_append_new(copy->tenants, tenant_doc_encode(tenant));
	return true;
}

static bool account_copy(void *arg, const struct tenant_doc *tenant, const struct account_doc *account, const char *path, struct json_err *err)
{
	struct copy *copy = arg;
	json_t *last = json_array_get(copy->tenants, json_array_size(copy->tenants) - 1);

	(void)tenant;
	(void)path;
	(void)err;
	json_array_append_new(json_object_get(last, "accounts"), account_doc_encode(account));
	return true;
}

static char *copied(struct str text, struct json_err *err)
{
	static const struct world_doc_ops ops = { tenant_copy, account_copy };
	struct copy copy = { json_array() };
	bool ok = world_doc_decode(text, &ops, &copy, err);
	json_t *document = json_pack("{s:o}", "tenants", copy.tenants);
	char *out = ok ? json_dumps(document, JSON_COMPACT) : NULL;

	json_decref(document);
	return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct json_err err = { 0 };
	char *once = copied((struct str){ (const char *)data, n }, &err), *twice;
	json_t *whole;

	if (!once) {
		/* Whoever is refused is told why. */
		assert(err.why[0]);
		return 0;
	}
	/* What is read in parts is valid as a whole too. */
	whole = json_read((struct str){ (const char *)data, n }, 64, &err);
	assert(whole);
	json_decref(whole);
	twice = copied(str_of(once), &err);
	assert(twice && strcmp(once, twice) == 0);
	free(once);
	free(twice);
	return 0;
}
