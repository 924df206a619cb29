/** @file reach/builder.c  From documents to a world. */
#include "reach/facts.h"

#include <errno.h>
#include <stdlib.h>

/* A tenant while its accounts come in. */
struct site {
	struct tenant *tenant;
	size_t cap;
};

struct world_builder {
	struct site *sites;
	size_t n, cap;
	size_t accounts;
	size_t last;			/* where the last account went: they come tenant by tenant */
	struct text_map ids, domains;
	struct text_map rows;		/* the bytes of a tenant's row -> its index */
	struct text_map addresses;	/* keys lie in the tenants' arenas; the value is the kind */
	struct visitor *visitors;
	size_t n_visitors;
};

/* A guest, until it is known who everybody is. */
struct visitor {
	char *home;
	char *path;
};

int world_builder_new(struct world_builder **bp)
{
	*bp = calloc(1, sizeof **bp);
	return *bp ? 0 : -ENOMEM;
}

static void visitors_release(struct world_builder *b)
{
	for (size_t i = 0; i < b->n_visitors; i++) {
		free(b->visitors[i].home);
		free(b->visitors[i].path);
	}
	free(b->visitors);
}

static int visitor_add(struct world_builder *b, const char *home, const char *path)
{
	struct visitor *visitors = b->visitors;

	if ((b->n_visitors & (b->n_visitors - 1)) == 0)
		visitors = realloc(b->visitors, (b->n_visitors ? b->n_visitors * 2 : 1) * sizeof *visitors);
	if (!visitors)
		return -ENOMEM;
	b->visitors = visitors;
	visitors[b->n_visitors] = (struct visitor){ str_dup(str_of(home)), str_dup(str_of(path)) };
	return visitors[b->n_visitors].home && visitors[b->n_visitors++].path ? 0 : -ENOMEM;
}

int world_builder_check(struct world_builder *b, struct json_err *err)
{
	char at[512];
	uint32_t kind;

	for (size_t i = 0; i < b->n_visitors; i++) {
		if (!text_map_find(&b->addresses, str_of(b->visitors[i].home), &kind) || kind == KIND_INTERNAL)
			continue;
		json_path_key(at, b->visitors[i].path, "home");
		json_bad(err, at, "%s is a service or guest account itself", b->visitors[i].home);
		return -EINVAL;
	}
	return 0;
}

void world_builder_free(struct world_builder *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->n; i++)
		tenant_unref(b->sites[i].tenant);
	free(b->sites);
	text_map_release(&b->ids);
	text_map_release(&b->domains);
	text_map_release(&b->rows);
	text_map_release(&b->addresses);
	visitors_release(b);
	free(b);
}

static struct str row_key(const int64_t *row)
{
	return (struct str){ (const char *)row, sizeof *row };
}

static int site_add(struct world_builder *b, struct tenant *tenant)
{
	if (b->n == b->cap) {
		size_t cap = b->cap ? b->cap * 2 : 16;
		struct site *sites = realloc(b->sites, cap * sizeof *sites);

		if (!sites)
			return -ENOMEM;
		b->sites = sites;
		b->cap = cap;
	}
	b->sites[b->n++] = (struct site){ tenant, 0 };
	return 0;
}

static int taken(struct world_builder *b, const struct tenant_doc *doc, const char *path, struct json_err *err)
{
	char at[512], each[512];

	json_path_key(at, path, "id");
	if (text_map_find(&b->ids, str_of(doc->id), NULL)) {
		json_bad(err, at, "is the id of another tenant");
		return -EEXIST;
	}
	json_path_key(at, path, "domains");
	for (size_t i = 0; i < doc->domains.n; i++) {
		if (!text_map_find(&b->domains, str_of(doc->domains.v[i]), NULL))
			continue;
		json_path_index(each, at, i);
		json_bad(err, each, "%s is a domain of another tenant", doc->domains.v[i]);
		return -EEXIST;
	}
	return 0;
}

static int names_add(struct world_builder *b, const struct core *core)
{
	int err = text_map_add(&b->ids, str_of(core->id), core->index);

	if (!err)
		err = text_map_add(&b->rows, row_key(&core->row), core->index);
	for (size_t i = 0; i < core->domains.n && !err; i++)
		err = text_map_add(&b->domains, str_of(core->domains.v[i]), core->index);
	return err;
}

int world_builder_tenant(struct world_builder *b, int64_t tenant_id, const struct tenant_doc *doc, int64_t access_rev, const char *path, struct json_err *err)
{
	int e = taken(b, doc, path, err);
	struct tenant *tenant;
	struct rules *rules;
	struct core *core;

	if (e)
		return e;
	core = core_new(tenant_id, (uint32_t)b->n, doc);
	if (!core)
		return -ENOMEM;
	rules = rules_new(&doc->guests, &doc->rules);
	tenant = rules ? tenant_new(core, rules, &doc->access, access_rev) : NULL;
	if (!tenant) {
		rules_unref(rules);
		core_unref(core);
		return -ENOMEM;
	}
	e = site_add(b, tenant);
	if (e) {
		tenant_unref(tenant);
		return e;
	}
	return names_add(b, core);
}

