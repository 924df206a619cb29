/** @file reach/facts.h  What a world is made of, inside this room. Everything is immutable once the world is built. */
#pragma once
#include "model/arena.h"
#include "model/filter.h"
#include "model/text_map.h"
#include "base/reason.h"
#include "reach/world.h"

#include <stdatomic.h>

enum {
	ACCOUNT_ENABLED = 1,
	ACCOUNT_IN_HOUSE = 2,
};

/** Accounts of one tenant as a list names them: "segment:NAME" and addresses. Borrows the addresses from the document. */
struct circle {
	bool everyone;
	struct text_map addresses;
	uint8_t *segments;		/* a bit for each of the tenant's; NULL: none */
};

/** What few accounts have. Owned by the core. */
struct more {
	struct account_doc doc;		/* its attributes, contacts and guest's part; the rest is empty */
	struct text_map contacts;	/* address -> place in doc.contacts, when they are many */
	struct circle reach;		/* a guest's reach_list */
};

/** The segments that an account may be in at once, each combination once. */
struct segment_set {
	uint16_t *v;
	size_t n;
};

/**
 * One account. `text` is one run in its tenant's arena: address, name, title, and the digits of `assigned` behind the ninth for
 * each SKU, all with a NUL behind them; then the hay: what a search looks through, folded, its parts parted by NULs.
 */
struct account {
	int64_t row;
	const char *text;
	struct more *more;		/* NULL for most: no contacts, no guest */
	int64_t assigned[SKUS];		/* seconds */
	uint32_t nanos[SKUS];
	uint32_t tenant;		/* index in the world's table */
	uint32_t hay_at;
	uint32_t hay_bytes;
	uint32_t set;			/* of segments: index in the core's table, 0 is none */
	uint16_t address_bytes;
	uint16_t name_bytes;
	uint8_t kind;
	uint8_t flags;
	uint8_t held;			/* bits 1 << sku: assigned */
	uint8_t dated;			/* … with a time */
	uint8_t counts;			/* … and within the seats */
};
_Static_assert(sizeof(struct account) <= 80, "a million of them have to fit");

/** A tenant's own facts and its accounts, shared by all worlds that differ in settings only. */
struct core {
	atomic_uint refs;
	int64_t row;
	uint32_t index;
	struct arena texts;
	char *id;
	char *name;
	struct texts domains;
	bool verified;
	bool disclose;
	struct licence_seats licences[SKUS];
	size_t held[SKUS];		/* assignments, counting or not */
	struct segment_set *sets;	/* the first is empty */
	size_t n_sets;
	struct text_map set_ids;	/* a set's bytes -> its index */
	struct account *accounts;	/* by address */
	size_t n_accounts;
	uint32_t *by_name;		/* indices into accounts */
	size_t people;
};

/** A list of domains, ready to be asked: values are places in the list. Without a map it is read through. */
struct domain_list {
	const struct texts *texts;
	struct text_map map;
};

struct access_lists {
	struct domain_list allow, block, exceptions, cards;
};

/** A user policy, ready. */
struct policy {
	const struct policy_doc *doc;
	struct domain_list allow, block;
};

/** A lease, ready. */
struct lease {
	const struct lease_doc *doc;
	const char **accounts;		/* in order of address; as many as the document's */
	struct circle reach;
};

/** A text that stands in a lease: an account lent, or a holder. */
struct lease_entry {
	const char *text;
	uint32_t lease;
};

/** Entries in order of text; of one text in order of the lease's start. */
struct lease_index {
	struct lease_entry *v;
	size_t n;
	struct text_map first;		/* text -> its first entry */
};

enum barrier_kind { BARRIER_NONE, BARRIER_ALLOW, BARRIER_BLOCK };

/** The rules about a tenant's own accounts and guests, compiled. Shared by all worlds in which they are the same. */
struct rules {
	atomic_uint refs;
	struct guest_access guests;
	struct rules_doc doc;
	struct text_map by_domain;
	struct domain_list invite_allow, invite_block;
	struct filter **filters;
	uint8_t *barriers;		/* enum barrier_kind by segment; NULL: there are none */
	uint8_t *matrix;		/* a row of bits by segment: which its barrier lists */
	size_t row_bytes;
	struct policy *policies;
	struct text_map own_policy;	/* address -> policy */
	uint32_t *segment_policy;	/* by segment: its first policy + 1 */
	struct lease *leases;
	struct lease_index lent, held;
};

