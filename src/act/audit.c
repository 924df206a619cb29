/** @file act/audit.c  Reading the audit log: a tenant's own rows for its owners and auditors, all for the operator. */
#include "act/audit.h"
#include "act/room.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void audit_tenant_of(const struct act *act, int64_t account, char out[static AUDIT_TENANT_BYTES])
{
	const struct account *one = world_account_by_id(act->world, account);
	struct str id = one ? tenant_id(account_tenant(act->world, one)) : STR("");

	snprintf(out, AUDIT_TENANT_BYTES, "%.*s", (int)id.n, id.p);
}

void audit_address(const struct act *act, int64_t account, char out[static AUDIT_ADDRESS_BYTES])
{
	const struct account *a = world_account_by_id(act->world, account);
	char *text = a ? audit_detail("{s:s#}", "address", account_address(a).p, (int)account_address(a).n) : NULL;

	snprintf(out, AUDIT_ADDRESS_BYTES, "%s", text ? text : "{}");
	free(text);
}

char *audit_detail(const char *format, ...)
{
	va_list args;
	json_t *object;
	char *text;

	va_start(args, format);
	object = json_vpack_ex(NULL, 0, format, args);
	va_end(args);
	text = object ? json_dumps(object, JSON_COMPACT) : NULL;
	json_decref(object);
	return text;
}

static int page_row(void *arg, const struct audit_row *row)
{
	struct json_err err;
	json_t *detail = json_read(str_of(row->detail), LIMIT_JSON_DEPTH, &err);

	return json_array_append_new(arg, json_pack("{s:I, s:o, s:s, s:s, s:s?, s:o}", "id", (json_int_t)row->id, "at", say_time(row->at),
		"actor", row->actor, "what", row->what, "tenant", row->tenant, "detail", detail ? detail : json_null())) ? -ENOMEM : 0;
}

static bool number_read(struct deed *deed, int which, const char *name, int64_t most, int64_t *out)
{
	const char *text = deed->query[which];
	char *end;
	long long v;

	if (!deed->query_given[which])
		return true;
	errno = 0;
	v = strtoll(text, &end, 10);
	if (!errno && text[0] >= '0' && text[0] <= '9' && !*end && v >= 1 && v <= most) {
		*out = v;
		return true;
	}
	deed_refuse_field(deed, REASON_BAD_FIELD, name, "must be a whole number in range");
	return false;
}

/* `tenant` NULL: all there is. */
static void page_answer(struct deed *deed, const char *tenant)
{
	json_t *rows;
	int64_t before = 0, limit = 50;
	size_t n;
	int err;

	if (!number_read(deed, 0, "before", INT64_MAX, &before) || !number_read(deed, 1, "limit", LIMIT_ROWS_PER_READ - 1, &limit))
		return;
	rows = json_array();
	/* One more than asked for says whether there are more. */
	err = rows ? store_audit_page(deed->act->store, tenant, before, (unsigned)limit + 1, page_row, rows) : -ENOMEM;
	if (err) {
		json_decref(rows);
		deed_fault(deed, err, "audit");
		return;
	}
	n = json_array_size(rows);
	if (n > (size_t)limit)
		json_array_remove(rows, n - 1);
	deed_ok(deed, json_pack("{s:o, s:b}", "rows", rows, "more", n > (size_t)limit));
}

void act_audit(struct deed *deed)
{
	if (world_tenant(deed->act->world, str_of(deed->path[0])))
		page_answer(deed, deed->path[0]);
	else
		deed_refuse(deed, REASON_NOT_FOUND);
}

void act_audit_all(struct deed *deed)
{
	page_answer(deed, NULL);
}
