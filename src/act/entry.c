/** @file act/entry.c  A session that begins. */
#include "act/entry.h"

#include <errno.h>
#include <stdlib.h>

static int entry_note(struct store_tx *tx, const struct entry *entry)
{
	char expires[25], *detail;
	int err;

	clock_format(entry->expires, expires);
	detail = audit_detail("{s:I, s:s, s:s, s:s*}", "session", (json_int_t)entry->session, "expires", expires, "peer", entry->peer, "by", entry->by);
	err = detail ? store_audit_add(tx, entry->now, entry->actor, "session.open", entry->of, detail) : -ENOMEM;
	free(detail);
	for (unsigned i = 0; !err && i < entry->n_dropped; i++) {
		detail = audit_detail("{s:I, s:s}", "session", (json_int_t)entry->dropped[i], "by", "too many");
		err = detail ? store_audit_add(tx, entry->now, entry->actor, "session.end", entry->of, detail) : -ENOMEM;
		free(detail);
	}
	return err;
}

int entry_keep(struct store_tx *tx, struct entry *entry)
{
	int err = store_session_add(tx, entry->hash, entry->account, entry->now, entry->expires, &entry->session);

	if (!err)
		err = store_session_describe(tx, entry->session, entry->device.browser, entry->device.system);
	if (!err)
		err = store_session_trim(tx, entry->account, entry->session, entry->dropped, &entry->n_dropped);
	return err ? err : entry_note(tx, entry);
}

void entry_kept(struct act *act, struct entry *entry)
{
	struct store_session session;

	/* Ended already, or not to be read: the next request says so. */
	if (store_session_get(act->store, entry->hash, &session) == 0) {
		entry->roles = session.roles;
		entry->due = session.due;
	}
	for (unsigned i = 0; i < entry->n_dropped; i++)
		lines_end_session(act, entry->account, entry->dropped[i]);
}
