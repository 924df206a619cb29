/** @file bare.c  The limit: a walk through hash tables, with an answer of a route and a reason and nothing else. */
#include "bare.h"

#include "reach/reach.h"

#include <err.h>
#include <stdlib.h>

/* Pairs of numbers to a number: (tenant, listed tenant), (tenant, guest's home), (tenant, holder). Open addressing. */
struct pairs {
	struct { uint64_t key; uint32_t value; } *slots;
	uint64_t mask;
};

struct bare {
	const struct facts *facts;
	uint32_t *by_address;		/* account, or NOBODY */
	uint64_t mask;
	struct pairs listed, guests, held;
	uint32_t *next_held;		/* by number of a hold: the holder's next one in this tenant */
};

static uint64_t mix(uint64_t x)
{
	x ^= x >> 32;
	x *= 0xd6e8feb86659fd93u;
	return x ^ (x >> 32);
}

static uint64_t text_hash(struct str s)
{
	uint64_t h = s.n, word;
	size_t i = 0;

	for (; i + 8 <= s.n; i += 8) {
		memcpy(&word, s.p + i, 8);
		h = mix(h ^ word);
	}
	word = 0;
	memcpy(&word, s.p + i, s.n - i);
	return mix(h ^ word);
}

static uint64_t room_for(size_t n)
{
	uint64_t room = 16;

	while (room < 2 * n)
		room *= 2;
	return room;
}

static void *all_new(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (!p)
		err(1, "memory");
	return p;
}

static void pairs_init(struct pairs *pairs, size_t n)
{
	pairs->mask = room_for(n) - 1;
	pairs->slots = all_new(pairs->mask + 1, sizeof(*pairs->slots));
	for (uint64_t i = 0; i <= pairs->mask; i++)
		pairs->slots[i].value = NOBODY;
}

static uint32_t *pairs_at(const struct pairs *pairs, uint32_t a, uint32_t b)
{
	uint64_t key = (uint64_t)a << 32 | b, i = mix(key) & pairs->mask;

	while (pairs->slots[i].value != NOBODY && pairs->slots[i].key != key)
		i = (i + 1) & pairs->mask;
	pairs->slots[i].key = key;
	return &pairs->slots[i].value;
}

static uint32_t pairs_find(const struct pairs *pairs, uint32_t a, uint32_t b)
{
	uint64_t key = (uint64_t)a << 32 | b, i = mix(key) & pairs->mask;

	while (pairs->slots[i].value != NOBODY && pairs->slots[i].key != key)
		i = (i + 1) & pairs->mask;
	return pairs->slots[i].value;
}

static uint32_t account_find(const struct bare *bare, struct str address)
{
	uint64_t i = text_hash(address) & bare->mask;

	while (bare->by_address[i] != NOBODY && !str_eq(bare->facts->accounts[bare->by_address[i]].address, address))
		i = (i + 1) & bare->mask;
	return bare->by_address[i];
}

struct bare *bare_new(const struct facts *facts)
{
	struct bare *bare = all_new(1, sizeof(*bare));

	bare->facts = facts;
	bare->mask = room_for(facts->n_accounts) - 1;
	bare->by_address = all_new(bare->mask + 1, sizeof(*bare->by_address));
	memset(bare->by_address, 0xff, (bare->mask + 1) * sizeof(*bare->by_address));
	bare->next_held = all_new(facts->n_holds + 1, sizeof(*bare->next_held));
	pairs_init(&bare->listed, facts->n_lists);
	pairs_init(&bare->guests, facts->n_accounts / 4);
	pairs_init(&bare->held, facts->n_holds);
	for (uint32_t a = 0; a < facts->n_accounts; a++) {
		const struct fact_account *account = &facts->accounts[a];
		uint64_t i = text_hash(account->address) & bare->mask;

		while (bare->by_address[i] != NOBODY)
			i = (i + 1) & bare->mask;
		bare->by_address[i] = a;
		if (account->kind == FACT_GUEST)
			*pairs_at(&bare->guests, account->tenant, account->home) = a;
	}
	for (size_t i = 0; i < facts->n_lists; i++)
		*pairs_at(&bare->listed, facts->lists[i].a, facts->lists[i].b) = 1;
	/* Held accounts hang in a chain of numbers into `holds`, newest first: the table has them from the last address to the first. */
	for (uint32_t i = 0; i < facts->n_holds; i++) {
		uint32_t *first = pairs_at(&bare->held, facts->accounts[facts->holds[i].b].tenant, facts->holds[i].a);

		bare->next_held[i] = *first;
		*first = i;
	}
	return bare;
}

void bare_free(struct bare *bare)
{
	free(bare->by_address);
	free(bare->next_held);
	free(bare->listed.slots);
	free(bare->guests.slots);
	free(bare->held.slots);
	free(bare);
}

static enum code identity(const struct bare *bare, const struct fact_account *a)
{
	if (!a->enabled || (a->home != NOBODY && !bare->facts->accounts[a->home].enabled))
		return CODE_DISABLED;
	if (a->kind == FACT_GUEST && !a->accepted)
		return CODE_PENDING;
	return a->kind == FACT_SERVICE && a->lease_over ? CODE_ENDED : CODE_OK;
}

