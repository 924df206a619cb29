/** @file act/message.c  Store and list chat messages. Delivery is act/drain.c. */
#include "act/contact.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct sending {
	struct deed *deed;
	struct store_conversation conversation;
	struct store_message message;	/* its text is borrowed from the deed's args */
	bool again;
	bool reaches_out;		/* the first to somebody outside: written with `accepted` in one's own contacts */
	struct contact_change change;
};

struct page {
	struct act *act;
	json_t *list;
	int64_t oldest;
};

static int run_send(struct store_tx *tx, void *arg)
{
	struct sending *s = arg;
	int err = store_message_add(tx, &s->message, &s->again);

	return err || s->again || !s->reaches_out ? err : contact_change_run(tx, &s->change);
}

static int take(void *arg, const struct store_message *message)
{
	struct page *p = arg;

	json_array_append_new(p->list, say_message(p->act, message));
	return 0;
}

/* As it is kept: what it carries is known there. NULL on a fault. */
static json_t *sent_said(struct sending *s)
{
	struct page page = { s->deed->act, NULL, 0 };
	json_t *message = NULL;

	if (!s->message.upload)
		return say_message(page.act, &s->message);
	page.list = json_array();
	if (page.list && !store_message_get(page.act->store, s->conversation.id, s->message.seq, take, &page))
		message = json_incref(json_array_get(page.list, 0));
	json_decref(page.list);
	return message;
}

static void answer_sent(struct sending *s)
{
	struct act *act = s->deed->act;
	struct store_conversation conversation = s->conversation;
	struct outcome outcome = { .reason = REASON_OK, .status = s->again ? 200 : 201 };
	json_t *said = sent_said(s);

	/* 201, not "delivered": the store has the message; nobody can say that the person has. */
	outcome.body = json_pack("{s:O}", "message", said);
	conversation.last_seq = s->message.seq;
	conversation.receipt[conversation.account[1] == s->message.sender].read = s->message.seq;
	deed_done(s->deed, &outcome);
	/* Sent again: it was delivered when it was stored. */
	if (!s->again)
		drain_message(act, &conversation, s->message.pos, said);
	json_decref(said);
	act->words_due = true;
}

static void sent(void *arg, int err)
{
	struct sending *s = arg;
	struct act *act = s->deed->act;
	bool reaches_out = s->reaches_out;

	if (err == -EEXIST) {
		deed_refuse_field(s->deed, REASON_BAD_FIELD, "/client_id", "was used for another message");
	} else if (err == -ENODATA) {
		deed_refuse_field(s->deed, REASON_BAD_FIELD, "/file", "is no whole upload of yours for this conversation");
	} else if (err) {
		deed_fault(s->deed, err, "message.send");
	} else {
		if (reaches_out && !s->again)
			contact_change_swap(act, &s->change);
		answer_sent(s);
	}
	contact_change_release(&s->change);
	free(s);
	if (reaches_out)
		change_end(act);
}

bool text_ok(struct deed *deed, const char *field, struct str text)
{
	bool blank = true;
	char why[64];

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];
		/* U+0080 to U+009F are two bytes: 0xc2 and themselves. */
		bool high = c == 0xc2 && (unsigned char)text.p[i + 1] < 0xa0;

		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f || high) {
			snprintf(why, sizeof why, "has the control character U+%04X", high ? (unsigned char)text.p[i + 1] : c);
			deed_refuse_field(deed, REASON_BAD_FIELD, field, why);
			return false;
		}
		blank = blank && (c == ' ' || c == '\n' || c == '\t');
	}
	if (blank)
		deed_refuse_field(deed, REASON_BAD_FIELD, field, "is empty");
	return !blank;
}

bool client_id_ok(struct deed *deed, struct str id)
{
	static const char pointer[] = "/client_id";

	for (size_t i = 0; i < id.n; i++) {
		char c = id.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_')
			continue;
		deed_refuse_field(deed, REASON_BAD_FIELD, pointer, "takes 1 to 64 of A-Za-z0-9_-");
		return false;
	}
	if (id.n == 0)
		deed_refuse_field(deed, REASON_BAD_FIELD, pointer, "takes 1 to 64 of A-Za-z0-9_-");
	return id.n > 0;
}

