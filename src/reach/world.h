/** @file reach/world.h  The compiled world: immutable, reference-counted, all facts for a decision in memory. */
#pragma once
#include "model/world_doc.h"

struct world;
struct tenant;
struct account;

/** Build a world from documents. The builder copies what it needs. */
struct world_builder;
int world_builder_new(struct world_builder **bp);
/** Say before the first account how many will come about, where that is known: room is made once. 0 or -ENOMEM. */
int world_builder_expect(struct world_builder *b, size_t accounts);
/**
 * Add a tenant before its accounts, then the accounts. 0, -ENOMEM, or, with `err` filled, -EEXIST for an id, domain or address
 * taken by another and -EINVAL for an address outside the tenant's domains. After an error the builder can only be freed.
 */
int world_builder_tenant(struct world_builder *b, int64_t tenant_id, const struct tenant_doc *doc, int64_t access_rev, const char *path, struct json_err *err);
int world_builder_account(struct world_builder *b, int64_t account_id, int64_t tenant_id, const struct account_doc *doc, const char *path, struct json_err *err);
/** What only the whole world shows: a guest's home is nobody's service or guest account. 0, or -EINVAL with `err` filled. Before the end. */
int world_builder_check(struct world_builder *b, struct json_err *err);
/** Finish (licence queues, indexes) and free the builder, on failure too. 0 and *wp with one reference, or -ENOMEM. */
int world_builder_end(struct world_builder *b, int64_t revision, struct world **wp);
void world_builder_free(struct world_builder *b);

struct world *world_ref(struct world *world);
void world_unref(struct world *world);
int64_t world_revision(const struct world *world);

/** The same world with one tenant's external access replaced; everything else is shared. 0 and *wp, or -ENOMEM. */
int world_with_access(struct world *world, const struct tenant *tenant, const struct external_access *access, int64_t access_rev, int64_t revision, struct world **wp);

/**
 * The same world with one tenant's guest access, barriers, policies and leases replaced; the accounts and everything else are shared.
 * -EINVAL when the segments are not the same ones: who is in them has to be found anew, by a rebuild.
 */
int world_with_rules(struct world *world, const struct tenant *tenant, const struct guest_access *guests, const struct rules_doc *rules, int64_t revision, struct world **wp);

/**
 * The same world with one account of the tenant replaced by a document, or added when nobody has the row; its pages are copied,
 * everything else is shared. -ENOMEM, or with `err` filled by the path within the account: -EEXIST for an address that another
 * has, -EINVAL for one outside the tenant's domains or a home that is no internal account.
 */
int world_with_account(struct world *world, const struct tenant *tenant, int64_t row, const struct account_doc *doc, int64_t revision, struct world **wp, struct json_err *err);
/** … without one of its accounts. 0 or -ENOMEM. */
int world_without_account(struct world *world, const struct account *account, int64_t revision, struct world **wp);

/* Look-ups. What they return is borrowed from the world. NULL when there is none. Accounts come in order of address. */
const struct tenant *world_tenant(const struct world *world, struct str id);
const struct tenant *world_tenant_by_domain(const struct world *world, struct str domain);
const struct tenant *world_tenant_next(const struct world *world, const struct tenant *after);	/* NULL starts */
const struct account *world_account(const struct world *world, struct str canonical_address);
const struct account *world_account_by_id(const struct world *world, int64_t account_id);
const struct account *world_account_next(const struct world *world, const struct tenant *tenant, const struct account *after);

int64_t tenant_row(const struct tenant *t);
struct str tenant_id(const struct tenant *t);
struct str tenant_name(const struct tenant *t);
size_t tenant_domains(const struct tenant *t);
struct str tenant_domain(const struct tenant *t, size_t i);
bool tenant_verified(const struct tenant *t);
bool tenant_discloses(const struct tenant *t);
const struct external_access *tenant_access(const struct tenant *t);
const struct guest_access *tenant_guests(const struct tenant *t);
int64_t tenant_access_rev(const struct tenant *t);
size_t tenant_people(const struct tenant *t);	/* enabled internal accounts */

int64_t account_row(const struct account *a);
struct str account_address(const struct account *a);
struct str account_name(const struct account *a);
struct str account_title(const struct account *a);
bool account_enabled(const struct account *a);
enum account_kind account_kind(const struct account *a);
const struct tenant *account_tenant(const struct world *world, const struct account *a);
/** A guest's home address; "" of all others. */
struct str account_home(const struct account *a);
/** How many entries its contacts have, and what they say of an address; false when nothing. */
size_t account_contacts(const struct account *a);
bool account_contact(const struct account *a, struct str address, enum contact_state *state);
/** The i-th entry, in the order they were made; borrowed. */
const struct contact_doc *account_contact_at(const struct account *a, size_t i);
/** Does it hold a counting remote-assist licence? */
bool account_technician(const struct world *world, const struct account *a);

/**
 * Own-tenant search, within what spec 5.8 lets be found: accounts of the tenant with the folded query in name, title or address, where
 * its first word is the beginning of one of theirs; in order of name. Of more than `most` those that come first by the text found. A
 * query without a letter or digit finds nobody; one with p NULL lists all. The caller asks find for each.
 */
size_t world_search(const struct world *world, const struct tenant *tenant, struct str query, const struct account **out, size_t most);

/** The document of a tenant or an account as kept (for export): *out is owned by the caller. 0 or -ENOMEM. */
int world_tenant_doc(const struct tenant *t, struct tenant_doc *out);
int world_account_doc(const struct world *world, const struct account *a, struct account_doc *out);
