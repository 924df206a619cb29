/** @file store/call_record.c  What each of two has had of calls. */
#include "base/limits.h"
#include "store/inside.h"

#include <assert.h>
#include <errno.h>

/* Of a wish for room the oldest go: one at a time, except after the limit was lowered. */
static int record_trim(struct store_tx *tx, int64_t account)
{
	return db_run(tx->db,
		"DELETE FROM call_record WHERE account = ?1 AND id <="
		" (SELECT id FROM call_record WHERE account = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
		DB_I(account), DB_I(LIMIT_CALL_RECORDS));
}

int store_call_record_add(struct store_tx *tx, const struct store_call_record *r)
{
	struct db_value answered = r->answered ? DB_I(r->answered) : DB_NULL, by = r->by < 0 ? DB_NULL : DB_I(r->by);
	int err = db_run(tx->db,
		"INSERT INTO call_record (account, call, outgoing, address, name, organisation, domain, door, video, placed, answered,"
		" ended, reason, tenant, by) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15"
		" WHERE EXISTS (SELECT 1 FROM account WHERE id = ?1)",
		DB_I(r->account), DB_S(r->call), DB_I(r->outgoing), DB_S(r->address), DB_S(r->name), DB_S(r->organisation),
		DB_S(r->domain), DB_S(r->door), DB_I(r->video), DB_I(r->placed), answered, DB_I(r->ended), DB_S(r->reason),
		DB_S(r->tenant), by);

	return err ? err : record_trim(tx, r->account);
}

static void record_of(struct query *q, struct store_call_record *out)
{
	*out = (struct store_call_record){
		.id = query_int(q, 0), .account = query_int(q, 1), .call = query_text(q, 2).p, .outgoing = query_int(q, 3),
		.address = query_text(q, 4).p, .name = query_text(q, 5).p, .organisation = query_text(q, 6).p,
		.domain = query_text(q, 7).p, .door = query_text(q, 8).p, .video = query_int(q, 9), .placed = query_int(q, 10),
		.answered = query_null(q, 11) ? 0 : query_int(q, 11), .ended = query_int(q, 12), .reason = query_text(q, 13).p,
		.tenant = query_text(q, 14).p, .by = query_null(q, 15) ? -1 : (int)query_int(q, 15),
	};
}

int store_call_record_page(struct store *store, int64_t account, int64_t before, unsigned most,
	int (*row)(void *arg, const struct store_call_record *record), void *arg)
{
	struct query q;
	int got, err;

	assert(most <= LIMIT_ROWS_PER_READ);
	err = query_open(&q, store->reader,
		"SELECT id, account, call, outgoing, address, name, organisation, domain, door, video, placed, answered, ended, reason, tenant,"
		" by"
		" FROM call_record WHERE account = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3",
		DB_I(account), DB_I(before ? before : INT64_MAX), DB_I(most));
	if (err)
		return err;
	while ((got = query_step(&q)) == 1) {
		struct store_call_record record;

		record_of(&q, &record);
		err = record.address && record.reason ? row(arg, &record) : -ENOMEM;
		if (err)
			break;
	}
	query_close(&q);
	return err ? err : got;
}
