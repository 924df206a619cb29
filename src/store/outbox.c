/** @file store/outbox.c  Mail that waits to be sent. What it says, and when it is tried again, are not here. */
#include "store/inside.h"

#include <errno.h>

int store_mail_put(struct store_tx *tx, int64_t account_id, enum mail_kind kind, time_ms_t now)
{
	/* One that waits already says the same: it counts as of now, and goes now: whoever asks again thinks that it can. */
	return db_run(tx->db,
		"INSERT INTO outbox (account, kind, made, due) SELECT id, ?2, ?3, ?3 FROM account WHERE id = ?1 AND enabled AND (SELECT count(*) FROM outbox) < ?4"
		" ON CONFLICT (account, kind) DO UPDATE SET made = excluded.made, due = excluded.due",
		DB_I(account_id), DB_I(kind), DB_I(now), DB_I(LIMIT_MAIL_WAITING));
}

int store_mail_next(struct store *store, time_ms_t now, struct store_mail *out)
{
	struct query q;
	int err = query_first(&q, store->reader, "SELECT id, account, kind, made, tries FROM outbox WHERE due <= ?1 ORDER BY due, id LIMIT 1", DB_I(now));

	if (err)
		return err;
	*out = (struct store_mail){ .id = query_int(&q, 0), .account_id = query_int(&q, 1), .kind = (enum mail_kind)query_int(&q, 2),
		.made = query_int(&q, 3), .tries = (unsigned)query_int(&q, 4) };
	query_close(&q);
	return 0;
}

int store_mail_later(struct store_tx *tx, int64_t id, time_ms_t due)
{
	return db_run(tx->db, "UPDATE outbox SET due = ?2, tries = tries + 1 WHERE id = ?1", DB_I(id), DB_I(due));
}

int store_mail_drop(struct store_tx *tx, const struct store_mail *mail)
{
	return db_run(tx->db, "DELETE FROM outbox WHERE id = ?1 AND made = ?2", DB_I(mail->id), DB_I(mail->made));
}

int store_mail_waiting(struct store *store, int64_t *out)
{
	struct query q;
	int err = query_first(&q, store->reader, "SELECT count(*) FROM outbox");

	if (err)
		return err;
	*out = query_int(&q, 0);
	query_close(&q);
	return 0;
}
