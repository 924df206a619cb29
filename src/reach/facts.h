/** @file reach/facts.h  What a world is made of, inside this room. Everything is immutable once the world is built. */
#pragma once
#include "model/arena.h"
#include "model/text_map.h"
#include "reach/world.h"

#include <stdatomic.h>

enum {
	ACCOUNT_ENABLED = 1,
	ACCOUNT_IN_HOUSE = 2,
};

/**
 * One account. `text` is one run in its tenant's arena: address, name, title, and the digits of `assigned` behind the ninth for
 * each SKU, all with a NUL behind them; then the hay: what a search looks through, folded, its parts parted by NULs.
 */
struct account {
	int64_t row;
	const char *text;
	int64_t assigned[SKUS];		/* seconds */
	uint32_t nanos[SKUS];
	uint32_t tenant;		/* index in the world's table */
	uint32_t hay_at;
	uint32_t hay_bytes;
	uint16_t address_bytes;
	uint16_t name_bytes;
	uint8_t kind;
	uint8_t flags;
	uint8_t held;			/* bits 1 << sku: assigned */
	uint8_t dated;			/* … with a time */
	uint8_t counts;			/* … and within the seats */
};
_Static_assert(sizeof(struct account) <= 64, "a million of them have to fit");

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

/** A tenant as one world has it. Shared by all worlds in which its settings are the same. */
struct tenant {
	atomic_uint refs;
	struct core *core;
	int64_t access_rev;
	struct external_access access;
	struct access_lists lists;
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
int account_fill(struct account *a, struct arena *texts, int64_t row, uint32_t tenant, const struct account_doc *doc);
/** When the SKU was assigned; borrows its digits. */
struct instant account_assigned(const struct account *a, enum sku sku);
/** The folded name, for ordering. */
struct str account_folded_name(const struct account *a);
/** Is the folded text part of the name, the title or the address in either form? */
bool account_matches(const struct account *a, struct str folded);

int account_table_init(struct account_table *table, size_t accounts);
void account_table_release(struct account_table *table);
void account_table_add_address(struct account_table *table, const struct account *a);
void account_table_add_row(struct account_table *table, const struct account *a);
const struct account *account_table_by_address(const struct account_table *table, struct str address);
const struct account *account_table_by_row(const struct account_table *table, int64_t row);

struct core *core_new(int64_t row, uint32_t index, const struct tenant_doc *doc);
void core_unref(struct core *core);

/** Takes over the reference to the core on success; copies the access. NULL when memory is out. */
struct tenant *tenant_new(struct core *core, const struct external_access *access, int64_t access_rev);
void tenant_unref(struct tenant *tenant);

/** Mark which assignments count (spec 5.2), and count them. The accounts are in order of address. 0 or -ENOMEM. */
int seats_deal(struct core *core);

/** The list's entry that covers the domain, exactly or as "*.domain"; NULL when none does. */
const char *domain_listed(const struct domain_list *list, struct str domain);

/** Lists that borrow from `access` and have no maps yet: nothing to release. */
struct access_lists access_lists_of(const struct external_access *access);
