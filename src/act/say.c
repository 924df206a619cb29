/** @file act/say.c  The objects of doc/protocol.md as JSON: written once, for HTTP and for lines. */
#include "act/call.h"
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

	return json_pack("{s:I, s:o, s:I, s:s, s:o, s:o, s:o, s:o, s:b, s:o}", "pos", (json_int_t)message->pos,
		"conversation", json_sprintf("%lld", (long long)message->conversation), "seq", (json_int_t)message->seq,
		"id", message->client_id, "from", say_str(sender ? account_address(sender) : STR("")),
		"text", json_stringn(message->text, message->text_bytes), "at", say_time(message->at),
		"edited", message->edited ? say_time(message->edited) : json_null(), "deleted", message->deleted,
		"file", message->file ? json_loads(message->file, 0, NULL) : json_null());
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

enum reason stop_why(struct act *act, const struct account *reader, const struct call_stop *stop, json_t **answer)
{
	const struct account *from = world_account(act->world, stop->from);
	enum reason why = REASON_UNREACHABLE;
	json_t *o = reader && from ? answer_for(act, reader, from, stop->to, stop->action, stop->verdict) : json_null();

	/* The code itself is subject to section 8 too. */
	if (!reason_parse(str_of(json_string_value(json_object_get(o, "reason"))), &why))
		why = REASON_UNREACHABLE;
	if (answer)
		*answer = o;
	else
		json_decref(o);
	return why;
}

/* Of an admin's end section 8 says nothing; it is held like a gate that he shut: told at home, and to others if he discloses. */
const char *call_whose(struct act *act, const struct account *reader, const struct party *mine, const json_t *answer)
{
	const char *whose = mine->call->ended_for;
	const struct tenant *tenant = mine->why == REASON_CALL_ENDED_BY_ADMIN ? world_tenant(act->world, str_of(whose)) : NULL;

	if (!tenant)
		return json_string_value(json_object_get(answer, "tenant"));
	return tenant == reach_home(act->world, reader) || tenant_discloses(tenant) ? whose : NULL;
}

static json_t *say_end(struct act *act, const struct account *reader, const struct party *mine)
{
	json_t *answer = json_null(), *by = json_null();
	enum reason why = mine->stop ? stop_why(act, reader, mine->stop, &answer) : mine->why;

	if (mine->ended_by >= 0)
		by = json_string(mine->ended_by == (int)mine->seat ? "me" : "them");
	/* The text is copied before the answer goes. */
	return json_pack("{s:s, s:o, s:s*, s:o}", "reason", reason_slug(why), "by", by, "tenant", call_whose(act, reader, mine, answer), "answer", answer);
}

static const char *state_of(const struct party *party)
{
	if (!party_live(party))
		return "ended";
	return party->state == PARTY_RINGING || party->call->state == CALL_RINGING ? "ringing" : "talking";
}

/* What may pass between this one and any other. */
static bool any_pair(const struct party *mine, bool annotate)
{
	for (struct list *node = mine->call->pairs.next; node != &mine->call->pairs; node = node->next) {
		const struct pair *pair = list_entry(node, struct pair, node);

		if ((pair->seat[0] == mine->seat || pair->seat[1] == mine->seat) && (annotate ? pair->annotate : pair->video) &&
			(pair->open || !party_live(mine)))
			return true;
	}
	return false;
}

static json_t *say_party(struct act *act, const struct account *reader, const struct party *mine, const struct party *other)
{
	static const char *const states[] = { [PARTY_RINGING] = "ringing", [PARTY_TALKING] = "talking", [PARTY_HELD] = "held" };
	const struct account *account = world_account_by_id(act->world, other->account);
	const struct pair *pair = call_pair(mine->call, mine->seat, other->seat);

	if (!account || !pair)
		return NULL;
	return json_pack("{s:o, s:i, s:s, s:b, s:b, s:b, s:b, s:b, s:b, s:s?}", "person", say_person(act, reader, account), "seat", (int)other->seat,
		"state", states[other->state], "muted", other->muted, "camera", other->camera, "frozen", other->frozen, "away", other->away_since != 0, "video", pair->open && pair->video, "annotate", pair->open && pair->annotate,
		"closed", pair->barred ? reason_slug(pair->why[pair_end(pair, mine->seat)]) : NULL);
}

/* The others who are there, or for whom it rings. */
static json_t *say_parties(struct act *act, const struct account *reader, const struct party *mine)
{
	json_t *parties = json_array();

	for (unsigned i = 0; parties && i < mine->call->n_parties; i++) {
		const struct party *other = mine->call->party[i];
		json_t *o = other != mine && party_live(other) ? say_party(act, reader, mine, other) : NULL;

		if (o)
			json_array_append_new(parties, o);
	}
	return parties;
}

/* Those who leave in this very moment, and why, as far as one may know. */
static json_t *say_left(struct act *act, const struct account *reader, const struct party *mine)
{
	json_t *left = json_array();

	for (unsigned i = 0; left && i < mine->call->n_parties; i++) {
		const struct party *other = mine->call->party[i];

		if (other == mine || !other->leaving || other->unheard)
			continue;
		json_array_append_new(left, json_pack("{s:s, s:i, s:s}", "address", other->address, "seat", (int)other->seat,
			"reason", reason_slug(other->stop ? stop_why(act, reader, other->stop, NULL) : other->why)));
	}
	return left;
}

json_t *say_call(struct act *act, const struct account *reader, const struct call *call, const struct line *line)
{
	const struct party *mine = call_party(call, account_row(reader));
	const struct account *other = world_account_by_id(act->world, party_opposite(mine)->account);

	if (!other)
		return NULL;
	return json_pack("{s:s, s:s, s:s, s:o, s:b, s:b, s:s, s:b, s:o, s:o, s:i, s:i, s:i, s:b, s:o, s:o}", "id", call->id, "state", state_of(mine),
		"direction", mine->seat == CALL_FROM ? "out" : "in", "with", say_person(act, reader, other), "video", any_pair(mine, false),
		"annotate", any_pair(mine, true), "technician", call->stage == mine->seat ? "me" : "them",
		"here", line && mine->line == line, "since", call->since ? say_time(call->since) : json_null(),
		"ended", party_live(mine) ? json_null() : say_end(act, reader, mine), "seat", (int)mine->seat, "host", (int)call->host,
		"stage", (int)call->stage, "held", mine->state == PARTY_HELD, "parties", say_parties(act, reader, mine), "left", say_left(act, reader, mine));
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
	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:i, s:o, s:s?}", "id", mark->id, "by", call->party[mark->by]->address,
		"of", call->party[mark->of]->address, "kind", mark_kind_name(mark->kind), "points", points, "seq", (int)mark->seq,
		"number", mark->number ? json_integer(mark->number) : json_null(), "text", mark->text);
}

json_t *say_marks(const struct party *reader)
{
	const struct call *call = reader->call;
	json_t *marks = json_array();

	for (struct list *node = call->marks.list.next; marks && node != &call->marks.list; node = node->next) {
		const struct mark *mark = list_entry(node, struct mark, node);

		if (mark->shown && call_meets(call, reader->seat, mark->by) && call_meets(call, reader->seat, mark->of))
			json_array_append_new(marks, say_mark(call, mark));
	}
	return marks;
}

json_t *say_steps(const struct party *party)
{
	const struct marks *marks = &party->call->marks;

	return json_pack("{s:i, s:i}", "undo", (int)marks_undoable(marks, party->seat), "redo", (int)marks_redoable(marks, party->seat));
}
