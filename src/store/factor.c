/** @file store/factor.c  Second factors: an account's secret for one-time codes, and the codes for when it is lost. What a code is, is not here. */
#include "store/inside.h"

#include <errno.h>

int store_factor_get(struct store *store, int64_t account_id, struct store_factor *out)
{
	struct query q;
	struct str secret;
	int err = query_first(&q, store->reader,
		"SELECT secret, used, step, (SELECT count(*) FROM recovery r WHERE r.account = f.account) FROM factor f WHERE account = ?1", DB_I(account_id));

	*out = (struct store_factor){ 0 };
	if (err)
		return err;
	secret = query_blob(&q, 0);
	if (secret.n == FACTOR_SECRET_BYTES)
		memcpy(out->secret, secret.p, secret.n);
	else
		err = secret.p ? -EIO : -ENOMEM;
	out->on = query_int(&q, 1) != 0;
	out->step = query_int(&q, 2);
	out->recovery = (unsigned)query_int(&q, 3);
	query_close(&q);
	return err;
}

static int changed(struct store_tx *tx, int err)
{
	if (err)
		return err;
	return db_changes(tx->db) ? 0 : -ENOENT;
}

int store_factor_put(struct store_tx *tx, int64_t account_id, const uint8_t secret[static FACTOR_SECRET_BYTES])
{
	int err = db_run(tx->db,
		"INSERT INTO factor (account, secret, used, step) VALUES (?1, ?2, 0, 0)"
		" ON CONFLICT (account) DO UPDATE SET secret = excluded.secret WHERE NOT used",
		DB_I(account_id), DB_B(secret, FACTOR_SECRET_BYTES));

	return changed(tx, err);
}

int store_factor_on(struct store_tx *tx, int64_t account_id, const uint8_t secret[static FACTOR_SECRET_BYTES], int64_t step)
{
	touch(&tx->touched, account_id);
	return changed(tx, db_run(tx->db, "UPDATE factor SET used = 1, step = ?3 WHERE account = ?1 AND secret = ?2 AND NOT used",
		DB_I(account_id), DB_B(secret, FACTOR_SECRET_BYTES), DB_I(step)));
}

int store_factor_used(struct store_tx *tx, int64_t account_id, int64_t step)
{
	return changed(tx, db_run(tx->db, "UPDATE factor SET step = ?2 WHERE account = ?1 AND step < ?2 AND used", DB_I(account_id), DB_I(step)));
}

int store_factor_drop(struct store_tx *tx, int64_t account_id)
{
	int err = db_run(tx->db, "DELETE FROM recovery WHERE account = ?1", DB_I(account_id));

	touch(&tx->touched, account_id);
	return err ? err : changed(tx, db_run(tx->db, "DELETE FROM factor WHERE account = ?1", DB_I(account_id)));
}

int store_recovery_put(struct store_tx *tx, int64_t account_id, const uint8_t hash[static TOKEN_HASH_BYTES])
{
	return db_run(tx->db, "INSERT INTO recovery (account, hash) VALUES (?1, ?2)", DB_I(account_id), DB_B(hash, TOKEN_HASH_BYTES));
}

int store_recovery_has(struct store *store, int64_t account_id, const uint8_t hash[static TOKEN_HASH_BYTES])
{
	struct query q;
	int err = query_first(&q, store->reader, "SELECT 1 FROM recovery WHERE account = ?1 AND hash = ?2", DB_I(account_id), DB_B(hash, TOKEN_HASH_BYTES));

	if (!err)
		query_close(&q);
	return err;
}

int store_recovery_take(struct store_tx *tx, int64_t account_id, const uint8_t hash[static TOKEN_HASH_BYTES])
{
	return changed(tx, db_run(tx->db, "DELETE FROM recovery WHERE account = ?1 AND hash = ?2", DB_I(account_id), DB_B(hash, TOKEN_HASH_BYTES)));
}
