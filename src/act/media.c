/** @file act/media.c  Descriptions pass with only their ICE lines rewritten; the relay's locks follow what the permits cover. */
#include "act/call.h"
#include "relay/sdp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/** Hangs on pair->media; all by the ends of the pair. */
struct media {
	struct act *act;		/* first: pair.c finds it here */
	relay_pair pair;		/* 0: none */
	struct relay_cred cred[2];	/* what each end is told of its leg */
	char ufrag[2][260];		/* each browser's own, to see a restart; "" before its first description */
	struct relay_types audio, video; /* payload types of all descriptions so far */
	char *waits[2];			/* the last description for this end, until it has answered or offered itself; owned */
	int offered_by;			/* whose offer waits for its answer; -1: none */
	bool counted;			/* it was cut, and what it moved is in act->legs */
};

static void learn(struct media *m, unsigned from, const struct sdp_facts *facts)
{
	snprintf(m->ufrag[from], sizeof m->ufrag[from], "%s", facts->ufrag);
	for (int i = 0; i < 2; i++) {
		m->audio.allowed[i] |= facts->audio.allowed[i];
		m->video.allowed[i] |= facts->video.allowed[i];
	}
}

static int offer_keep(struct media *m, struct str sdp, char why[static 128])
{
	struct sdp_facts facts;

	if (!sdp_read(sdp, &facts, why))
		return -EINVAL;
	learn(m, 0, &facts);
	m->offered_by = 0;
	m->waits[1] = str_dup(sdp);
	return m->waits[1] ? 0 : -ENOMEM;
}

int media_open(struct act *act, struct pair *pair, struct str sdp, char why[static 128])
{
	struct media *m = calloc(1, sizeof *m);
	int err;

	if (!m)
		return -ENOMEM;
	m->act = act;
	m->offered_by = -1;
	err = sdp.n ? offer_keep(m, sdp, why) : 0;
	if (!err) {
		relay_cred_make(&m->cred[0]);
		relay_cred_make(&m->cred[1]);
		err = relay_pair_add(act->relay, m->cred, &m->pair);
	}
	if (err) {
		free(m->waits[1]);
		free(m);
		return err;
	}
	pair->media = m;
	pair->open = true;
	return 0;
}

/* A description for one end: it is told its own leg. */
static json_t *rewrite(struct act *act, const struct media *m, unsigned to, struct str sdp)
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

json_t *media_keep(const struct pair *pair)
{
	const struct media *m = pair->media;

	return json_pack("{s:[s, s, s, s], s:[s, s], s:[I, I, I, I]}", "legs", m->cred[0].ufrag, m->cred[0].pwd, m->cred[1].ufrag, m->cred[1].pwd,
		"theirs", m->ufrag[0], m->ufrag[1], "types", (json_int_t)m->audio.allowed[0], (json_int_t)m->audio.allowed[1],
		(json_int_t)m->video.allowed[0], (json_int_t)m->video.allowed[1]);
}

static bool cred_take(struct relay_cred *out, const char *ufrag, const char *pwd)
{
	if (strlen(ufrag) != RELAY_UFRAG_CHARS || strlen(pwd) != RELAY_PWD_CHARS)
		return false;
	memcpy(out->ufrag, ufrag, sizeof out->ufrag);
	memcpy(out->pwd, pwd, sizeof out->pwd);
	return true;
}

/* What was kept of it, whole; false otherwise. */
static bool media_take(struct media *m, json_t *kept)
{
	const char *cred[4], *theirs[2];
	json_int_t types[4];

	if (json_unpack(kept, "{s:[s, s, s, s], s:[s, s], s:[I, I, I, I]}", "legs", &cred[0], &cred[1], &cred[2], &cred[3],
			"theirs", &theirs[0], &theirs[1], "types", &types[0], &types[1], &types[2], &types[3]))
		return false;
	for (int i = 0; i < 2; i++) {
		if (!cred_take(&m->cred[i], cred[2 * i], cred[2 * i + 1]) || strlen(theirs[i]) >= sizeof m->ufrag[i])
			return false;
		snprintf(m->ufrag[i], sizeof m->ufrag[i], "%s", theirs[i]);
		m->audio.allowed[i] = (uint64_t)types[i];
		m->video.allowed[i] = (uint64_t)types[2 + i];
	}
	return true;
}

int media_reopen(struct act *act, struct pair *pair, json_t *kept)
{
	struct media *m = act->relay ? calloc(1, sizeof *m) : NULL;
	int err = -EINVAL;

	if (!m)
		return act->relay ? -ENOMEM : -EINVAL;
	m->act = act;
	m->offered_by = -1;
	if (media_take(m, kept))
		err = relay_pair_add(act->relay, m->cred, &m->pair);
	if (err) {
		free(m);
		return err;
	}
	pair->media = m;
	pair->open = true;
	media_allow(act, pair);
	return 0;
}

json_t *media_offer(struct act *act, struct pair *pair, unsigned end)
{
	const struct media *m = pair->media;

	return m->waits[end] ? rewrite(act, m, end, str_of(m->waits[end])) : json_null();
}

