/**
 * @file act/call_end.c  Who is told what of a call, and its ends: somebody leaves, a pair is closed by a rule, time is over, a line
 * comes and goes. The relay is always cut first.
 */
#include "act/call.h"
#include "act/join.h"

enum { REMEMBER_MS = 60000 };

void call_log(const struct party *party, const char *event)
{
	log_event(LOG_INFO, event, LOG_S("call", party->call->id), LOG_I("from", party->call->party[party->asked_by]->account),
		LOG_I("to", party->account), LOG_S("reason", reason_slug(party->why)));
}

void call_tell(struct act *act, struct call *call)
{
	call_changed(act, call);
	for (unsigned i = 0; i < call->n_parties; i++) {
		const struct party *party = call->party[i];
		struct endpoint *endpoint = endpoint_find(&act->lines, party->account);
		const struct account *reader = world_account_by_id(act->world, party->account);

		if (!endpoint || !reader || party->unheard || !(party_live(party) || party->leaving))
			continue;
		list_each (&endpoint->lines, node, after) {
			struct line *line = list_entry(node, struct line, node);

			line_tell(line, json_pack("{s:s, s:o}", "ev", "call", "call", say_call(act, reader, call, line)));
		}
	}
}

void party_enter(struct act *act, struct party *party)
{
	struct endpoint *endpoint = endpoint_find(&act->lines, party->account);

	party->why = REASON_OK;
	if (!party->unheard)
		list_add(&endpoint->parties, &party->node);
}

static bool has_company(const struct party *party)
{
	for (struct list *node = party->call->pairs.next; node != &party->call->pairs; node = node->next) {
		const struct pair *pair = list_entry(node, struct pair, node);

		if (pair->open && (pair->seat[0] == party->seat || pair->seat[1] == party->seat) && party_live(pair_other(pair, party->seat)))
			return true;
	}
	return false;
}

/* GET /v1/calls tells an admin no more of the end than section 8 does. */
static enum reason why_admin(struct act *act, const struct party *party)
{
	const struct account *account = world_account_by_id(act->world, party->account);
	const struct call_stop *stop = party->stop;

	return stop && account ? reason_for(act, account, stop->from, stop->to, stop->action, stop->verdict) : party->why;
}

/* Silent: its pairs are cut and its state is over; telling is for later. */
static void party_cut(struct act *act, struct party *party, enum reason why, int by, const struct call_stop *stop)
{
	bool fits;

	list_each (&party->call->pairs, node, after) {
		struct pair *pair = list_entry(node, struct pair, node);

		if (pair->seat[0] == party->seat || pair->seat[1] == party->seat)
			pair_close(act, pair);
	}
	fits = party_step(party, PARTY_EV_LEAVE);
	assert(fits);
	party->leaving = true;
	party->why = why;
	party->ended_by = by;
	party->stop = stop;
	party->why_admin = why_admin(act, party);
	list_del(&party->node);
}

static void others_cut(struct act *act, struct call *call, enum reason why, int by, const struct call_stop *stop)
{
	bool again = true;

	while (again) {
		again = false;
		for (unsigned i = 0; i < call->n_parties; i++) {
			if (!party_live(call->party[i]) || has_company(call->party[i]))
				continue;
			party_cut(act, call->party[i], why, by, stop);
			again = true;
		}
	}
}

static void host_pass(struct call *call)
{
	for (unsigned i = 0; i < call->n_parties && !party_present(call->party[call->host]); i++)
		if (party_present(call->party[i]))
			call->host = i;
}

/* Those who are leaving are told, and counted no more. */
static void leavers_tell(struct act *act, struct call *call)
{
	for (unsigned i = 0; i < call->n_parties; i++)
		if (call->party[i]->leaving)
			record_party(act, call->party[i]);
	if (call->state == CALL_ENDED)
		record_marks(act, call);
	records_write(act);
	call_tell(act, call);
	for (unsigned i = 0; i < call->n_parties; i++) {
		struct party *party = call->party[i];
		struct endpoint *endpoint = endpoint_find(&act->lines, party->account);

		if (!party->leaving)
			continue;
		party->leaving = false;
		/* The verdict borrows from today's world, and has been told. */
		party->stop = NULL;
		party->line = NULL;
		party->away_since = 0;
		if (party->since && party->why != REASON_CALL_LOST)
			join_left(act, party->account);
		presence_changed(act, party->account);
		if (endpoint)
			endpoint_drop(&act->lines, endpoint);
	}
}

static void call_settle(struct act *act, struct call *call, enum reason why, int by, const struct call_stop *stop)
{
	bool fits;

	others_cut(act, call, why, by, stop);
	host_pass(call);
	if (call_live(call) == 0) {
		fits = call_step(call, CALL_EV_END);
		assert(fits);
		call->why = why;
		call->ended = clock_mono_ms();
		list_del(&call->node);
		list_add(&act->calls_over, &call->node);
	}
	leavers_tell(act, call);
}

