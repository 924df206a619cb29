/** @file act/message.c  Store and list chat messages. Delivery is act/drain.c. */
#include "act/room.h"

#include <errno.h>
#include <stdlib.h>

struct sending {
	struct deed *deed;
	struct store_conversation conversation;
	struct store_message message;	/* its text is borrowed from the deed's args */
	bool again;
};

static int run_send(struct store_tx *tx, void *arg)
{
	struct sending *s = arg;

	return store_message_add(tx, &s->message, &s->again);
}

static void sent(void *arg, int err)
{
	struct sending *s = arg;
	struct deed *deed = s->deed;
	struct act *act = deed->act;
	struct store_conversation conversation = s->conversation;
	struct outcome outcome = { .reason = REASON_OK, .status = s->again ? 200 : 201 };

	if (err == -EEXIST) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "/client_id", "was used for another message");
	} else if (err) {
		deed_fault(deed, err, "message.send");
	} else {
		/* 201, not "delivered": the store has the message; nobody can say that the person has. */
		outcome.body = json_pack("{s:o}", "message", say_message(act, &s->message));
		conversation.last_seq = s->message.seq;
		deed_done(deed, &outcome);
		/* Sent again: it was delivered when it was stored. */
		if (!s->again)
			drain_members(act, &conversation);
	}
	free(s);
}

static bool text_ok(struct deed *deed, struct str text)
{
	bool blank = true;

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f) {
			deed_refuse_field(deed, REASON_BAD_FIELD, "/text", "has a control character");
			return false;
		}
		blank = blank && (c == ' ' || c == '\n' || c == '\t');
	}
	if (blank)
		deed_refuse_field(deed, REASON_BAD_FIELD, "/text", "is empty");
	return !blank;
}

static bool id_ok(struct deed *deed, const char *pointer, struct str id)
{
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

static void send_to(struct deed *deed, const struct account *me, const struct store_conversation *conversation, struct str client_id, struct str text)
{
	struct act *act = deed->act;
	int64_t mine = account_row(me);
	const struct account *other = world_account_by_id(act->world, conversation->account[conversation->account[0] == mine]);
	struct verdict verdict;
	struct sending *s;
	int err;

	if (!other) {
		deed_refuse(deed, REASON_UNREACHABLE);
		return;
	}
	ask_pair(act, me, other, ACTION_CHAT, &verdict);
	if (!verdict.allowed) {
		deed_refuse_verdict(deed, me, me, account_address(other), ACTION_CHAT, &verdict);
		return;
	}
	s = calloc(1, sizeof *s);
	if (!s) {
		deed_fault(deed, -ENOMEM, "message.send");
		return;
	}
	s->deed = deed;
	s->conversation = *conversation;
	s->message = (struct store_message){ .conversation = conversation->id, .sender = mine, .client_id = client_id.p,
		.text = text.p, .text_bytes = text.n, .at = clock_wall_ms() };
	err = store_submit(act->store, run_send, sent, s);
	if (err) {
		free(s);
		deed_fault(deed, err, "message.send");
	}
}

void act_message_send(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "conversation", "client_id", "text", NULL };
	static const char *const http_keys[] = { "client_id", "text", NULL };
	struct str client_id, text, id = str_of(deed->path[0]);
	const struct account *me = deed_account(deed);
	struct store_conversation conversation;
	int err;

	if (!me || !deed_only(deed, deed->by_line ? keys : http_keys))
		return;
	if (deed->by_line && !deed_str(deed, "conversation", 20, &id))
		return;
	if (!deed_str(deed, "client_id", 64, &client_id) || !id_ok(deed, "/client_id", client_id) ||
		!deed_str(deed, "text", LIMIT_MESSAGE_BYTES, &text) || !text_ok(deed, text))
		return;
	err = conversation_read(deed, id.p, &conversation);
	if (err == -ENOENT)
		deed_refuse(deed, REASON_NOT_FOUND);
	else if (err)
		deed_fault(deed, err, "message.send");
	else
		send_to(deed, me, &conversation, client_id, text);
}

struct page {
	struct act *act;
	json_t *list;
	int64_t oldest;
};

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
	int64_t before = 0, limit = 50;
	int err;

	if (!deed_account(deed) || !deed_number(deed, 0, "before", INT64_MAX, &before) || !deed_number(deed, 1, "limit", LIMIT_ROWS_PER_READ, &limit))
		return;
	err = conversation_read(deed, deed->path[0], &conversation);
	if (err == -ENOENT) {
		deed_refuse(deed, REASON_NOT_FOUND);
		return;
	}
	page.list = json_array();
	if (!err)
		err = store_message_page(deed->act->store, conversation.id, before, (unsigned)limit, page_row, &page);
	if (err || !page.list) {
		json_decref(page.list);
		deed_fault(deed, err ? err : -ENOMEM, "messages");
		return;
	}
	deed_ok(deed, json_pack("{s:o, s:b}", "messages", page.list, "more", page.oldest > 1));
}
