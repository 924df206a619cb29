/** @file act/world.c  The whole world: load, and apply (the desired state of the tenants a document names). */
#include "act/audit.h"
#include "act/room.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

/* Compile what the store keeps. */

struct compiling {
	struct world_builder *builder;
	struct json_err err;
};

static int compile_expect(void *arg, size_t accounts)
{
	struct compiling *c = arg;

	return world_builder_expect(c->builder, accounts);
}

static int compile_tenant(void *arg, int64_t tenant_id, const struct tenant_doc *tenant, int64_t access_rev)
{
	struct compiling *c = arg;

	return world_builder_tenant(c->builder, tenant_id, tenant, access_rev, "/tenants", &c->err);
}

static int compile_account(void *arg, int64_t account_id, int64_t tenant_id, const struct account_doc *account)
{
	struct compiling *c = arg;

	return world_builder_account(c->builder, account_id, tenant_id, account, "/tenants", &c->err);
}

static const struct store_world_ops compile_ops = { compile_expect, compile_tenant, compile_account };

static int compile_end(struct compiling *c, int err, int64_t revision, struct world **wp)
{
	if (!err)
		err = world_builder_check(c->builder, &c->err);
	if (!err)
		return world_builder_end(c->builder, revision, wp);
	world_builder_free(c->builder);
	return err;
}

int world_load(struct act *act, struct world **wp)
{
	struct compiling c = { 0 };
	int64_t revision;
	int err = store_revision(act->store, &revision);

	if (!err)
		err = world_builder_new(&c.builder);
	if (err)
		return err;
	return compile_end(&c, store_world_load(act->store, &compile_ops, &c), revision, wp);
}

int world_load_tx(struct store_tx *tx, int64_t revision, struct world **wp, struct json_err *why)
{
	struct compiling c = { 0 };
	int err = world_builder_new(&c.builder);

	if (err)
		return err;
	err = compile_end(&c, store_world_load_tx(tx, &compile_ops, &c), revision, wp);
	*why = c.err;
	return err;
}

static json_t *promises_read(char *text)
{
	struct json_err err;
	json_t *promises = json_read(str_of(text), LIMIT_JSON_DEPTH, &err);

	free(text);
	return promises;
}

int promises_load(struct act *act, json_t **out)
{
	char *text;
	int err = store_promises(act->store, &text);

	*out = err ? NULL : promises_read(text);
	return err ? err : *out ? 0 : -EIO;
}

/* Apply: decoded, written, read back and compiled on the writer's thread, inside its transaction; swapped on the loop. */

struct applying {
	struct deed *deed;
	const struct world *before;	/* stays as long as the change is under way */
	struct store_tx *tx;
	bool prune;
	int64_t seen;
	struct world *world;
	struct json_err err;
	int fault;			/* of the store, inside of the decoder's callbacks */
	int64_t *tenants;		/* rows of those named */
	size_t n_tenants;
	json_t *seen_accounts;		/* addresses named */
	json_t *taken;			/* domains named that belong to another tenant: [its row, the path] */
	json_t *omitted;
	json_t *disabled;		/* accounts that this change disables: [tenant's row, account's row] */
	bool orphans;			/* it would disable the last owner of a tenant */
	json_t *promises;		/* the document's; NULL: it gives none, and those kept stay */
	int64_t tenant;
	int64_t added, changed;
};

static bool apply_fault(struct applying *a, int fault, const char *path, struct json_err *err)
{
	a->fault = fault;
	return json_bad(err, path, "can't be kept");
}

static bool apply_tenant(void *arg, const struct tenant_doc *tenant, const char *path, struct json_err *err)
{
	struct applying *a = arg;
	int64_t access_rev, *tenants = realloc(a->tenants, (a->n_tenants + 1) * sizeof *tenants);
	int fault = tenants ? store_tenant_put(a->tx, tenant, &a->tenant, &access_rev) : -ENOMEM;

	if (tenants)
		a->tenants = tenants;
	if (fault)
		return apply_fault(a, fault, path, err);
	a->tenants[a->n_tenants++] = a->tenant;
	for (size_t i = 0; i < tenant->domains.n; i++) {
		const struct tenant *owner = world_tenant_by_domain(a->before, str_of(tenant->domains.v[i]));

		if (!owner || tenant_row(owner) == a->tenant)
			continue;
		if (json_array_append_new(a->taken, json_pack("[I, s, s]", (json_int_t)tenant_row(owner), path, tenant->domains.v[i])))
			return apply_fault(a, -ENOMEM, path, err);
	}
	return true;
}

static int disabled_note(struct applying *a, int64_t account_id)
{
	return json_array_append_new(a->disabled, json_pack("[I, I]", (json_int_t)a->tenant, (json_int_t)account_id)) ? -ENOMEM : 0;
}

static bool differs(const struct account_doc *kept, const struct account_doc *doc)
{
	json_t *a = account_doc_encode(kept), *b = account_doc_encode(doc);
	bool same = json_equal(a, b);

	json_decref(a);
	json_decref(b);
	return !same;
}

