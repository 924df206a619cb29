/** @file reach/remedy.c  What would help. A remedy is tried before it is offered. */
#include "reach/gates.h"

#include <assert.h>
#include <stdlib.h>

const char *remedy_slug(enum remedy_code code)
{
	static const char *const slugs[REMEDIES] = {
		[REMEDY_ASK_ADMIN_ALLOW_DOMAIN] = "ask_admin_allow_domain", [REMEDY_ALLOW_DOMAIN] = "allow_domain",
		[REMEDY_UNBLOCK_DOMAIN] = "unblock_domain", [REMEDY_ENABLE_EXTERNAL] = "enable_external",
		[REMEDY_INVITE_GUEST] = "invite_guest", [REMEDY_REDEEM_INVITATION] = "redeem_invitation",
		[REMEDY_LEASE_ACCOUNT] = "lease_account", [REMEDY_EXTEND_LEASE] = "extend_lease",
		[REMEDY_ADD_TO_LEASE_REACH] = "add_to_lease_reach", [REMEDY_ASSIGN_LICENCE] = "assign_licence",
		[REMEDY_CHANGE_BARRIER] = "change_barrier", [REMEDY_ACCEPT_CONTACT] = "accept_contact",
	};

	assert(code < REMEDIES);
	return slugs[code];
}

/* Which remedy answers which stop. */
static const struct {
	enum reason reason;
	enum remedy_code code;
} answers[] = {
	{ REASON_GUEST_PENDING, REMEDY_REDEEM_INVITATION },
	{ REASON_LEASE_NOT_STARTED, REMEDY_EXTEND_LEASE },
	{ REASON_LEASE_ENDED, REMEDY_EXTEND_LEASE },
	{ REASON_LICENCE_MISSING, REMEDY_ASSIGN_LICENCE },
	{ REASON_LICENCE_OVER_SEATS, REMEDY_ASSIGN_LICENCE },
	{ REASON_LICENCE_NO_TECHNICIAN, REMEDY_ASSIGN_LICENCE },
	{ REASON_EXTERNAL_OFF, REMEDY_ENABLE_EXTERNAL },
	{ REASON_EXTERNAL_NOT_ALLOWED, REMEDY_ALLOW_DOMAIN },
	{ REASON_EXTERNAL_BLOCKED, REMEDY_UNBLOCK_DOMAIN },
	{ REASON_LEASE_OUT_OF_SCOPE, REMEDY_ADD_TO_LEASE_REACH },
	{ REASON_BARRIER_BLOCKED, REMEDY_CHANGE_BARRIER },
	{ REASON_BARRIER_NOT_ALLOWED, REMEDY_CHANGE_BARRIER },
	{ REASON_CONTACT_PENDING, REMEDY_ACCEPT_CONTACT },
};

/* The account is on this lease, and in the term of another: that has to end before this one can be extended. */
static bool lent_otherwise(const struct attempt *try, const struct end *end, const struct lease *lease)
{
	const struct rules *rules = end->tenant ? end->tenant->rules : NULL;
	bool on = false, otherwise = false;
	uint32_t first;

	if (!end_is(end, KIND_SERVICE) || !text_map_find(&rules->lent.first, account_address(end->account), &first))
		return false;
	for (size_t i = first; i < rules->lent.n && strcmp(rules->lent.v[i].text, rules->lent.v[first].text) == 0; i++) {
		const struct lease *each = &rules->leases[rules->lent.v[i].lease];

		if (each == lease)
			on = true;
		else if (lease_runs(each->doc, &try->ask->at))
			otherwise = true;
	}
	return on && otherwise;
}

/* It opens the route, or leaves only something that the other side has to see to. */
static bool helps(const struct attempt *try, const struct trial *trial)
{
	struct attempt again = *try;
	struct trace trace;

	if (trial->lease && (lent_otherwise(try, &try->ends[0], trial->lease) || lent_otherwise(try, &try->ends[1], trial->lease)))
		return false;
	again.trial = trial;
	attempt_run(&again, &trace);
	return trace.allowed || (trace.stop.side != SIDE_NONE && trace.stop.side != trial->side);
}

/* Several routes may come to the same. */
static void offer(struct verdict *out, const struct remedy *remedy)
{
	for (unsigned i = 0; i < out->n_remedies; i++) {
		const struct remedy *r = &out->remedies[i];

		if (r->code == remedy->code && r->sku == remedy->sku && str_eq(r->who, remedy->who) && str_eq(r->what, remedy->what)
				&& str_eq(r->lease, remedy->lease))
			return;
	}
	if (out->n_remedies < REMEDIES_MOST)
		out->remedies[out->n_remedies++] = *remedy;
}

