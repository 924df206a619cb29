/** @file store/call_kept.c  Calls under way, kept for a server that starts again. */
#include "store/inside.h"

#include <errno.h>

int store_call_keep(struct store_tx *tx, const char *id, const char *doc)
{
	if (!doc)
		return db_run(tx->db, "DELETE FROM call_kept WHERE id = ?1", DB_S(id));
	return db_run(tx->db, "INSERT INTO call_kept (id, doc) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc", DB_S(id), DB_S(doc));
}

int store_calls_unkeep(struct store_tx *tx)
{
	return db_run(tx->db, "DELETE FROM call_kept");
}

int store_calls_kept(struct store *store, int (*row)(void *arg, const char *id, const char *doc), void *arg)
{
	struct query q;
	int got = 0, err = query_open(&q, store->reader, "SELECT id, doc FROM call_kept ORDER BY rowid");

	if (err)
		return err;
	while (!err && (got = query_step(&q)) == 1) {
		struct str id = query_text(&q, 0), doc = query_text(&q, 1);

		err = id.p && doc.p ? row(arg, id.p, doc.p) : -ENOMEM;
	}
	query_close(&q);
	return err ? err : got;
}
