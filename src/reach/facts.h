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
	ACCOUNT_PLAIN = 4,		/* ASCII only: a search folds as it goes */
	ACCOUNT_SUPPOSED = 8,		/* nobody's: a remedy is tried with it; what it holds counts */
};

/** Accounts of one tenant as a list names them: "segment:NAME" and addresses. Borrows the addresses from the document. */
struct circle {
	bool everyone;
	struct text_map addresses;
	uint8_t *segments;		/* a bit for each of the tenant's; NULL: none */
};

/** What few accounts have. */
struct more {
	struct account_doc doc;		/* its contacts and guest's part; the rest is empty */
	struct text_map contacts;	/* address -> place in doc.contacts, when they are many */
	struct circle reach;		/* a guest's reach_list */
};

/** The segments that an account may be in at once, each combination once. */
struct segment_set {
	uint32_t n;
	uint16_t few[6];		/* the first of them, where nothing else has to be read */
	uint16_t *all;			/* in order; owned */
};

static inline const uint16_t *segment_set_of(const struct segment_set *set)
{
	return set->n <= sizeof set->few / sizeof set->few[0] ? set->few : set->all;
}

/** The combinations that a tenant's accounts are in. Grows by being copied; shared meanwhile. */
struct segment_sets {
	atomic_uint refs;
	size_t n;
	struct segment_set *v;		/* the first is empty */
	struct text_map ids;		/* a set's bytes -> its index */
};

/**
 * One account: one piece of memory, never changed, shared by all worlds in which it is the same. `text` is one run behind the
 * struct: address, name, title, the digits of `assigned` behind the ninth for each SKU, attributes as JSON, all with a NUL behind
 * them; then, unless ACCOUNT_PLAIN, the hay: what a search looks through, folded, its parts parted by NULs.
 */
struct account {
	uint32_t tenant;		/* index in the world's table */
	uint32_t set;			/* of segments: index in the roster's table, 0 is none */
	uint8_t kind;
	uint8_t flags;
	uint8_t held;			/* bits 1 << sku: assigned */
	uint8_t dated;			/* … with a time */
	uint16_t address_bytes;
	uint16_t domain_at;		/* in the address */
	uint16_t name_bytes;
	atomic_uint refs;
	const char *text;
	struct more *more;		/* NULL for most: no contacts, no guest */
	int64_t row;
	int64_t assigned[SKUS];		/* seconds */
	uint32_t nanos[SKUS];
	uint32_t hay_at;
	uint32_t hay_bytes;
};
_Static_assert(sizeof(struct account) <= 80, "a million of them have to fit");

/** What was made of some accounts' attributes. Zero-initialise; release. */
struct likeness {
	json_t *attributes;		/* a reference; NULL: accounts without any */
	char *text;			/* as JSON; NULL: not made yet */
	bool placed;			/* the set is of all accounts of the tenant with these attributes */
	uint32_t set;
};

enum { LIKENESSES = 256 };

/** The last ones of a tenant. Zero-initialise; release. */
struct likenesses {
	uint32_t tenant;		/* by index */
	struct likeness slots[LIKENESSES];
};

/** Accounts in an order, in pages that lists share. */
struct account_page;
struct account_list {
	struct account_page **pages;
	size_t n_pages;
	size_t n;
	bool owner;			/* holds a reference to each account */
};

/** A tenant's own facts, shared by all worlds that differ in settings and people only. */
struct core {
	atomic_uint refs;
	int64_t row;
	uint32_t index;
	char *id;
	char *name;
	struct texts domains;
	bool verified;
	bool disclose;
	struct licence_seats licences[SKUS];
};

struct word_index;

/** A tenant's accounts, shared by all worlds in which they are the same. */
struct roster {
	atomic_uint refs;
	struct account_list by_address;
	struct account_list by_name;
	struct account_list queues[SKUS];	/* who holds it by time of assignment, where seats are limited */
	const struct account *last[SKUS];	/* the last in the queue who still counts; NULL: nobody does */
	size_t held[SKUS];			/* assignments, counting or not */
	uint8_t all_count;			/* bits 1 << sku: no queue */
	uint8_t some_count;			/* … as far as `last` */
	size_t people;				/* enabled internal accounts */
	size_t guests;
	struct segment_sets *sets;
	struct word_index *words;	/* who is found by the beginning of a word (word_index.h) */
};

