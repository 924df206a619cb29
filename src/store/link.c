/** @file store/link.c  One-time links to set a password, by the hash of their token: one an account, the newest. */
#include "store/inside.h"

#include <errno.h>

int store_link_get(struct store *store, const uint8_t hash[static TOKEN_HASH_BYTES], time_ms_t now, int64_t *account_id, time_ms_t *expires)
{
	struct query q;
	int err = query_first(&q, store->reader, "SELECT account, expires FROM link WHERE hash = ?1 AND expires > ?2",
		DB_B(hash, TOKEN_HASH_BYTES), DB_I(now));

	if (err)
		return err;
	*account_id = query_int(&q, 0);
	*expires = query_int(&q, 1);
	query_close(&q);
	return 0;
}

int store_link_put(struct store_tx *tx, int64_t account_id, const uint8_t hash[static TOKEN_HASH_BYTES], time_ms_t expires)
{
	int err = db_run(tx->db,
		"INSERT INTO link (account, hash, expires) SELECT id, ?2, ?3 FROM account WHERE id = ?1 AND enabled"
		" ON CONFLICT (account) DO UPDATE SET hash = excluded.hash, expires = excluded.expires",
		DB_I(account_id), DB_B(hash, TOKEN_HASH_BYTES), DB_I(expires));

	if (err)
		return err;
	return db_changes(tx->db) ? 0 : -ENOENT;
}

int store_link_take(struct store_tx *tx, const uint8_t hash[static TOKEN_HASH_BYTES], time_ms_t now, int64_t account_id)
{
	int err = db_run(tx->db,
		"DELETE FROM link WHERE hash = ?1 AND account = ?2 AND expires > ?3 AND account IN (SELECT id FROM account WHERE id = ?2 AND enabled)",
		DB_B(hash, TOKEN_HASH_BYTES), DB_I(account_id), DB_I(now));

	if (err)
		return err;
	return db_changes(tx->db) ? 0 : -ENOENT;
}

int store_link_drop(struct store_tx *tx, int64_t account_id)
{
	return db_run(tx->db, "DELETE FROM link WHERE account = ?1", DB_I(account_id));
}
