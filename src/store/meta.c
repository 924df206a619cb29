/** @file store/meta.c  Small facts of the deployment, by name. */
#include "store/inside.h"

#include <errno.h>

int store_meta_get(struct store *store, const char *name, void *out, size_t most, size_t *n)
{
	struct query q;
	struct str value;
	int err = query_first(&q, store->reader, "SELECT value FROM meta WHERE name = ?1", DB_S(name));

	if (err)
		return err;
	value = query_blob(&q, 0);
	if (value.n > most)
		err = -ENOBUFS;
	else if (value.n && !value.p)
		err = -ENOMEM;
	if (!err && value.n)
		memcpy(out, value.p, value.n);
	if (!err)
		*n = value.n;
	query_close(&q);
	return err;
}

int store_meta_put(struct store_tx *tx, const char *name, const void *value, size_t n)
{
	return db_run(tx->db,
		"INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
		DB_S(name), DB_B(n ? value : "", n));
}
