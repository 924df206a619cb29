/** @file store/tenant.c  Tenants, their domains, seats, rules and external access. */
#include "base/limits.h"
#include "base/log.h"
#include "store/inside.h"
#include "store/world.h"

#include <errno.h>
#include <stdlib.h>

/* The document's own encoding, so that a key of a later version needs no new column. NULL when memory is out. */
static char *access_text(const struct external_access *access)
{
	json_t *object = external_access_encode(access);
	char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;

	json_decref(object);
	return text;
}

static int access_of(struct str text, int64_t tenant_id, struct external_access *out)
{
	struct json_err bad;
	json_t *object = json_read(text, LIMIT_JSON_DEPTH, &bad);
	bool ok = object && external_access_decode(object, "", out, &bad);

	json_decref(object);
	if (ok)
		return 0;
	log_event(LOG_ERROR, "store.unreadable", LOG_S("row", "access"), LOG_I("tenant", tenant_id), LOG_S("path", bad.path));
	return -EIO;
}

/* guest_access, segments, barriers, policies and leases as one object. NULL when memory is out. */
static char *rules_text(const struct tenant_doc *tenant)
{
	json_t *object = json_pack("{s:o}", "guest_access", guest_access_encode(&tenant->guests));
	char *text = object && rules_doc_encode(&tenant->rules, object) == 0 ? json_dumps(object, JSON_COMPACT) : NULL;

	json_decref(object);
	return text;
}

static int rules_of(struct str text, int64_t tenant_id, struct tenant_doc *out)
{
	struct json_err bad = { 0 };
	json_t *object = json_read(text, LIMIT_JSON_DEPTH, &bad), *guests = json_object_get(object, "guest_access");
	bool ok = object != NULL;

	guest_access_default(&out->guests);
	if (guests)
		ok = guest_access_decode(guests, "/guest_access", &out->guests, &bad);
	ok = ok && rules_doc_decode(object, "", &out->rules, &bad);
	json_decref(object);
	if (ok)
		return 0;
	log_event(LOG_ERROR, "store.unreadable", LOG_S("row", "rules"), LOG_I("tenant", tenant_id), LOG_S("path", bad.path));
	return -EIO;
}

static struct db_value seats_value(const struct licence_seats *licence)
{
	return licence->limited ? DB_I(licence->seats) : DB_NULL;
}

static int tenant_row_put(struct store_tx *tx, const struct tenant_doc *tenant, const char *rules, int64_t *tenant_id)
{
	const struct licence_seats *connect = &tenant->licences[SKU_CONNECT];
	const struct licence_seats *assist = &tenant->licences[SKU_REMOTE_ASSIST];
	struct query q;
	int err = query_first(&q, tx->db,
		"INSERT INTO tenant (slug, name, verified, disclose, connect_listed, connect_seats, remote_assist_listed, remote_assist_seats, rules)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
		" ON CONFLICT (slug) DO UPDATE SET name = excluded.name, verified = excluded.verified, disclose = excluded.disclose,"
		" connect_listed = excluded.connect_listed, connect_seats = excluded.connect_seats,"
		" remote_assist_listed = excluded.remote_assist_listed, remote_assist_seats = excluded.remote_assist_seats, rules = excluded.rules"
		" RETURNING id",
		DB_S(tenant->id), DB_S(tenant->name), DB_I(tenant->verified), DB_I(tenant->disclose),
		DB_I(connect->listed), seats_value(connect), DB_I(assist->listed), seats_value(assist), DB_S(rules));

	if (err)
		return err;
	*tenant_id = query_int(&q, 0);
	return query_end(&q);
}

/* A domain named by two tenants in one change goes to the later: only so can one change move it in either order of tenants. */
static int domains_put(struct store_tx *tx, int64_t tenant_id, const struct texts *domains)
{
	int err = db_run(tx->db, "DELETE FROM domain WHERE tenant = ?1", DB_I(tenant_id));

	for (size_t i = 0; !err && i < domains->n; i++)
		err = db_run(tx->db,
			"INSERT INTO domain (domain, tenant, place) VALUES (?1, ?2, ?3)"
			" ON CONFLICT (domain) DO UPDATE SET tenant = excluded.tenant, place = excluded.place",
			DB_S(domains->v[i]), DB_I(tenant_id), DB_I((int64_t)i));
	/* A tenant's first domain is part of its guests' addresses: they move with it. */
	if (!err && domains->n)
		err = db_run(tx->db, "UPDATE account SET address = replace(home, '@', '=') || '@' || ?2 WHERE tenant = ?1 AND home IS NOT NULL",
			DB_I(tenant_id), DB_S(domains->v[0]));
	return err;
}

