/** @file reach/licence.c  Gate 2: licences, and the technician that annotation needs (spec 5.2). */
#include "reach/gates.h"

/* Whose licence an end stands by: a guest's is at home, when that is here. */
const struct account *licence_holder(const struct end *end, const struct tenant **tenant)
{
	bool guest = end_is(end, KIND_GUEST);

	*tenant = guest ? end->home_tenant : end->tenant;
	return guest ? end->home : end->account;
}

static unsigned counting(const struct attempt *try, unsigned end, const struct tenant *tenant, const struct account *holder)
{
	unsigned counts = account_counts(tenant, holder);

	if (tried(try, REMEDY_ASSIGN_LICENCE, end))
		counts |= 1u << try->trial->sku;
	return counts;
}

/* An end that was not looked up is taken for a technician. */
static bool technician(const struct attempt *try, unsigned i)
{
	const unsigned bit = 1u << SKU_REMOTE_ASSIST;
	const struct end *end = &try->ends[i];
	const struct tenant *tenant;
	const struct account *holder = licence_holder(end, &tenant);

	if (!end->account || end->home_hidden || (holder && (counting(try, i, tenant, holder) & bit)))
		return true;
	/* The host may make a technician of its guest. */
	return counting(try, i, end->tenant, end->account) & bit;
}

static bool end_pass(const struct attempt *try, unsigned i, struct stop *stop)
{
	const struct tenant *tenant;
	const struct account *holder = licence_holder(&try->ends[i], &tenant);

	/* A guest's home elsewhere has its licences there. */
	if (!holder || try->ends[i].home_hidden || counting(try, i, tenant, holder))
		return true;
	*stop = (struct stop){ holder->held ? REASON_LICENCE_OVER_SEATS : REASON_LICENCE_MISSING, side_of(i), tenant, "licences",
		account_address(holder) };
	return false;
}

bool licence_pass(const struct attempt *try, struct stop *stop)
{
	if (!end_pass(try, 0, stop) || !end_pass(try, 1, stop))
		return false;
	if (try->ask->action != ACTION_ANNOTATE || technician(try, 0) || technician(try, 1))
		return true;
	*stop = (struct stop){ .reason = REASON_LICENCE_NO_TECHNICIAN, .rule = "licences", .what = STR("remote-assist") };
	return false;
}

bool seat_free(const struct tenant *tenant, enum sku sku)
{
	const struct licence_seats *seats = &tenant->core->licences[sku];

	return seats->listed && (!seats->limited || (uint64_t)seats->seats > tenant->roster->held[sku]);
}