static const struct lease *lease_meant(const struct attempt *try, unsigned end)
{
	const struct lease *lease;

	lease_of(try, try->ends[end].tenant, try->ends[end].account, &lease);
	return lease;
}

static struct str lease_id(const struct attempt *try, unsigned end)
{
	const struct lease *lease = lease_meant(try, end);

	return lease ? str_of(lease->doc->id) : STR("");
}

/* The remedy for one stop, in the words of who would do it. */
static struct remedy remedy_of(const struct attempt *try, const struct trial *trial, const struct stop *stop)
{
	unsigned i = trial->side == SIDE_TO;
	const struct end *end = &try->ends[i], *other = &try->ends[!i];
	struct remedy r = { .code = trial->code, .who = tenant_id(stop->tenant), .what = other->domain };

	switch (trial->code) {
	case REMEDY_REDEEM_INVITATION:
		r.who = end->home_tenant ? tenant_id(end->home_tenant) : address_domain(end->home_address);
		r.what = end->address;
		break;
	case REMEDY_EXTEND_LEASE:
		r.lease = lease_id(try, i);
		r.what = end->address;
		break;
	case REMEDY_ADD_TO_LEASE_REACH:
		r.lease = lease_id(try, i);
		r.what = other->address;
		break;
	case REMEDY_CHANGE_BARRIER:
		r.what = stop->what;
		break;
	case REMEDY_ACCEPT_CONTACT:
		r.what = try->ask->from;
		break;
	default:
		break;
	}
	return r;
}

/* The first SKU with a free seat that helps. */
static void offer_licence(const struct attempt *try, unsigned i, struct verdict *out)
{
	const struct end *end = &try->ends[i];
	const struct tenant *tenant;
	const struct account *holder = licence_holder(end, &tenant);

	/* Of a guest from elsewhere only the host can make a technician. */
	if (!holder) {
		holder = end->account;
		tenant = end->tenant;
	}
	for (unsigned s = 0; holder && s < SKUS; s++) {
		struct trial trial = { .code = REMEDY_ASSIGN_LICENCE, .side = side_of(i), .sku = (enum sku)s };
		struct remedy r = { .code = REMEDY_ASSIGN_LICENCE, .who = tenant_id(tenant), .what = account_address(holder), .sku = trial.sku };

		if (!seat_free(tenant, trial.sku) || !helps(try, &trial))
			continue;
		offer(out, &r);
		return;
	}
}

void remedies_add(const struct attempt *try, const struct trace *stopped, struct verdict *out)
{
	const struct stop *stop = &stopped->stop;

	for (unsigned i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		struct trial trial = { .code = answers[i].code, .side = stop->side, .tenant = stop->tenant, .segment = stop->what.p };

		if (answers[i].reason != stop->reason)
			continue;
		if (trial.code == REMEDY_EXTEND_LEASE)
			trial.lease = lease_meant(try, stop->side == SIDE_TO);
		if (trial.code == REMEDY_ASSIGN_LICENCE) {
			/* Either of the two may become the technician. */
			if (stop->side != SIDE_TO)
				offer_licence(try, 0, out);
			if (stop->side != SIDE_FROM)
				offer_licence(try, 1, out);
		} else if (helps(try, &trial)) {
			struct remedy r = remedy_of(try, &trial, stop);

			offer(out, &r);
		}
		return;
	}
}

bool tenant_invites(const struct tenant *host, struct str domain)
{
	const struct guest_access *guests = &host->rules->guests;

	if (!guests->enabled || guests->invite_who == INVITE_NOBODY || !host->core->domains.n)
		return false;
	if (guests->invite_mode == ACCESS_ALLOW)
		return domain_listed(&host->rules->invite_allow, domain);
	return guests->invite_mode != ACCESS_BLOCK || !domain_listed(&host->rules->invite_block, domain);
}

/*
 * A guest's address where the other is, which a search may be for: the search also looks at the forms that people read. *owned is the
 * caller's to free. False: memory is out.
 */
static bool address_suppose(struct account *guest, const struct attempt *asked, struct str home, const struct tenant *host, char text[static 324], char **owned)
{
	const struct account_doc doc = { .kind = KIND_GUEST, .address = text };

	if (!guest_address(home, str_of(host->core->domains.v[0]), text))
		text[0] = '\0';
	guest->address_bytes = (uint16_t)strlen(text);
	if (!asked->ask->query)
		return true;
	*owned = account_suppose(guest, &doc);
	return *owned;
}

