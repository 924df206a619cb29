/** @file live/call.c  The states of a call and of its parties, seats and pairs, and the pointer's budget. */
#include "live/call.h"

#include "base/limits.h"

#include <stdio.h>
#include <stdlib.h>

static const enum call_state next[CALL_STATES][CALL_EVENTS] = {
	[CALL_RINGING] = { [CALL_EV_ANSWER] = CALL_TALKING, [CALL_EV_END] = CALL_ENDED },
	[CALL_TALKING] = { [CALL_EV_END] = CALL_ENDED },
};

static const enum party_state party_next[PARTY_STATES][PARTY_EVENTS] = {
	[PARTY_NONE] = { [PARTY_EV_RING] = PARTY_RINGING, [PARTY_EV_JOIN] = PARTY_TALKING },
	[PARTY_RINGING] = { [PARTY_EV_JOIN] = PARTY_TALKING, [PARTY_EV_LEAVE] = PARTY_GONE },
	[PARTY_TALKING] = { [PARTY_EV_TAKE] = PARTY_TALKING, [PARTY_EV_HOLD] = PARTY_HELD, [PARTY_EV_LEAVE] = PARTY_GONE },
	[PARTY_HELD] = { [PARTY_EV_TAKE] = PARTY_TALKING, [PARTY_EV_RESUME] = PARTY_TALKING, [PARTY_EV_LEAVE] = PARTY_GONE },
	[PARTY_GONE] = { [PARTY_EV_RING] = PARTY_RINGING },
};

struct call *call_new(void)
{
	struct call *call = calloc(1, sizeof *call);

	if (!call)
		return NULL;
	id_make(call->id);
	call->state = CALL_RINGING;
	list_init(&call->pairs);
	list_init(&call->unkept);
	marks_init(&call->marks);
	return call;
}

void call_free(struct call *call)
{
	list_each (&call->pairs, node, after)
		pair_free(list_entry(node, struct pair, node));
	while (call->n_parties)
		call_unseat(call);
	list_del(&call->unkept);
	marks_release(&call->marks);
	buf_release(&call->drawn);
	free(call);
}

bool call_step(struct call *call, enum call_event event)
{
	enum call_state to = next[call->state][event];

	if (to == CALL_NONE)
		return false;
	call->state = to;
	return true;
}

struct party *call_seat(struct call *call, int64_t account, struct str address)
{
	struct party *party = call->n_parties < LIMIT_CALL_SEATS ? calloc(1, sizeof *party) : NULL;

	if (!party)
		return NULL;
	assert(address.n < sizeof party->address);
	list_init(&party->node);
	party->call = call;
	party->seat = party->asked_by = call->n_parties;
	party->account = account;
	party->ended_by = -1;
	memcpy(party->address, address.p, address.n);
	call->party[call->n_parties++] = party;
	return party;
}

void call_unseat(struct call *call)
{
	struct party *party = call->party[--call->n_parties];

	assert(list_empty(&party->node));
	call->party[call->n_parties] = NULL;
	free(party);
}

bool party_step(struct party *party, enum party_event event)
{
	enum party_state to = party_next[party->state][event];

	if (to == PARTY_NONE)
		return false;
	party->state = to;
	return true;
}

struct party *call_party(const struct call *call, int64_t account)
{
	for (unsigned i = 0; i < call->n_parties; i++)
		if (call->party[i]->account == account)
			return call->party[i];
	return NULL;
}

bool party_present(const struct party *party)
{
	return party->state == PARTY_TALKING || party->state == PARTY_HELD;
}

bool party_live(const struct party *party)
{
	return party->state == PARTY_RINGING || party_present(party);
}

struct party *party_opposite(const struct party *party)
{
	const struct call *call = party->call;
	struct party *first = call->party[party->seat == CALL_FROM ? CALL_TO : party->asked_by];

	if (!party_live(party) || party_live(first))
		return first;
	for (unsigned i = 0; i < call->n_parties; i++)
		if (call->party[i] != party && party_live(call->party[i]))
			return call->party[i];
	return first;
}

unsigned call_live(const struct call *call)
{
	unsigned n = 0;

	for (unsigned i = 0; i < call->n_parties; i++)
		n += party_live(call->party[i]);
	return n;
}

unsigned call_present(const struct call *call)
{
	unsigned n = 0;

	for (unsigned i = 0; i < call->n_parties; i++)
		n += party_present(call->party[i]);
	return n;
}

struct pair *pair_new(struct call *call, unsigned a, unsigned b, unsigned n_permits)
{
	struct pair *pair = calloc(1, sizeof *pair + n_permits * sizeof pair->permits[0]);

	assert(a != b && a < call->n_parties && b < call->n_parties);
	if (!pair)
		return NULL;
	pair->call = call;
	pair->seat[0] = a < b ? a : b;
	pair->seat[1] = a < b ? b : a;
	pair->n_permits = n_permits;
	list_add(&call->pairs, &pair->node);
	return pair;
}

void pair_free(struct pair *pair)
{
	for (unsigned i = 0; i < pair->n_permits; i++)
		assert(!permit_held(&pair->permits[i]));
	assert(!pair->media);
	list_del(&pair->node);
	free(pair);
}

struct pair *call_pair(const struct call *call, unsigned a, unsigned b)
{
	unsigned low = a < b ? a : b, high = a < b ? b : a;

	for (struct list *node = call->pairs.prev; node != &call->pairs; node = node->prev) {
		struct pair *pair = list_entry(node, struct pair, node);

		if (pair->seat[0] == low && pair->seat[1] == high)
			return pair;
	}
	return NULL;
}

unsigned pair_end(const struct pair *pair, unsigned seat)
{
	assert(pair->seat[0] == seat || pair->seat[1] == seat);
	return pair->seat[1] == seat;
}

struct party *pair_party(const struct pair *pair, unsigned end)
{
	return pair->call->party[pair->seat[end]];
}

struct party *pair_other(const struct pair *pair, unsigned seat)
{
	return pair_party(pair, !pair_end(pair, seat));
}

bool call_try(struct endpoint *endpoint, int64_t now)
{
	if (now / 60000 != endpoint->place_window) {
		endpoint->place_window = now / 60000;
		endpoint->placed = 0;
	}
	return endpoint->placed++ < LIMIT_CALLS_PER_MINUTE;
}

bool party_point(struct party *party, int64_t now)
{
	if (now / 1000 != party->point_window) {
		party->point_window = now / 1000;
		party->points = 0;
	}
	return party->points++ < LIMIT_POINTS_PER_SECOND;
}
