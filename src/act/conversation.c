/** @file act/conversation.c  One-to-one conversations: list, open, and close or open again when the rules change. */
#include "act/room.h"

#include <errno.h>
#include <stdlib.h>

struct listing {
	struct act *act;
	const struct account *reader;
	json_t *list;
	int64_t rows, pos;	/* read so far, and where the last of them stands */
};

static int list_row(void *arg, const struct store_conversation *conversation, const struct store_message *last)
{
	struct listing *l = arg;

	l->rows++;
	l->pos = conversation->pos;
	/* Opened and never written in: nobody's business but the page's that opened it. */
	if (conversation->last_seq)
		json_array_append_new(l->list, say_conversation(l->act, l->reader, conversation, last));
	return 0;
}

json_t *conversations_of(struct act *act, const struct account *reader, int64_t before, int64_t *nextp)
{
	struct listing l = { .act = act, .reader = reader, .list = json_array() };

	if (!l.list || store_conversation_list(act->store, account_row(reader), before, LIMIT_ROWS_PER_READ, list_row, &l)) {
		json_decref(l.list);
		return NULL;
	}
	/* At position 0 stand those in which nothing was said: the end. */
	*nextp = l.rows == LIMIT_ROWS_PER_READ ? l.pos : 0;
	return l.list;
}

void act_conversations(struct deed *deed)
{
	const struct account *me = deed_account(deed);
	int64_t before = 0, next;
	json_t *list;

	if (!me || !deed_number(deed, 0, "before", INT64_MAX, &before))
		return;
	list = conversations_of(deed->act, me, before, &next);
	if (!list)
		deed_fault(deed, -EIO, "conversations");
	else
		deed_ok(deed, json_pack("{s:o, s:o}", "conversations", list, "before", next ? json_integer(next) : json_null()));
}

static int64_t id_read(const char *text)
{
	char *end;
	long long id = strtoll(text, &end, 10);

	return *text >= '1' && *text <= '9' && !*end && id > 0 ? id : 0;
}

int conversation_read(struct deed *deed, const char *text, struct store_conversation *out)
{
	int64_t id = id_read(text);

	/* Absent and not yours are the same answer. */
	return id ? store_conversation_get(deed->act->store, id, deed->who.account, out) : -ENOENT;
}

bool conversation_given(struct deed *deed, struct store_conversation *out)
{
	struct str id = str_of(deed->path[0]);
	int err;

	if (deed->by_line && !deed_str(deed, "conversation", 20, &id))
		return false;
	err = conversation_read(deed, id.p, out);
	if (err == -ENOENT)
		deed_refuse(deed, REASON_NOT_FOUND);
	else if (err)
		deed_fault(deed, err, "conversation");
	return err == 0;
}

struct last_row {
	struct act *act;
	const struct account *reader;
	const struct store_conversation *conversation;
	json_t *out;
};

static int take_last(void *arg, const struct store_message *message)
{
	struct last_row *l = arg;

	l->out = say_conversation(l->act, l->reader, l->conversation, message);
	return 0;
}

json_t *conversation_said(struct act *act, const struct account *reader, const struct store_conversation *conversation)
{
	const struct store_receipt *own = &conversation->receipt[conversation->account[1] == account_row(reader)];
	struct last_row l = { act, reader, conversation, NULL };

	if (store_message_page(act->store, conversation->id, own->gone, 0, 1, take_last, &l))
		return NULL;
	return l.out ? l.out : say_conversation(act, reader, conversation, NULL);
}

void act_conversation(struct deed *deed)
{
	const struct account *me = deed_account(deed);
	struct store_conversation conversation;
	int err;

	if (!me)
		return;
	err = conversation_read(deed, deed->path[0], &conversation);
	if (err == -ENOENT)
		deed_refuse(deed, REASON_NOT_FOUND);
	else if (err)
		deed_fault(deed, err, "conversation");
	else
		deed_ok(deed, conversation_said(deed->act, me, &conversation));
}

struct opening {
	struct deed *deed;
	int64_t other;
	struct store_conversation conversation;
	bool made;
};

static int run_open(struct store_tx *tx, void *arg)
{
	struct opening *o = arg;

	return store_conversation_open(tx, o->deed->who.account, o->other, clock_wall_ms(), &o->conversation, &o->made);
}

static void opened(void *arg, int err)
{
	struct opening *o = arg;
	struct deed *deed = o->deed;
	const struct account *me = world_account_by_id(deed->act->world, deed->who.account);
	struct outcome outcome = { .reason = REASON_OK, .status = o->made ? 201 : 200 };

	if (err || !me) {
		deed_fault(deed, err ? err : -EIO, "conversation.open");
	} else {
		outcome.body = conversation_said(deed->act, me, &o->conversation);
		deed_done(deed, &outcome);
	}
	free(o);
}

