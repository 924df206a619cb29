/** @file store/password.c  Encoded password hashes. Hashing and comparing are not here. */
#include "store/inside.h"

#include <assert.h>
#include <errno.h>

enum { ENCODED_BYTES = 128 };

int store_password_get(struct store *store, int64_t account_id, char out[static 128])
{
	struct query q;
	struct str encoded;
	int err = query_first(&q, store->reader, "SELECT encoded FROM password WHERE account = ?1", DB_I(account_id));

	if (err)
		return err;
	encoded = query_text(&q, 0);
	if (encoded.p && encoded.n < ENCODED_BYTES)
		memcpy(out, encoded.p, encoded.n + 1);
	else
		err = encoded.p ? -EIO : -ENOMEM;
	query_close(&q);
	return err;
}

int store_password_is(struct store_tx *tx, int64_t account_id, const char *encoded)
{
	struct query q;
	int err = query_first(&q, tx->db, "SELECT 1 FROM password WHERE account = ?1 AND encoded = ?2", DB_I(account_id), DB_S(encoded));

	if (err)
		return err;
	query_close(&q);
	return 0;
}

int store_password_put(struct store_tx *tx, int64_t account_id, const char *encoded)
{
	assert(strlen(encoded) < ENCODED_BYTES);
	return db_run(tx->db,
		"INSERT INTO password (account, encoded) VALUES (?1, ?2)"
		" ON CONFLICT (account) DO UPDATE SET encoded = excluded.encoded, must_change = 0",
		DB_I(account_id), DB_S(encoded));
}

int store_password_expire(struct store_tx *tx, int64_t account_id)
{
	return db_run(tx->db, "UPDATE password SET must_change = 1 WHERE account = ?1", DB_I(account_id));
}

int store_password_expired(struct store *store, int64_t account_id, bool *out)
{
	struct query q;
	int err = query_first(&q, store->reader, "SELECT must_change FROM password WHERE account = ?1", DB_I(account_id));

	*out = false;
	if (err)
		return err == -ENOENT ? 0 : err;
	*out = query_int(&q, 0) != 0;
	query_close(&q);
	return 0;
}