/** A tenant as one world has it. Shared by all worlds in which its settings are the same. */
struct tenant {
	atomic_uint refs;
	struct core *core;
	struct rules *rules;
	int64_t access_rev;
	struct external_access access;
	struct access_lists lists;
	struct text_map blocked_people;	/* address -> its first place in access.blocked_people */
	uint32_t *blocked_longest;	/* by that place: the entry that lasts longest */
};

/** A hash table of accounts, sized once. */
struct account_table {
	const struct account **slots;
	size_t cap;
};

/** Who is where: shared by all worlds with the same accounts. The maps' keys lie in the cores. */
struct directory {
	atomic_uint refs;
	struct text_map ids;
	struct text_map domains;
	struct account_table by_address;
	struct account_table by_row;
};

struct world {
	atomic_uint refs;
	int64_t revision;
	struct directory *directory;
	size_t n;
	struct tenant *tenants[];
};

/** Fill a new account from its document; its text goes to the arena. 0 or -ENOMEM. */
int account_fill(struct account *a, struct core *core, const struct rules *rules, int64_t row, const struct account_doc *doc);
void more_free(struct more *more);
/** When the SKU was assigned; borrows its digits. */
struct instant account_assigned(const struct account *a, enum sku sku);
/** The folded name, for ordering. */
struct str account_folded_name(const struct account *a);
/** Is the folded text part of the address in either form; a guest's home is one of its addresses? */
bool account_address_matches(const struct account *a, struct str folded);
/** … or of the name or the title? */
bool account_matches(const struct account *a, struct str folded);

int account_table_init(struct account_table *table, size_t accounts);
void account_table_release(struct account_table *table);
void account_table_add_address(struct account_table *table, const struct account *a);
void account_table_add_row(struct account_table *table, const struct account *a);
const struct account *account_table_by_address(const struct account_table *table, struct str address);
const struct account *account_table_by_row(const struct account_table *table, int64_t row);

struct core *core_new(int64_t row, uint32_t index, const struct tenant_doc *doc);
void core_unref(struct core *core);

/** Copies the documents. NULL when memory is out. */
struct rules *rules_new(const struct guest_access *guests, const struct rules_doc *doc);
void rules_unref(struct rules *rules);
/** Deep copies. 0 or -ENOMEM, and then nothing is owned. */
int rules_copy(const struct guest_access *guests, const struct rules_doc *doc, struct guest_access *guests_out, struct rules_doc *doc_out);

int circle_init(struct circle *circle, const struct rules_doc *rules, const struct texts *entries, bool everyone);
void circle_release(struct circle *circle);
bool circle_holds(const struct circle *circle, const struct core *core, const struct account *a);

/** The set of segments whose filters choose the account. 0 or -ENOMEM. */
int segments_of(struct core *core, const struct rules *rules, const struct account_doc *doc, uint32_t *out);
void sets_release(struct core *core);

/** Does x's barrier let y pass: REASON_OK, BARRIER_BLOCKED or BARRIER_NOT_ALLOWED; *segment is the one whose barrier stops. */
enum reason barrier_admits(const struct tenant *tenant, const struct account *x, const struct account *y, const char **segment);

/** The policy of an account; NULL when none. */
const struct policy *policy_of(const struct tenant *tenant, const struct account *a);

int domain_list_compile(struct domain_list *list, const struct texts *texts);

/** Takes over the references to the core and the rules on success; copies the access. NULL when memory is out. */
struct tenant *tenant_new(struct core *core, struct rules *rules, const struct external_access *access, int64_t access_rev);
void tenant_unref(struct tenant *tenant);

/** Mark which assignments count (spec 5.2), and count them. The accounts are in order of address. 0 or -ENOMEM. */
int seats_deal(struct core *core);

/** The list's entry that covers the domain, exactly or as "*.domain"; NULL when none does. */
const char *domain_listed(const struct domain_list *list, struct str domain);

/** Lists that borrow from `access` and have no maps yet: nothing to release. */
struct access_lists access_lists_of(const struct external_access *access);
