/**
 * @file act/report.c  The calls of an organisation, for its owners, access admins and auditors: a row for each of its people in a call,
 * tries that a rule refused included, with as much of the reason as its admins may know. GET /v1/tenants/{}/calls, and calls.csv.
 */
#include "act/room.h"
#include "base/csv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { QUERY_FROM, QUERY_TO, QUERY_BEFORE, QUERY_LIMIT };

static const char *const columns[] = {
	"placed", "answered", "ended", "seconds", "direction", "person", "name", "other", "other_name", "organisation", "domain", "door", "video",
	"reason", "decided_by", "ended_by", "call",
};

struct report {
	struct store_call_range range;
	const struct tenant *tenant;
	unsigned most;
	unsigned n;
	bool more;
	time_ms_t last_placed;
	int64_t last_id;
	json_t *list;			/* NULL: it goes to csv */
	struct buf csv;
};

static const char *reason_of(const struct store_call_record *r)
{
	return r->why ? r->why : r->reason;
}

static int64_t seconds_of(const struct store_call_record *r)
{
	int64_t seconds = r->answered ? (r->ended - r->answered) / 1000 : 0;

	return seconds > 0 ? seconds : 0;
}

static const char *by_of(const struct store_call_record *r)
{
	return r->by < 0 ? NULL : r->by ? "person" : "other";
}

static json_t *say_row(const struct store_call_record *r)
{
	return json_pack("{s:I, s:s?, s:s, s:{s:s, s:s?}, s:{s:s, s:s?, s:s?, s:s?}, s:s?, s:b, s:o, s:o, s:o, s:I, s:s, s:s?, s:s?}",
		"pos", (json_int_t)r->id, "call", r->call, "direction", r->outgoing ? "out" : "in",
		"person", "address", r->own_address, "name", r->own_name,
		"with", "address", r->address, "name", r->name, "organisation", r->organisation, "domain", r->domain,
		"door", r->door, "video", r->video, "placed", say_time(r->placed), "answered", r->answered ? say_time(r->answered) : json_null(),
		"ended", say_time(r->ended), "seconds", (json_int_t)seconds_of(r), "reason", reason_of(r), "tenant", r->tenant, "by", by_of(r));
}

static int add_row(struct buf *out, const struct store_call_record *r)
{
	char placed[25], answered[25] = "", ended[25], seconds[24];
	int err = 0;

	clock_format(r->placed, placed);
	clock_format(r->ended, ended);
	if (r->answered)
		clock_format(r->answered, answered);
	snprintf(seconds, sizeof seconds, "%lld", (long long)seconds_of(r));
	{
		const char *const fields[] = {
			placed, answered, ended, seconds, r->outgoing ? "out" : "in", r->own_address, r->own_name, r->address, r->name,
			r->organisation, r->domain, r->door, r->video ? "yes" : "no", reason_of(r), r->tenant, by_of(r), r->call,
		};

		_Static_assert(sizeof fields / sizeof *fields == sizeof columns / sizeof *columns, "a field for each column");
		for (size_t i = 0; !err && i < sizeof fields / sizeof *fields; i++)
			err = csv_field(out, str_of(fields[i] ? fields[i] : ""));
	}
	return err ? err : csv_end(out);
}

static int take(void *arg, const struct store_call_record *r)
{
	struct report *report = arg;

	/* The one asked for beyond the page only says that there is more. */
	if (report->n == report->most) {
		report->more = true;
		return 0;
	}
	report->n++;
	report->last_placed = r->placed;
	report->last_id = r->id;
	if (!report->list)
		return add_row(&report->csv, r);
	return json_array_append_new(report->list, say_row(r)) ? -ENOMEM : 0;
}

/* A time in the query; *out stays where it is absent. */
static bool time_read(struct deed *deed, int which, const char *name, time_ms_t *out)
{
	struct instant at;
	char why[128];

	if (!deed->query_given[which])
		return true;
	if (!instant_parse(str_of(deed->query[which]), &at, why)) {
		deed_refuse_field(deed, REASON_BAD_FIELD, name, why);
		return false;
	}
	*out = at.seconds * 1000 + at.nanos / 1000000;
	instant_release(&at);
	return true;
}