/** A list of domains, ready to be asked: values are places in the list. Without a map it is read through. */
struct domain_list {
	const struct texts *texts;
	struct text_map map;
	size_t wild;			/* entries that are "*.domain" */
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
	bool attributes_only;		/* no filter looks at anything else */
	uint8_t *barriers;		/* enum barrier_kind by segment; NULL: there are none */
	uint8_t *matrix;		/* a row of bits by segment: which its barrier lists */
	size_t row_bytes;
	struct policy *policies;
	struct text_map own_policy;	/* address -> policy */
	uint32_t *segment_policy;	/* by segment: its first policy + 1 */
	struct lease *leases;
	struct lease_index lent, held;
};

/** External access compiled. Shared by all worlds in which it is the same. */
struct outside {
	atomic_uint refs;
	int64_t access_rev;
	struct external_access access;
	struct access_lists lists;
	struct text_map blocked_people;	/* address -> its first place in access.blocked_people */
	uint32_t *blocked_longest;	/* by that place: the entry that lasts longest */
};

/** A tenant as one world has it. Shared by all worlds in which all of it is the same. */
struct tenant {
	atomic_uint refs;
	struct core *core;
	struct roster *roster;
	struct rules *rules;
	struct outside *outside;
};

/** A hash table of accounts in pages that tables share (extendible hashing). */
struct account_bucket;
struct account_table {
	atomic_uint refs;
	struct account_bucket **buckets;	/* 1 << depth of them; neighbours may be the same */
	unsigned depth;
	bool by_row;				/* else by address */
};

/** The tenants by name: shared by all worlds with the same tenants. The keys lie in the cores. */
struct directory {
	atomic_uint refs;
	struct text_map ids;
	struct text_map domains;
};

struct world {
	atomic_uint refs;
	int64_t revision;
	struct directory *directory;
	struct account_table *by_address;
	struct account_table *by_row;
	size_t n;
	struct tenant *tenants[];
};

/** Where what is made of these attributes is kept; another tenant's are forgotten. */
struct likeness *likeness_of(struct likenesses *all, uint32_t tenant, json_t *attributes);
void likeness_release(struct likeness *like);
void likenesses_release(struct likenesses *all);

/** What a search looks through, of an account that is only supposed: its text, which the caller frees; NULL when memory is out. */
char *account_suppose(struct account *a, const struct account_doc *doc);
/**
 * A new account with one reference from its document; what segments it is in goes to *sets (segments_of). `like` is of the document's
 * attributes, or empty. 0 or -ENOMEM.
 */
int account_new(const struct account **ap, const struct core *core, struct segment_sets **sets, const struct rules *rules, int64_t row, const struct account_doc *doc,
	struct likeness *like);
void account_ref(const struct account *a);
void account_unref(const struct account *a);
/** When the SKU was assigned; borrows its digits. */
struct instant account_assigned(const struct account *a, enum sku sku);
/** In order of name, folded; of address among namesakes. */
int account_name_cmp(const struct account *a, const struct account *b);
int account_address_cmp(const struct account *a, const struct account *b);
/** Is the folded text part of the address in either form; a guest's home is one of its addresses? */
bool account_address_matches(const struct account *a, struct str folded);
/** … or of the name or the title? */
bool account_matches(const struct account *a, struct str folded);

typedef int (*account_cmp)(const struct account *a, const struct account *b);

/** Sorts `v` and makes a list of it. 0 or -ENOMEM. An owner takes references of its own. */
int account_list_init(struct account_list *list, bool owner, const struct account **v, size_t n, account_cmp cmp);
/** The same list without one account, or with another, or both; NULL: none. The pages that stay the same are shared. 0 or -ENOMEM. */
int account_list_change(struct account_list *out, const struct account_list *from, const struct account *without, const struct account *with, account_cmp cmp);
/** Another that shares all pages. 0 or -ENOMEM. */
int account_list_copy(struct account_list *out, const struct account_list *from);
void account_list_release(struct account_list *list);
/** The account at a place, or NULL behind the end. */
const struct account *account_list_at(const struct account_list *list, size_t place);
/** The one behind `after`, which need not be in the list itself; NULL starts. NULL at the end. */
const struct account *account_list_next(const struct account_list *list, const struct account *after, account_cmp cmp);
/** Walk all in order, until `each` returns false. */
void account_list_each(const struct account_list *list, bool (*each)(void *arg, const struct account *a), void *arg);

