/** @file act/call.c  Place, answer, decline and hang up. Pairs are pair.c, ends are call_end.c, packets are the relay's. */
#include "act/call.h"
#include "act/contact.h"

#include <errno.h>

struct party *call_read(struct deed *deed)
{
	struct str id;

	if (!deed_account(deed) || !deed_str(deed, "call", ID_CHARS, &id))
		return NULL;
	list_each (&deed->line->endpoint->parties, node, after) {
		struct party *party = list_entry(node, struct party, node);

		if (str_eq(id, str_of(party->call->id)))
			return party;
	}
	/* Over and not yours are the same answer. */
	deed_refuse(deed, REASON_CALL_GONE);
	return NULL;
}

struct party *call_with(struct deed *deed, const struct party *mine)
{
	const json_t *with = json_object_get(deed->args, "with");
	const struct call *call = mine->call;
	struct party *found = NULL;
	unsigned n = 0;

	for (unsigned i = 0; i < call->n_parties; i++) {
		struct party *party = call->party[i];

		if (party == mine || !party_live(party) || (with && (!json_is_string(with) || strcmp(json_string_value(with), party->address) != 0)))
			continue;
		found = party;
		n++;
	}
	if (n == 1)
		return found;
	if (n == 0 && !with)
		deed_refuse(deed, REASON_CALL_STATE);
	else
		deed_refuse_field(deed, REASON_BAD_FIELD, "/with", "must be the address of somebody else in the call");
	return NULL;
}

/* The call as decided: permits kept, nothing told yet. On NULL the deed is over and nothing is left. */
static struct call *call_make(struct deed *deed, const struct account *me, const struct account *other, bool video, struct str sdp)
{
	struct act *act = deed->act;
	struct call *call = call_new();
	struct party *from = call ? call_seat(call, account_row(me), account_address(me)) : NULL;
	struct party *to = from ? call_seat(call, account_row(other), account_address(other)) : NULL;
	enum action action = ACTION_CALL;
	struct verdict verdict;
	struct pair *pair;
	char why[128] = "";
	int err = -ENOMEM;

	if (to) {
		call->wants_video = video;
		to->asked_by = CALL_FROM;
		err = pair_ask(act, from, to, false, true, &pair, &verdict, &action);
		if (!err) {
			err = media_open(act, pair, sdp, why);
			if (err)
				pair_drop(act, pair);
		}
	}
	if (!err) {
		call->stage = !account_technician(act->world, me) && account_technician(act->world, other) ? CALL_TO : CALL_FROM;
		return call;
	}
	if (call)
		call_free(call);
	if (err == -EACCES)
		deed_refuse_verdict(deed, me, me, account_address(other), action, &verdict);
	else if (err == -EINVAL)
		deed_refuse_field(deed, REASON_CALL_SDP, "/sdp", why);
	else
		deed_fault(deed, err, "call.place");
	return NULL;
}

static bool presence_told(struct act *act, const struct account *me, const struct account *other)
{
	struct verdict verdict;

	ask_pair(act, me, other, ACTION_PRESENCE, &verdict);
	return verdict.allowed;
}

/* In one call he may be rung beside it; what rings already, or waits on hold beside another, is enough. */
bool call_rings(const struct endpoint *there)
{
	const struct party *only = list_entry(there->parties.next, struct party, node);

	return list_empty(&there->parties) ||
		(there->parties.next == there->parties.prev && (only->state == PARTY_TALKING || only->state == PARTY_HELD));
}

bool call_talks(struct act *act, const struct party *party)
{
	struct endpoint *endpoint = endpoint_find(&act->lines, party->account);

	list_each (&endpoint->parties, node, after) {
		const struct party *other = list_entry(node, struct party, node);

		if (other != party && other->state == PARTY_TALKING)
			return true;
	}
	return false;
}

/* Who may call: nobody who is in a call already, but that it is on hold. */
static bool at_leisure(const struct endpoint *mine)
{
	const struct party *only = list_entry(mine->parties.next, struct party, node);

	return list_empty(&mine->parties) || (mine->parties.next == mine->parties.prev && only->state == PARTY_HELD);
}

/*
 * Who may not know whether the other is there, or in a call, must not learn it from the call either: to him it rings until nobody
 * answers.
 */
bool call_can_ring(struct deed *deed, const struct account *me, const struct account *other, bool video)
{
	struct endpoint *there = endpoint_find(&deed->act->lines, account_row(other));
	bool busy = there && !call_rings(there);
	enum reason why = busy ? REASON_CALL_BUSY : REASON_CALL_OFFLINE;

	if ((busy || endpoint_presence(there) == PRESENCE_OFFLINE) && presence_told(deed->act, me, other)) {
		if (deed->run == act_call_place)
			record_refused(deed->act, me, account_address(other), video, why, NULL, NULL);
		deed_refuse(deed, why);
		return false;
	}
	return true;
}

