/** @file act/call.c  Place, answer, decline and end a call. Who may is decided here; packets are the relay's, states are live/call.c. */
#include "act/room.h"
#include "act/media.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { REMEMBER_MS = 60000 };

/** Which permit is which in struct call. */
enum { PERMIT_CALL, PERMIT_VIDEO, PERMIT_ANNOTATE };

static struct call *call_by_id(struct act *act, struct str id)
{
	list_each (&act->calls, node, after) {
		struct call *call = list_entry(node, struct call, node);

		if (str_eq(id, str_of(call->id)))
			return call;
	}
	return NULL;
}

struct call *call_read(struct deed *deed, enum call_side *mine)
{
	struct call *call;
	struct str id;

	if (!deed_account(deed) || !deed_str(deed, "call", ID_CHARS, &id))
		return NULL;
	call = call_by_id(deed->act, id);
	/* Over and not yours are the same answer. */
	if (!call || (call->party[CALL_FROM].account != deed->who.account && (call->unheard || call->party[CALL_TO].account != deed->who.account))) {
		deed_refuse(deed, REASON_CALL_GONE);
		return NULL;
	}
	*mine = call_side(call, deed->who.account);
	return call;
}

/* How many of its two ends know of it. */
static int ends_of(const struct call *call)
{
	return call->unheard ? 1 : 2;
}

void call_tell(struct act *act, struct call *call)
{
	for (int i = 0; i < ends_of(call); i++) {
		struct endpoint *endpoint = endpoint_find(&act->lines, call->party[i].account);
		const struct account *reader = world_account_by_id(act->world, call->party[i].account);

		if (!endpoint || !reader)
			continue;
		list_each (&endpoint->lines, node, after) {
			struct line *line = list_entry(node, struct line, node);

			line_tell(line, json_pack("{s:s, s:o}", "ev", "call", "call", say_call(act, reader, call, line)));
		}
	}
}

/* GET /v1/calls tells an admin no more of the end than section 8 does. */
static void note_why(struct act *act, struct call *call, enum reason why, const struct verdict *verdict)
{
	call->why = why;
	for (int i = 0; i < 2; i++) {
		const struct account *party = world_account_by_id(act->world, call->party[i].account);

		call->told[i] = verdict && party ? reason_for(act, party, str_of(call->party[CALL_FROM].address),
			str_of(call->party[CALL_TO].address), ACTION_CALL, verdict) : why;
	}
}

static void log_call(const struct call *call, const char *event)
{
	log_event(LOG_INFO, event, LOG_S("call", call->id), LOG_I("from", call->party[CALL_FROM].account),
		LOG_I("to", call->party[CALL_TO].account), LOG_S("reason", reason_slug(call->why)));
}

void call_end(struct act *act, struct call *call, enum reason why, int by, const struct verdict *verdict)
{
	bool fits = call_step(call, CALL_EV_END);

	assert(fits);
	/* The relay first: when anybody hears of the end, no packet passes any more. */
	media_cut(act, call);
	for (size_t i = 0; i < sizeof call->permits / sizeof call->permits[0]; i++)
		permit_release(&act->permits, &call->permits[i]);
	note_why(act, call, why, verdict);
	call->ended_by = by;
	call->ended = clock_mono_ms();
	if (verdict)
		call->verdict = *verdict;
	list_del(&call->node);
	list_add(&act->calls_over, &call->node);
	for (int i = 0; i < ends_of(call); i++) {
		struct endpoint *endpoint = endpoint_find(&act->lines, call->party[i].account);

		assert(endpoint && endpoint->call == call);
		endpoint->call = NULL;
	}
	log_call(call, "call.ended");
	record_call(act, call);
	call_tell(act, call);
	/* The verdict borrows from today's world, and has been told. */
	call->verdict = (struct verdict){ 0 };
	for (int i = 0; i < ends_of(call); i++) {
		struct endpoint *endpoint = endpoint_find(&act->lines, call->party[i].account);

		call->party[i].line = NULL;
		presence_changed(act, call->party[i].account);
		endpoint_drop(&act->lines, endpoint);
	}
}

static struct act *act_of(const struct call *call);

static void lost(struct permit *permit, const struct verdict *verdict)
{
	struct call *call = permit->owner;
	struct act *act = act_of(call);

	if (permit == &call->permits[PERMIT_CALL]) {
		call_end(act, call, verdict->reason, -1, verdict);
		return;
	}
	if (permit == &call->permits[PERMIT_VIDEO]) {
		call->video = false;
		media_allow(act, call);
	} else {
		call->annotate = false;
	}
	call_tell(act, call);
}

