/**
 * @file act/drain.c  Delivery: every line drains the store from its own cursor; what was stored a moment ago is told without reading it
 * back to those whose cursor stands right before it. Also hello.
 */
#include "act/call.h"
#include "act/join.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { HELLO_MOST = 1000 };

struct draining {
	struct act *act;
	struct line *line;
};

static int drain_row(void *arg, const struct store_message *message)
{
	struct draining *d = arg;

	d->line->cursor = message->told;
	if (message->told == message->pos)
		line_tell(d->line, json_pack("{s:s, s:o}", "ev", "message", "message", say_message(d->act, message)));
	else
		line_tell(d->line, json_pack("{s:s, s:I, s:o}", "ev", "changed", "pos", (json_int_t)message->told, "message", say_message(d->act, message)));
	return 0;
}

void drain_line(struct act *act, struct line *line)
{
	struct draining d = { act, line };
	int64_t before;

	if (!line->ready)
		return;
	do {
		before = line->cursor;
		if (store_message_drain(act->store, line->endpoint->account, line->cursor, LIMIT_ROWS_PER_READ, drain_row, &d)) {
			/* The reader will come again with its cursor; better a new connection than a hole. */
			line->ops->close(line->arg, 1011);
			return;
		}
	} while (line->cursor != before);
}

/* What was stored now: nothing that an account has not heard lies before it, as all is completed in the order of its positions. */
struct fresh {
	int64_t pos;
	struct str said;	/* the message as text; p NULL: it has to be read */
};

/* Without a way through the store, unless the line has read it there already: in one group with what it heard of last, or at hello. */
static void tell_fresh(struct act *act, struct line *line, const struct fresh *fresh)
{
	if (!fresh->said.p) {
		drain_line(act, line);
	} else if (line->ready && line->cursor < fresh->pos) {
		line->cursor = fresh->pos;
		line_tell_text(line, "message", fresh->said);
	}
}

static void drain_account(struct act *act, int64_t account, const struct store_conversation *first, const struct fresh *fresh)
{
	struct endpoint *endpoint = endpoint_find(&act->lines, account);
	const struct account *reader = world_account_by_id(act->world, account);

	if (!endpoint || !reader)
		return;
	list_each (&endpoint->lines, node, after) {
		struct line *line = list_entry(node, struct line, node);

		/* A conversation is told with its first message: before that it is only its opener's. */
		if (first)
			line_tell(line, json_pack("{s:s, s:o}", "ev", "conversation", "conversation", say_conversation(act, reader, first, NULL)));
		tell_fresh(act, line, fresh);
	}
}

void drain_message(struct act *act, const struct store_conversation *conversation, int64_t pos, json_t *said)
{
	const struct store_conversation *first = conversation->last_seq == 1 ? conversation : NULL;
	char *text = said ? json_dumps(said, JSON_COMPACT) : NULL;
	struct fresh fresh = { pos, { text, text ? strlen(text) : 0 } };

	drain_account(act, conversation->account[0], first, &fresh);
	drain_account(act, conversation->account[1], first, &fresh);
	free(text);
}

void drain_lines(struct act *act, int64_t account)
{
	drain_account(act, account, NULL, &(struct fresh){ 0 });
}

void drain_members(struct act *act, const struct store_conversation *conversation)
{
	drain_lines(act, conversation->account[0]);
	drain_lines(act, conversation->account[1]);
}

/* How much lies behind a cursor, counted no further than what hello sends. */

struct missed {
	int64_t last;
	size_t n;
};

static int missed_row(void *arg, const struct store_message *message)
{
	struct missed *m = arg;

	m->last = message->told;
	m->n++;
	return 0;
}

static int missed_count(struct act *act, int64_t account, int64_t since, size_t *out)
{
	struct missed m = { since, 0 };
	size_t before;

	do {
		int err;

		before = m.n;
		err = store_message_drain(act->store, account, m.last, LIMIT_ROWS_PER_READ, missed_row, &m);
		if (err)
			return err;
	} while (m.n != before && m.n <= HELLO_MOST);
	*out = m.n;
	return 0;
}

static bool since_read(struct deed *deed, int64_t newest, int64_t *since)
{
	json_t *v = json_object_get(deed->args, "since");

	*since = newest;
	if (!v || json_is_null(v))
		return true;
	if (json_is_integer(v) && json_integer_value(v) >= 0) {
		*since = json_integer_value(v) < newest ? json_integer_value(v) : newest;
		return true;
	}
	deed_refuse_field(deed, REASON_BAD_FIELD, "/since", "must be a position or null");
	return false;
}

/*
 * The line that this one follows: still there when the network has gone without a word. Only one's own: its id is told to
 * nobody else, and it must be of the same session.
 */
