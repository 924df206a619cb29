/**
 * @file act/record.c  What remains of a call: a record for each of its people, with what he may know, and of a try that was refused,
 * one for the caller. GET /v1/calls/history. Records wait in one list and are written together, one write at a time: a change
 * that ends a thousand calls is one transaction, not a thousand places in the writer's queue.
 */
#include "act/audit.h"
#include "act/join.h"
#include "act/room.h"

#include <errno.h>
#include <stdlib.h>

/** One record, with its text behind it. */
struct record {
	struct list node;		/* in act->records, then in act->records_writing */
	struct store_call_record row;
	char address[324];
	char call[ID_CHARS + 1];
	char *name, *organisation, *domain, *tenant, *people;
	struct buf events;		/* with text: the marks of `call` in the place of a record */
};

static void record_free(struct record *r)
{
	free(r->name);
	free(r->organisation);
	free(r->domain);
	free(r->tenant);
	free(r->people);
	buf_release(&r->events);
	free(r);
}

static void records_free(struct act *act, struct list *records)
{
	list_each (records, node, after) {
		list_del(node);
		act->n_records--;
		record_free(list_entry(node, struct record, node));
	}
}

void records_release(struct act *act)
{
	records_free(act, &act->records);
	records_free(act, &act->records_writing);
}

static int run_records(struct store_tx *tx, void *arg)
{
	struct act *act = arg;

	for (struct list *node = act->records_writing.next; node != &act->records_writing; node = node->next) {
		struct record *r = list_entry(node, struct record, node);
		int err = r->events.n ? store_call_marks_put(tx, r->call, r->events.p) : store_call_record_add(tx, &r->row);

		if (err)
			return err;
	}
	return 0;
}

static void list_move(struct list *from, struct list *to)
{
	list_each (from, node, after) {
		list_del(node);
		list_add(to, node);
	}
}

static void written(void *arg, int err)
{
	struct act *act = arg;

	if (!err) {
		records_free(act, &act->records_writing);
	} else {
		/* A full disk may have room again: in front of what came meanwhile, for the next tick. */
		list_move(&act->records, &act->records_writing);
		list_move(&act->records_writing, &act->records);
		log_event(LOG_ERROR, "call.unrecorded", LOG_S("error", strerror(-err)), LOG_I("waiting", (int64_t)act->n_records));
	}
	if (act->ending && err)
		records_release(act);
	if (!err)
		records_write(act);
	act_settle(act);
}

void records_write(struct act *act)
{
	int err;

	if (list_empty(&act->records) || !list_empty(&act->records_writing))
		return;
	list_move(&act->records, &act->records_writing);
	err = store_submit(act->store, run_records, written, act);
	/* The queue is full: with the next tick. */
	if (err)
		list_move(&act->records_writing, &act->records);
}

static void record_add(struct act *act, const struct store_call_record *row, const char *call, struct str address, const struct account *other)
{
	struct record *r = act->n_records < LIMIT_CALL_RECORDS_WAITING ? calloc(1, sizeof *r) : NULL;

	if (!r) {
		log_event(LOG_ERROR, "call.unrecorded", LOG_I("account", row->account));
		return;
	}
	r->row = *row;
	memcpy(r->address, address.p, address.n);
	r->row.address = r->address;
	if (row->people)
		r->row.people = r->people = str_dup(str_of(row->people));
	if (row->tenant)
		r->row.tenant = r->tenant = str_dup(str_of(row->tenant));
	if (call) {
		memcpy(r->call, call, ID_CHARS);
		r->row.call = r->call;
	}
	if (other) {
		const struct tenant *tenant = account_tenant(act->world, other);

		/* Without memory the names are missing; the address is there. */
		r->row.name = r->name = str_dup(account_name(other));
		/* Nobody's: whoever came by a link stands for no organisation. */
		if (!account_joined(other)) {
			r->row.organisation = r->organisation = str_dup(tenant_name(tenant));
			r->row.domain = r->domain = str_dup(tenant_domains(tenant) ? tenant_domain(tenant, 0) : STR(""));
		}
	}
	list_add(&act->records, &r->node);
	act->n_records++;
}

/* Whom else he met: everybody with whom something passed. NULL: nobody, or memory is out. */
static char *people_of(struct act *act, const struct party *party, const struct party *with)
{
	json_t *people = json_array();
	char *text = NULL;

	for (unsigned i = 0; people && i < party->call->n_parties; i++) {
		const struct pair *pair = i == party->seat || i == with->seat ? NULL : call_pair(party->call, party->seat, i);
		const struct account *other = pair && party->call->party[i]->since ? world_account_by_id(act->world, party->call->party[i]->account) : NULL;
		const struct tenant *tenant = other ? account_tenant(act->world, other) : NULL;

		if (other)
			json_array_append_new(people, json_pack("{s:s, s:s#, s:s#, s:s?}", "address", party->call->party[i]->address,
				"name", account_name(other).p, (int)account_name(other).n, "organisation", tenant_name(tenant).p, (int)tenant_name(tenant).n,
				"door", route_name(pair->route)));
	}
	if (json_array_size(people))
		text = json_dumps(people, JSON_COMPACT);
	json_decref(people);
	return text;
}

