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

bool find_pass(const struct attempt *try, struct stop *stop)
{
	const struct end *from = &try->ends[0], *to = &try->ends[1];
	const struct query *query = try->ask->query;
	bool whole;

	/* Whom nobody looked up can't be searched for. */
	if (!to->account)
		return true;
	whole = !query || str_eq(str_of(query->address), account_address(to->account));
	if (try->route == ROUTE_FEDERATION && !whole && !domain_listed(&to->tenant->lists.cards, from->domain)) {
		*stop = (struct stop){ REASON_FIND_EXACT_ONLY, SIDE_TO, to->tenant, "external_access.directory_cards", from->domain };
		return false;
	}
	if (whole || account_matches(to->account, str_of(query->folded)))
		return true;
	*stop = (struct stop){ .reason = REASON_FIND_NO_MATCH, .rule = "query", .what = str_of(query->folded) };
	return false;
}
