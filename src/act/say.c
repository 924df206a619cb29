/** @file act/say.c  The objects of doc/protocol.md as JSON: written once, for HTTP and for lines. */
#include "act/contact.h"

json_t *say_time(time_ms_t at)
{
	char text[25];

	clock_format(at, text);
	return json_string(text);
}

static json_t *say_str(struct str s)
{
	return json_stringn(s.p, s.n);
}

json_t *say_tenant(const struct tenant *tenant)
{
	return json_pack("{s:o, s:o, s:o}", "id", say_str(tenant_id(tenant)), "name", say_str(tenant_name(tenant)),
		"domain", say_str(tenant_domains(tenant) ? tenant_domain(tenant, 0) : STR("")));
}

/* A name or an address that is not what it seems; colleagues are vouched for by their admin. */
static json_t *say_lookalike(const struct account *person)
{
	static const char *const names[] = { [LOOKALIKE_MIXED] = "mixed", [LOOKALIKE_DISGUISED] = "disguised" };
	struct str address = account_address(person);
	struct str local = { address.p, (size_t)(address_domain(address).p - address.p) - 1 };
	enum lookalike seems = text_lookalike(account_name(person));
	char domain[1024];

	if (seems == LOOKALIKE_NONE)
		seems = text_lookalike(local);
	domain_unicode(address_domain(address), domain);
	if (seems == LOOKALIKE_NONE)
		seems = text_lookalike(str_of(domain));
	return seems == LOOKALIKE_NONE ? json_null() : json_string(names[seems]);
}

json_t *say_person(struct act *act, const struct account *reader, const struct account *person)
{
	static const char *const kinds[] = { [KIND_INTERNAL] = "internal", [KIND_SERVICE] = "service", [KIND_GUEST] = "guest" };
	const struct tenant *tenant = account_tenant(act->world, person);
	json_t *o = json_pack("{s:o, s:o, s:o, s:s, s:o}", "address", say_str(account_address(person)),
		"name", say_str(account_name(person)), "title", say_str(account_title(person)),
		"kind", kinds[account_kind(person)], "tenant", say_tenant(tenant));

	if (o)
		json_object_set_new(o, "lookalike", account_tenant(act->world, reader) == tenant && account_kind(person) == KIND_INTERNAL ? json_null() : say_lookalike(person));
	/* Who holds which licence is told inside one's own organisation only. */
	if (o)
		json_object_set_new(o, "technician", account_tenant(act->world, reader) == tenant ? json_boolean(account_technician(act->world, person)) : json_null());
	return o;
}

json_t *say_message(struct act *act, const struct store_message *message)
{
	const struct account *sender = world_account_by_id(act->world, message->sender);

	return json_pack("{s:I, s:o, s:I, s:s, s:o, s:o, s:o, s:o, s:b}", "pos", (json_int_t)message->pos,
		"conversation", json_sprintf("%lld", (long long)message->conversation), "seq", (json_int_t)message->seq,
		"id", message->client_id, "from", say_str(sender ? account_address(sender) : STR("")),
		"text", json_stringn(message->text, message->text_bytes), "at", say_time(message->at),
		"edited", message->edited ? say_time(message->edited) : json_null(), "deleted", message->deleted);
}

/* Who waits for whom to accept: `me` when they wait for the reader. That they don't accept yet is told to whom section 8 tells it. */
static json_t *say_waiting(struct act *act, const struct account *reader, const struct account *other)
{
	struct verdict verdict;

	if (contact_waits(act, other, reader))
		return json_string("me");
	if (!contact_waits(act, reader, other))
		return json_null();
	ask_pair(act, reader, other, ACTION_FIND, &verdict);
	return verdict.allowed ? json_string("them") : json_null();
}

static json_t *say_contact(const struct account *reader, const struct account *other)
{
	enum contact_state state;

	return contact_held(reader, other, &state) && state != CONTACT_PENDING ? json_string(contact_state_name(state)) : json_null();
}

json_t *say_conversation(struct act *act, const struct account *reader, const struct store_conversation *conversation, const struct store_message *last)
{
	int64_t mine = account_row(reader);
	const struct account *other = world_account_by_id(act->world, conversation->account[conversation->account[0] == mine]);
	const struct store_receipt *own = &conversation->receipt[conversation->account[1] == mine];
	const struct store_receipt *theirs = &conversation->receipt[conversation->account[0] == mine];
	json_t *closed = json_null();
	struct verdict verdict;

	if (!other)
		return NULL;
	ask_pair(act, reader, other, ACTION_CHAT, &verdict);
	if (!verdict.allowed)
		closed = answer_for(act, reader, reader, account_address(other), ACTION_CHAT, &verdict);
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:{s:I, s:I}}", "id", json_sprintf("%lld", (long long)conversation->id),
		"with", say_person(act, reader, other), "last", last && last->text ? say_message(act, last) : json_null(), "closed", closed,
		"contact", say_contact(reader, other), "waits_for", conversation->last_seq ? say_waiting(act, reader, other) : json_null(),
		"read", (json_int_t)own->read, "unread", (json_int_t)(conversation->last_seq - own->read),
		"theirs", "delivered", (json_int_t)theirs->told_delivered, "read", (json_int_t)theirs->told_read);
}