static bool replaced_read(struct deed *deed, struct line **out)
{
	const struct endpoint *endpoint = deed->line->endpoint;
	json_t *v = json_object_get(deed->args, "replaces");

	*out = NULL;
	if (v && !json_is_null(v) && !json_is_string(v)) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "/replaces", "must be a line's id or null");
		return false;
	}
	for (struct list *node = endpoint->lines.next; json_is_string(v) && node != &endpoint->lines; node = node->next) {
		struct line *line = list_entry(node, struct line, node);

		if (line != deed->line && line->session == deed->line->session && strcmp(line->id, json_string_value(v)) == 0)
			*out = line;
	}
	return true;
}

/* The call whose media the page has, by its own word; "" when it has none. */
static bool carried_read(struct deed *deed, char out[static ID_CHARS + 1])
{
	json_t *v = json_object_get(deed->args, "carries");

	snprintf(out, ID_CHARS + 1, "%s", json_is_string(v) ? json_string_value(v) : "");
	if (!v || json_is_null(v) || json_is_string(v))
		return true;
	deed_refuse_field(deed, REASON_BAD_FIELD, "/carries", "must be a call's id or null");
	return false;
}

static json_t *call_said(struct act *act, const struct account *me, struct line *line, const struct line *replaced, const char *carried)
{
	struct party *party = call_resume(line, replaced, carried);
	json_t *o;

	if (!party)
		return json_null();
	o = say_call(act, me, party->call, line);
	if (o) {
		json_object_set_new(o, "marks", say_marks(party));
		json_object_set_new(o, "steps", say_steps(party));
	}
	return o;
}

/* Those beside it: one that waits, or is on hold. */
static json_t *calls_beside(struct act *act, const struct account *me, struct line *line, const char *call)
{
	json_t *calls = json_array();

	list_each (&line->endpoint->parties, node, after) {
		const struct party *party = list_entry(node, struct party, node);

		if (call && strcmp(party->call->id, call) != 0)
			json_array_append_new(calls, say_call(act, me, party->call, line));
	}
	return calls;
}

/* The one before is over, and what the others in its calls said meanwhile is told. */
static void line_follow(struct act *act, struct line *line, struct line *replaced, const char *carried)
{
	if (replaced)
		line_end(replaced, "line.replaced", LINE_REPLACED);
	list_each (&line->endpoint->parties, node, after) {
		struct party *party = list_entry(node, struct party, node);

		if (party->line != line)
			continue;
		media_tell_again(act, party);
		/* Another line of the session may have had it. */
		if (strcmp(party->call->id, carried) == 0)
			call_tell(act, party->call);
	}
}

void act_hello(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "since", "replaces", "carries", NULL };
	struct act *act = deed->act;
	struct line *line = deed->line, *replaced;
	const struct account *me = deed_account(deed);
	int64_t newest, since, next = 0;
	struct store_preference preference;
	size_t missed = 0;
	char carried[ID_CHARS + 1];
	json_t *snapshot, *call;

	if (!me || !deed_only(deed, keys))
		return;
	if (line->ready) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "/op", "hello was said before");
		return;
	}
	if (store_message_pos(act->store, &newest) || store_preference_get(act->store, deed->who.account, &preference)) {
		deed_fault(deed, -EIO, "hello");
		return;
	}
	if (!since_read(deed, newest, &since) || !replaced_read(deed, &replaced) || !carried_read(deed, carried))
		return;
	if (since < newest && missed_count(act, deed->who.account, since, &missed)) {
		deed_fault(deed, -EIO, "hello");
		return;
	}
	line->cursor = missed > HELLO_MOST ? newest : since;
	call = call_said(act, me, line, replaced, carried);
	snapshot = json_pack("{s:s, s:o, s:I, s:o, s:b, s:o, s:o, s:o, s:o}", "line", line->id, "me", say_me(act, me, deed->who.roles, deed->who.due), "pos", (json_int_t)newest, "time", say_time(clock_wall_ms()),
		"reset", missed > HELLO_MOST, "conversations", conversations_of(act, me, 0, &next), "calls", calls_beside(act, me, line, json_string_value(json_object_get(call, "id"))),
		"call", call, "preferences", say_preference(&preference));
	if (!snapshot || json_object_set_new(snapshot, "conversations_before", next ? json_integer(next) : json_null()) || json_object_set_new(snapshot, "visitors", visitors_of(act, deed->who.account))) {
		json_decref(snapshot);
		deed_fault(deed, -ENOMEM, "hello");
		return;
	}
	deed_ok(deed, snapshot);
	line->ready = true;
	line->endpoint->status = (enum status)preference.status;
	drain_line(act, line);
	line_follow(act, line, replaced, carried);
	presence_changed(act, line->endpoint->account);
}
