/** @file reach/gates.h  One try of one route through the gates, inside this room. */
#pragma once
#include "reach/facts.h"
#include "reach/reach.h"

/** Who stands at an end of the try. */
struct end {
	const struct account *account;	/* NULL: nobody was looked up, and he is taken to pass what only the account decides */
	const struct tenant *tenant;	/* NULL: no tenant here has the domain */
	struct str domain;		/* of the address in use */
};

/** Something assumed to be done already: how a remedy is tried before it is offered. */
struct trial {
	enum remedy_code code;
	enum side side;
	enum sku sku;			/* assign_licence */
};

struct attempt {
	const struct world *world;
	const struct ask *ask;
	enum route route;
	struct end ends[2];		/* from, to */
	const struct trial *trial;	/* NULL: none */
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

/* The gates: true lets pass; false fills *stop. */
bool identity_pass(const struct attempt *try, struct stop *stop);
bool licence_pass(const struct attempt *try, struct stop *stop);
bool external_pass(const struct attempt *try, struct stop *stop);
bool find_pass(const struct attempt *try, struct stop *stop);

/** Go through the gates in order. */
void attempt_run(const struct attempt *try, struct trace *out);

/** Does the tenant have a seat of this SKU left? */
bool seat_free(const struct tenant *tenant, enum sku sku);

/** A refusal as it is told: steps, reason, side, tenant, rule; no remedies. */
void verdict_refuse(struct verdict *out, enum route route, const struct trace *trace);
/** The refusal that an unknown account gets: no route. */
void verdict_unknown(struct verdict *out, enum side side, const struct tenant *tenant, struct str address);
/** Add what would open this stopped attempt, or move its stop to the other side. */
void remedies_add(const struct attempt *try, const struct trace *stopped, struct verdict *out);