static int access_row_put(struct store_tx *tx, int64_t tenant_id, const char *text, int64_t *access_rev)
{
	struct query q;
	int err = query_first(&q, tx->db,
		"INSERT INTO access (tenant, revision, document) VALUES (?1, 1, ?2)"
		" ON CONFLICT (tenant) DO UPDATE SET revision = revision + (document <> excluded.document), document = excluded.document"
		" RETURNING revision",
		DB_I(tenant_id), DB_S(text));

	if (err)
		return err;
	*access_rev = query_int(&q, 0);
	return query_end(&q);
}

int store_tenant_put(struct store_tx *tx, const struct tenant_doc *tenant, int64_t *tenant_id, int64_t *access_rev)
{
	char *text = access_text(&tenant->access), *rules = rules_text(tenant);
	int err = text && rules ? 0 : -ENOMEM;

	if (!err)
		err = tenant_row_put(tx, tenant, rules, tenant_id);
	if (!err)
		err = domains_put(tx, *tenant_id, &tenant->domains);
	if (!err)
		err = access_row_put(tx, *tenant_id, text, access_rev);
	free(rules);
	free(text);
	return err;
}

int store_access_put(struct store_tx *tx, int64_t tenant_id, const struct external_access *access, int64_t seen, int64_t *access_rev)
{
	char *text = access_text(access);
	int err;

	if (!text)
		return -ENOMEM;
	err = db_run(tx->db, "UPDATE access SET revision = revision + 1, document = ?2 WHERE tenant = ?1 AND revision = ?3",
		DB_I(tenant_id), DB_S(text), DB_I(seen));
	free(text);
	if (err)
		return err;
	if (!db_changes(tx->db))
		return -ESTALE;
	*access_rev = seen + 1;
	return 0;
}

static int domains_of(struct db *db, int64_t tenant_id, struct texts *out)
{
	struct query q;
	int got, err = query_open(&q, db, "SELECT domain FROM domain WHERE tenant = ?1 ORDER BY place", DB_I(tenant_id));

	if (err)
		return err;
	while ((got = query_step(&q)) == 1) {
		struct str domain = query_text(&q, 0);

		err = domain.p ? texts_add(out, domain) : -ENOMEM;
		if (err)
			break;
	}
	query_close(&q);
	return err ? err : got;
}

static struct licence_seats seats_of(struct query *q, int column)
{
	return (struct licence_seats){
		.listed = query_int(q, column) != 0,
		.limited = !query_null(q, column + 1),
		.seats = query_int(q, column + 1),
	};
}

/* On an error the caller releases what was filled. */
static int tenant_of(struct query *q, struct tenant_doc *out)
{
	int64_t tenant_id = query_int(q, 0);
	int err;

	if ((err = query_keep(q, 1, &out->id)))
		return err;
	if ((err = query_keep(q, 2, &out->name)))
		return err;
	out->verified = query_int(q, 3) != 0;
	out->disclose = query_int(q, 4) != 0;
	out->licences[SKU_CONNECT] = seats_of(q, 5);
	out->licences[SKU_REMOTE_ASSIST] = seats_of(q, 7);
	if ((err = domains_of(q->db, tenant_id, &out->domains)))
		return err;
	if ((err = rules_of(query_text(q, 11), tenant_id, out)))
		return err;
	return access_of(query_text(q, 10), tenant_id, &out->access);
}

int tenant_each(struct db *db, int (*row)(void *arg, int64_t tenant_id, const struct tenant_doc *tenant, int64_t access_rev), void *arg)
{
	struct query q;
	int got, err;

	err = query_open(&q, db,
		"SELECT t.id, t.slug, t.name, t.verified, t.disclose, t.connect_listed, t.connect_seats,"
		" t.remote_assist_listed, t.remote_assist_seats, x.revision, x.document, t.rules"
		" FROM tenant t JOIN access x ON x.tenant = t.id ORDER BY t.id");
	if (err)
		return err;
	while ((got = query_step(&q)) == 1) {
		struct tenant_doc tenant = { 0 };

		err = tenant_of(&q, &tenant);
		if (!err)
			err = row(arg, query_int(&q, 0), &tenant, query_int(&q, 9));
		tenant_doc_release(&tenant);
		if (err)
			break;
	}
	query_close(&q);
	return err ? err : got;
}
