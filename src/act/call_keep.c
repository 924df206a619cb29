/**
 * @file act/call_keep.c  A call outlives the server: what it is made of is kept within a tick of each change, and taken up at the next
 * start. Every pair is asked again then. The legs keep their credentials, so media goes on as soon as the relay listens again. What was
 * drawn is not kept.
 */
#include "act/call.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Pages give up 45 s after the last packet. */
enum { ALIVE_MS = 10000, GONE_MS = 60000, CALLS_PER_WRITE = 256 };

static const char alive_name[] = "calls.alive";

/* Writing. */

struct keeping {
	struct act *act;
	bool all;			/* an earlier one failed: these are all there are */
	time_ms_t alive;
	size_t n;
	struct {
		char id[ID_CHARS + 1];
		char *doc;		/* owned; NULL: it is over */
	} v[];
};

static json_t *party_doc(const struct party *p)
{
	return json_pack("{s:I, s:s, s:i, s:i, s:I, s:I, s:I, s:b, s:b}", "account", (json_int_t)p->account, "address", p->address,
		"asked_by", (int)p->asked_by, "state", (int)p->state, "session", (json_int_t)p->session, "asked", (json_int_t)p->asked,
		"since", (json_int_t)p->since, "muted", p->muted, "camera", p->camera);
}

static json_t *pair_doc(const struct pair *p)
{
	return json_pack("{s:i, s:i, s:b, s:b, s:i, s:o}", "a", (int)p->seat[0], "b", (int)p->seat[1], "barred", p->barred,
		"both", p->n_permits > PERMITS, "route", (int)p->route, "media", p->open ? media_keep(p) : json_null());
}

/* NULL when memory is out. */
static char *call_doc(const struct call *call)
{
	json_t *parties = json_array(), *pairs = json_array(), *doc;
	char *text = NULL;

	for (unsigned i = 0; i < call->n_parties; i++)
		json_array_append_new(parties, party_doc(call->party[i]));
	for (struct list *node = call->pairs.next; node != &call->pairs; node = node->next)
		json_array_append_new(pairs, pair_doc(list_entry(node, struct pair, node)));
	doc = json_pack("{s:i, s:i, s:b, s:I, s:o, s:o}", "host", (int)call->host, "stage", (int)call->stage, "video", call->wants_video,
		"since", (json_int_t)call->since, "parties", parties, "pairs", pairs);
	if (doc)
		text = json_dumps(doc, JSON_COMPACT);
	json_decref(doc);
	return text;
}

void call_changed(struct act *act, struct call *call)
{
	if (call->state != CALL_RINGING && list_empty(&call->unkept))
		list_add(&act->unkept, &call->unkept);
}

static int run_keep(struct store_tx *tx, void *arg)
{
	const struct keeping *k = arg;
	int err = k->all ? store_calls_unkeep(tx) : 0;

	for (size_t i = 0; i < k->n && !err; i++)
		err = store_call_keep(tx, k->v[i].id, k->v[i].doc);
	return err ? err : store_meta_put(tx, alive_name, &k->alive, sizeof k->alive);
}

static void keeping_free(struct keeping *k)
{
	for (size_t i = 0; i < k->n; i++)
		free(k->v[i].doc);
	free(k);
}

static void all_changed(struct act *act)
{
	act->keep_all = true;
	list_each (&act->calls, node, after)
		call_changed(act, list_entry(node, struct call, node));
}

static void kept(void *arg, int err)
{
	struct keeping *k = arg;
	struct act *act = k->act;

	keeping_free(k);
	act->keeping = false;
	if (err) {
		/* A full disk may have room again: then all of them anew. */
		log_event(LOG_ERROR, "call.unkept", LOG_S("error", strerror(-err)));
		all_changed(act);
	} else if (act->ending) {
		calls_keep(act);
	}
	act_settle(act);
}

/* What changed since, as much as goes into one write; NULL when memory is out. */
static struct keeping *keeping_make(struct act *act)
{
	struct keeping *k;
	size_t n = 0;

	for (struct list *node = act->unkept.next; node != &act->unkept && (act->keep_all || n < CALLS_PER_WRITE); node = node->next)
		n++;
	k = calloc(1, sizeof *k + n * sizeof k->v[0]);
	if (!k)
		return NULL;
	k->act = act;
	k->all = act->keep_all;
	k->alive = clock_wall_ms();
	while (k->n < n) {
		struct call *call = list_entry(act->unkept.next, struct call, unkept);
		char *doc = call->state == CALL_ENDED ? NULL : call_doc(call);

		if (!doc && call->state != CALL_ENDED)
			break;
		list_del(&call->unkept);
		memcpy(k->v[k->n].id, call->id, sizeof call->id);
		k->v[k->n++].doc = doc;
	}
	return k;
}

