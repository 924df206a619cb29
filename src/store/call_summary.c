/** @file store/call_summary.c  What is kept beside a record of a call: each person's own note and measured quality, and the marks for all. */
#include "store/inside.h"

#include <errno.h>

/* Whoever has no record of the call has nothing beside it. */
static int record_there(struct store_tx *tx, int64_t account, const char *call)
{
	struct query q;
	int err = query_first(&q, tx->db, "SELECT 1 FROM call_record WHERE call = ?1 AND account = ?2 LIMIT 1", DB_S(call), DB_I(account));

	if (!err)
		query_close(&q);
	return err;
}

int store_call_note_put(struct store_tx *tx, int64_t account, const char *call, const char *note)
{
	int err = record_there(tx, account, call);

	return err ? err : db_run(tx->db,
		"INSERT INTO call_side (call, account, note) VALUES (?1, ?2, ?3) ON CONFLICT (call, account) DO UPDATE SET note = excluded.note",
		DB_S(call), DB_I(account), DB_S(note));
}

int store_call_quality_put(struct store_tx *tx, int64_t account, const char *call, const char *quality)
{
	int err = record_there(tx, account, call);

	return err ? err : db_run(tx->db,
		"INSERT INTO call_side (call, account, quality) VALUES (?1, ?2, ?3) ON CONFLICT (call, account) DO UPDATE SET quality = excluded.quality",
		DB_S(call), DB_I(account), DB_S(quality));
}

int store_call_marks_put(struct store_tx *tx, const char *call, const char *events)
{
	/* Of a call that nobody has a record of nobody could read them. */
	return db_run(tx->db, "INSERT INTO call_marks (call, events) SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM call_record WHERE call = ?1)",
		DB_S(call), DB_S(events));
}

int store_call_beside(struct store *store, int64_t account, const char *call, int (*row)(void *arg, const struct store_call_beside *beside), void *arg)
{
	struct store_call_beside beside;
	struct query q;
	int err = query_first(&q, store->reader,
		"SELECT r.people, s.note, s.quality, m.events FROM call_record r LEFT JOIN call_side s ON s.call = r.call AND s.account = r.account"
		" LEFT JOIN call_marks m ON m.call = r.call WHERE r.call = ?1 AND r.account = ?2 ORDER BY r.id DESC LIMIT 1",
		DB_S(call), DB_I(account));

	if (err)
		return err;
	beside = (struct store_call_beside){ query_text(&q, 0).p, query_text(&q, 1).p, query_text(&q, 2).p, query_text(&q, 3).p };
	err = row(arg, &beside);
	query_close(&q);
	return err;
}