const struct account *party_read(struct deed *deed, const struct account *me, const char *key, enum action action)
{
	struct act *act = deed->act;
	const struct account *other;
	struct verdict verdict;
	struct str text;
	char address[324], why[128], field[512];

	if (!deed_str(deed, key, LIMIT_ADDRESS_BYTES, &text))
		return NULL;
	if (!address_canonical(text, address, why)) {
		json_path_key(field, "", key);
		deed_refuse_field(deed, REASON_BAD_FIELD, field, why);
		return NULL;
	}
	if (str_eq(str_of(address), account_address(me))) {
		deed_refuse(deed, REASON_SELF);
		return NULL;
	}
	ask_address(act, me, address, action, NULL, &verdict);
	if (!verdict.allowed) {
		deed_refuse_verdict(deed, me, me, str_of(address), action, &verdict);
		return NULL;
	}
	other = world_account(act->world, str_of(address));
	assert(other);	/* an allowed verdict is about two accounts */
	return other;
}

void act_conversation_open(struct deed *deed)
{
	static const char *const keys[] = { "with", NULL };
	const struct account *me = deed_account(deed), *other;
	struct opening *o;
	int err;

	if (!me || !deed_only(deed, keys))
		return;
	other = party_read(deed, me, "with", ACTION_CHAT);
	if (!other)
		return;
	o = calloc(1, sizeof *o);
	if (!o) {
		deed_fault(deed, -ENOMEM, "conversation.open");
		return;
	}
	o->deed = deed;
	o->other = account_row(other);
	err = store_submit(deed->act->store, run_open, opened, o);
	if (err) {
		free(o);
		deed_fault(deed, err, "conversation.open");
	}
}

/* After a change: the conversations between a changed tenant and whoever is connected. */

struct recheck {
	struct act *act;
	struct world *before;
};

static bool chat_open(struct world *world, int64_t from, int64_t to)
{
	const struct account *a = world_account_by_id(world, from), *b = world_account_by_id(world, to);
	struct ask ask = { .action = ACTION_CHAT };

	if (!a || !b)
		return false;
	ask.from = account_address(a);
	ask.to = account_address(b);
	instant_of_ms(clock_wall_ms(), &ask.at);
	return reach_allowed(world, &ask);
}

static void tell_one(struct act *act, int64_t account, const struct store_conversation *conversation)
{
	struct endpoint *endpoint = endpoint_find(&act->lines, account);
	const struct account *reader = world_account_by_id(act->world, account);

	if (!endpoint || !reader)
		return;
	list_each (&endpoint->lines, node, after) {
		struct line *line = list_entry(node, struct line, node);

		line_tell(line, json_pack("{s:s, s:o}", "ev", "conversation", "conversation", conversation_said(act, reader, conversation)));
	}
}

static int recheck_row(void *arg, const struct store_conversation *conversation)
{
	struct recheck *r = arg;

	for (int i = 0; conversation->last_seq && i < 2; i++) {
		int64_t mine = conversation->account[i], other = conversation->account[!i];

		/* Who is not there reads it when he comes; two questions to the rules for each row would hold up everybody. */
		if (endpoint_find(&r->act->lines, mine) && chat_open(r->before, mine, other) != chat_open(r->act->world, mine, other))
			tell_one(r->act, mine, conversation);
	}
	return 0;
}

/* The tenants that have a line, each once; an array to free. 0 or -ENOMEM. */
static int tenants_online(struct act *act, int64_t **out, size_t *np)
{
	size_t n = 0, cap = 0;

	list_each (&act->lines.all, node, after) {
		struct line *line = list_entry(node, struct line, everywhere);
		const struct account *me = world_account_by_id(act->world, line->endpoint->account);
		const struct tenant *tenant = me ? account_tenant(act->world, me) : NULL;
		size_t i = 0;

		while (tenant && i < n && (*out)[i] != tenant_row(tenant))
			i++;
		if (!tenant || i < n)
			continue;
		if (n == cap) {
			int64_t *more = realloc(*out, (cap = cap * 2 + 16) * sizeof *more);

			if (!more)
				return -ENOMEM;
			*out = more;
		}
		(*out)[n++] = tenant_row(tenant);
	}
	*np = n;
	return 0;
}

void conversations_recheck(struct act *act, struct world *before, const int64_t *tenants, size_t n_tenants)
{
	struct recheck r = { act, before };
	int64_t *online = NULL;
	size_t n = 0;
	int err = tenants_online(act, &online, &n);

	for (size_t t = 0; t < n_tenants && !err; t++)
		for (size_t i = 0; i < n && !err; i++)
			err = store_conversation_between(act->store, tenants[t], online[i], recheck_row, &r);
	free(online);
	/* Who was not told reads it when he writes: he is refused. */
	if (err)
		log_event(LOG_ERROR, "conversations.recheck", LOG_S("error", strerror(-err)));
}
