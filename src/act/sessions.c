/** @file act/sessions.c  One's own sessions: which there are, and their end. Opening and closing them is session.c. */
#include "act/audit.h"
#include "act/room.h"

#include <errno.h>
#include <stdlib.h>

enum { SEEN_MS = 10 * 60 * 1000 };

/* Seen: written now and then, by nobody waited for. */

struct seen {
	int64_t session;
	time_ms_t now;
};

static int run_seen(struct store_tx *tx, void *arg)
{
	const struct seen *seen = arg;

	return store_session_seen(tx, seen->session, seen->now);
}

static void seen_kept(void *arg, int err)
{
	/* A fault was logged; the next request tries again. */
	(void)err;
	free(arg);
}

void session_seen(struct act *act, const struct store_session *session, time_ms_t now)
{
	struct seen *seen;

	if (act->ending || now - session->seen < SEEN_MS)
		return;
	seen = malloc(sizeof *seen);
	if (!seen)
		return;
	*seen = (struct seen){ session->id, now };
	if (store_submit(act->store, run_seen, seen_kept, seen))
		free(seen);
}

struct listing {
	struct deed *deed;
	json_t *list;
	time_ms_t now;
};

static bool has_line(const struct act *act, int64_t session)
{
	list_each (&act->lines.all, node, after)
		if (list_entry(node, struct line, everywhere)->session == session)
			return true;
	return false;
}

static json_t *say_word(const char *word)
{
	return *word ? json_string(word) : json_null();
}

static int list_row(void *arg, const struct store_session *session)
{
	struct listing *l = arg;
	/* Whoever has a line is seen now. */
	bool here = has_line(l->deed->act, session->id) || session->id == l->deed->who.session;
	json_t *o = json_pack("{s:o, s:o, s:o, s:o, s:o, s:b}", "id", json_sprintf("%lld", (long long)session->id),
		"browser", say_word(session->browser), "system", say_word(session->system), "made", say_time(session->made),
		"seen", say_time(here ? l->now : session->seen), "current", session->id == l->deed->who.session);

	return json_array_append_new(l->list, o) ? -ENOMEM : 0;
}

void act_sessions(struct deed *deed)
{
	struct listing l = { .deed = deed, .list = json_array(), .now = clock_wall_ms() };
	int err = l.list ? store_session_list(deed->act->store, deed->who.account, l.now, list_row, &l) : -ENOMEM;

	if (!err) {
		deed_ok(deed, json_pack("{s:o}", "sessions", l.list));
		return;
	}
	json_decref(l.list);
	deed_fault(deed, err, "sessions");
}

struct ending {
	struct deed *deed;
	int64_t session;		/* 0: all but the asker's */
	char actor[324], of[AUDIT_TENANT_BYTES];
};

static int run_end(struct store_tx *tx, void *arg)
{
	struct ending *e = arg;
	const struct who *who = &e->deed->who;
	int err = e->session ? store_session_drop(tx, e->session, who->account) : store_session_drop_others(tx, who->session, who->account);
	char detail[48];

	/* 0: all the others. */
	snprintf(detail, sizeof detail, "{\"session\":%lld}", (long long)e->session);
	return err ? err : store_audit_add(tx, clock_wall_ms(), e->actor, "session.end", e->of, detail);
}

static void ended(void *arg, int err)
{
	struct ending *e = arg;
	struct deed *deed = e->deed;
	struct outcome outcome = { .reason = REASON_OK, .status = 204 };

	if (err == -ENOENT) {
		deed_refuse(deed, REASON_NOT_FOUND);
	} else if (err) {
		deed_fault(deed, err, "session.end");
	} else {
		if (e->session)
			lines_end_session(deed->act, deed->who.account, e->session);
		else
			lines_end_others(deed->act, deed->who.account, deed->who.session);
		deed_done(deed, &outcome);
	}
	free(e);
}

static void end(struct deed *deed, int64_t session)
{
	struct ending *e = calloc(1, sizeof *e);
	int err = -ENOMEM;

	if (e) {
		*e = (struct ending){ .deed = deed, .session = session };
		deed_actor(deed, e->actor);
		audit_tenant_of(deed->act, deed->who.account, e->of);
		err = store_submit(deed->act->store, run_end, ended, e);
	}
	if (!err)
		return;
	free(e);
	deed_fault(deed, err, "session.end");
}

void act_session_drop(struct deed *deed)
{
	const char *text = deed->path[0];
	int64_t id = 0;

	for (size_t i = 0; text[i]; i++) {
		if (text[i] < '0' || text[i] > '9' || i > 17) {
			deed_refuse(deed, REASON_NOT_FOUND);
			return;
		}
		id = id * 10 + (text[i] - '0');
	}
	/* Another's and none are the same answer: the row is looked for with its account. */
	if (id)
		end(deed, id);
	else
		deed_refuse(deed, REASON_NOT_FOUND);
}

void act_sessions_drop(struct deed *deed)
{
	end(deed, 0);
}
