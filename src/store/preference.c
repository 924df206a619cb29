/** @file store/preference.c  What a person chose for himself. */
#include "store/inside.h"
#include "store/nouns.h"
#include "store/sqlite.h"

#include <errno.h>

int store_preference_get(struct store *store, int64_t account, struct store_preference *out)
{
	struct query q;
	int err = query_first(&q, store->reader, "SELECT read_receipts, status FROM preference WHERE account = ?1", DB_I(account));

	*out = (struct store_preference){ .read_receipts = true };
	if (err)
		return err == -ENOENT ? 0 : err;
	*out = (struct store_preference){ query_int(&q, 0) != 0, (int)query_int(&q, 1) };
	query_close(&q);
	return 0;
}

int store_preference_put(struct store_tx *tx, int64_t account, const struct store_preference *preference)
{
	return db_run(tx->db,
		"INSERT INTO preference (account, read_receipts, status) VALUES (?1, ?2, ?3)"
		" ON CONFLICT (account) DO UPDATE SET read_receipts = excluded.read_receipts, status = excluded.status",
		DB_I(account), DB_I(preference->read_receipts), DB_I(preference->status));
}
