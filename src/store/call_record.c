/** @file store/call_record.c  What each of two has had of calls. */
#include "base/limits.h"
#include "store/inside.h"

#include <assert.h>
#include <errno.h>

/* Of a wish for room the oldest go: one at a time, except after the limit was lowered. What others' tries leave washes no call away. */
static int record_trim(struct store_tx *tx, int64_t account, bool hidden)
{
	return db_run(tx->db,
		"DELETE FROM call_record WHERE account = ?1 AND hidden = ?2 AND id <="
		" (SELECT id FROM call_record WHERE account = ?1 AND hidden = ?2 ORDER BY id DESC LIMIT 1 OFFSET ?3)",
		DB_I(account), DB_I(hidden), DB_I(LIMIT_CALL_RECORDS));
}

int store_call_record_add(struct store_tx *tx, const struct store_call_record *r)
{
	struct db_value answered = r->answered ? DB_I(r->answered) : DB_NULL, by = r->by < 0 ? DB_NULL : DB_I(r->by);
	int err = db_run(tx->db,
		"INSERT INTO call_record (account, call, outgoing, address, name, organisation, domain, door, video, placed, answered,"
		" ended, reason, tenant, by, why, hidden, people, home) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15,"
		" ?16, ?17, ?18, tenant FROM account WHERE id = ?1",
		DB_I(r->account), DB_S(r->call), DB_I(r->outgoing), DB_S(r->address), DB_S(r->name), DB_S(r->organisation),
		DB_S(r->domain), DB_S(r->door), DB_I(r->video), DB_I(r->placed), answered, DB_I(r->ended), DB_S(r->reason),
		DB_S(r->tenant), by, DB_S(r->why), DB_I(r->hidden), DB_S(r->people));

	return err ? err : record_trim(tx, r->account, r->hidden);
}

#define COLUMNS \
	"r.id, r.account, r.call, r.outgoing, r.address, r.name, r.organisation, r.domain, r.door, r.video, r.placed, r.answered, r.ended," \
	" r.reason, r.tenant, r.by, r.why, r.hidden"
enum { COLUMNS_N = 18 };

static void record_of(struct query *q, struct store_call_record *out)
{
	*out = (struct store_call_record){
		.id = query_int(q, 0), .account = query_int(q, 1), .call = query_text(q, 2).p, .outgoing = query_int(q, 3),
		.address = query_text(q, 4).p, .name = query_text(q, 5).p, .organisation = query_text(q, 6).p,
		.domain = query_text(q, 7).p, .door = query_text(q, 8).p, .video = query_int(q, 9), .placed = query_int(q, 10),
		.answered = query_null(q, 11) ? 0 : query_int(q, 11), .ended = query_int(q, 12), .reason = query_text(q, 13).p,
		.tenant = query_text(q, 14).p, .by = query_null(q, 15) ? -1 : (int)query_int(q, 15), .why = query_text(q, 16).p,
		.hidden = query_int(q, 17),
	};
}

/* Hand out what the opened query finds, and close it. */
static int records_read(struct query *q, bool report, int (*row)(void *arg, const struct store_call_record *record), void *arg)
{
	int got, err = 0;

	while ((got = query_step(q)) == 1) {
		struct store_call_record record;

		record_of(q, &record);
		if (report) {
			record.own_address = query_text(q, COLUMNS_N).p;
			record.own_name = query_text(q, COLUMNS_N + 1).p;
		}
		err = record.address && record.reason && (!report || record.own_address) ? row(arg, &record) : -ENOMEM;
		if (err)
			break;
	}
	query_close(q);
	return err ? err : got;
}

int store_call_record_page(struct store *store, int64_t account, int64_t before, unsigned most,
	int (*row)(void *arg, const struct store_call_record *record), void *arg)
{
	struct query q;
	int err;

	assert(most <= LIMIT_ROWS_PER_READ);
	err = query_open(&q, store->reader,
		"SELECT " COLUMNS " FROM call_record r WHERE r.account = ?1 AND r.hidden = 0 AND r.id < ?2 ORDER BY r.id DESC LIMIT ?3",
		DB_I(account), DB_I(before ? before : INT64_MAX), DB_I(most));
	return err ? err : records_read(&q, false, row, arg);
}

int store_call_record_get(struct store *store, int64_t account, const char *call,
	int (*row)(void *arg, const struct store_call_record *record), void *arg)
{
	struct query q;
	int err = query_open(&q, store->reader,
		"SELECT " COLUMNS " FROM call_record r WHERE r.call = ?1 AND r.account = ?2 ORDER BY r.id DESC LIMIT 1", DB_S(call), DB_I(account));

	return err ? err : records_read(&q, false, row, arg);
}

int store_call_report_page(struct store *store, int64_t tenant_id, const struct store_call_range *range, unsigned most,
	int (*row)(void *arg, const struct store_call_record *record), void *arg)
{
	struct query q;
	int err;

	assert(most <= LIMIT_ROWS_PER_READ);
	err = query_open(&q, store->reader,
		"SELECT " COLUMNS ", a.address, a.name FROM call_record r JOIN account a ON a.id = r.account"
		" WHERE r.home = ?1 AND r.placed >= ?2 AND r.placed < ?3 AND (r.placed, r.id) < (?4, ?5)"
		" ORDER BY r.placed DESC, r.id DESC LIMIT ?6",
		DB_I(tenant_id), DB_I(range->since), DB_I(range->until), DB_I(range->before_placed), DB_I(range->before_id), DB_I(most));
	return err ? err : records_read(&q, true, row, arg);
}
