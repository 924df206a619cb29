/** @file reach/find.c  Gate 8: finding people (spec 5.8); and what a search asks for, made ready. */
#include "reach/gates.h"

#include <errno.h>
#include <stdlib.h>

int query_init(struct query *query, struct str text)
{
	struct str trimmed;
	char why[128];

	*query = (struct query){ 0 };
	if (!str_utf8(text) || (text.n && memchr(text.p, '\0', text.n)))
		return -EINVAL;
	trimmed = text_trim(text);
	query->folded = text_fold(trimmed);
	if (!query->folded)
		return -ENOMEM;
	if (!address_canonical(trimmed, query->address, why))
		query->address[0] = '\0';
	return 0;
}

void query_release(struct query *query)
{
	free(query->folded);
	*query = (struct query){ 0 };
}

/* Is it the whole of one of to's addresses? Without a query it is. */
static bool whole_address(const struct attempt *try, const struct query *query)
{
	struct str wanted = query ? str_of(query->address) : try->ask->to;

	return str_eq(wanted, try->ask->to) || str_eq(wanted, try->ends[1].address) || (wanted.n && str_eq(wanted, try->ends[1].home_address));
}

static bool part_of(const struct end *to, struct str folded)
{
	return account_matches(to->account, folded) || (to->asked && to->asked != to->account && account_address_matches(to->asked, folded));
}

/* A guest searches as its host's directory setting says. */
static bool guest_find_pass(const struct attempt *try, bool whole, struct stop *stop)
{
	const struct end *from = &try->ends[0];
	enum guest_directory directory;

	if (!end_is(from, KIND_GUEST))
		return true;
	directory = from->tenant->rules->guests.directory;
	if (directory == DIRECTORY_FULL || (directory == DIRECTORY_EXACT && whole))
		return true;
	*stop = (struct stop){ directory == DIRECTORY_NONE ? REASON_GUEST_FIND_OFF : REASON_GUEST_FIND_EXACT_ONLY, SIDE_FROM, from->tenant,
		"guest_access.directory", directory == DIRECTORY_NONE ? STR("none") : STR("exact") };
	return false;
}

bool find_pass(const struct attempt *try, struct stop *stop)
{
	const struct end *from = &try->ends[0], *to = &try->ends[1];
	const struct query *query = try->ask->query;
	bool whole = whole_address(try, query);

	if (!guest_find_pass(try, whole, stop))
		return false;
	/* Whom nobody looked up can't be searched for. */
	if (!to->account)
		return true;
	if (try->route == ROUTE_FEDERATION && !whole && !domain_listed(&to->tenant->outside->lists.cards, from->domain)) {
		*stop = (struct stop){ REASON_FIND_EXACT_ONLY, SIDE_TO, to->tenant, "external_access.directory_cards", from->domain };
		return false;
	}
	if (whole || part_of(to, str_of(query->folded)))
		return true;
	*stop = (struct stop){ .reason = REASON_FIND_NO_MATCH, .rule = "query", .what = str_of(query->folded) };
	return false;
}
