/** @file reach/gates.h  One try of one route through the gates, inside this room. */
#pragma once
#include "reach/facts.h"
#include "reach/reach.h"

/** Who stands at an end of the try. */
struct end {
	struct str address;		/* as asked, or as the account standing in has it */
	uint64_t hash;			/* of the address as asked */
	struct str domain;		/* of the address in use */
	const struct account *account;	/* who stands there; NULL: nobody was looked up, and he passes what only the account decides */
	const struct tenant *tenant;	/* of that account; without one, of the domain; NULL: no tenant here has it */
	const struct account *asked;	/* whom the ask names; NULL as above */
	struct str home_address;	/* a guest's; "" otherwise */
	const struct account *home;	/* … when it is an account here */
	const struct tenant *home_tenant;	/* … when its domain belongs to a tenant here */
	bool home_hidden;		/* nobody looks at the home: it passes */
};

/** Something assumed to be done already: how a remedy is tried before it is offered. */
struct trial {
	enum remedy_code code;
	enum side side;
	enum sku sku;			/* assign_licence */
	const struct tenant *tenant;	/* change_barrier: whose */
};

/** The earliest time behind `at` that was looked at. */
struct horizon {
	bool given;
	struct instant at;		/* borrows its digits */
};

struct attempt {
	const struct world *world;
	const struct ask *ask;
	enum route route;
	struct end ends[2];		/* from, to */
	const struct trial *trial;	/* NULL: none */
	struct horizon *horizon;	/* NULL: nobody wants to know */
};

/** Why a gate stopped. The rule is kept in two parts, so that nothing is written before it is needed. */
struct stop {
	enum reason reason;
	enum side side;
	const struct tenant *tenant;
	const char *rule;		/* the setting, "external_access.block" */
	struct str what;		/* its entry, "*.contoso1.example"; "" when none */
};

/** What came of an attempt. */
struct trace {
	bool allowed;
	enum step_result steps[GATES];
	enum gate gate;			/* where it stopped */
	struct stop stop;
};

static inline enum side side_of(unsigned end)
{
	return end ? SIDE_TO : SIDE_FROM;
}

static inline bool tried(const struct attempt *try, enum remedy_code code, unsigned end)
{
	return try->trial && try->trial->code == code && try->trial->side == side_of(end);
}

static inline bool end_is(const struct end *end, enum account_kind kind)
{
	return end->account && end->account->kind == kind;
}

/** A time that the answer hangs on: remembered when it is still to come. */
void time_seen(const struct attempt *try, const struct instant *at);

/** Put an account at an end. */
void end_stand(const struct world *world, const struct account *account, struct end *end);

/** The lease of a service account at the ask's time, or why there is none: REASON_OK, or one of lease.*. *lease is the one meant; NULL: none. */
enum reason lease_of(const struct attempt *try, const struct tenant *tenant, const struct account *a, const struct lease **lease);
/** Is it in force, but for a suspension? */
bool lease_runs(const struct lease_doc *lease, const struct instant *at);

/** A rule's level that decides about a guest: he, his home domain, his host. *where is its name. */
enum control_value control_of(const struct end *guest, enum control control, const char **where);

/* The gates: true lets pass; false fills *stop. */
bool identity_pass(const struct attempt *try, struct stop *stop);
bool licence_pass(const struct attempt *try, struct stop *stop);
bool external_pass(const struct attempt *try, struct stop *stop);
bool guest_pass(const struct attempt *try, struct stop *stop);
bool lease_pass(const struct attempt *try, struct stop *stop);
bool barrier_pass(const struct attempt *try, struct stop *stop);
bool personal_pass(const struct attempt *try, struct stop *stop);
bool find_pass(const struct attempt *try, struct stop *stop);

/** The guest account of a person in a tenant; NULL when there is none. */
const struct account *guest_in(const struct world *world, const struct tenant *host, struct str home);

/** A row of spec section 3. */
struct route_row {
	enum route route;
	/**
	 * Who stands at each end: the nth call (from 0) puts the nth way in which this route can be tried into `try`, which comes back
	 * as the call before left it, or returns false when there is none left.
	 */
	bool (*stand)(const struct attempt *asked, struct attempt *try, unsigned nth);
};
enum { ROUTES = 4 };
extern const struct route_row routes[ROUTES];
/** Some end's account is on a lease. */
bool on_lease(const struct attempt *try);

/** Go through the gates in order. */
void attempt_run(const struct attempt *try, struct trace *out);

/** Does the tenant have a seat of this SKU left? */
bool seat_free(const struct tenant *tenant, enum sku sku);

/** What let pass, and by which gates; no remedies. */
void verdict_allow(struct verdict *out, enum route route, const struct trace *trace);
/** A refusal as it is told: steps, reason, side, tenant, rule; the remedies stay. */
void verdict_refuse(struct verdict *out, enum route route, const struct trace *trace);
/** The refusal that an unknown account gets: no route. */
void verdict_unknown(struct verdict *out, enum side side, const struct tenant *tenant, struct str address);
/** Whose licence an end stands by, and in which tenant; NULL: nobody's here. */
const struct account *licence_holder(const struct end *end, const struct tenant **tenant);
/** Add what would open this stopped attempt, or move its stop to the other side. */
void remedies_add(const struct attempt *try, const struct trace *stopped, struct verdict *out);
/** Add what would make another route: an invitation, a lease. Asked when every route is closed. */
void remedies_beyond(const struct attempt *asked, struct verdict *out);