void party_leave(struct act *act, struct party *party, enum reason why, int by, const struct call_stop *stop)
{
	struct call *call = party->call;

	party_cut(act, party, why, by, stop);
	call_log(party, "call.left");
	call_settle(act, call, why, by, stop);
	if (call->state == CALL_ENDED)
		call_log(party, "call.ended");
}

void pair_bar(struct act *act, struct pair *pair, const struct call_stop *stop)
{
	struct call *call = pair->call;

	pair_close(act, pair);
	pair->barred = true;
	for (unsigned end = 0; end < 2; end++)
		pair->why[end] = stop_why(act, world_account_by_id(act->world, pair_party(pair, end)->account), stop, NULL);
	call_settle(act, call, stop->verdict->reason, -1, stop);
	call_log(pair_party(pair, 1), call->state == CALL_ENDED ? "call.ended" : "call.barred");
}

/* Time and lines that come and go. */

static bool party_tick(struct act *act, struct party *party, int64_t now)
{
	if (party->state == PARTY_RINGING && now - party->rung >= LIMIT_RING_MS)
		party_leave(act, party, REASON_CALL_NO_ANSWER, -1, NULL);
	else if (party_present(party) && party->away_since && now - party->away_since >= LIMIT_RESUME_MS)
		party_leave(act, party, REASON_CALL_LOST, (int)party->seat, NULL);
	else
		return false;
	return true;
}

void calls_tick(struct act *act, int64_t now)
{
	list_each (&act->calls, node, after) {
		struct call *call = list_entry(node, struct call, node);

		for (unsigned i = 0; i < call->n_parties && call->state != CALL_ENDED; i++)
			party_tick(act, call->party[i], now);
	}
	list_each (&act->calls_over, node, after) {
		struct call *call = list_entry(node, struct call, node);

		if (now - call->ended < REMEMBER_MS)
			break;
		list_del(node);
		list_each (&call->pairs, of_pair, after_pair)
			pair_drop(act, list_entry(of_pair, struct pair, node));
		call_free(call);
	}
}

void calls_forget(struct act *act)
{
	calls_drop(act);
	calls_tick(act, INT64_MAX / 2);
	assert(list_empty(&act->calls) && list_empty(&act->calls_over));
}

struct party *call_resume(struct line *line, const struct line *replaced, const char *carried)
{
	struct party *first = NULL;

	list_each (&line->endpoint->parties, node, after) {
		struct party *party = list_entry(node, struct party, node);

		if (party_present(party) && party->session == line->session && (party->away_since || (replaced && party->line == replaced) || strcmp(party->call->id, carried) == 0)) {
			party->line = line;
			party->away_since = 0;
		}
		if (!first || (party->line == line && (first->line != line || party->state == PARTY_TALKING)))
			first = party;
	}
	return first;
}

void call_line_gone(struct line *line)
{
	list_each (&line->endpoint->parties, node, after) {
		struct party *party = list_entry(node, struct party, node);

		if (party->line != line)
			continue;
		party->line = NULL;
		party->away_since = clock_mono_ms();
	}
}

void calls_stop(struct act *act)
{
	list_each (&act->calls, node, after) {
		struct call *call = list_entry(node, struct call, node);

		for (unsigned i = call->n_parties; i-- > 0 && call->state != CALL_ENDED; )
			if (party_live(call->party[i]) && (call->state == CALL_RINGING || call->party[i]->state == PARTY_RINGING))
				party_leave(act, call->party[i], REASON_STOPPING, -1, NULL);
	}
	calls_keep(act);
}

void calls_end_session(struct act *act, int64_t account, int64_t session)
{
	struct endpoint *endpoint = endpoint_find(&act->lines, account);

	while (endpoint) {
		struct party *found = NULL;

		list_each (&endpoint->parties, node, after) {
			struct party *party = list_entry(node, struct party, node);

			if (!session || party->session == session)
				found = party;
		}
		if (!found)
			return;
		party_leave(act, found, REASON_CALL_HANGUP, (int)found->seat, NULL);
		endpoint = endpoint_find(&act->lines, account);
	}
}

void calls_end_others(struct act *act, int64_t account, int64_t session)
{
	struct endpoint *endpoint = endpoint_find(&act->lines, account);

	while (endpoint) {
		struct party *found = NULL;

		list_each (&endpoint->parties, node, after) {
			struct party *party = list_entry(node, struct party, node);

			if (party->session && party->session != session)
				found = party;
		}
		if (!found)
			return;
		party_leave(act, found, REASON_CALL_HANGUP, (int)found->seat, NULL);
		endpoint = endpoint_find(&act->lines, account);
	}
}