void record_marks(struct act *act, struct call *call)
{
	struct record *r = call->drawn.n && act->n_records < LIMIT_CALL_RECORDS_WAITING ? calloc(1, sizeof *r) : NULL;

	if (!r)
		return;
	/* With its NUL, for the store. */
	if (buf_add(&r->events, "[", 1) || buf_add(&r->events, call->drawn.p, call->drawn.n) || buf_add(&r->events, "]", 2)) {
		buf_release(&r->events);
		free(r);
		return;
	}
	buf_release(&call->drawn);
	memcpy(r->call, call->id, sizeof r->call);
	list_add(&act->records, &r->node);
	act->n_records++;
}

void record_party(struct act *act, const struct party *party)
{
	const struct party *with = party_opposite(party);
	const struct pair *pair = call_pair(party->call, party->seat, with->seat);
	const struct account *me = world_account_by_id(act->world, party->account);
	const struct account *other = world_account_by_id(act->world, with->account);
	struct store_call_record row = {
		.account = party->account, .outgoing = party->seat == CALL_FROM, .door = pair ? route_name(pair->route) : NULL,
		.video = pair && pair->video, .placed = party->asked, .answered = party->since, .ended = party->call->died ? party->call->died : clock_wall_ms(),
		.by = party->ended_by < 0 ? -1 : party->ended_by == (int)party->seat,
	};
	json_t *answer = NULL;
	char *people;

	if (!me || party->unheard)
		return;
	row.people = people = people_of(act, party, with);
	row.reason = reason_slug(party->stop ? stop_why(act, me, party->stop, &answer) : party->why);
	row.why = reason_slug(party->why_admin);
	row.tenant = call_whose(act, me, party, answer);
	record_add(act, &row, party->call->id, str_of(with->address), other);
	json_decref(answer);
	free(people);
}

/* Who stopped somebody outside at his own gate has it in his report; the one who was called has it nowhere. */
static void record_stopped(struct act *act, const struct account *me, struct str to, const struct store_call_record *tried, const struct verdict *verdict)
{
	const struct account *other = world_account(act->world, to);
	struct store_call_record row = *tried;
	char mine[AUDIT_TENANT_BYTES];

	if (!other || verdict->tenant != account_tenant(act->world, other) || verdict->tenant == account_tenant(act->world, me))
		return;
	row.account = account_row(other);
	row.outgoing = false;
	row.hidden = true;
	row.reason = reason_slug(reason_for(act, other, account_address(me), to, ACTION_CALL, verdict));
	row.why = NULL;
	audit_tenant_of(act, row.account, mine);
	row.tenant = mine;
	record_add(act, &row, NULL, account_address(me), me);
}

void record_refused(struct act *act, const struct account *me, struct str to, bool video, enum reason told, const char *tenant,
	const struct verdict *verdict)
{
	time_ms_t now = clock_wall_ms();
	struct store_call_record row = { .account = account_row(me), .outgoing = true, .video = video, .placed = now, .ended = now,
		.reason = reason_slug(told), .tenant = tenant, .by = -1 };

	if (verdict)
		row.why = reason_slug(reason_for(act, me, account_address(me), to, ACTION_CALL, verdict));
	/* Whether there is somebody at that address is not told: the address alone is what he typed. */
	record_add(act, &row, NULL, to, NULL);
	if (verdict)
		record_stopped(act, me, to, &row, verdict);
	records_write(act);
}

/* The history. */

struct history {
	json_t *list;
	unsigned most;
	bool more;
};

json_t *say_record(const struct store_call_record *r)
{
	int64_t seconds = r->answered ? (r->ended - r->answered) / 1000 : 0;

	return json_pack("{s:I, s:s?, s:s, s:{s:s, s:s?, s:s?, s:s?}, s:s?, s:b, s:o, s:o, s:o, s:I, s:s, s:s?, s:s?}", "pos", (json_int_t)r->id,
		"call", r->call, "direction", r->outgoing ? "out" : "in", "with", "address", r->address, "name", r->name,
		"organisation", r->organisation, "domain", r->domain, "door", r->door, "video", r->video, "placed", say_time(r->placed),
		"answered", r->answered ? say_time(r->answered) : json_null(), "ended", say_time(r->ended),
		"seconds", (json_int_t)(seconds > 0 ? seconds : 0), "reason", r->reason, "tenant", r->tenant,
		"by", r->by < 0 ? NULL : r->by ? "me" : "them");
}

static int history_row(void *arg, const struct store_call_record *record)
{
	struct history *h = arg;

	/* The one asked for beyond the page only says that there is more. */
	if (json_array_size(h->list) == h->most) {
		h->more = true;
		return 0;
	}
	return json_array_append_new(h->list, say_record(record)) ? -ENOMEM : 0;
}

void act_calls_history(struct deed *deed)
{
	const struct account *me = deed_account(deed);
	int64_t before = 0, limit = 50;
	struct history h = { 0 };
	int err;

	if (!me || !deed_number(deed, 0, "before", INT64_MAX, &before) || !deed_number(deed, 1, "limit", LIMIT_ROWS_PER_READ - 1, &limit))
		return;
	h.most = (unsigned)limit;
	h.list = json_array();
	err = h.list ? store_call_record_page(deed->act->store, account_row(me), before, h.most + 1, history_row, &h) : -ENOMEM;
	if (err) {
		json_decref(h.list);
		deed_fault(deed, err, "calls.history");
		return;
	}
	deed_ok(deed, json_pack("{s:o, s:b}", "calls", h.list, "more", h.more));
}