static enum code external(const struct bare *bare, uint32_t judge, uint32_t other)
{
	uint8_t mode = bare->facts->tenants[judge].mode;

	if (mode == FACT_OPEN)
		return CODE_OK;
	if (pairs_find(&bare->listed, judge, other) != NOBODY)
		return mode == FACT_BLOCK ? CODE_BLOCKED : CODE_OK;
	return mode == FACT_ALLOW ? CODE_NOT_ALLOWED : CODE_OK;
}

static enum code barrier(const struct bare *bare, const struct fact_account *x, const struct fact_account *y)
{
	const struct fact_tenant *t = &bare->facts->tenants[x->tenant];
	bool lists = t->lists[x->segment] >> y->segment & 1;

	if (t->allows >> x->segment & 1)
		return lists ? CODE_OK : CODE_NOT_ADMITTED;
	return lists ? CODE_BARRED : CODE_OK;
}

static enum code first_stop(enum code a, enum code b)
{
	return a == CODE_OK ? b : a;
}

static enum code federation(const struct bare *bare, const struct fact_account *from, const struct fact_account *to)
{
	const struct fact_account *ends[2] = { from, to };

	for (unsigned end = 0; end < 2; end++) {
		if (ends[end]->kind != FACT_INTERNAL)
			return ends[end]->kind == FACT_GUEST ? CODE_GUEST_NO_FED : CODE_LEASE_NO_FED;
	}
	return first_stop(external(bare, from->tenant, to->tenant), external(bare, to->tenant, from->tenant));
}

/* The gates of one route. `holder` is who uses the service account at `from`, or NULL. */
static enum code attempt(const struct bare *bare, enum route route, const struct fact_account *from, const struct fact_account *to,
	const struct fact_account *holder)
{
	const struct fact_account *accounts = bare->facts->accounts;
	const struct fact_account *from_home = from->home != NOBODY ? &accounts[from->home] : holder;
	const struct fact_account *to_home = to->home != NOBODY ? &accounts[to->home] : NULL;
	enum code code = first_stop(identity(bare, from), identity(bare, to));

	if (code != CODE_OK)
		return code;
	if (!(from->home != NOBODY ? from_home : from)->licensed || !(to_home ? to_home : to)->licensed)
		return CODE_MISSING;
	if (route == ROUTE_FEDERATION)
		return federation(bare, from, to);
	if (from->kind == FACT_SERVICE && to->kind == FACT_SERVICE)
		return CODE_SCOPE;
	code = first_stop(barrier(bare, from, to), barrier(bare, to, from));
	if (code == CODE_OK && from_home && to_home && from_home->tenant == to_home->tenant)
		code = first_stop(barrier(bare, from_home, to_home), barrier(bare, to_home, from_home));
	return code;
}

/* True when no other route has to be tried. */
static bool better(struct fact_answer *best, enum route route, enum code code)
{
	if (code / 100 > best->code / 100)
		*best = (struct fact_answer){ (uint8_t)route, (uint16_t)code };
	return code == CODE_OK;
}

struct fact_answer bare_decide(const struct bare *bare, struct str from_text, struct str to_text)
{
	const struct fact_account *accounts = bare->facts->accounts;
	uint32_t a = account_find(bare, from_text), b = account_find(bare, to_text);
	const struct fact_account *from = &accounts[a], *to = &accounts[b];
	struct fact_answer best = { 0 };
	uint32_t stand;

	if (a == NOBODY || b == NOBODY)
		return (struct fact_answer){ ROUTE_NONE, CODE_UNKNOWN };
	if (from->tenant == to->tenant) {
		better(&best, ROUTE_INTERNAL, attempt(bare, ROUTE_INTERNAL, from, to, NULL));
		return best;
	}
	if (better(&best, ROUTE_FEDERATION, attempt(bare, ROUTE_FEDERATION, from, to, NULL)))
		return best;
	stand = from->kind == FACT_INTERNAL ? pairs_find(&bare->guests, to->tenant, a) : NOBODY;
	if (stand != NOBODY && stand != b && better(&best, ROUTE_GUEST, attempt(bare, ROUTE_GUEST, &accounts[stand], to, NULL)))
		return best;
	stand = to->kind == FACT_INTERNAL ? pairs_find(&bare->guests, from->tenant, b) : NOBODY;
	if (stand != NOBODY && stand != a && better(&best, ROUTE_GUEST, attempt(bare, ROUTE_GUEST, from, &accounts[stand], NULL)))
		return best;
	if (from->kind != FACT_INTERNAL || !from->enabled)
		return best;
	for (uint32_t i = pairs_find(&bare->held, to->tenant, a); i != NOBODY; i = bare->next_held[i]) {
		const struct fact_account *service = &accounts[bare->facts->holds[i].b];

		if (service != to && !service->lease_over && better(&best, ROUTE_LEASE, attempt(bare, ROUTE_LEASE, service, to, from)))
			return best;
	}
	return best;
}