enum reason call_why(struct act *act, const struct account *reader, const struct call *call, json_t **answer)
{
	const struct account *from = world_account_by_id(act->world, call->party[CALL_FROM].account);
	enum reason why = call->why;

	*answer = json_null();
	if (call->verdict.reason == REASON_OK || !from)
		return why;
	*answer = answer_for(act, reader, from, str_of(call->party[CALL_TO].address), ACTION_CALL, &call->verdict);
	/* The code itself is subject to section 8 too. */
	if (!reason_parse(str_of(json_string_value(json_object_get(*answer, "reason"))), &why))
		why = REASON_UNREACHABLE;
	return why;
}

/* Of an admin's end section 8 says nothing; it is held like a gate that he shut: told at home, and to others if he discloses. */
const char *call_whose(struct act *act, const struct account *reader, const struct call *call, const json_t *answer)
{
	const struct tenant *tenant = call->ended_for[0] ? world_tenant(act->world, str_of(call->ended_for)) : NULL;

	if (!tenant)
		return json_string_value(json_object_get(answer, "tenant"));
	return tenant == reach_home(act->world, reader) || tenant_discloses(tenant) ? call->ended_for : NULL;
}

static json_t *say_end(struct act *act, const struct account *reader, const struct call *call, enum call_side mine)
{
	json_t *answer, *by = json_null();
	enum reason why = call_why(act, reader, call, &answer);

	if (call->ended_by >= 0)
		by = json_string(call->ended_by == (int)mine ? "me" : "them");
	/* The text is copied before the answer goes. */
	return json_pack("{s:s, s:o, s:s*, s:o}", "reason", reason_slug(why), "by", by, "tenant", call_whose(act, reader, call, answer), "answer", answer);
}

json_t *say_call(struct act *act, const struct account *reader, const struct call *call, const struct line *line)
{
	static const char *const states[] = { [CALL_RINGING] = "ringing", [CALL_TALKING] = "talking", [CALL_ENDED] = "ended" };
	enum call_side mine = call_side(call, account_row(reader));
	const struct account *other = world_account_by_id(act->world, call->party[!mine].account);

	if (!other)
		return NULL;
	return json_pack("{s:s, s:s, s:s, s:o, s:b, s:b, s:s, s:b, s:o, s:o}", "id", call->id, "state", states[call->state],
		"direction", mine == CALL_FROM ? "out" : "in", "with", say_person(act, reader, other), "video", call->video,
		"annotate", call->annotate, "technician", call->technician == mine ? "me" : "them",
		"here", line && call->party[mine].line == line, "since", call->since ? say_time(call->since) : json_null(),
		"ended", call->state == CALL_ENDED ? say_end(act, reader, call, mine) : json_null());
}

/* In ten-thousandths: what is stored is what is said. */
static json_t *say_point(const struct mark_point *point)
{
	json_t *o = json_pack("[f, f]", (double)point->u / MARK_WHOLE, (double)point->v / MARK_WHOLE);

	if (o && point->pressure != MARK_NO_PRESSURE)
		json_array_append_new(o, json_real((double)point->pressure / MARK_WHOLE));
	return o;
}

json_t *say_mark(const struct call *call, const struct mark *mark)
{
	json_t *points = json_array();

	for (size_t i = 0; points && i < mark->n_points; i++)
		json_array_append_new(points, say_point(&mark->points[i]));
	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:i, s:o, s:s?}", "id", mark->id, "by", call->party[mark->by].address,
		"of", call->party[mark->of].address, "kind", mark_kind_name(mark->kind), "points", points, "seq", (int)mark->seq,
		"number", mark->number ? json_integer(mark->number) : json_null(), "text", mark->text);
}

json_t *say_marks(const struct call *call)
{
	json_t *marks = json_array();

	for (struct list *node = call->marks.list.next; marks && node != &call->marks.list; node = node->next)
		if (list_entry(node, struct mark, node)->shown)
			json_array_append_new(marks, say_mark(call, list_entry(node, struct mark, node)));
	return marks;
}

json_t *say_steps(const struct call *call, enum call_side side)
{
	return json_pack("{s:i, s:i}", "undo", (int)marks_undoable(&call->marks, side), "redo", (int)marks_redoable(&call->marks, side));
}