/* `traveller` as a guest, nothing special about it, where the other is. */
static void offer_invitation(const struct attempt *asked, unsigned traveller, struct verdict *out)
{
	const struct end *end = &asked->ends[traveller], *other = &asked->ends[!traveller];
	struct more more = { .doc = { .accepted = true } };
	char text[324] = "", *owned = NULL;
	struct account guest = { .text = text, .more = &more, .kind = KIND_GUEST, .flags = ACCOUNT_ENABLED | ACCOUNT_SUPPOSED };
	struct attempt try = *asked;
	struct remedy r = { .code = REMEDY_INVITE_GUEST, .what = end->address };
	struct trace trace;

	if (!end_is(end, KIND_INTERNAL) || !other->account || guest_in(asked->world, other->tenant, end->address)
			|| !tenant_invites(other->tenant, end->domain) || !address_suppose(&guest, asked, end->address, other->tenant, text, &owned))
		return;
	guest.tenant = other->account->tenant;
	try.route = ROUTE_GUEST;
	try.ends[traveller] = (struct end){ .account = &guest, .tenant = other->tenant, .asked = end->asked, .home_address = end->address,
		.home = end->account, .home_tenant = end->tenant, .address = STR(""), .domain = other->domain };
	attempt_run(&try, &trace);
	free(owned);
	r.who = tenant_id(other->tenant);
	if (trace.allowed)
		offer(out, &r);
}

/* `from` with a new service account that may reach just the one asked for. */
static void offer_lease(const struct attempt *asked, struct verdict *out)
{
	const struct end *from = &asked->ends[0], *to = &asked->ends[1];

	if (!end_is(from, KIND_INTERNAL) || !(from->account->flags & ACCOUNT_ENABLED) || !to->account)
		return;
	for (unsigned s = 0; s < SKUS; s++) {
		struct account lent = { .text = "", .kind = KIND_SERVICE, .flags = ACCOUNT_ENABLED | ACCOUNT_IN_HOUSE | ACCOUNT_SUPPOSED,
			.tenant = to->account->tenant, .held = (uint8_t)(1u << s) };
		struct remedy r = { .code = REMEDY_LEASE_ACCOUNT, .who = tenant_id(to->tenant), .what = from->address };
		struct attempt try = *asked;
		struct trace trace;

		if (!seat_free(to->tenant, (enum sku)s))
			continue;
		try.route = ROUTE_LEASE;
		try.ends[0] = (struct end){ .account = &lent, .tenant = to->tenant, .asked = from->asked, .address = STR(""), .domain = to->domain };
		attempt_run(&try, &trace);
		if (!trace.allowed)
			continue;
		offer(out, &r);
		return;
	}
}

/* A holder's leases that are not in force: what if one were? */
static void offer_extensions(const struct attempt *asked, struct verdict *out)
{
	const struct rules *rules = asked->ends[1].tenant ? asked->ends[1].tenant->rules : NULL;
	uint32_t first;

	if (!rules || !end_is(&asked->ends[0], KIND_INTERNAL) || !account_enabled(asked->ends[0].account)
			|| !text_map_find(&rules->held.first, asked->ends[0].address, &first))
		return;
	for (size_t i = first; i < rules->held.n && strcmp(rules->held.v[i].text, rules->held.v[first].text) == 0; i++) {
		const struct lease *lease = &rules->leases[rules->held.v[i].lease], *meant;
		const struct account *lent = lease->doc->accounts.n ? world_account(asked->world, str_of(lease->accounts[0])) : NULL;
		const struct trial trial = { .code = REMEDY_EXTEND_LEASE, .side = SIDE_FROM, .lease = lease };
		const struct stop stop = { .tenant = asked->ends[1].tenant };
		struct attempt try = *asked;
		struct remedy r;

		if (!lent || lent == asked->ends[1].account || lease_of(asked, asked->ends[1].tenant, lent, &meant) == REASON_OK || meant != lease
				|| lease_runs(lease->doc, &asked->ask->at))
			continue;
		try.route = ROUTE_LEASE;
		end_stand(asked->world, lent, &try.ends[0]);
		if (!helps(&try, &trial))
			continue;
		r = remedy_of(&try, &trial, &stop);
		offer(out, &r);
	}
}

void remedies_beyond(const struct attempt *asked, struct verdict *out)
{
	if (asked->ends[0].tenant == asked->ends[1].tenant)
		return;
	offer_extensions(asked, out);
	offer_invitation(asked, 0, out);
	offer_invitation(asked, 1, out);
	offer_lease(asked, out);
}
