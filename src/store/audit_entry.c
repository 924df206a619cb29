/** @file store/audit_entry.c  A row as bytes. What is written here is hashed for ever: it can't be changed, only joined by a second way. */
#include "store/audit_entry.h"

static int string_add(struct buf *out, const char *text)
{
	int err = buf_add(out, "\"", 1);

	for (const char *p = text; !err && *p; p++) {
		if (*p == '"' || *p == '\\')
			err = buf_printf(out, "\\%c", *p);
		else if ((unsigned char)*p < 0x20)
			err = buf_printf(out, "\\u%04x", (unsigned char)*p);
		else
			err = buf_add(out, p, 1);
	}
	return err ? err : buf_add(out, "\"", 1);
}

static int field_add(struct buf *out, const char *name, const char *text)
{
	int err = buf_printf(out, ",\"%s\":", name);

	if (err)
		return err;
	return text ? string_add(out, text) : buf_add(out, "null", 4);
}

int audit_entry(struct buf *out, const struct audit_row *row)
{
	char at[25];
	int err;

	clock_format(row->at, at);
	err = buf_printf(out, "{\"id\":%lld,\"at\":\"%s\"", (long long)row->id, at);
	if (!err)
		err = field_add(out, "actor", row->actor);
	if (!err)
		err = field_add(out, "what", row->what);
	if (!err)
		err = field_add(out, "tenant", row->tenant);
	return err ? err : buf_printf(out, ",\"detail\":%s}", row->detail);
}
