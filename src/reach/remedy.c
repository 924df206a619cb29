/** @file reach/remedy.c  What would help. A remedy is tried before it is offered. */
#include "reach/gates.h"

#include <assert.h>

const char *remedy_slug(enum remedy_code code)
{
	static const char *const slugs[REMEDIES] = {
		[REMEDY_ASK_ADMIN_ALLOW_DOMAIN] = "ask_admin_allow_domain", [REMEDY_ALLOW_DOMAIN] = "allow_domain",
		[REMEDY_UNBLOCK_DOMAIN] = "unblock_domain", [REMEDY_ENABLE_EXTERNAL] = "enable_external",
		[REMEDY_ASSIGN_LICENCE] = "assign_licence",
	};

	assert(code < REMEDIES);
	return slugs[code];
}

/* Which remedy answers which stop. */
static const struct {
	enum reason reason;
	enum remedy_code code;
} answers[] = {
	{ REASON_LICENCE_MISSING, REMEDY_ASSIGN_LICENCE },
	{ REASON_LICENCE_OVER_SEATS, REMEDY_ASSIGN_LICENCE },
	{ REASON_LICENCE_NO_TECHNICIAN, REMEDY_ASSIGN_LICENCE },
	{ REASON_EXTERNAL_OFF, REMEDY_ENABLE_EXTERNAL },
	{ REASON_EXTERNAL_NOT_ALLOWED, REMEDY_ALLOW_DOMAIN },
	{ REASON_EXTERNAL_BLOCKED, REMEDY_UNBLOCK_DOMAIN },
};

/* It opens the route, or leaves only something that the other side has to see to. */
static bool helps(const struct attempt *try, const struct trial *trial)
{
	struct attempt again = *try;
	struct trace trace;

	again.trial = trial;
	attempt_run(&again, &trace);
	return trace.allowed || (trace.stop.side != SIDE_NONE && trace.stop.side != trial->side);
}

static void offer(const struct attempt *try, const struct trial *trial, struct verdict *out)
{
	unsigned end = trial->side == SIDE_TO;
	struct remedy *r = &out->remedies[out->n_remedies];

	if (out->n_remedies == REMEDIES_MOST)
		return;
	*r = (struct remedy){ .code = trial->code, .who = tenant_id(try->ends[end].tenant), .what = try->ends[!end].domain };
	if (trial->code == REMEDY_ASSIGN_LICENCE) {
		r->what = account_address(try->ends[end].account);
		r->sku = trial->sku;
	}
	out->n_remedies++;
}

/* The first SKU with a free seat that helps. */
static void offer_licence(const struct attempt *try, enum side side, struct verdict *out)
{
	const struct end *end = &try->ends[side == SIDE_TO];

	for (unsigned s = 0; end->account && s < SKUS; s++) {
		struct trial trial = { REMEDY_ASSIGN_LICENCE, side, (enum sku)s };

		if (!seat_free(end->tenant, trial.sku) || !helps(try, &trial))
			continue;
		offer(try, &trial, out);
		return;
	}
}

void remedies_add(const struct attempt *try, const struct trace *stopped, struct verdict *out)
{
	const struct stop *stop = &stopped->stop;

	for (unsigned i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		struct trial trial = { .code = answers[i].code, .side = stop->side };

		if (answers[i].reason != stop->reason)
			continue;
		if (trial.code != REMEDY_ASSIGN_LICENCE) {
			if (helps(try, &trial))
				offer(try, &trial, out);
			return;
		}
		/* Either of the two may become the technician. */
		if (stop->side != SIDE_TO)
			offer_licence(try, SIDE_FROM, out);
		if (stop->side != SIDE_FROM)
			offer_licence(try, SIDE_TO, out);
	}
}
