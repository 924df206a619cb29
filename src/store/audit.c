/** @file store/audit.c  The record of what admins did, who signed in, and who was refused. Rows are added, never changed: the schema's triggers see to it. */
#include "store/audit_tree.h"
#include "store/inside.h"

#include "base/log.h"

#include <errno.h>

int store_audit_add(struct store_tx *tx, time_ms_t at, const char *actor, const char *what, const char *tenant, const char *detail)
{
	struct audit_row row = { 0, at, actor, what, tenant, detail ? detail : "{}" };
	int64_t size;
	int err = audit_tree_size(tx->db, &size);

	if (err)
		return err;
	row.id = size + 1;
	err = db_run(tx->db, "INSERT INTO audit (id, at, actor, what, tenant, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6)", DB_I(row.id), DB_I(at),
		DB_S(actor), DB_S(what), DB_S(tenant), DB_S(row.detail));
	if (!err)
		err = audit_tree_add(tx->db, &row);
	/* A row or a node that is there already, or not there: not by us. */
	if (err == -EEXIST || err == -ENOENT) {
		log_event(LOG_ERROR, "audit.broken", LOG_I("row", row.id), LOG_S("why", "the log was changed by somebody else"));
		return -EIO;
	}
	return err;
}

/* Read to the end; a callback's non-zero stops. */
static int rows_tell(struct query *q, int (*row_h)(void *arg, const struct audit_row *row), void *arg)
{
	int err = 0, got = 0;

	while (!err && (got = query_step(q)) == 1) {
		struct audit_row row;

		err = audit_row_of(q, &row);
		if (!err)
			err = row_h(arg, &row);
	}
	query_close(q);
	return err ? err : got;
}

int store_audit_page(struct store *store, const char *tenant, int64_t before, unsigned most,
	int (*row_h)(void *arg, const struct audit_row *row), void *arg)
{
	int64_t below = before ? before : INT64_MAX;
	struct query q;
	int err;

	if (tenant)
		err = query_open(&q, store->reader, "SELECT " AUDIT_COLUMNS " FROM audit WHERE tenant = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3",
			DB_S(tenant), DB_I(below), DB_I(most));
	else
		err = query_open(&q, store->reader, "SELECT " AUDIT_COLUMNS " FROM audit WHERE id < ?1 ORDER BY id DESC LIMIT ?2", DB_I(below), DB_I(most));
	return err ? err : rows_tell(&q, row_h, arg);
}

int store_audit_size(struct store *store, int64_t *out)
{
	return audit_tree_size(store->reader, out);
}
