/** @file reach/route.c  The four routes: who stands at each end (spec section 3). */
#include "reach/gates.h"

void end_stand(const struct world *world, const struct account *account, struct end *end)
{
	end->account = account;
	end->address = account_address(account);
	end->domain = (struct str){ account->text + account->domain_at, (size_t)account->address_bytes - account->domain_at };
	end->tenant = world->tenants[account->tenant];
	if (account->kind != KIND_GUEST)
		return;
	end->home_address = str_of(account->more->doc.home);
	end->home = world_account(world, end->home_address);
	end->home_tenant = end->home ? world->tenants[end->home->tenant] : world_tenant_by_domain(world, address_domain(end->home_address));
}

void time_seen(const struct attempt *try, const struct instant *at)
{
	struct horizon *h = try->horizon;

	if (!h || !at->given || instant_cmp(at, &try->ask->at) <= 0)
		return;
	if (!h->given || instant_cmp(at, &h->at) < 0)
		*h = (struct horizon){ true, *at };
}

static bool same_tenant(const struct attempt *asked)
{
	return asked->ends[0].tenant == asked->ends[1].tenant;
}

static bool internal_stand(const struct attempt *asked, struct attempt *try, unsigned nth)
{
	if (nth || !same_tenant(asked))
		return false;
	*try = *asked;
	return true;
}

static bool federation_stand(const struct attempt *asked, struct attempt *try, unsigned nth)
{
	if (nth || same_tenant(asked))
		return false;
	*try = *asked;
	return true;
}

/* Its address follows from the two. */
const struct account *guest_in(const struct world *world, const struct tenant *host, struct str home)
{
	const struct account *guest;
	char address[324];

	if (!host || !host->roster->guests || !host->core->domains.n || !guest_address(home, str_of(host->core->domains.v[0]), address))
		return NULL;
	guest = world_account(world, str_of(address));
	return guest && guest->kind == KIND_GUEST && str_eq(str_of(guest->more->doc.home), home) ? guest : NULL;
}

/* `traveller` (an end) goes to the other's tenant as its guest there. */
static bool travel(const struct attempt *asked, struct attempt *try, unsigned traveller)
{
	const struct end *from = &asked->ends[traveller], *to = &asked->ends[!traveller];
	const struct account *guest;

	if (same_tenant(asked) || !end_is(from, KIND_INTERNAL))
		return false;
	guest = guest_in(asked->world, to->tenant, from->address);
	if (!guest || str_eq(account_address(guest), to->address))
		return false;
	*try = *asked;
	end_stand(asked->world, guest, &try->ends[traveller]);
	return true;
}

/* The first way that is there is the first, whether `from` or `to` travels. */
static bool guest_stand(const struct attempt *asked, struct attempt *try, unsigned nth)
{
	if (nth == 0)
		return travel(asked, try, 0) || travel(asked, try, 1);
	/* The second, unless `to` was the first to travel. */
	return nth == 1 && try->ends[0].account != asked->ends[0].account && travel(asked, try, 1);
}

bool lease_runs(const struct lease_doc *lease, const struct instant *at)
{
	return (!lease->starts.given || instant_cmp(&lease->starts, at) <= 0) && (!lease->ends.given || instant_cmp(at, &lease->ends) < 0);
}

/* The first account of the lease behind `last`, by address; NULL when there is none. */
static const char *lent_behind(const struct lease *lease, const char *last)
{
	size_t low = 0, high = lease->doc->accounts.n;

	while (last && low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(lease->accounts[middle], last) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < lease->doc->accounts.n ? lease->accounts[low] : NULL;
}

/* Of all leases that `from` holds in to's tenant, the account next behind `last`. */
static const char *held_behind(const struct attempt *asked, const char *last)
{
	const struct rules *rules = asked->ends[1].tenant->rules;
	const char *next = NULL;
	uint32_t first;

	if (!text_map_find_hashed(&rules->held.first, asked->ends[0].address, asked->ends[0].hash, &first))
		return NULL;
	for (size_t i = first; i < rules->held.n && strcmp(rules->held.v[i].text, rules->held.v[first].text) == 0; i++) {
		const struct lease *lease = &rules->leases[rules->held.v[i].lease];
		const char *candidate;

		if (lease->doc->suspended)
			continue;
		time_seen(asked, &lease->doc->starts);
		time_seen(asked, &lease->doc->ends);
		candidate = lease_runs(lease->doc, &asked->ask->at) ? lent_behind(lease, last) : NULL;
		if (candidate && (!next || strcmp(candidate, next) < 0))
			next = candidate;
	}
	return next;
}

static bool lease_stand(const struct attempt *asked, struct attempt *try, unsigned nth)
{
	const struct end *from = &asked->ends[0];
	const char *last = nth ? try->ends[0].account->text : NULL;
	const struct account *account;

	if (same_tenant(asked) || !asked->ends[1].tenant || !end_is(from, KIND_INTERNAL) || !(from->account->flags & ACCOUNT_ENABLED))
		return false;
	for (;;) {
		last = held_behind(asked, last);
		if (!last)
			return false;
		account = world_account(asked->world, str_of(last));
		if (account && account->kind == KIND_SERVICE && !str_eq(account_address(account), asked->ends[1].address))
			break;
	}
	*try = *asked;
	end_stand(asked->world, account, &try->ends[0]);
	return true;
}

/* In order of preference. */
const struct route_row routes[ROUTES] = {
	{ ROUTE_INTERNAL, internal_stand },
	{ ROUTE_FEDERATION, federation_stand },
	{ ROUTE_GUEST, guest_stand },
	{ ROUTE_LEASE, lease_stand },
};