static struct act *act_of(const struct call *call)
{
	return ((struct media *)call->media)->act;
}

static bool keep(struct act *act, struct call *call, int which, const struct account *from, const struct account *to, enum action action, struct verdict *verdict)
{
	struct ask ask = { .from = account_address(from), .to = account_address(to), .action = action };

	instant_of_ms(clock_wall_ms(), &ask.at);
	reach_decide(act->world, &ask, verdict);
	return verdict->allowed && permit_keep(&act->permits, &call->permits[which], act->world, &ask, verdict, lost, call) == 0;
}

static void party_set(struct party *party, const struct account *account)
{
	party->account = account_row(account);
	snprintf(party->address, sizeof party->address, "%.*s", (int)account_address(account).n, account_address(account).p);
}

/* The call as decided: permits kept, nothing told yet. On false the deed is over and nothing is left. */
static struct call *call_make(struct deed *deed, const struct account *me, const struct account *other, bool video, struct str sdp)
{
	struct act *act = deed->act;
	struct call *call = call_new();
	struct verdict verdict;
	char why[128] = "";
	int err;

	err = call ? media_open(act, call, sdp, why) : -ENOMEM;
	if (err) {
		if (call)
			call_free(call);
		if (err == -EINVAL)
			deed_refuse_field(deed, REASON_CALL_SDP, "/sdp", why);
		else
			deed_fault(deed, err, "call.place");
		return NULL;
	}
	party_set(&call->party[CALL_FROM], me);
	party_set(&call->party[CALL_TO], other);
	call->party[CALL_FROM].line = deed->line;
	call->party[CALL_FROM].session = deed->who.session;
	call->technician = !account_technician(act->world, me) && account_technician(act->world, other) ? CALL_TO : CALL_FROM;
	if (!keep(act, call, PERMIT_CALL, me, other, ACTION_CALL, &verdict) ||
		(video && !(call->video = keep(act, call, PERMIT_VIDEO, me, other, ACTION_VIDEO, &verdict)))) {
		permit_release(&act->permits, &call->permits[PERMIT_CALL]);
		media_cut(act, call);
		media_free(act, call);
		call_free(call);
		deed_refuse_verdict(deed, me, me, account_address(other), video ? ACTION_VIDEO : ACTION_CALL, &verdict);
		return NULL;
	}
	call->route = verdict.route;
	call->annotate = keep(act, call, PERMIT_ANNOTATE, me, other, ACTION_ANNOTATE, &verdict);
	return call;
}

static bool presence_told(struct act *act, const struct account *me, const struct account *other)
{
	struct verdict verdict;

	ask_pair(act, me, other, ACTION_PRESENCE, &verdict);
	return verdict.allowed;
}

/*
 * Who may not know whether the other is there, or in a call, must not learn it from the call either: to him it rings until nobody
 * answers.
 */
static bool can_ring(struct deed *deed, const struct account *me, const struct account *other, bool video)
{
	struct endpoint *mine = endpoint_find(&deed->act->lines, account_row(me));
	struct endpoint *there = endpoint_find(&deed->act->lines, account_row(other));
	bool busy = there && there->call;
	enum reason why = busy ? REASON_CALL_BUSY : REASON_CALL_OFFLINE;

	if (mine->call) {
		deed_refuse(deed, REASON_CALL_BUSY);
		return false;
	}
	if ((busy || endpoint_presence(there) == PRESENCE_OFFLINE) && presence_told(deed->act, me, other)) {
		record_refused(deed->act, me, account_address(other), video, why, NULL, NULL);
		deed_refuse(deed, why);
		return false;
	}
	return true;
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
	if (!can_ring(deed, me, other, video))
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
	call->placed = clock_mono_ms();
	call->made = clock_wall_ms();
	call->unheard = there->call;
	if (!call->unheard)
		there->call = call;
	deed->line->endpoint->call = call;
	list_add(&act->calls, &call->node);
	log_call(call, "call.placed");
	deed_ok(deed, json_pack("{s:o}", "call", say_call(act, me, call, call->party[CALL_FROM].line)));
	call_tell(act, call);
	for (int i = 0; i < ends_of(call); i++)
		presence_changed(act, call->party[i].account);
}