/** An empty table with one reference, ready for so many accounts; NULL when memory is out. */
struct account_table *account_table_new(bool by_row, size_t accounts);
void account_table_unref(struct account_table *table);
/** The account's place in this table, for account_table_add(). */
uint64_t account_table_hash(const struct account_table *table, const struct account *a);
/** Into a table that nobody shares. 0, -EEXIST or -ENOMEM. */
int account_table_add(struct account_table *table, const struct account *a, uint64_t hash);
/** As account_list_change(). NULL when memory is out. */
struct account_table *account_table_change(const struct account_table *table, const struct account *without, const struct account *with);
/** Memory is slow: say early whom one will look up. */
void account_table_prefetch(const struct account_table *table, uint64_t hash);
/** `hash` is the address' text_hash(). */
const struct account *account_table_by_address(const struct account_table *table, struct str address, uint64_t hash);
const struct account *account_table_by_row(const struct account_table *table, int64_t row);

struct core *core_new(int64_t row, uint32_t index, const struct tenant_doc *doc);
void core_unref(struct core *core);

struct roster *roster_new(void);
void roster_unref(struct roster *roster);
/** Fill an empty one; it takes over nothing: the accounts get references. Sorts `v`. 0 or -ENOMEM. */
int roster_fill(struct roster *roster, const struct core *core, const struct account **v, size_t n);
/**
 * A new one without an account, or with another, or both. `with` stands in `sets`; `rows` is the table of the world before. NULL when
 * memory is out.
 */
struct roster *roster_change(const struct roster *from, const struct core *core, const struct account_table *rows, const struct account *without, const struct account *with, struct segment_sets *sets);

/** Which of its assignments count (spec 5.2): bits 1 << sku. */
unsigned account_counts(const struct tenant *tenant, const struct account *a);

struct outside *outside_new(const struct external_access *access, int64_t access_rev);
void outside_unref(struct outside *outside);

/** Copies the documents. NULL when memory is out. */
struct rules *rules_new(const struct guest_access *guests, const struct rules_doc *doc);
void rules_unref(struct rules *rules);
/** Deep copies. 0 or -ENOMEM, and then nothing is owned. */
int rules_copy(const struct guest_access *guests, const struct rules_doc *doc, struct guest_access *guests_out, struct rules_doc *doc_out);

int circle_init(struct circle *circle, const struct rules_doc *rules, const struct texts *entries, bool everyone);
void circle_release(struct circle *circle);
bool circle_holds(const struct circle *circle, const struct roster *roster, const struct account *a);

struct segment_sets *segment_sets_new(void);
void segment_sets_unref(struct segment_sets *sets);
/** The set of segments whose filters choose the account. A new combination makes *sets another, if it is shared. 0 or -ENOMEM. */
int segments_of(struct segment_sets **sets, const struct rules *rules, const struct account_doc *doc, struct likeness *like, uint32_t *out);

/**
 * Does x's barrier let y pass: REASON_OK, BARRIER_BLOCKED or BARRIER_NOT_ALLOWED; *segment is the one whose barrier stops. The
 * barrier of `waived`, a segment's name as the tenant has it, lets everybody pass; NULL: none.
 */
enum reason barrier_admits(const struct tenant *tenant, const struct account *x, const struct account *y, const char *waived, const char **segment);

/** The policy of an account; NULL when none. */
const struct policy *policy_of(const struct tenant *tenant, const struct account *a);

int domain_list_compile(struct domain_list *list, const struct texts *texts);

/** Takes over the four references, always. NULL when memory is out or one of them is NULL. */
struct tenant *tenant_new(struct core *core, struct roster *roster, struct rules *rules, struct outside *outside);
void tenant_unref(struct tenant *tenant);

/** Fill queues, `last` and which count; the lists by address are there. 0 or -ENOMEM. */
int seats_deal(struct roster *roster, const struct core *core);
/** … of a roster made from another by one change, whose queues are empty yet. */
int seats_change(struct roster *roster, const struct core *core, const struct roster *from, const struct account *without, const struct account *with);

/** The list's entry that covers the domain, exactly or as "*.domain"; NULL when none does. */
const char *domain_listed(const struct domain_list *list, struct str domain);

/** Lists that borrow from `access` and have no maps yet: nothing to release. */
struct access_lists access_lists_of(const struct external_access *access);
