/** @file store/receipt.c  Up to where a member has received and read a conversation. It only grows. */
#include "store/inside.h"
#include "store/nouns.h"
#include "store/sqlite.h"

int store_receipt_put(struct store_tx *tx, int64_t conversation, int64_t account, int64_t delivered, int64_t read,
	bool tell_delivered, bool tell_read, struct store_receipt *out)
{
	struct query q;
	int err = query_first(&q, tx->db,
		"UPDATE member SET delivered = max(delivered, ?3), read = max(read, ?4),"
		" told_delivered = iif(?5, max(delivered, ?3), told_delivered), told_read = iif(?6, max(read, ?4), told_read)"
		" WHERE account = ?1 AND conversation = ?2 RETURNING delivered, read, told_delivered, told_read, gone",
		DB_I(account), DB_I(conversation), DB_I(delivered), DB_I(read), DB_I(tell_delivered), DB_I(tell_read));

	if (err)
		return err;
	*out = (struct store_receipt){ query_int(&q, 0), query_int(&q, 1), query_int(&q, 2), query_int(&q, 3), query_int(&q, 4) };
	return query_end(&q);
}
