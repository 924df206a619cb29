/** @file store/sign_in_rule.c  What an organisation wants of its people's sign-in: today, a second factor. */
#include "store/inside.h"

#include <errno.h>

int store_sign_in_rule_get(struct store *store, int64_t tenant_id, struct store_sign_in_rule *out)
{
	struct query q;
	int err = query_first(&q, store->reader, "SELECT factor, revision FROM sign_in_rule WHERE tenant = ?1", DB_I(tenant_id));

	*out = (struct store_sign_in_rule){ 0 };
	if (err)
		return err == -ENOENT ? 0 : err;
	*out = (struct store_sign_in_rule){ query_int(&q, 0), query_int(&q, 1) };
	query_close(&q);
	return 0;
}

int store_sign_in_rule_put(struct store_tx *tx, int64_t tenant_id, struct store_sign_in_rule *rule)
{
	int err = db_run(tx->db, "INSERT INTO sign_in_rule (tenant, revision, factor) VALUES (?1, 0, 0) ON CONFLICT DO NOTHING", DB_I(tenant_id));

	if (!err)
		err = db_run(tx->db, "UPDATE sign_in_rule SET factor = ?2, revision = revision + 1 WHERE tenant = ?1 AND revision = ?3", DB_I(tenant_id),
			DB_I(rule->factor), DB_I(rule->revision));
	if (err)
		return err;
	if (!db_changes(tx->db))
		return -ESTALE;
	touch(&tx->touched, 0);
	rule->revision++;
	return 0;
}

int store_sign_in_rule_count(struct store_tx *tx, int64_t tenant_id, int64_t most, int64_t *people, int64_t *without)
{
	struct query q;
	int err = query_first(&q, tx->db,
		"SELECT count(*), coalesce(sum(NOT has), 0) FROM"
		" (SELECT EXISTS (SELECT 1 FROM factor f WHERE f.account = a.id AND f.used) AS has FROM account a JOIN password p ON p.account = a.id"
		" WHERE a.tenant = ?1 AND a.enabled LIMIT ?2)",
		DB_I(tenant_id), DB_I(most));

	if (err)
		return err;
	*people = query_int(&q, 0);
	*without = query_int(&q, 1);
	query_close(&q);
	return 0;
}
