/** @file store/session.c  Who is signed in, by the hash of the token. The token itself is never kept. */
#include "store/inside.h"

#include <errno.h>

int store_session_get(struct store *store, const uint8_t hash[static TOKEN_HASH_BYTES], struct store_session *out)
{
	struct query q;
	int err = query_first(&q, store->reader, "SELECT id, account, expires, made, max(made, seen) FROM session WHERE hash = ?1",
		DB_B(hash, TOKEN_HASH_BYTES));

	if (err)
		return err;
	*out = (struct store_session){ .id = query_int(&q, 0), .account_id = query_int(&q, 1), .expires = query_int(&q, 2), .made = query_int(&q, 3), .seen = query_int(&q, 4) };
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

int store_session_describe(struct store_tx *tx, int64_t session_id, const char *browser, const char *system)
{
	return db_run(tx->db, "UPDATE session SET browser = ?2, system = ?3 WHERE id = ?1", DB_I(session_id), DB_S(browser), DB_S(system));
}

int store_session_seen(struct store_tx *tx, int64_t session_id, time_ms_t now)
{
	return db_run(tx->db, "UPDATE session SET seen = max(seen, ?2) WHERE id = ?1", DB_I(session_id), DB_I(now));
}

int store_session_list(struct store *store, int64_t account_id, time_ms_t now, int (*row)(void *arg, const struct store_session *session), void *arg)
{
	struct query q;
	int got, err = query_open(&q, store->reader,
		"SELECT id, expires, made, max(made, seen), browser, system FROM session WHERE account = ?1 AND expires > ?2 ORDER BY id DESC LIMIT ?3",
		DB_I(account_id), DB_I(now), DB_I(LIMIT_ROWS_PER_READ));

	if (err)
		return err;
	while ((got = query_step(&q)) == 1) {
		struct store_session session = { .id = query_int(&q, 0), .account_id = account_id, .expires = query_int(&q, 1), .made = query_int(&q, 2),
			.seen = query_int(&q, 3), .browser = query_text(&q, 4).p, .system = query_text(&q, 5).p };

		err = session.browser && session.system ? row(arg, &session) : -ENOMEM;
		if (err)
			break;
	}
	query_close(&q);
	return err ? err : got;
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
