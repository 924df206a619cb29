/** @file act/edit.c  Edit and delete what one wrote. It is told as it is now, by a number of its own: who is away hears it on return. */
#include "act/room.h"

#include <errno.h>
#include <stdlib.h>

struct editing {
	struct deed *deed;
	struct store_conversation conversation;
	int64_t seq, sender;
	struct str text;	/* borrowed from the deed's args; p NULL: delete */
	bool changed;
};

static int run_edit(struct store_tx *tx, void *arg)
{
	struct editing *e = arg;

	return store_message_change(tx, e->conversation.id, e->seq, e->sender, e->text.p, e->text.n, &e->changed);
}

struct reading {
	struct act *act;
	json_t *message;
};

static int take(void *arg, const struct store_message *message)
{
	struct reading *r = arg;

	r->message = say_message(r->act, message);
	return 0;
}

static void edited(void *arg, int err)
{
	struct editing *e = arg;
	struct act *act = e->deed->act;
	struct reading r = { .act = act };

	if (!err)
		err = store_message_get(act->store, e->conversation.id, e->seq, take, &r);
	if (err == -ENOENT) {
		deed_refuse(e->deed, REASON_NOT_FOUND);
	} else if (err || !r.message) {
		deed_fault(e->deed, err ? err : -ENOMEM, "message.edit");
	} else {
		deed_ok(e->deed, json_pack("{s:o}", "message", r.message));
		if (!e->text.p)
			sweep_due(act);
		if (e->changed)
			drain_members(act, &e->conversation);
	}
	free(e);
}

static bool seq_read(struct deed *deed, int64_t *out)
{
	struct json_err err;
	char *end;

	if (!deed->by_line) {
		*out = strtoll(deed->path[1], &end, 10);
		if (deed->path[1][0] >= '1' && deed->path[1][0] <= '9' && !*end)
			return true;
		deed_refuse(deed, REASON_NOT_FOUND);
		return false;
	}
	if (json_get_int(deed->args, "", "seq", true, out, &err) && *out >= 1)
		return true;
	deed_refuse_field(deed, REASON_BAD_FIELD, "/seq", "must be a message's number");
	return false;
}

/* A closed conversation is read-only, for what was said too. False: the deed is over. */
static bool may_change(struct deed *deed, const struct account *me, const struct store_conversation *conversation, bool deletes)
{
	struct act *act = deed->act;
	const struct account *other = world_account_by_id(act->world, conversation->account[conversation->account[0] == account_row(me)]);
	struct ask ask = { .from = account_address(me), .action = ACTION_CHAT };
	struct verdict verdict;

	if (!other) {
		deed_refuse(deed, REASON_UNREACHABLE);
		return false;
	}
	ask.to = account_address(other);
	instant_of_ms(clock_wall_ms(), &ask.at);
	reach_decide(act->world, &ask, &verdict);
	if (!verdict.allowed) {
		deed_refuse_verdict(deed, me, me, ask.to, ACTION_CHAT, &verdict);
		return false;
	}
	if (reach_control(act->world, &ask, deletes ? CONTROL_DELETE_MESSAGES : CONTROL_EDIT_MESSAGES))
		return true;
	deed_refuse(deed, deletes ? REASON_GUEST_DELETE_OFF : REASON_GUEST_EDIT_OFF);
	return false;
}

static void change(struct deed *deed, const struct account *me, struct str text)
{
	struct editing *e;
	struct store_conversation conversation;
	int64_t seq;
	int err;

	if (!seq_read(deed, &seq) || !conversation_given(deed, &conversation) || !may_change(deed, me, &conversation, !text.p))
		return;
	e = calloc(1, sizeof *e);
	if (!e) {
		deed_fault(deed, -ENOMEM, "message.edit");
		return;
	}
	*e = (struct editing){ .deed = deed, .conversation = conversation, .seq = seq, .sender = account_row(me), .text = text };
	err = store_submit(deed->act->store, run_edit, edited, e);
	if (err)
		edited(e, err);
}

void act_message_edit(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "conversation", "seq", "text", NULL };
	static const char *const http_keys[] = { "text", NULL };
	const struct account *me = deed_account(deed);
	struct str text;

	if (me && deed_only(deed, deed->by_line ? keys : http_keys) && deed_str(deed, "text", LIMIT_MESSAGE_BYTES, &text) && text_ok(deed, "/text", text))
		change(deed, me, text);
}

void act_message_delete(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "conversation", "seq", NULL };
	const struct account *me = deed_account(deed);

	if (me && (!deed->by_line || deed_only(deed, keys)))
		change(deed, me, (struct str){ 0 });
}
