/** @file reach/builder.c  From documents to a world. */
#include "reach/facts.h"

#include <errno.h>
#include <stdlib.h>

/* A tenant while its accounts come in. */
struct site {
	struct tenant *tenant;
	const struct account **accounts;	/* a reference to each */
	size_t n, cap;
};

struct world_builder {
	struct site *sites;
	size_t n, cap;
	size_t last;			/* where the last account went: they come tenant by tenant */
	struct text_map ids, domains;
	struct text_map rows;		/* the bytes of a tenant's row -> its index */
	struct account_table *by_address, *by_row;
	struct likenesses like;
	struct visitor *visitors;
	size_t n_visitors;
};

/* A guest, until it is known who everybody is. */
struct visitor {
	const struct account *account;	/* borrowed */
	char *path;
};

int world_builder_new(struct world_builder **bp)
{
	struct world_builder *b = calloc(1, sizeof *b);

	if (!b)
		return -ENOMEM;
	b->by_address = account_table_new(false, 0);
	b->by_row = account_table_new(true, 0);
	if (b->by_address && b->by_row) {
		*bp = b;
		return 0;
	}
	world_builder_free(b);
	return -ENOMEM;
}

int world_builder_expect(struct world_builder *b, size_t accounts)
{
	struct account_table *by_address = account_table_new(false, accounts), *by_row = account_table_new(true, accounts);

	if (!by_address || !by_row) {
		account_table_unref(by_address);
		account_table_unref(by_row);
		return -ENOMEM;
	}
	account_table_unref(b->by_address);
	account_table_unref(b->by_row);
	b->by_address = by_address;
	b->by_row = by_row;
	return 0;
}

static void visitors_release(struct world_builder *b)
{
	for (size_t i = 0; i < b->n_visitors; i++)
		free(b->visitors[i].path);
	free(b->visitors);
}

static int visitor_add(struct world_builder *b, const struct account *account, const char *path)
{
	struct visitor *visitors = b->visitors;

	if ((b->n_visitors & (b->n_visitors - 1)) == 0)
		visitors = realloc(b->visitors, (b->n_visitors ? b->n_visitors * 2 : 1) * sizeof *visitors);
	if (!visitors)
		return -ENOMEM;
	b->visitors = visitors;
	visitors[b->n_visitors] = (struct visitor){ account, str_dup(str_of(path)) };
	return visitors[b->n_visitors++].path ? 0 : -ENOMEM;
}

int world_builder_check(struct world_builder *b, struct json_err *err)
{
	char at[512];

	for (size_t i = 0; i < b->n_visitors; i++) {
		const char *home = b->visitors[i].account->more->doc.home;
		const struct account *account = account_table_by_address(b->by_address, str_of(home), text_hash(str_of(home)));

		if (!account || account->kind == KIND_INTERNAL)
			continue;
		json_path_key(at, b->visitors[i].path, "home");
		json_bad(err, at, "%s is a service or guest account itself", home);
		return -EINVAL;
	}
	return 0;
}

static void site_release(struct site *site)
{
	tenant_unref(site->tenant);
	for (size_t i = 0; i < site->n; i++)
		account_unref(site->accounts[i]);
	free(site->accounts);
}

void world_builder_free(struct world_builder *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->n; i++)
		site_release(&b->sites[i]);
	free(b->sites);
	text_map_release(&b->ids);
	text_map_release(&b->domains);
	text_map_release(&b->rows);
	account_table_unref(b->by_address);
	account_table_unref(b->by_row);
	likenesses_release(&b->like);
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
	b->sites[b->n++] = (struct site){ .tenant = tenant };
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
	struct core *core;

	if (e)
		return e;
	core = core_new(tenant_id, (uint32_t)b->n, doc);
	tenant = tenant_new(core, roster_new(), rules_new(&doc->guests, &doc->rules), outside_new(&doc->access, access_rev));
	if (!tenant)
		return -ENOMEM;
	e = site_add(b, tenant);
	if (e) {
		tenant_unref(tenant);
		return e;
	}
	return names_add(b, core);
}

/* Takes over the account, always. */
static int account_keep(struct site *site, const struct account *a)
{
	if (site->n == site->cap) {
		size_t cap = site->cap ? site->cap * 2 : 8;
		const struct account **accounts = realloc(site->accounts, cap * sizeof(const struct account *));

		if (!accounts) {
			account_unref(a);
			return -ENOMEM;
		}
		site->accounts = accounts;
		site->cap = cap;
	}
	site->accounts[site->n++] = a;
	return 0;
}

static bool tenant_of_row(struct world_builder *b, int64_t row, uint32_t *index)
{
	if (b->last < b->n && b->sites[b->last].tenant->core->row == row) {
		*index = (uint32_t)b->last;
		return true;
	}
	return text_map_find(&b->rows, row_key(&row), index);
}

static int account_add(struct world_builder *b, struct site *site, int64_t row, const struct account_doc *doc, uint64_t hash, const char *path)
{
	struct tenant *t = site->tenant;
	const struct account *a;
	int err = account_new(&a, t->core, &t->roster->sets, t->rules, row, doc, likeness_of(&b->like, t->core->index, doc->attributes));

	if (!err)
		err = account_keep(site, a);
	if (!err)
		err = account_table_add(b->by_address, a, hash);
	if (!err)
		err = account_table_add(b->by_row, a, account_table_hash(b->by_row, a));
	return err || a->kind != KIND_GUEST ? err : visitor_add(b, a, path);
}

int world_builder_account(struct world_builder *b, int64_t account_id, int64_t tenant_id, const struct account_doc *doc, const char *path, struct json_err *err)
{
	struct str domain = address_domain(str_of(doc->address));
	uint64_t hash = text_hash(str_of(doc->address));
	uint32_t index, owner;
	char at[512];

	json_path_key(at, path, "address");
	if (!tenant_of_row(b, tenant_id, &index) || !text_map_find(&b->domains, domain, &owner) || owner != index) {
		json_bad(err, at, "%s is not a domain of this tenant", domain.p);
		return -EINVAL;
	}
	if (account_table_by_address(b->by_address, str_of(doc->address), hash)) {
		json_bad(err, at, "is the address of two accounts");
		return -EEXIST;
	}
	b->last = index;
	return account_add(b, &b->sites[index], account_id, doc, hash, path);
}

static struct directory *directory_new(struct world_builder *b)
{
	struct directory *d = calloc(1, sizeof *d);

	if (!d)
		return NULL;
	atomic_init(&d->refs, 1);
	d->ids = b->ids;
	d->domains = b->domains;
	b->ids = b->domains = (struct text_map){ 0 };
	return d;
}

static int finish(struct world_builder *b, int64_t revision, struct world **wp)
{
	struct world *world;

	for (size_t i = 0; i < b->n; i++) {
		struct site *site = &b->sites[i];
		int err = roster_fill(site->tenant->roster, site->tenant->core, site->accounts, site->n);

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
	world->by_address = b->by_address;
	world->by_row = b->by_row;
	b->by_address = b->by_row = NULL;
	world->n = b->n;
	for (size_t i = 0; i < b->n; i++) {
		world->tenants[i] = b->sites[i].tenant;
		b->sites[i].tenant = NULL;
	}
	*wp = world;
	return 0;
}

int world_builder_end(struct world_builder *b, int64_t revision, struct world **wp)
{
	int err = finish(b, revision, wp);

	world_builder_free(b);
	return err;
}