static bool account_apply(struct applying *a, const struct account *old, const struct account_doc *account, const char *path, struct json_err *err)
{
	int64_t account_id;
	int fault = store_account_put(a->tx, a->tenant, account, &account_id);

	if (fault == -EEXIST)
		return json_bad(err, path, "belongs to another tenant");
	if (fault)
		return apply_fault(a, fault, path, err);
	/* Not noted would be taken for left out, and be disabled by prune. */
	if (json_object_set_new(a->seen_accounts, account->address, json_true()))
		return apply_fault(a, -ENOMEM, path, err);
	if (old && account_enabled(old) && !account->enabled && disabled_note(a, account_id))
		return apply_fault(a, -ENOMEM, path, err);
	return true;
}

static bool apply_account(void *arg, const struct tenant_doc *tenant, const struct account_doc *account, const char *path, struct json_err *err)
{
	struct applying *a = arg;
	const struct account *old = world_account(a->before, str_of(account->address));
	struct account_doc kept, whole = *account;
	bool ok;

	(void)tenant;
	if (!old) {
		a->added++;
		return account_apply(a, NULL, account, path, err);
	}
	if (world_account_doc(a->before, old, &kept))
		return apply_fault(a, -ENOMEM, path, err);
	/* A document is configuration: where it says nothing of contacts, they are the person's own, and stay. */
	if (!account->contacts_given) {
		whole.contacts = kept.contacts;
		whole.n_contacts = kept.n_contacts;
	}
	a->changed += differs(&kept, &whole);
	ok = account_apply(a, old, &whole, path, err);
	account_doc_release(&kept);
	return ok;
}

static const struct world_doc_ops apply_ops = { apply_tenant, apply_account };

static int disable(struct applying *a, const struct account *old)
{
	struct account_doc doc;
	int64_t account_id;
	int err = world_account_doc(a->before, old, &doc);

	if (err)
		return err;
	doc.enabled = false;
	err = store_account_put(a->tx, a->tenant, &doc, &account_id);
	account_doc_release(&doc);
	return err ? err : disabled_note(a, account_id);
}

static bool named(const struct applying *a, int64_t tenant)
{
	for (size_t i = 0; i < a->n_tenants; i++)
		if (a->tenants[i] == tenant)
			return true;
	return false;
}

/* A domain may move only when the document names its owner too, without it. */
static bool domains_free(struct applying *a)
{
	json_t *row;
	size_t i;

	json_array_foreach(a->taken, i, row)
		if (!named(a, json_integer_value(json_array_get(row, 0))))
			return json_bad(&a->err, json_string_value(json_array_get(row, 1)), "names the domain %s, which belongs to another tenant",
				json_string_value(json_array_get(row, 2)));
	return true;
}

/* Accounts of the named tenants that the document leaves out: reported, kept, or with prune disabled. */
static int apply_omitted(struct applying *a)
{
	for (const struct tenant *t = world_tenant_next(a->before, NULL); t; t = world_tenant_next(a->before, t)) {
		if (!named(a, tenant_row(t)))
			continue;
		a->tenant = tenant_row(t);
		for (const struct account *old = world_account_next(a->before, t, NULL); old; old = world_account_next(a->before, t, old)) {
			struct str address = account_address(old);
			int err = 0;

			if (json_object_getn(a->seen_accounts, address.p, address.n))
				continue;
			json_array_append_new(a->omitted, json_stringn(address.p, address.n));
			if (a->prune && account_enabled(old))
				err = disable(a, old);
			if (err)
				return err;
		}
	}
	return 0;
}

/* Who is disabled is signed out for good: enabled again, he signs in anew. The last owner of a tenant stays. */
static int apply_disabled(struct applying *a)
{
	json_t *row;
	size_t i;

	json_array_foreach(a->disabled, i, row) {
		int64_t account = json_integer_value(json_array_get(row, 1));
		int err = store_session_drop_all(a->tx, account);

		if (!err)
			err = store_link_drop(a->tx, account);
		if (!err)
			err = store_owner_lost(a->tx, json_integer_value(json_array_get(row, 0)), account);
		a->orphans = err == -EPERM;
		if (err)
			return err;
	}
	return 0;
}

/* A world that breaks a promise is not taken. The document's promises replace those kept. */
static int apply_promises(struct applying *a)
{
	json_t *promises = json_incref(a->promises);
	char *text;
	int err;

	if (promises) {
		text = json_dumps(promises, JSON_COMPACT);
		err = text ? store_promises_put(a->tx, text) : -ENOMEM;
		free(text);
	} else {
		err = store_promises_tx(a->tx, &text);
		promises = err ? NULL : promises_read(text);
	}
	if (!err && !promises)
		err = -EIO;
	if (!err && !reach_promises_kept(a->world, promises, clock_wall_ms(), &a->err))
		err = -EINVAL;
	json_decref(promises);
	return err;
}

