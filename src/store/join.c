/** @file store/join.c  Links by which somebody without an account joins a call, by the hash of their token: until used up, revoked or too old. */
#include "base/limits.h"
#include "store/inside.h"

#include <errno.h>

static void row_read(struct query *q, struct store_join *out)
{
	*out = (struct store_join){ .id = query_int(q, 0), .host = query_int(q, 1), .made = query_int(q, 2), .expires = query_int(q, 3), .guest = query_int(q, 4) };
}

int store_join_get(struct store *store, const uint8_t hash[static TOKEN_HASH_BYTES], time_ms_t now, struct store_join *out)
{
	struct query q;
	int err = query_first(&q, store->reader, "SELECT id, host, made, expires, coalesce(guest, 0) FROM join_link WHERE hash = ?1 AND expires > ?2",
		DB_B(hash, TOKEN_HASH_BYTES), DB_I(now));

	if (err)
		return err;
	row_read(&q, out);
	query_close(&q);
	return 0;
}

int store_join_own(struct store *store, int64_t id, int64_t host, time_ms_t now, struct store_join *out)
{
	struct query q;
	int err = query_first(&q, store->reader, "SELECT id, host, made, expires, coalesce(guest, 0) FROM join_link WHERE id = ?1 AND host = ?2 AND expires > ?3",
		DB_I(id), DB_I(host), DB_I(now));

	if (err)
		return err;
	row_read(&q, out);
	query_close(&q);
	return 0;
}

int store_join_of_guest(struct store *store, int64_t guest, struct store_join *out)
{
	struct query q;
	int err = query_first(&q, store->reader, "SELECT id, host, made, expires, guest FROM join_link WHERE guest = ?1", DB_I(guest));

	if (err)
		return err;
	row_read(&q, out);
	query_close(&q);
	return 0;
}

int store_join_list(struct store *store, int64_t host, time_ms_t now, int (*row)(void *arg, const struct store_join *join), void *arg)
{
	struct query q;
	int got, err = query_open(&q, store->reader,
		"SELECT id, host, made, expires, coalesce(guest, 0) FROM join_link WHERE host = ?1 AND expires > ?2 ORDER BY id DESC LIMIT ?3",
		DB_I(host), DB_I(now), DB_I(LIMIT_ROWS_PER_READ));

	if (err)
		return err;
	while ((got = query_step(&q)) == 1) {
		struct store_join join;

		row_read(&q, &join);
		err = row(arg, &join);
		if (err)
			break;
	}
	query_close(&q);
	return err ? err : got;
}

int store_join_add(struct store_tx *tx, const uint8_t hash[static TOKEN_HASH_BYTES], int64_t host, time_ms_t now, time_ms_t expires, int64_t *id)
{
	struct query q;
	/* Those whose time is over go, everybody's, and no more of them than one write can bear. */
	int err = db_run(tx->db, "DELETE FROM join_link WHERE id IN (SELECT id FROM join_link WHERE expires <= ?1 ORDER BY expires LIMIT 1000)", DB_I(now));

	if (err)
		return err;
	err = query_first(&q, tx->db,
		"INSERT INTO join_link (hash, host, made, expires) SELECT ?1, ?2, ?3, ?4"
		" WHERE (SELECT count(*) FROM join_link WHERE host = ?2 AND expires > ?3) < ?5 RETURNING id",
		DB_B(hash, TOKEN_HASH_BYTES), DB_I(host), DB_I(now), DB_I(expires), DB_I(LIMIT_JOIN_LINKS));
	if (err)
		return err == -ENOENT ? -EDQUOT : err;
	*id = query_int(&q, 0);
	return query_end(&q);
}

int store_join_admit(struct store_tx *tx, int64_t id, int64_t host, time_ms_t now, int64_t guest, time_ms_t expires)
{
	int err = db_run(tx->db, "UPDATE join_link SET guest = ?4, expires = ?5 WHERE id = ?1 AND host = ?2 AND expires > ?3 AND guest IS NULL",
		DB_I(id), DB_I(host), DB_I(now), DB_I(guest), DB_I(expires));

	if (err)
		return err;
	return db_changes(tx->db) ? 0 : -ENOENT;
}

int store_join_drop(struct store_tx *tx, int64_t id, int64_t host)
{
	int err = db_run(tx->db, "DELETE FROM join_link WHERE id = ?1 AND host = ?2", DB_I(id), DB_I(host));

	if (err)
		return err;
	return db_changes(tx->db) ? 0 : -ENOENT;
}

int store_account_next(struct store *store, int64_t *out)
{
	struct query q;
	int err = query_first(&q, store->reader, "SELECT coalesce(max(id), 0) + 1 FROM account");

	if (err)
		return err;
	*out = query_int(&q, 0);
	query_close(&q);
	return 0;
}