static void call_join(struct party *party, struct line *line, int64_t session)
{
	struct call *call = party->call;

	party_step(party, PARTY_EV_JOIN);
	party->line = line;
	party->session = session;
	party->since = clock_wall_ms();
	if (!call_step(call, CALL_EV_ANSWER))
		return;
	call->since = party->since;
	call->party[CALL_FROM]->since = party->since;
}

/* Decided: now it rings. */
static void call_begin(struct deed *deed, struct call *call)
{
	struct act *act = deed->act;
	struct party *from = call->party[CALL_FROM], *to = call->party[CALL_TO];

	from->rung = to->rung = clock_mono_ms();
	from->asked = to->asked = clock_wall_ms();
	party_step(from, PARTY_EV_JOIN);
	party_step(to, PARTY_EV_RING);
	from->line = deed->line;
	from->session = deed->who.session;
	party_enter(act, from);
	party_enter(act, to);
	list_add(&act->calls, &call->node);
	call_log(to, "call.placed");
}

void act_call_place(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "to", "video", "sdp", NULL };
	struct act *act = deed->act;
	const struct account *me = deed_account(deed), *other;
	struct endpoint *there;
	bool video = false;
	struct json_err err;
	struct str sdp;
	struct call *call;

	if (!me || !deed_only(deed, keys) || !deed_str(deed, "sdp", LIMIT_SDP_BYTES, &sdp))
		return;
	if (!json_get_bool(deed->args, "", "video", true, &video, &err)) {
		deed_refuse_field(deed, REASON_BAD_FIELD, err.path, err.why);
		return;
	}
	if (!call_try(deed->line->endpoint, clock_mono_ms())) {
		deed_refuse(deed, REASON_TOO_MANY);
		return;
	}
	other = party_read(deed, me, "to", ACTION_CALL);
	if (!other)
		return;
	if (!act->relay) {
		deed_refuse(deed, REASON_CALL_NO_RELAY);
		return;
	}
	if (!at_leisure(deed->line->endpoint)) {
		deed_refuse(deed, REASON_CALL_BUSY);
		return;
	}
	if (!call_can_ring(deed, me, other, video))
		return;
	there = endpoint_need(&act->lines, account_row(other));
	call = there ? call_make(deed, me, other, video, sdp) : NULL;
	if (!call) {
		if (!there)
			deed_fault(deed, -ENOMEM, "call.place");
		else
			endpoint_drop(&act->lines, there);
		return;
	}
	call->party[CALL_TO]->unheard = !call_rings(there);
	call_begin(deed, call);
	deed_ok(deed, json_pack("{s:o}", "call", say_call(act, me, call, deed->line)));
	call_tell(act, call);
	for (unsigned i = 0; i < call->n_parties; i++)
		presence_changed(act, call->party[i]->account);
	contact_rang(act, me, other);
}

void act_call_answer(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "call", "video", NULL };
	struct act *act = deed->act;
	struct party *mine = call_read(deed), *asker;
	struct pair *pair;
	json_t *sdp;

	if (!mine || !deed_only(deed, keys))
		return;
	asker = mine->call->party[mine->asked_by];
	pair = call_pair(mine->call, mine->seat, asker->seat);
	if (mine->state != PARTY_RINGING) {
		deed_refuse(deed, REASON_CALL_STATE);
		return;
	}
	/* The one before is put on hold or left first. */
	if (call_talks(act, mine)) {
		deed_refuse(deed, REASON_CALL_BUSY);
		return;
	}
	sdp = pair && pair->open ? media_offer(act, pair, pair_end(pair, mine->seat)) : json_null();
	if (!sdp) {
		deed_fault(deed, -ENOMEM, "call.answer");
		return;
	}
	call_join(mine, deed->line, deed->who.session);
	call_log(mine, "call.answered");
	deed_ok(deed, json_pack("{s:o, s:o}", "call", say_call(act, world_account_by_id(act->world, mine->account), mine->call, mine->line), "sdp", sdp));
	call_tell(act, mine->call);
}

void act_call_decline(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "call", NULL };
	struct act *act = deed->act;
	struct party *mine = call_read(deed);

	if (!mine || !deed_only(deed, keys))
		return;
	if (mine->state != PARTY_RINGING) {
		deed_refuse(deed, REASON_CALL_STATE);
		return;
	}
	deed_ok(deed, json_object());
	party_leave(act, mine, REASON_CALL_DECLINED, (int)mine->seat, NULL);
}

void act_call_hangup(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "call", NULL };
	struct act *act = deed->act;
	struct party *mine = call_read(deed);
	enum reason why;

	if (!mine || !deed_only(deed, keys))
		return;
	if (mine->state == PARTY_RINGING) {
		deed_refuse(deed, REASON_CALL_STATE);
		return;
	}
	why = mine->call->state == CALL_RINGING ? REASON_CALL_CANCELLED : REASON_CALL_HANGUP;
	deed_ok(deed, json_object());
	party_leave(act, mine, why, (int)mine->seat, NULL);
}