/* A page's `next`: the time and the number of its last row. */
static bool cursor_read(struct deed *deed, struct store_call_range *range)
{
	const char *text = deed->query[QUERY_BEFORE];
	long long placed, id;
	char more;

	range->before_placed = range->before_id = INT64_MAX;
	if (!deed->query_given[QUERY_BEFORE])
		return true;
	if (strlen(text) <= 40 && sscanf(text, "%19lld.%19lld%c", &placed, &id, &more) == 2 && placed >= 0 && id >= 0) {
		range->before_placed = placed;
		range->before_id = id;
		return true;
	}
	deed_refuse_field(deed, REASON_BAD_FIELD, "before", "must be the `next` of a page");
	return false;
}

/* False: the deed is over. */
static bool report_read(struct deed *deed, struct report *report)
{
	int64_t limit = 50;

	*report = (struct report){ .range = { .since = 0, .until = INT64_MAX }, .tenant = world_tenant(deed->act->world, str_of(deed->path[0])) };
	if (!report->tenant) {
		deed_refuse(deed, REASON_NOT_FOUND);
		return false;
	}
	if (!time_read(deed, QUERY_FROM, "from", &report->range.since) || !time_read(deed, QUERY_TO, "to", &report->range.until) ||
		!cursor_read(deed, &report->range) || !deed_number(deed, QUERY_LIMIT, "limit", LIMIT_ROWS_PER_READ - 1, &limit))
		return false;
	if (report->range.until <= report->range.since) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "to", "must be later than from");
		return false;
	}
	report->most = (unsigned)limit;
	return true;
}

static int report_run(struct deed *deed, struct report *report)
{
	return store_call_report_page(deed->act->store, tenant_row(report->tenant), &report->range, report->most + 1, take, report);
}

void act_report(struct deed *deed)
{
	struct report report;
	json_t *next;
	int err;

	if (!report_read(deed, &report))
		return;
	report.list = json_array();
	err = report.list ? report_run(deed, &report) : -ENOMEM;
	if (err) {
		json_decref(report.list);
		deed_fault(deed, err, "report");
		return;
	}
	next = report.more ? json_sprintf("%lld.%lld", (long long)report.last_placed, (long long)report.last_id) : json_null();
	deed_ok(deed, json_pack("{s:o, s:o}", "calls", report.list, "next", next));
}

/* The page behind this one, with the same times; relative to this one's address. What is in a time and means something in a query is '+'. */
static void next_of(const struct deed *deed, const struct report *report, char *out, size_t most)
{
	static const char *const names[] = { [QUERY_FROM] = "from", [QUERY_TO] = "to" };
	int n = snprintf(out, most, "?before=%lld.%lld&limit=%u", (long long)report->last_placed, (long long)report->last_id, report->most);

	for (int which = QUERY_FROM; which <= QUERY_TO; which++) {
		if (!deed->query_given[which])
			continue;
		n += snprintf(out + n, most - (size_t)n, "&%s=", names[which]);
		for (const char *c = deed->query[which]; *c; c++)
			n += snprintf(out + n, most - (size_t)n, *c == '+' ? "%%2B" : "%c", *c);
	}
	assert((size_t)n < most);
}

void act_report_csv(struct deed *deed)
{
	struct report report;
	struct outcome outcome = { .reason = REASON_OK, .type = "text/csv; charset=utf-8; header=present", .file = "calls.csv" };
	int err = 0;

	if (!report_read(deed, &report))
		return;
	if (!deed->query_given[QUERY_LIMIT])
		report.most = LIMIT_ROWS_PER_READ - 1;
	/* The pages behind the first are the same file, going on. */
	for (size_t i = 0; !err && !deed->query_given[QUERY_BEFORE] && i < sizeof columns / sizeof *columns; i++)
		err = csv_field(&report.csv, str_of(columns[i]));
	if (!err && !deed->query_given[QUERY_BEFORE])
		err = csv_end(&report.csv);
	if (!err)
		err = report_run(deed, &report);
	if (err) {
		buf_release(&report.csv);
		deed_fault(deed, err, "report");
		return;
	}
	if (report.more)
		next_of(deed, &report, outcome.next, sizeof outcome.next);
	outcome.text = report.csv;
	deed_done(deed, &outcome);
}