/* The first word to somebody outside who has not accepted one counts against the sender's organisation. False: the deed is over. */
static bool first_contact_ok(struct deed *deed, const struct account *me, const struct account *other, const struct store_conversation *conversation)
{
	const struct tenant *tenant = account_tenant(deed->act->world, me);
	struct outcome outcome = { .reason = REASON_CONTACT_TOO_MANY };
	enum contact_state kept;

	if (conversation->last_seq || tenant == account_tenant(deed->act->world, other) || (contact_held(other, me, &kept) && kept == CONTACT_ACCEPTED))
		return true;
	outcome.retry_s = first_contact_take(deed->act, tenant, clock_mono_ms());
	if (!outcome.retry_s)
		return true;
	deed_done(deed, &outcome);
	return false;
}

static void send_submit(struct sending *s)
{
	struct act *act = s->deed->act;
	int err;

	if (s->reaches_out)
		change_begin(act);
	err = store_submit(act->store, run_send, sent, s);
	if (err)
		sent(s, err);
}

/* What of a message the asker says. */
struct words {
	struct str client_id, text;
	struct str file;		/* an upload of his; p NULL: none */
};

static void send_to(struct deed *deed, const struct account *me, const struct store_conversation *conversation, const struct words *words)
{
	enum action action = words->file.p ? ACTION_FILE : ACTION_CHAT;
	struct act *act = deed->act;
	int64_t mine = account_row(me);
	const struct account *other = world_account_by_id(act->world, conversation->account[conversation->account[0] == mine]);
	struct verdict verdict;
	struct sending *s;

	if (!other) {
		deed_refuse(deed, REASON_UNREACHABLE);
		return;
	}
	ask_pair(act, me, other, action, &verdict);
	if (!verdict.allowed) {
		deed_refuse_verdict(deed, me, me, account_address(other), action, &verdict);
		return;
	}
	if (!first_contact_ok(deed, me, other, conversation))
		return;
	s = calloc(1, sizeof *s);
	if (!s || (contact_needs(act, me, other) && contact_reach_out(&s->change, act, me, other))) {
		free(s);
		deed_fault(deed, -ENOMEM, "message.send");
		return;
	}
	s->reaches_out = s->change.world != NULL;
	s->deed = deed;
	s->conversation = *conversation;
	s->message = (struct store_message){ .conversation = conversation->id, .sender = mine, .client_id = words->client_id.p,
		.text = words->text.p, .text_bytes = words->text.n, .at = clock_wall_ms(), .upload = words->file.p };
	send_submit(s);
}

/* A file may go without a word. False: the deed is over. */
static bool words_read(struct deed *deed, struct words *out)
{
	*out = (struct words){ 0 };
	if (!deed_str(deed, "client_id", 64, &out->client_id) || !client_id_ok(deed, out->client_id) || !deed_str(deed, "text", LIMIT_MESSAGE_BYTES, &out->text))
		return false;
	if (json_object_get(deed->args, "file") && !json_is_null(json_object_get(deed->args, "file")) && !deed_str(deed, "file", ID_CHARS, &out->file))
		return false;
	return (out->file.p && out->text.n == 0) || text_ok(deed, "/text", out->text);
}

void act_message_send(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "conversation", "client_id", "text", "file", NULL };
	static const char *const http_keys[] = { "client_id", "text", "file", NULL };
	const struct account *me = deed_account(deed);
	struct store_conversation conversation;
	struct words words;

	if (!me || !deed_only(deed, deed->by_line ? keys : http_keys) || !words_read(deed, &words))
		return;
	if (conversation_given(deed, &conversation))
		send_to(deed, me, &conversation, &words);
}

static int page_row(void *arg, const struct store_message *message)
{
	struct page *p = arg;

	if (!p->oldest)
		p->oldest = message->seq;
	json_array_append_new(p->list, say_message(p->act, message));
	return 0;
}

void act_messages(struct deed *deed)
{
	struct store_conversation conversation;
	struct page page = { deed->act, NULL, 0 };
	int64_t before = 0, limit = 50, gone;
	int err;

	if (!deed_account(deed) || !deed_number(deed, 0, "before", INT64_MAX, &before) || !deed_number(deed, 1, "limit", LIMIT_ROWS_PER_READ, &limit))
		return;
	err = conversation_read(deed, deed->path[0], &conversation);
	if (err == -ENOENT) {
		deed_refuse(deed, REASON_NOT_FOUND);
		return;
	}
	page.list = json_array();
	gone = err ? 0 : conversation.receipt[conversation.account[1] == deed->who.account].gone;
	if (!err)
		err = store_message_page(deed->act->store, conversation.id, gone, before, (unsigned)limit, page_row, &page);
	if (err || !page.list) {
		json_decref(page.list);
		deed_fault(deed, err ? err : -ENOMEM, "messages");
		return;
	}
	deed_ok(deed, json_pack("{s:o, s:b}", "messages", page.list, "more", page.oldest > gone + 1));
}
