/** @file store/session.c  Who is signed in, by the hash of the token. The token itself is never kept. */
#include "store/inside.h"

#include <errno.h>

int store_session_get(struct store *store, const uint8_t hash[static TOKEN_HASH_BYTES], struct store_session *out)
{
	struct query q;
	int err = query_first(&q, store->reader, "SELECT id, account, expires FROM session WHERE hash = ?1",
		DB_B(hash, TOKEN_HASH_BYTES));

	if (err)
		return err;
	*out = (struct store_session){ .id = query_int(&q, 0), .account_id = query_int(&q, 1), .expires = query_int(&q, 2) };
	query_close(&q);
	return 0;
}

int store_session_add(struct store_tx *tx, const uint8_t hash[static TOKEN_HASH_BYTES], int64_t account_id, time_ms_t now,
	time_ms_t expires, int64_t *session_id)
{
	struct query q;
	int err = query_first(&q, tx->db,
		"INSERT INTO session (hash, account, made, expires) SELECT ?1, id, ?3, ?4 FROM account WHERE id = ?2 AND enabled RETURNING id",
		DB_B(hash, TOKEN_HASH_BYTES), DB_I(account_id), DB_I(now), DB_I(expires));

	if (err)
		return err;
	*session_id = query_int(&q, 0);
	return query_end(&q);
}

int store_session_drop(struct store_tx *tx, int64_t session_id, int64_t account_id)
{
	int err = db_run(tx->db, "DELETE FROM session WHERE id = ?1 AND account = ?2", DB_I(session_id), DB_I(account_id));

	if (err)
		return err;
	return db_changes(tx->db) ? 0 : -ENOENT;
}

int store_session_drop_all(struct store_tx *tx, int64_t account_id)
{
	return db_run(tx->db, "DELETE FROM session WHERE account = ?1", DB_I(account_id));
}

int store_session_drop_others(struct store_tx *tx, int64_t session_id, int64_t account_id)
{
	return db_run(tx->db, "DELETE FROM session WHERE account = ?1 AND id <> ?2", DB_I(account_id), DB_I(session_id));
}

int store_session_expire(struct store_tx *tx, time_ms_t now)
{
	/* Bounded, so that one sweep after a long holiday does not hold up everybody's messages. */
	return db_run(tx->db,
		"DELETE FROM session WHERE id IN (SELECT id FROM session WHERE expires < ?1 ORDER BY expires LIMIT 1000)",
		DB_I(now));
}
