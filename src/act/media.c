/** @file act/media.c  Descriptions pass with only their ICE lines rewritten; the relay's locks follow what the permits cover. */
#include "act/media.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static void learn(struct media *m, enum call_side from, const struct sdp_facts *facts)
{
	snprintf(m->ufrag[from], sizeof m->ufrag[from], "%s", facts->ufrag);
	for (int i = 0; i < 2; i++) {
		m->audio.allowed[i] |= facts->audio.allowed[i];
		m->video.allowed[i] |= facts->video.allowed[i];
	}
}

int media_open(struct act *act, struct call *call, struct str sdp, char why[static 128])
{
	struct media *m = calloc(1, sizeof *m);
	struct sdp_facts facts;
	int err = -EINVAL;

	if (!m)
		return -ENOMEM;
	m->act = act;
	m->offered_by = CALL_FROM;
	if (!sdp_read(sdp, &facts, why))
		goto fail;
	learn(m, CALL_FROM, &facts);
	err = -ENOMEM;
	m->waits[CALL_TO] = str_dup(sdp);
	if (!m->waits[CALL_TO])
		goto fail;
	relay_cred_make(&m->cred[CALL_FROM]);
	relay_cred_make(&m->cred[CALL_TO]);
	err = relay_pair_add(act->relay, m->cred, &m->pair);
	if (err)
		goto fail;
	call->media = m;
	return 0;
fail:
	free(m->waits[CALL_TO]);
	free(m);
	return err;
}

/* A description for one side: it is told its own leg. */
static json_t *rewrite(struct act *act, const struct media *m, enum call_side to, struct str sdp)
{
	struct sdp_target target = { .cred = m->cred[to], .port = relay_port(act->relay),
		.stream_port = relay_stream_port(act->relay) };
	struct buf out = { 0 };
	json_t *text = NULL;

	target.n_addresses = relay_addresses(act->relay, target.addresses);
	if (sdp_rewrite(sdp, &target, &out) == 0)
		text = json_stringn(out.p, out.n);
	buf_release(&out);
	return text;
}

json_t *media_offer(struct act *act, struct call *call)
{
	struct media *m = call->media;

	return rewrite(act, m, CALL_TO, str_of(m->waits[CALL_TO]));
}

void media_allow(struct act *act, struct call *call)
{
	struct media *m = call->media;
	struct relay_types types = m->audio;

	for (int i = 0; i < 2; i++) {
		/* A number that means audio in one section and video in another is video. */
		types.allowed[i] &= ~m->video.allowed[i];
		if (call->video)
			types.allowed[i] |= m->video.allowed[i];
	}
	for (unsigned leg = 0; leg < 2; leg++) {
		relay_leg_allow(act->relay, m->pair, leg, types);
		/* Pictures sent under the sound's number would still have to fit into the sound's rate. */
		relay_leg_rate(act->relay, m->pair, leg, call->video ? LIMIT_VIDEO_BYTES_PER_SECOND : LIMIT_AUDIO_BYTES_PER_SECOND);
	}
}

void media_cut(struct act *act, struct call *call)
{
	struct media *m = call->media;

	if (m->pair)
		relay_pair_cut(act->relay, m->pair);
	/* Ended calls are remembered for a minute, their descriptions are not. */
	for (int i = 0; i < 2; i++) {
		free(m->waits[i]);
		m->waits[i] = NULL;
	}
}

void media_free(struct act *act, struct call *call)
{
	struct media *m = call->media;

	(void)act;
	free(m);
	call->media = NULL;
}

void media_counters(struct act *act, const struct call *call, struct relay_counters out[2])
{
	const struct media *m = call->media;

	memset(out, 0, 2 * sizeof *out);
	if (act->relay)
		relay_pair_counters(act->relay, m->pair, out);
}

/* An offer with a new user fragment restarts ICE for its sender's leg; the other side keeps its own, and sees a plain new offer. */
static void restart_if_new(struct act *act, struct media *m, enum call_side from, const struct sdp_facts *facts)
{
	if (strcmp(m->ufrag[from], facts->ufrag) == 0)
		return;
	relay_cred_make(&m->cred[from]);
	relay_leg_restart(act->relay, m->pair, from, &m->cred[from]);
}

/* A side that is away hears it when it is back. */
static bool tell(struct act *act, struct call *call, enum call_side to)
{
	const struct media *m = call->media;
	json_t *text;

	if (!call->party[to].line)
		return true;
	text = rewrite(act, m, to, str_of(m->waits[to]));
	if (!text)
		return false;
	line_tell(call->party[to].line, json_pack("{s:s, s:s, s:s, s:o}", "ev", "sdp", "call", call->id,
		"kind", m->offered_by == (int)!to ? "offer" : "answer", "sdp", text));
	return true;
}

void media_tell_again(struct act *act, struct call *call, enum call_side side)
{
	const struct media *m = call->media;

	/* What can't be told now is asked for again: the page's own watch over the media makes a new offer. */
	if (call->state == CALL_TALKING && m->waits[side])
		tell(act, call, side);
}

static enum reason pass(struct act *act, struct call *call, enum call_side mine, bool offer, struct str sdp, const struct sdp_facts *facts)
{
	struct media *m = call->media;
	char *kept;

	/* Glare has a fixed end: the callee's offer gives way to the caller's. An answer needs an offer. */
	if (offer ? m->offered_by == CALL_FROM && mine == CALL_TO : m->offered_by != (int)!mine)
		return REASON_CALL_STATE;
	kept = str_dup(sdp);
	if (!kept)
		return REASON_BUSY;
	if (offer)
		restart_if_new(act, m, mine, facts);
	learn(m, mine, facts);
	media_allow(act, call);
	m->offered_by = offer ? (int)mine : -1;
	free(m->waits[!mine]);
	free(m->waits[mine]);
	m->waits[!mine] = kept;
	m->waits[mine] = NULL;
	return tell(act, call, !mine) ? REASON_OK : REASON_BUSY;
}

void act_call_sdp(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "call", "kind", "sdp", NULL };
	enum call_side mine;
	struct call *call = call_read(deed, &mine);
	struct sdp_facts facts;
	struct str kind, sdp;
	enum reason reason;
	char why[128];

	if (!call || !deed_only(deed, keys) || !deed_str(deed, "kind", 8, &kind) || !deed_str(deed, "sdp", LIMIT_SDP_BYTES, &sdp))
		return;
	if (!str_eq(kind, STR("offer")) && !str_eq(kind, STR("answer"))) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "/kind", "must be offer or answer");
		return;
	}
	if (call->state != CALL_TALKING || call->party[mine].line != deed->line) {
		deed_refuse(deed, REASON_CALL_STATE);
		return;
	}
	if (!sdp_read(sdp, &facts, why)) {
		deed_refuse_field(deed, REASON_CALL_SDP, "/sdp", why);
		return;
	}
	reason = pass(deed->act, call, mine, str_eq(kind, STR("offer")), sdp, &facts);
	if (reason == REASON_OK)
		deed_ok(deed, json_object());
	else
		deed_refuse(deed, reason);
}