void calls_keep(struct act *act)
{
	int64_t now = clock_mono_ms();
	struct keeping *k;

	if (act->keeping || (list_empty(&act->unkept) && (list_empty(&act->calls) || now - act->kept_at < ALIVE_MS)))
		return;
	k = keeping_make(act);
	if (!k)
		return;
	if (store_submit(act->store, run_keep, kept, k)) {
		/* The queue is full: with the next tick. */
		keeping_free(k);
		all_changed(act);
		return;
	}
	act->keep_all = false;
	act->keeping = true;
	act->kept_at = now;
}

/* Taking up. */

/* A pair that the rules refuse now. */
struct refused {
	struct pair *pair;
	struct verdict verdict;
	enum action action;
};

struct revival {
	struct act *act;
	struct call *call;
	time_ms_t died;			/* 0: it may go on */
	struct refused *refused;
	size_t n_refused;
	bool broken;			/* a leg can't be made */
};

static bool party_revive(struct revival *r, json_t *doc)
{
	json_int_t account, session, asked, since;
	const char *address;
	int asked_by, state, muted, camera;
	struct party *p;

	if (json_unpack(doc, "{s:I, s:s, s:i, s:i, s:I, s:I, s:I, s:b, s:b}", "account", &account, "address", &address, "asked_by", &asked_by,
			"state", &state, "session", &session, "asked", &asked, "since", &since, "muted", &muted, "camera", &camera)
			|| strlen(address) >= sizeof p->address || asked_by < 0 || (unsigned)asked_by >= LIMIT_CALL_SEATS)
		return false;
	p = call_seat(r->call, account, str_of(address));
	if (!p)
		return false;
	p->asked_by = (unsigned)asked_by;
	p->asked = asked;
	p->since = since;
	p->session = session;
	p->muted = muted;
	p->camera = camera;
	p->rung = p->away_since = clock_mono_ms();
	/* For whom it rang, it rings no more. */
	if (state == PARTY_TALKING || state == PARTY_HELD)
		party_step(p, PARTY_EV_JOIN);
	else
		party_step(p, PARTY_EV_RING);
	if (state == PARTY_HELD)
		party_step(p, PARTY_EV_HOLD);
	if (state == PARTY_GONE)
		party_step(p, PARTY_EV_LEAVE);
	return true;
}

/* It was open: is it still? */
static int pair_ask_again(struct revival *r, const struct party *from, const struct party *to, bool both, json_t *media)
{
	struct refused *refused = &r->refused[r->n_refused];
	struct pair *pair;
	int err = pair_ask(r->act, from, to, both, false, &pair, &refused->verdict, &refused->action);

	if (!err) {
		err = media_reopen(r->act, pair, media);
		if (err) {
			pair_drop(r->act, pair);
			r->broken = true;
		}
		return err;
	}
	if (err != -EACCES)
		return err;
	refused->pair = pair_new(r->call, from->seat, to->seat, 0);
	if (!refused->pair)
		return -ENOMEM;
	r->n_refused++;
	return 0;
}

static bool pair_revive(struct revival *r, json_t *doc)
{
	int a, b, barred, both, route;
	json_t *media;
	struct pair *pair;

	if (json_unpack(doc, "{s:i, s:i, s:b, s:b, s:i, s:o}", "a", &a, "b", &b, "barred", &barred, "both", &both, "route", &route, "media", &media)
			|| a < 0 || b <= a || (unsigned)b >= r->call->n_parties || route < 0 || route > ROUTE_LEASE)
		return false;
	if (!r->died && json_is_object(media))
		return pair_ask_again(r, r->call->party[a], r->call->party[b], both, media) != -ENOMEM;
	pair = pair_new(r->call, (unsigned)a, (unsigned)b, 0);
	if (!pair)
		return false;
	pair->barred = barred;
	pair->route = (enum route)route;
	return true;
}

/* Nobody left to talk to, no leg, or the server was away for too long. */
static void leave_all(struct revival *r)
{
	for (unsigned i = 0; i < r->call->n_parties && r->call->state != CALL_ENDED; i++)
		if (party_live(r->call->party[i]))
			party_leave(r->act, r->call->party[i], REASON_CALL_LOST, -1, NULL);
}