void act_call_answer(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "call", "video", NULL };
	enum call_side mine;
	struct act *act = deed->act;
	struct call *call = call_read(deed, &mine);
	json_t *sdp;

	if (!call || !deed_only(deed, keys))
		return;
	if (mine != CALL_TO || call->state != CALL_RINGING) {
		deed_refuse(deed, REASON_CALL_STATE);
		return;
	}
	sdp = media_offer(act, call);
	if (!sdp) {
		deed_fault(deed, -ENOMEM, "call.answer");
		return;
	}
	call_step(call, CALL_EV_ANSWER);
	call->since = clock_wall_ms();
	call->party[CALL_TO].line = deed->line;
	call->party[CALL_TO].session = deed->who.session;
	log_call(call, "call.answered");
	deed_ok(deed, json_pack("{s:o, s:o}", "call", say_call(act, world_account_by_id(act->world, call->party[CALL_TO].account), call, call->party[CALL_TO].line), "sdp", sdp));
	call_tell(act, call);
}

void act_call_decline(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "call", NULL };
	enum call_side mine;
	struct act *act = deed->act;
	struct call *call = call_read(deed, &mine);

	if (!call || !deed_only(deed, keys))
		return;
	if (mine != CALL_TO || call->state != CALL_RINGING) {
		deed_refuse(deed, REASON_CALL_STATE);
		return;
	}
	deed_ok(deed, json_object());
	call_end(act, call, REASON_CALL_DECLINED, CALL_TO, NULL);
}

void act_call_hangup(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "call", NULL };
	enum call_side mine;
	struct act *act = deed->act;
	struct call *call = call_read(deed, &mine);
	enum reason why;

	if (!call || !deed_only(deed, keys))
		return;
	if (call->state == CALL_RINGING && mine == CALL_TO) {
		deed_refuse(deed, REASON_CALL_STATE);
		return;
	}
	why = call->state == CALL_RINGING ? REASON_CALL_CANCELLED : REASON_CALL_HANGUP;
	deed_ok(deed, json_object());
	call_end(act, call, why, (int)mine, NULL);
}

/* Time and lines that come and go. */

static bool away_too_long(const struct call *call, int64_t now)
{
	for (int i = 0; i < 2; i++)
		if (call->party[i].away_since && now - call->party[i].away_since >= LIMIT_RESUME_MS)
			return true;
	return false;
}

void calls_tick(struct act *act, int64_t now)
{
	list_each (&act->calls, node, after) {
		struct call *call = list_entry(node, struct call, node);

		if (call->state == CALL_RINGING && now - call->placed >= LIMIT_RING_MS)
			call_end(act, call, REASON_CALL_NO_ANSWER, -1, NULL);
		else if (away_too_long(call, now))
			call_end(act, call, REASON_CALL_LOST, call->party[CALL_FROM].away_since ? CALL_FROM : CALL_TO, NULL);
	}
	list_each (&act->calls_over, node, after) {
		struct call *call = list_entry(node, struct call, node);

		if (now - call->ended < REMEMBER_MS)
			break;
		list_del(node);
		media_free(act, call);
		call_free(call);
	}
}

void calls_forget(struct act *act)
{
	calls_tick(act, INT64_MAX / 2);
	assert(list_empty(&act->calls) && list_empty(&act->calls_over));
}

struct call *call_resume(struct line *line, const struct line *replaced)
{
	struct call *call = line->endpoint->call;
	struct party *party;

	if (!call)
		return NULL;
	party = &call->party[call_side(call, line->endpoint->account)];
	if (party->session == line->session && (party->away_since || (replaced && party->line == replaced))) {
		party->line = line;
		party->away_since = 0;
	}
	return call;
}

void call_line_gone(struct act *act, struct line *line)
{
	struct call *call = line->endpoint->call;
	struct party *party;

	(void)act;
	if (!call)
		return;
	party = &call->party[call_side(call, line->endpoint->account)];
	if (party->line != line)
		return;
	party->line = NULL;
	party->away_since = clock_mono_ms();
}

void calls_end_session(struct act *act, int64_t account, int64_t session)
{
	list_each (&act->calls, node, after) {
		struct call *call = list_entry(node, struct call, node);

		for (int i = 0; i < 2; i++) {
			if (account && (call->party[i].account != account || (session && call->party[i].session != session)))
				continue;
			call_end(act, call, account ? REASON_CALL_HANGUP : REASON_STOPPING, account ? i : -1, NULL);
			break;
		}
	}
}
