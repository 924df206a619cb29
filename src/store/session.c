/** @file store/session.c  Who is signed in, by the hash of the token. The token itself is never kept. */
#include "store/inside.h"

#include <errno.h>

/* Does his organisation want a second factor that he has not? */
#define DUE(account) " EXISTS (SELECT 1 FROM account a JOIN sign_in_rule t ON t.tenant = a.tenant WHERE a.id = " account " AND t.factor)" \
	" AND NOT EXISTS (SELECT 1 FROM factor f WHERE f.account = " account " AND f.used)"

/* Each row of a role is one bit, so their sum is the set. */
static int session_read(struct store *store, const uint8_t hash[static TOKEN_HASH_BYTES], struct store_session *out)
{
	struct query q;
	int err = query_first(&q, store->reader,
		"SELECT s.id, s.account, s.expires, s.made, max(s.made, s.seen), (SELECT coalesce(sum(r.role), 0) FROM role r WHERE r.account = s.account),"
		DUE("s.account") " FROM session s WHERE s.hash = ?1",
		DB_B(hash, TOKEN_HASH_BYTES));

	if (err)
		return err;
	*out = (struct store_session){ .id = query_int(&q, 0), .account_id = query_int(&q, 1), .expires = query_int(&q, 2), .made = query_int(&q, 3),
		.seen = query_int(&q, 4), .roles = (unsigned)query_int(&q, 5), .due = query_int(&q, 6) };
	query_close(&q);
	return 0;
}

int store_session_get(struct store *store, const uint8_t hash[static TOKEN_HASH_BYTES], struct store_session *out)
{
	struct store_session before;
	uint64_t number;
	int err;

	if (known_get(store->known, &store->sieve, hash, out))
		return 0;
	/* Whose it is must be known to take his number; what he may is read behind that. */
	err = session_read(store, hash, &before);
	if (err)
		return err;
	number = sieve_number(&store->sieve, before.account_id);
	err = session_read(store, hash, out);
	if (!err)
		known_put(store->known, hash, out, number);
	return err;
}

int store_factor_due(struct store *store, int64_t account_id, bool *out)
{
	struct query q;
	int err = query_first(&q, store->reader, "SELECT" DUE("?1"), DB_I(account_id));

	if (err)
		return err;
	*out = query_int(&q, 0);
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
	struct query q;
	int err = query_first(&q, tx->db, "UPDATE session SET seen = max(seen, ?2) WHERE id = ?1 RETURNING account", DB_I(session_id), DB_I(now));

	if (err)
		return err == -ENOENT ? 0 : err;
	touch(&tx->touched, query_int(&q, 0));
	return query_end(&q);
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

	touch(&tx->touched, account_id);
	if (err)
		return err;
	return db_changes(tx->db) ? 0 : -ENOENT;
}

int store_session_drop_all(struct store_tx *tx, int64_t account_id)
{
	touch(&tx->touched, account_id);
	return db_run(tx->db, "DELETE FROM session WHERE account = ?1", DB_I(account_id));
}

int store_session_drop_others(struct store_tx *tx, int64_t session_id, int64_t account_id)
{
	touch(&tx->touched, account_id);
	return db_run(tx->db, "DELETE FROM session WHERE account = ?1 AND id <> ?2", DB_I(account_id), DB_I(session_id));
}

int store_session_trim(struct store_tx *tx, int64_t account_id, int64_t keep, int64_t dropped[static SESSIONS_TRIMMED], unsigned *n)
{
	struct query q;
	int got, err = query_open(&q, tx->db,
		"DELETE FROM session WHERE id IN (SELECT id FROM session WHERE account = ?1 AND id <> ?2 ORDER BY max(made, seen) DESC, id DESC LIMIT ?4 OFFSET ?3)"
		" RETURNING id",
		DB_I(account_id), DB_I(keep), DB_I(LIMIT_SESSIONS_PER_ACCOUNT - 1), DB_I(SESSIONS_TRIMMED));

	*n = 0;
	if (err)
		return err;
	touch(&tx->touched, account_id);
	while ((got = query_step(&q)) == 1)
		dropped[(*n)++] = query_int(&q, 0);
	query_close(&q);
	return got;
}

int store_session_expire(struct store_tx *tx, time_ms_t now)
{
	/* Bounded, so that one sweep after a long holiday does not hold up everybody's messages. */
	return db_run(tx->db,
		"DELETE FROM session WHERE id IN (SELECT id FROM session WHERE expires < ?1 ORDER BY expires LIMIT 1000)",
		DB_I(now));
}