static void settle(struct revival *r)
{
	struct call *call = r->call;

	if (r->died || r->broken)
		leave_all(r);
	for (size_t i = 0; i < r->n_refused && call->state != CALL_ENDED; i++) {
		const struct refused *f = &r->refused[i];
		struct call_stop stop = { .verdict = &f->verdict, .action = f->action, .from = str_of(call->party[f->pair->seat[0]]->address),
			.to = str_of(call->party[f->pair->seat[1]]->address) };

		pair_bar(r->act, f->pair, &stop);
	}
	for (unsigned i = 0; i < call->n_parties && call->state != CALL_ENDED; i++)
		if (call->party[i]->state == PARTY_RINGING)
			party_leave(r->act, call->party[i], REASON_CALL_NO_ANSWER, -1, NULL);
}

static bool people_revive(struct revival *r, json_t *parties)
{
	json_t *each;
	size_t i;

	json_array_foreach (parties, i, each) {
		if (!party_revive(r, each))
			return false;
	}
	for (i = 0; i < r->call->n_parties; i++)
		if (party_live(r->call->party[i]) && !endpoint_need(&r->act->lines, r->call->party[i]->account))
			return false;
	return r->call->n_parties > CALL_TO;
}

static bool call_revive(struct revival *r, json_t *doc)
{
	json_t *parties, *pairs, *each;
	int host, stage, video;
	json_int_t since;
	size_t i;

	if (json_unpack(doc, "{s:i, s:i, s:b, s:I, s:o, s:o}", "host", &host, "stage", &stage, "video", &video, "since", &since, "parties", &parties,
			"pairs", &pairs) || !people_revive(r, parties))
		return false;
	if (host < 0 || (unsigned)host >= r->call->n_parties || stage < 0 || (unsigned)stage >= r->call->n_parties)
		return false;
	r->call->host = (unsigned)host;
	r->call->stage = (unsigned)stage;
	r->call->wants_video = video;
	r->call->since = since;
	r->call->died = r->died;
	r->refused = calloc(json_array_size(pairs) + 1, sizeof *r->refused);
	if (!r->refused)
		return false;
	json_array_foreach (pairs, i, each) {
		if (!pair_revive(r, each))
			return false;
	}
	return true;
}

static void call_drop(struct act *act, struct call *call)
{
	for (unsigned i = 0; i < call->n_parties; i++) {
		struct endpoint *endpoint = endpoint_find(&act->lines, call->party[i]->account);

		list_del(&call->party[i]->node);
		if (endpoint)
			endpoint_drop(&act->lines, endpoint);
	}
	list_each (&call->pairs, node, after)
		pair_drop(act, list_entry(node, struct pair, node));
	list_del(&call->node);
	call_free(call);
}

void calls_drop(struct act *act)
{
	list_each (&act->calls, node, after)
		call_drop(act, list_entry(node, struct call, node));
}

static int revive(void *arg, const char *id, const char *text)
{
	struct revival r = *(struct revival *)arg;
	json_t *doc = json_loads(text, 0, NULL);
	struct act *act = r.act;
	bool whole;

	r.call = strlen(id) == ID_CHARS ? call_new() : NULL;
	whole = doc && r.call && call_revive(&r, doc);
	json_decref(doc);
	if (!whole) {
		log_event(LOG_ERROR, "call.forgotten", LOG_S("call", id));
		if (r.call)
			call_drop(act, r.call);
	} else {
		memcpy(r.call->id, id, ID_CHARS);
		call_step(r.call, CALL_EV_ANSWER);
		list_add(&act->calls, &r.call->node);
		for (unsigned i = 0; i < r.call->n_parties; i++)
			if (party_live(r.call->party[i]))
				party_enter(act, r.call->party[i]);
		call_log(r.call->party[CALL_TO], "call.revived");
		settle(&r);
	}
	free(r.refused);
	return 0;
}

int calls_revive(struct act *act)
{
	struct revival all = { .act = act };
	time_ms_t alive, gap;
	size_t n;
	int err = store_meta_get(act->store, alive_name, &alive, sizeof alive, &n);

	if (err)
		return err == -ENOENT ? 0 : err;
	gap = clock_wall_ms() - alive;
	if (n != sizeof alive)
		return 0;
	all.died = gap < 0 || gap > GONE_MS ? alive : 0;
	/* What is not taken up again leaves no row behind: the next write has all that are. */
	act->keep_all = true;
	err = store_calls_kept(act->store, revive, &all);
	all_changed(act);
	return err;
}
