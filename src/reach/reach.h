/** @file reach/reach.h  The decision: who may find, see, chat with and call whom (spec/reach.md). Pure: no I/O, no clock, no allocation. */
#pragma once
#include "base/reason.h"
#include "reach/world.h"

enum route { ROUTE_NONE, ROUTE_INTERNAL, ROUTE_FEDERATION, ROUTE_GUEST, ROUTE_LEASE };
enum gate { GATE_IDENTITY, GATE_LICENCE, GATE_EXTERNAL, GATE_GUEST, GATE_LEASE, GATE_BARRIER, GATE_PERSONAL, GATE_FIND, GATES };
enum step_result { STEP_SKIP, STEP_PASS, STEP_STOP };
enum side { SIDE_NONE, SIDE_FROM, SIDE_TO };

/** What a search asks for, made ready once: reach_decide allocates nothing. query_release() frees. */
struct query {
	char *folded;		/* owned: trimmed and folded; "" matches nobody */
	char address[324];	/* canonical, when the text is a whole address; else "" */
};
/** 0, -ENOMEM, or -EINVAL for what is not text (no UTF-8, or a NUL inside); on an error nothing is owned. */
int query_init(struct query *query, struct str text);
void query_release(struct query *query);

/** Everything is borrowed for the decision. */
struct ask {
	struct str from;	/* canonical addresses */
	struct str to;
	enum action action;
	struct instant at;	/* must be given */
	const struct query *query;	/* find only; NULL: the whole address of `to` */
};

enum remedy_code {
	REMEDY_ASK_ADMIN_ALLOW_DOMAIN, REMEDY_ALLOW_DOMAIN, REMEDY_UNBLOCK_DOMAIN, REMEDY_ENABLE_EXTERNAL, REMEDY_INVITE_GUEST,
	REMEDY_REDEEM_INVITATION, REMEDY_LEASE_ACCOUNT, REMEDY_EXTEND_LEASE, REMEDY_ADD_TO_LEASE_REACH, REMEDY_ASSIGN_LICENCE,
	REMEDY_CHANGE_BARRIER, REMEDY_ACCEPT_CONTACT, REMEDIES
};
const char *remedy_slug(enum remedy_code code);

enum { REMEDIES_MOST = 12, RULE_BYTES = 400 };

struct remedy {
	enum remedy_code code;
	struct str who;		/* tenant id that would do it; the domain of a guest's home that is not here */
	struct str what;	/* the domain, address, lease or segment; borrowed from the world or the ask */
	struct str lease;	/* extend_lease and add_to_lease_reach only: its id */
	enum sku sku;		/* assign_licence only */
};

struct verdict {
	bool allowed;
	enum route route;
	enum reason reason;
	enum side side;
	const struct tenant *tenant;	/* owner of the deciding setting; NULL when none */
	struct {
		enum step_result result;
		enum side side;
		enum reason reason;
	} steps[GATES];
	struct remedy remedies[REMEDIES_MOST];
	unsigned n_remedies;
	bool until_given;
	struct instant until;		/* borrows its digits; never released by the caller */
	char rule[RULE_BYTES];		/* "external_access.block: contoso1.example"; "" when none */
};

const char *route_name(enum route route);	/* "federation"; NULL for ROUTE_NONE */
const char *gate_name(enum gate gate);		/* "identity" */
const char *side_name(enum side side);		/* "from"; NULL for SIDE_NONE */

/** Decide. */
void reach_decide(const struct world *world, const struct ask *ask, struct verdict *out);

/** Decide and keep only the yes or no: for sweeps and searches. */
bool reach_allowed(const struct world *world, const struct ask *ask);

/**
 * May `from` do what is no action of its own, edit or delete what he wrote (spec 5.4)? The ask must be open; then, where he stands as
 * a guest, the control decides.
 */
bool reach_control(const struct world *world, const struct ask *ask, enum control control);

/**
 * Does the world keep these promises (a list as the world document has it; NULL keeps itself)? A promise without `at` is asked for
 * `now`. False with err naming the first that is broken.
 */
bool reach_promises_kept(const struct world *world, json_t *promises, time_ms_t now, struct json_err *err);

/** Who is told (spec section 8). */
enum asker_kind { ASKER_USER, ASKER_ADMIN, ASKER_OPERATOR };
struct asker {
	enum asker_kind kind;
	const struct tenant *home;	/* NULL for the operator, and for who has none here (reach_home) */
	struct str self;		/* his own address, when he asks as a guest or with a leased account; else empty */
};

/**
 * The tenant in whose name an account learns: its own; a guest's home, when that is here; NULL for a guest from elsewhere and for an
 * account on a lease, whose holder is nobody's here.
 */
const struct tenant *reach_home(const struct world *world, const struct account *account);

/**
 * Make of a verdict what this asker may learn (section 8): the only way out of this room for anything said to anybody.
 * Works in place. For a user, stops of another tenant become `unreachable`, unless the two tenants alone decide them and that
 * tenant discloses: then computed from the two domains, before the address is looked at.
 */
void reach_redact(const struct world *world, const struct ask *ask, const struct asker *asker, struct verdict *verdict);

/** The answer of spec section 2 as JSON, a new reference; NULL when memory is out. */
json_t *verdict_encode(const struct verdict *verdict);

/** May somebody of a tenant invite a guest whose home is in this domain (guest_access, spec section 10)? Who of them may is invite_who's. */
bool tenant_invites(const struct tenant *host, struct str domain);

enum border { BORDER_OPEN, BORDER_LISTED, BORDER_NOT_LISTED, BORDER_BLOCKED, BORDER_OFF, BORDER_UNVERIFIED };

/**
 * How a tenant's external access stands to another's domain, by modes and lists alone: what an admin page draws as a gate.
 * `access` is the tenant's own (NULL, or tenant_access()), which is hashed, or a draft, which is read through: for many domains
 * make the draft a world first (world_with_access).
 */
enum border reach_border(const struct tenant *judge, const struct external_access *access, struct str other_domain, bool other_verified);
const char *border_slug(enum border border);	/* "open" "listed" "not_listed" "blocked" "off" "unverified" */
