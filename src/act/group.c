/**
 * @file act/group.c  A third and more people in a call. Whoever is in it may add; every pair is asked both ways (spec section 6). The host
 * may remove: who placed the call, and when he has left, the one who was asked in first.
 */
#include "act/audit.h"
#include "act/call.h"
#include "reach/group.h"

#include <errno.h>

/* That the two may not meet is told as section 8 lets the asker know; with it, who they are. */
static void refuse_pair(struct deed *deed, const struct account *me, const struct group_answer *closed)
{
	struct outcome outcome = { .reason = REASON_UNREACHABLE };
	struct act *act = deed->act;
	const struct account *from = world_account(act->world, closed->from);
	json_t *answer;

	if (from)
		tally_refusal(act, from, closed->to, ACTION_CALL, &closed->verdict);
	answer = from ? answer_for(act, me, from, closed->to, ACTION_CALL, &closed->verdict) : NULL;
	if (!answer || !reason_parse(str_of(json_string_value(json_object_get(answer, "reason"))), &outcome.reason))
		outcome.reason = REASON_UNREACHABLE;
	outcome.answer = answer;
	if (outcome.reason != REASON_UNREACHABLE)
		outcome.between = json_pack("[s#, s#]", closed->from.p, (int)closed->from.n, closed->to.p, (int)closed->to.n);
	deed_done(deed, &outcome);
}

/* Whose cap it is, is his own people's to know. */
static void refuse_group(struct deed *deed, const struct account *me, const struct group_answer *closed)
{
	if (closed->to.n)
		refuse_pair(deed, me, closed);
	else
		deed_refuse(deed, closed->capped_by == reach_home(deed->act->world, me) ? closed->reason : REASON_UNREACHABLE);
}

static bool group_open(struct deed *deed, const struct account *me, const struct call *call, const struct account *joining)
{
	struct str members[LIMIT_CALL_PARTIES];
	struct group_ask ask = { .members = members, .joining = account_address(joining), .action = ACTION_CALL };
	struct group_answer answer;

	for (unsigned i = 0; i < call->n_parties; i++)
		if (party_live(call->party[i]))
			members[ask.n++] = str_of(call->party[i]->address);
	instant_of_ms(clock_wall_ms(), &ask.at);
	if (reach_group_join(deed->act->world, &ask, &answer))
		return true;
	refuse_group(deed, me, &answer);
	return false;
}

/* A pair with everybody who is there, each with its permits and its legs; or none. */
static int pairs_make(struct act *act, struct party *joining)
{
	struct call *call = joining->call;
	char why[128];
	int err = 0;

	for (unsigned i = 0; i < call->n_parties && !err; i++) {
		struct pair *old = i == joining->seat ? NULL : call_pair(call, i, joining->seat), *pair;
		struct verdict verdict;
		enum action action;

		if (i == joining->seat || !party_live(call->party[i]))
			continue;
		/* He was here before: only the newest meeting of two counts. */
		if (old)
			pair_drop(act, old);
		err = pair_ask(act, joining, call->party[i], true, false, &pair, &verdict, &action);
		if (!err) {
			err = media_open(act, pair, STR(""), why);
			if (err)
				pair_drop(act, pair);
		}
	}
	return err;
}

static void pairs_unmake(struct act *act, const struct party *joining)
{
	list_each (&joining->call->pairs, node, after) {
		struct pair *pair = list_entry(node, struct pair, node);

		if (pair->seat[0] == joining->seat || pair->seat[1] == joining->seat)
			pair_drop(act, pair);
	}
}

static void party_ring(struct act *act, struct party *party, const struct party *by, bool unheard)
{
	party_step(party, PARTY_EV_RING);
	party->asked_by = by->seat;
	party->unheard = unheard;
	party->rung = clock_mono_ms();
	party->asked = clock_wall_ms();
	party->session = party->since = party->away_since = 0;
	party->line = NULL;
	party->ended_by = -1;
	party->muted = party->camera = party->frozen = false;
	party_enter(act, party);
	call_log(party, "call.added");
	call_tell(act, party->call);
	presence_changed(act, party->account);
}

static void party_add(struct deed *deed, struct party *mine, const struct account *other)
{
	struct act *act = deed->act;
	struct call *call = mine->call;
	struct party *joining = call_party(call, account_row(other));
	bool back = joining != NULL;
	struct endpoint *there = endpoint_need(&act->lines, account_row(other));
	int err;

	if (!joining && there)
		joining = call_seat(call, account_row(other), account_address(other));
	err = joining && there ? pairs_make(act, joining) : -ENOMEM;
	if (err) {
		if (joining)
			pairs_unmake(act, joining);
		if (joining && !back)
			call_unseat(call);
		if (there)
			endpoint_drop(&act->lines, there);
		if (err == -EACCES)
			deed_refuse(deed, REASON_UNREACHABLE);	/* a rule's time ran out between two asks */
		else
			deed_fault(deed, err, "call.add");
		return;
	}
	party_ring(act, joining, mine, !call_rings(there));
	deed_ok(deed, json_pack("{s:o}", "call", say_call(act, deed_account(deed), call, deed->line)));
}

void act_call_add(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "call", "to", NULL };
	struct act *act = deed->act;
	const struct account *me, *other;
	struct party *mine = call_read(deed), *there;

	if (!mine || !deed_only(deed, keys))
		return;
	me = world_account_by_id(act->world, mine->account);
	if (mine->call->state != CALL_TALKING || !party_present(mine)) {
		deed_refuse(deed, REASON_CALL_STATE);
		return;
	}
	if (!call_try(deed->line->endpoint, clock_mono_ms())) {
		deed_refuse(deed, REASON_TOO_MANY);
		return;
	}
	other = party_read(deed, me, "to", ACTION_CALL);
	if (!other)
		return;
	there = call_party(mine->call, account_row(other));
	if (there && party_live(there)) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "/to", "is in the call already");
		return;
	}
	if (call_live(mine->call) >= LIMIT_CALL_PARTIES || (!there && mine->call->n_parties >= LIMIT_CALL_SEATS)) {
		deed_refuse(deed, REASON_CALL_FULL);
		return;
	}
	if (group_open(deed, me, mine->call, other) && call_can_ring(deed, me, other, mine->call->wants_video))
		party_add(deed, mine, other);
}

void act_call_remove(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "call", "with", NULL };
	struct act *act = deed->act;
	struct party *mine = call_read(deed), *other;

	if (!mine || !deed_only(deed, keys))
		return;
	other = call_with(deed, mine);
	if (!other)
		return;
	/* Who asked somebody in may think better of it while it rings. */
	if (mine->call->host != mine->seat && !(other->state == PARTY_RINGING && other->asked_by == mine->seat)) {
		deed_refuse(deed, REASON_CALL_NOT_HOST);
		return;
	}
	if (mine->call->state != CALL_TALKING || !party_present(mine)) {
		deed_refuse(deed, REASON_CALL_STATE);
		return;
	}
	deed_ok(deed, json_object());
	party_leave(act, other, other->state == PARTY_RINGING ? REASON_CALL_CANCELLED : REASON_CALL_REMOVED, (int)mine->seat, NULL);
}
