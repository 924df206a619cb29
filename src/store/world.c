/** @file store/world.c  The whole kept world, and its revision. What it means is compiled elsewhere. */
#include "store/world.h"

#include "store/inside.h"

#include <errno.h>

struct load {
	struct db *db;
	const struct store_world_ops *ops;
	void *arg;
};

static int tenant_load(void *arg, int64_t tenant_id, const struct tenant_doc *tenant, int64_t access_rev)
{
	struct load *load = arg;
	int err = load->ops->tenant(load->arg, tenant_id, tenant, access_rev);

	return err ? err : account_each(load->db, tenant_id, load->ops->account, load->arg);
}

static int world_load(struct load *load)
{
	struct query q;
	int err = load->ops->expect ? query_first(&q, load->db, "SELECT count(*) FROM account") : 0;

	if (!err && load->ops->expect) {
		err = load->ops->expect(load->arg, (size_t)query_int(&q, 0));
		query_close(&q);
	}
	return err ? err : tenant_each(load->db, tenant_load, load);
}

int store_world_load(struct store *store, const struct store_world_ops *ops, void *arg)
{
	struct load load = { store->reader, ops, arg };
	/* One snapshot: a tenant must not meet accounts of a later world. */
	int err = db_run(load.db, "BEGIN");
	int end;

	if (err)
		return err;
	err = world_load(&load);
	end = db_run(load.db, "COMMIT");
	return err ? err : end;
}

int store_world_load_tx(struct store_tx *tx, const struct store_world_ops *ops, void *arg)
{
	/* The job's own transaction is the snapshot. */
	struct load load = { tx->db, ops, arg };

	return world_load(&load);
}

int store_revision(struct store *store, int64_t *out)
{
	struct query q;
	int err = query_first(&q, store->reader, "SELECT revision FROM world");

	if (err)
		return err == -ENOENT ? -EIO : err;
	*out = query_int(&q, 0);
	query_close(&q);
	return 0;
}

int store_revision_next(struct store_tx *tx, int64_t seen, int64_t *out)
{
	int err = db_run(tx->db, "UPDATE world SET revision = revision + 1 WHERE revision = ?1", DB_I(seen));

	if (err)
		return err;
	if (!db_changes(tx->db))
		return -ESTALE;
	*out = seen + 1;
	return 0;
}

/* *out is owned by the caller. */
static int promises_read(struct db *db, char **out)
{
	struct query q;
	int err = query_first(&q, db, "SELECT promises FROM world");

	if (err)
		return err == -ENOENT ? -EIO : err;
	err = query_keep(&q, 0, out);
	query_close(&q);
	return err;
}

int store_promises(struct store *store, char **out)
{
	return promises_read(store->reader, out);
}

int store_promises_tx(struct store_tx *tx, char **out)
{
	return promises_read(tx->db, out);
}

int store_promises_put(struct store_tx *tx, const char *promises)
{
	return db_run(tx->db, "UPDATE world SET promises = ?1", DB_S(promises));
}
