/** @file act/receipt.c  What was received and read, and that somebody is typing. Told only where a chat is open both ways. */
#include "act/contact.h"

#include <errno.h>
#include <stdlib.h>

/* To say that one is there and reads is to be present: not to who may not write, nor to who waits for one's acceptance. */
static bool tells(struct act *act, const struct account *me, const struct account *other)
{
	struct verdict there, back;

	if (!other)
		return false;
	ask_pair(act, me, other, ACTION_CHAT, &there);
	ask_pair(act, other, me, ACTION_CHAT, &back);
	return there.allowed && back.allowed && !contact_waits(act, other, me);
}

struct receiving {
	struct deed *deed;
	struct store_conversation conversation;
	int64_t account, other;
	unsigned mine;			/* which member one is */
	int64_t delivered, read;
	bool tell_delivered, tell_read;
	struct store_receipt now;
	char by[324];
};

static int run_receipt(struct store_tx *tx, void *arg)
{
	struct receiving *r = arg;

	return store_receipt_put(tx, r->conversation.id, r->account, r->delivered, r->read, r->tell_delivered, r->tell_read, &r->now);
}

static json_t *say_receipt(const struct receiving *r, int64_t delivered, int64_t read)
{
	return json_pack("{s:s, s:o, s:s, s:I, s:I}", "ev", "receipt", "conversation", json_sprintf("%lld", (long long)r->conversation.id),
		"by", r->by, "delivered", (json_int_t)delivered, "read", (json_int_t)read);
}

static void received(void *arg, int err)
{
	struct receiving *r = arg;
	struct act *act = r->deed->act;
	const struct store_receipt *was = &r->conversation.receipt[r->mine], *now = &r->now;

	if (err) {
		deed_fault(r->deed, err, "receipt");
	} else {
		deed_ok(r->deed, json_object());
		if (now->read != was->read)
			account_tell(act, r->account, say_receipt(r, now->delivered, now->read));
		if (now->told_delivered != was->told_delivered || now->told_read != was->told_read)
			account_tell(act, r->other, say_receipt(r, now->told_delivered, now->told_read));
	}
	free(r);
}

/* Said before: nothing to write. */
static bool known(const struct receiving *r)
{
	const struct store_receipt *was = &r->conversation.receipt[r->mine];

	return r->delivered <= was->delivered && r->read <= was->read && (!r->tell_delivered || was->told_delivered >= was->delivered)
		&& (!r->tell_read || was->told_read >= was->read);
}

static bool receipt_read(struct deed *deed, int64_t *seq, bool *read)
{
	static const char *const keys[] = { "id", "op", "conversation", "seq", "read", NULL };
	struct json_err err;

	if (!deed_only(deed, keys))
		return false;
	if (json_get_int(deed->args, "", "seq", true, seq, &err) && json_get_bool(deed->args, "", "read", true, read, &err)) {
		if (*seq >= 0)
			return true;
		json_bad(&err, "/seq", "must be a message's number, or 0");
	}
	deed_refuse_field(deed, REASON_BAD_FIELD, err.path, err.why);
	return false;
}

static struct receiving *receiving_new(struct deed *deed, const struct account *me, const struct store_conversation *conversation, int64_t seq, bool read)
{
	struct receiving *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	*r = (struct receiving){ .deed = deed, .conversation = *conversation, .account = account_row(me) };
	r->mine = conversation->account[1] == r->account;
	r->other = conversation->account[!r->mine];
	/* Nobody has read what was not written. */
	r->delivered = seq < conversation->last_seq ? seq : conversation->last_seq;
	r->read = read ? r->delivered : 0;
	memcpy(r->by, account_address(me).p, account_address(me).n);
	return r;
}

void act_receipt(struct deed *deed)
{
	struct act *act = deed->act;
	const struct account *me = deed_account(deed);
	struct store_conversation conversation;
	struct store_preference preference;
	struct receiving *r;
	int64_t seq = 0;
	bool read = false;
	int err;

	if (!me || !receipt_read(deed, &seq, &read) || !conversation_given(deed, &conversation))
		return;
	r = receiving_new(deed, me, &conversation, seq, read);
	err = r ? store_preference_get(act->store, account_row(me), &preference) : -ENOMEM;
	if (!err) {
		r->tell_delivered = tells(act, me, world_account_by_id(act->world, r->other));
		r->tell_read = r->tell_delivered && preference.read_receipts;
		if (known(r)) {
			free(r);
			deed_ok(deed, json_object());
			return;
		}
		err = store_submit(act->store, run_receipt, received, r);
	}
	if (err) {
		free(r);
		deed_fault(deed, err, "receipt");
	}
}

void act_typing(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "conversation", "on", NULL };
	struct act *act = deed->act;
	const struct account *me = deed_account(deed);
	struct store_conversation conversation;
	struct json_err err;
	int64_t other;
	bool on = true;

	if (!me || !deed_only(deed, keys))
		return;
	if (!json_get_bool(deed->args, "", "on", true, &on, &err)) {
		deed_refuse_field(deed, REASON_BAD_FIELD, err.path, err.why);
		return;
	}
	if (!conversation_given(deed, &conversation))
		return;
	other = conversation.account[conversation.account[0] == account_row(me)];
	/* Nothing is kept; nobody there, nothing to ask the rules. */
	if (endpoint_lines(endpoint_find(&act->lines, other)) && tells(act, me, world_account_by_id(act->world, other)))
		account_tell(act, other, json_pack("{s:s, s:o, s:s#, s:b}", "ev", "typing", "conversation", json_sprintf("%lld", (long long)conversation.id),
			"by", account_address(me).p, (int)account_address(me).n, "on", on));
	deed_ok(deed, json_object());
}