/* A row for each organisation's own auditors. */
static int apply_audit(struct applying *a, const char *detail)
{
	time_ms_t now = clock_wall_ms();
	int err = store_audit_add(a->tx, now, "operator", "world.apply", NULL, detail);

	for (const struct tenant *t = world_tenant_next(a->world, NULL); !err && t; t = world_tenant_next(a->world, t)) {
		char id[AUDIT_TENANT_BYTES], own[64];

		if (!named(a, tenant_row(t)))
			continue;
		snprintf(id, sizeof id, "%.*s", (int)tenant_id(t).n, tenant_id(t).p);
		snprintf(own, sizeof own, "{\"revision\":%lld}", (long long)world_revision(a->world));
		err = store_audit_add(a->tx, now, "operator", "tenant.apply", id, own);
	}
	return err;
}

static int run_apply(struct store_tx *tx, void *arg)
{
	struct applying *a = arg;
	int64_t revision;
	char detail[96];
	int err = store_revision_next(tx, a->seen, &revision);

	a->tx = tx;
	if (err)
		return err;
	if (!world_doc_decode_promises(a->deed->text, &apply_ops, a, &a->promises, &a->err))
		return a->fault ? a->fault : -EINVAL;
	if (!domains_free(a))
		return -EINVAL;
	err = apply_omitted(a);
	if (!err)
		err = apply_disabled(a);
	if (err)
		return err;
	err = world_load_tx(tx, revision, &a->world, &a->err);
	if (err == -EEXIST || err == -EINVAL)
		return -EINVAL;
	if (!err)
		err = apply_promises(a);
	snprintf(detail, sizeof detail, "{\"revision\":%lld,\"added\":%lld,\"changed\":%lld}", (long long)revision, (long long)a->added, (long long)a->changed);
	return err ? err : apply_audit(a, detail);
}

/* A world that nobody asks any more: a million accounts take a while to free, and glibc keeps the memory unless it is told. */
struct retired {
	uv_work_t work;
	struct world *world;
};

static void retired_free(uv_work_t *work)
{
	struct retired *retired = work->data;

	world_unref(retired->world);
	malloc_trim(0);
}

static void retired_done(uv_work_t *work, int status)
{
	(void)status;
	free(work->data);
}

void world_retire(struct act *act, struct world *world)
{
	struct retired *retired = malloc(sizeof *retired);

	if (retired) {
		*retired = (struct retired){ .work.data = retired, .world = world };
		if (uv_queue_work(act->parts.loop, &retired->work, retired_free, retired_done) == 0)
			return;
	}
	free(retired);
	world_unref(world);
}

static void applied(void *arg, int err)
{
	struct applying *a = arg;
	struct deed *deed = a->deed;
	struct act *act = deed->act;
	struct outcome outcome = { .reason = REASON_OK };

	if (err)
		world_unref(a->world);
	if (err == -ESTALE) {
		deed_refuse(deed, REASON_STALE);
	} else if (err == -EPERM && a->orphans) {
		deed_refuse(deed, REASON_LAST_OWNER);
	} else if (err == -EINVAL) {
		deed_refuse_field(deed, REASON_BAD_FIELD, a->err.path, a->err.why);
	} else if (err) {
		deed_fault(deed, err, "world.apply");
	} else {
		struct world *old = world_ref(act->world);

		change_swap(act, a->world, a->tenants, a->n_tenants);
		world_retire(act, old);
		outcome.versioned = true;
		outcome.revision = world_revision(act->world);
		outcome.body = json_pack("{s:I, s:I, s:I, s:I, s:O}", "revision", (json_int_t)outcome.revision, "tenants", (json_int_t)a->n_tenants,
			"accounts_added", (json_int_t)a->added, "accounts_changed", (json_int_t)a->changed, "accounts_kept", a->omitted);
		deed_done(deed, &outcome);
	}
	json_decref(a->seen_accounts);
	json_decref(a->omitted);
	json_decref(a->disabled);
	json_decref(a->taken);
	json_decref(a->promises);
	free(a->tenants);
	free(a);
	change_end(act);
}

void act_world_put(struct deed *deed)
{
	struct act *act = deed->act;
	struct applying *a;
	int err;

	if (deed->seen == -1) {
		deed_refuse(deed, REASON_NO_REVISION);
		return;
	}
	/* It disables people: "prune=0" must not. */
	if (deed->query_given[0] && strcmp(deed->query[0], "1") != 0) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "prune", "must be 1");
		return;
	}
	a = calloc(1, sizeof *a);
	if (!a) {
		deed_fault(deed, -ENOMEM, "world.apply");
		return;
	}
	*a = (struct applying){ .deed = deed, .before = act->world, .prune = deed->query_given[0], .seen_accounts = json_object(), .omitted = json_array(), .disabled = json_array(), .taken = json_array() };
	a->seen = deed->seen == -2 ? world_revision(act->world) : deed->seen;
	change_begin(act);
	err = a->seen_accounts && a->omitted && a->disabled && a->taken ? store_submit_large(act->store, run_apply, applied, a) : -ENOMEM;
	if (err)
		applied(a, err);
}