void media_allow(struct act *act, struct pair *pair)
{
	struct media *m = pair->media;
	struct relay_types types = m->audio;
	bool held = pair_party(pair, 0)->state == PARTY_HELD || pair_party(pair, 1)->state == PARTY_HELD;

	for (int i = 0; i < 2; i++) {
		/* A number that means audio in one section and video in another is video. */
		types.allowed[i] &= ~m->video.allowed[i];
		if (pair->video)
			types.allowed[i] |= m->video.allowed[i];
		/* Who is on hold hears and shows nothing, whatever his page does. */
		if (held)
			types.allowed[i] = 0;
	}
	for (unsigned leg = 0; leg < 2; leg++) {
		relay_leg_allow(act->relay, m->pair, leg, types);
		/* Pictures sent under the sound's number would still have to fit into the sound's rate. */
		relay_leg_rate(act->relay, m->pair, leg, pair->video ? LIMIT_VIDEO_BYTES_PER_SECOND : LIMIT_AUDIO_BYTES_PER_SECOND);
	}
}

void media_cut(struct act *act, struct pair *pair)
{
	struct media *m = pair->media;

	if (m->pair)
		relay_pair_cut(act->relay, m->pair);
	if (m->pair && !m->counted) {
		struct relay_counters legs[2];

		media_counters(act, pair, legs);
		leg_counted(&act->legs, &legs[0]);
		leg_counted(&act->legs, &legs[1]);
		m->counted = true;
	}
	/* Ended calls are remembered for a minute, their descriptions are not. */
	for (int i = 0; i < 2; i++) {
		free(m->waits[i]);
		m->waits[i] = NULL;
	}
}

void media_free(struct act *act, struct pair *pair)
{
	(void)act;
	free(pair->media);
	pair->media = NULL;
}

void media_counters(struct act *act, const struct pair *pair, struct relay_counters out[2])
{
	const struct media *m = pair->media;

	memset(out, 0, 2 * sizeof *out);
	if (act->relay && m)
		relay_pair_counters(act->relay, m->pair, out);
}

/* An offer with a new user fragment restarts ICE for its sender's leg; the other end keeps its own, and sees a plain new offer. */
static void restart_if_new(struct act *act, struct media *m, unsigned from, const struct sdp_facts *facts)
{
	if (!m->ufrag[from][0] || strcmp(m->ufrag[from], facts->ufrag) == 0)
		return;
	relay_cred_make(&m->cred[from]);
	relay_leg_restart(act->relay, m->pair, from, &m->cred[from]);
}

/* Who is away hears it when he is back. */
static bool tell(struct act *act, struct pair *pair, unsigned to)
{
	const struct media *m = pair->media;
	const struct party *party = pair_party(pair, to);
	json_t *text;

	if (!party->line)
		return true;
	text = rewrite(act, m, to, str_of(m->waits[to]));
	if (!text)
		return false;
	line_tell(party->line, json_pack("{s:s, s:s, s:s, s:s, s:o}", "ev", "sdp", "call", pair->call->id, "from", pair_party(pair, !to)->address,
		"kind", m->offered_by == (int)!to ? "offer" : "answer", "sdp", text));
	return true;
}

void media_tell_again(struct act *act, struct party *party)
{
	/* What can't be told now is asked for again: the page's own watch over the media makes a new offer. */
	list_each (&party->call->pairs, node, after) {
		struct pair *pair = list_entry(node, struct pair, node);
		unsigned end;

		if (!pair->open || (pair->seat[0] != party->seat && pair->seat[1] != party->seat))
			continue;
		end = pair_end(pair, party->seat);
		if (((struct media *)pair->media)->waits[end] && party_present(party) && party_present(pair_party(pair, !end)))
			tell(act, pair, end);
	}
}

static enum reason pass(struct act *act, struct pair *pair, unsigned mine, bool offer, struct str sdp, const struct sdp_facts *facts)
{
	struct media *m = pair->media;
	char *kept;

	/* Glare has a fixed end: the later one's offer gives way to the earlier one's. An answer needs an offer. */
	if (offer ? m->offered_by == 0 && mine == 1 : m->offered_by != (int)!mine)
		return REASON_CALL_STATE;
	kept = str_dup(sdp);
	if (!kept)
		return REASON_BUSY;
	if (offer)
		restart_if_new(act, m, mine, facts);
	learn(m, mine, facts);
	media_allow(act, pair);
	m->offered_by = offer ? (int)mine : -1;
	free(m->waits[!mine]);
	free(m->waits[mine]);
	m->waits[!mine] = kept;
	m->waits[mine] = NULL;
	call_changed(act, pair->call);
	return tell(act, pair, !mine) ? REASON_OK : REASON_BUSY;
}

void act_call_sdp(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "call", "with", "kind", "sdp", NULL };
	struct party *mine = call_read(deed), *other;
	struct sdp_facts facts;
	struct str kind, sdp;
	struct pair *pair;
	enum reason reason;
	char why[128];

	if (!mine || !deed_only(deed, keys) || !deed_str(deed, "kind", 8, &kind) || !deed_str(deed, "sdp", LIMIT_SDP_BYTES, &sdp))
		return;
	if (!str_eq(kind, STR("offer")) && !str_eq(kind, STR("answer"))) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "/kind", "must be offer or answer");
		return;
	}
	other = call_with(deed, mine);
	if (!other)
		return;
	pair = call_pair(mine->call, mine->seat, other->seat);
	if (!party_present(mine) || !party_present(other) || mine->call->state != CALL_TALKING || mine->line != deed->line || !pair || !pair->open) {
		deed_refuse(deed, REASON_CALL_STATE);
		return;
	}
	if (!sdp_read(sdp, &facts, why)) {
		deed_refuse_field(deed, REASON_CALL_SDP, "/sdp", why);
		return;
	}
	reason = pass(deed->act, pair, pair_end(pair, mine->seat), str_eq(kind, STR("offer")), sdp, &facts);
	if (reason == REASON_OK)
		deed_ok(deed, json_object());
	else
		deed_refuse(deed, reason);
}
