/** @file reach/personal.c  Gate 7: blocked people and first contact (spec 5.7). */
#include "reach/gates.h"

#include <assert.h>

enum { NAMES = 3 };	/* one person's: as asked, standing in, a guest's home */

static void names_of(const struct attempt *try, unsigned i, struct str names[NAMES])
{
	const struct end *end = &try->ends[i];

	names[0] = i ? try->ask->to : try->ask->from;
	names[1] = end->address;
	names[2] = end->home_address;
}

size_t account_contacts(const struct account *a)
{
	return a->more ? a->more->doc.n_contacts : 0;
}

const struct contact_doc *account_contact_at(const struct account *a, size_t i)
{
	assert(i < account_contacts(a));
	return &a->more->doc.contacts[i];
}

bool account_contact(const struct account *a, struct str address, enum contact_state *state)
{
	const struct more *more = a->more;
	uint32_t at;

	if (!more || !address.n)
		return false;
	if (more->contacts.n) {
		if (!text_map_find(&more->contacts, address, &at))
			return false;
		*state = more->doc.contacts[at].state;
		return true;
	}
	for (size_t i = 0; i < more->doc.n_contacts; i++) {
		if (!str_eq(str_of(more->doc.contacts[i].address), address))
			continue;
		*state = more->doc.contacts[i].state;
		return true;
	}
	return false;
}

/* What all of to's contacts say about all of from's names. */
static void contacts_ask(const struct attempt *try, bool *blocked, bool *accepted)
{
	const struct end *to = &try->ends[1];
	const struct account *accounts[] = { to->asked, to->account, to->home_hidden ? NULL : to->home };
	enum contact_state state = CONTACT_PENDING;
	struct str names[NAMES];

	names_of(try, 0, names);
	for (unsigned a = 0; a < 3; a++) {
		for (unsigned n = 0; accounts[a] && accounts[a]->more && n < NAMES; n++) {
			if (!account_contact(accounts[a], names[n], &state))
				continue;
			*blocked |= state == CONTACT_BLOCKED;
			*accepted |= state == CONTACT_ACCEPTED;
		}
	}
}

static bool waits(const struct attempt *try, const struct tenant *owner)
{
	enum action action = try->ask->action;

	if (try->route != ROUTE_FEDERATION && try->route != ROUTE_GUEST)
		return false;
	return action != ACTION_FIND && action != ACTION_CHAT && owner && owner->outside->access.first_contact_asks;
}

bool personal_pass(const struct attempt *try, struct stop *stop)
{
	const struct end *to = &try->ends[1];
	/* Of the person asked for, wherever he stands here. */
	const struct tenant *owner = to->asked ? account_tenant(try->world, to->asked) : world_tenant_by_domain(try->world, address_domain(try->ask->to));
	bool blocked = false, accepted = false;

	if (!to->account)
		return true;
	contacts_ask(try, &blocked, &accepted);
	*stop = (struct stop){ REASON_CONTACT_BLOCKED, SIDE_TO, owner, "contacts", try->ask->from };
	if (blocked)
		return false;
	stop->reason = REASON_CONTACT_PENDING;
	stop->rule = "external_access.first_contact";
	return accepted || !to->asked || !waits(try, owner) || tried(try, REMEDY_ACCEPT_CONTACT, 1);
}
