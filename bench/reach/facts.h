/** @file facts.h  The benchmark's world as plain tables (model.mjs writes them), and what everybody that decides on them answers. */
#pragma once
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum fact_kind { FACT_INTERNAL, FACT_SERVICE, FACT_GUEST };
enum fact_mode { FACT_OPEN, FACT_ALLOW, FACT_BLOCK };
enum { SEGMENTS = 20 };

struct fact_account {
	struct str address;
	uint32_t tenant;
	uint32_t home;		/* a guest's; else NOBODY */
	uint8_t kind;
	uint8_t enabled;
	uint8_t licensed;
	uint8_t segment;
	uint8_t accepted;	/* a guest's invitation */
	uint8_t lease_over;	/* a service account's */
};
#define NOBODY UINT32_MAX

struct fact_tenant {
	struct str domain;
	uint8_t mode;
	uint32_t allows;		/* bits: segments that have an allow barrier */
	uint32_t lists[SEGMENTS];	/* bits: what the segment's barrier lists */
};

struct fact_pair {
	uint32_t a, b;
};

struct fact_ask {
	struct str from, to;
	uint8_t action;		/* enum action */
};

struct facts {
	struct fact_tenant *tenants;
	struct fact_account *accounts;
	struct fact_pair *lists;	/* tenant, listed tenant */
	struct fact_pair *holds;	/* holder, service account */
	struct fact_ask *asks;
	size_t n_tenants, n_accounts, n_lists, n_holds, n_asks;
	char *texts[6];			/* the files, which all texts borrow from */
};

/** Read the tables in a folder. Ends the program when it can't. */
void facts_read(struct facts *facts, const char *folder);
void facts_release(struct facts *facts);

/* A stop's number divided by 100 is its gate. */
#define CODES(X) \
	X(UNKNOWN, 100, "identity.unknown") X(DISABLED, 101, "identity.disabled") X(PENDING, 102, "guest.pending") \
	X(ENDED, 103, "lease.ended") X(MISSING, 200, "licence.missing") X(GUEST_NO_FED, 300, "guest.no_federation") \
	X(LEASE_NO_FED, 301, "lease.no_federation") X(NOT_ALLOWED, 302, "external.not_allowed") X(BLOCKED, 303, "external.blocked") \
	X(SCOPE, 500, "lease.out_of_scope") X(BARRED, 600, "barrier.blocked") X(NOT_ADMITTED, 601, "barrier.not_allowed") X(OK, 900, "ok")
enum code {
#define X(name, number, slug) CODE_##name = number,
	CODES(X)
#undef X
};
const char *code_slug(enum code code);

/* Numbered as enum route is. */
struct fact_answer {
	uint8_t route;
	uint16_t code;
};