static struct account *account_room(struct world_builder *b, struct site *site)
{
	struct core *core = site->tenant->core;

	if (core->n_accounts == site->cap) {
		size_t cap = site->cap ? site->cap * 2 : 8;
		struct account *accounts = realloc(core->accounts, cap * sizeof *accounts);

		if (!accounts)
			return NULL;
		core->accounts = accounts;
		site->cap = cap;
	}
	b->accounts++;
	return &core->accounts[core->n_accounts];
}

static bool tenant_of_row(struct world_builder *b, int64_t row, uint32_t *index)
{
	if (b->last < b->n && b->sites[b->last].tenant->core->row == row) {
		*index = (uint32_t)b->last;
		return true;
	}
	return text_map_find(&b->rows, row_key(&row), index);
}

int world_builder_account(struct world_builder *b, int64_t account_id, int64_t tenant_id, const struct account_doc *doc, const char *path, struct json_err *err)
{
	struct str domain = address_domain(str_of(doc->address));
	uint32_t index, owner;
	struct account *a;
	struct core *core;
	char at[512];
	int e;

	json_path_key(at, path, "address");
	if (!tenant_of_row(b, tenant_id, &index) || !text_map_find(&b->domains, domain, &owner) || owner != index) {
		json_bad(err, at, "%s is not a domain of this tenant", domain.p);
		return -EINVAL;
	}
	if (text_map_find(&b->addresses, str_of(doc->address), NULL)) {
		json_bad(err, at, "is the address of two accounts");
		return -EEXIST;
	}
	b->last = index;
	core = b->sites[index].tenant->core;
	a = account_room(b, &b->sites[index]);
	if (!a)
		return -ENOMEM;
	e = account_fill(a, core, b->sites[index].tenant->rules, account_id, doc);
	if (e)
		return e;
	/* From here on the core frees it. */
	core->n_accounts++;
	e = text_map_add(&b->addresses, account_address(a), (uint32_t)doc->kind);
	return e || doc->kind != KIND_GUEST ? e : visitor_add(b, doc->home, path);
}

static int address_cmp(const void *a, const void *b)
{
	/* UTF-8 orders by bytes as by code points. */
	return strcmp(((const struct account *)a)->text, ((const struct account *)b)->text);
}

static int name_cmp(const void *a, const void *b, void *arg)
{
	const struct account *accounts = arg;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int order = strcmp(account_folded_name(&accounts[x]).p, account_folded_name(&accounts[y]).p);

	return order ? order : (x > y) - (x < y);
}

static int core_finish(struct core *core)
{
	struct account *fit = realloc(core->accounts, (core->n_accounts ? core->n_accounts : 1) * sizeof *fit);

	if (!fit)
		return -ENOMEM;
	core->accounts = fit;
	core->by_name = malloc((core->n_accounts ? core->n_accounts : 1) * sizeof *core->by_name);
	if (!core->by_name)
		return -ENOMEM;
	qsort(fit, core->n_accounts, sizeof *fit, address_cmp);
	for (size_t i = 0; i < core->n_accounts; i++) {
		core->by_name[i] = (uint32_t)i;
		core->people += account_enabled(&fit[i]) && account_kind(&fit[i]) == KIND_INTERNAL;
	}
	qsort_r(core->by_name, core->n_accounts, sizeof *core->by_name, name_cmp, fit);
	return seats_deal(core);
}

static struct directory *directory_new(struct world_builder *b)
{
	struct directory *d = calloc(1, sizeof *d);

	if (!d)
		return NULL;
	if (account_table_init(&d->by_address, b->accounts) || account_table_init(&d->by_row, b->accounts)) {
		account_table_release(&d->by_address);
		free(d);
		return NULL;
	}
	atomic_init(&d->refs, 1);
	for (size_t i = 0; i < b->n; i++) {
		const struct core *core = b->sites[i].tenant->core;

		for (size_t j = 0; j < core->n_accounts; j++) {
			account_table_add_address(&d->by_address, &core->accounts[j]);
			account_table_add_row(&d->by_row, &core->accounts[j]);
		}
	}
	d->ids = b->ids;
	d->domains = b->domains;
	b->ids = b->domains = (struct text_map){ 0 };
	return d;
}

static int finish(struct world_builder *b, int64_t revision, struct world **wp)
{
	struct world *world;

	text_map_release(&b->addresses);
	for (size_t i = 0; i < b->n; i++) {
		int err = core_finish(b->sites[i].tenant->core);

		if (err)
			return err;
	}
	world = calloc(1, sizeof *world + b->n * sizeof *world->tenants);
	if (!world)
		return -ENOMEM;
	world->directory = directory_new(b);
	if (!world->directory) {
		free(world);
		return -ENOMEM;
	}
	atomic_init(&world->refs, 1);
	world->revision = revision;
	world->n = b->n;
	for (size_t i = 0; i < b->n; i++)
		world->tenants[i] = b->sites[i].tenant;
	b->n = 0;
	*wp = world;
	return 0;
}

int world_builder_end(struct world_builder *b, int64_t revision, struct world **wp)
{
	int err = finish(b, revision, wp);

	world_builder_free(b);
	return err;
}
