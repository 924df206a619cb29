/** @file reach/licence.c  Gate 2: licences, and the technician that annotation needs (spec 5.2). */
#include "reach/gates.h"

static unsigned counting(const struct attempt *try, unsigned end)
{
	unsigned counts = try->ends[end].account->counts;

	if (tried(try, REMEDY_ASSIGN_LICENCE, end))
		counts |= 1u << try->trial->sku;
	return counts;
}

/* An end that was not looked up is taken for a technician. */
static bool technician(const struct attempt *try, unsigned end)
{
	return !try->ends[end].account || (counting(try, end) & 1u << SKU_REMOTE_ASSIST);
}

bool licence_pass(const struct attempt *try, struct stop *stop)
{
	for (unsigned i = 0; i < 2; i++) {
		const struct end *end = &try->ends[i];
		enum reason reason;

		if (!end->account || counting(try, i))
			continue;
		reason = end->account->held ? REASON_LICENCE_OVER_SEATS : REASON_LICENCE_MISSING;
		*stop = (struct stop){ reason, side_of(i), end->tenant, "licences", account_address(end->account) };
		return false;
	}
	if (try->ask->action != ACTION_ANNOTATE || technician(try, 0) || technician(try, 1))
		return true;
	*stop = (struct stop){ .reason = REASON_LICENCE_NO_TECHNICIAN, .rule = "licences", .what = STR("remote-assist") };
	return false;
}

bool seat_free(const struct tenant *tenant, enum sku sku)
{
	const struct licence_seats *seats = &tenant->core->licences[sku];

	return seats->listed && (!seats->limited || (uint64_t)seats->seats > tenant->core->held[sku]);
}
