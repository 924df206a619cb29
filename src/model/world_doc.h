/** @file model/world_doc.h  The world document (spec/reach.md section 10) as plain data: decode, encode, validate. No I/O, no decisions. */
#pragma once
#include "base/buf.h"
#include "base/json.h"
#include "model/names.h"

enum access_mode { ACCESS_OPEN, ACCESS_ALLOW, ACCESS_BLOCK, ACCESS_OFF };

/** An owned list of texts (canonical domains, "*.domain" included). Order is the document's. */
struct texts {
	char **v;
	size_t n;
	bool whole;				/* a copy: v and all texts are one piece of memory */
};

/** Append a copy to a list that is not itself a copy of another; texts_release frees. 0 or -ENOMEM. */
int texts_add(struct texts *texts, struct str text);
int texts_copy(struct texts *out, const struct texts *from);
void texts_release(struct texts *texts);

/** Somebody outside with whom nobody here has anything to do, for good or until a time. */
struct blocked_person {
	char *address;
	struct instant until;			/* not given: for good */
};

/** external_access. Owns its lists. */
struct external_access {
	enum access_mode mode;
	struct texts allow;
	struct texts block;
	bool unverified_pass;			/* unverified_tenants: "allow" */
	struct texts unverified_exceptions;
	unsigned off_actions;			/* bits 1 << enum action */
	struct texts directory_cards;
	struct blocked_person *blocked_people;
	size_t n_blocked_people;
	bool first_contact_asks;		/* first_contact: "ask" */
	bool outbound_guests_off;		/* outbound_guests: false */
	int64_t max_organisations;		/* 0: no cap */
};

const char *access_mode_name(enum access_mode mode);
bool access_mode_parse(struct str text, enum access_mode *out);

enum sku { SKU_CONNECT, SKU_REMOTE_ASSIST, SKUS };
const char *sku_name(enum sku sku);		/* "connect" "remote-assist" */
bool sku_parse(struct str text, enum sku *out);

struct licence_seats {
	bool listed;
	bool limited;		/* false: no limit */
	int64_t seats;
};

/* What a guest may be allowed or not, where the first level that sets it wins: the guest, his home domain, the tenant. */
enum control {
	CONTROL_CHAT, CONTROL_CALL, CONTROL_VIDEO, CONTROL_SCREEN, CONTROL_ANNOTATE, CONTROL_FILE, CONTROL_EDIT_MESSAGES,
	CONTROL_DELETE_MESSAGES, CONTROL_REACH, CONTROLS
};
/* ON is also screen "entire" and reach "everyone"; OFF is also reach "named". */
enum control_value { CONTROL_UNSET, CONTROL_ON, CONTROL_OFF, CONTROL_SCREEN_APP };
struct controls {
	uint8_t value[CONTROLS];		/* enum control_value */
};

struct domain_controls {
	char *domain;
	struct controls controls;
};

enum guest_directory { DIRECTORY_EXACT, DIRECTORY_FULL, DIRECTORY_NONE };
enum invite_who { INVITE_MEMBERS, INVITE_ADMINS, INVITE_NOBODY };

/** guest_access. Owns its lists. */
struct guest_access {
	bool enabled;
	enum guest_directory directory;
	enum invite_who invite_who;
	enum access_mode invite_mode;		/* open, allow or block */
	struct texts invite_allow, invite_block;
	struct controls controls;
	struct domain_controls *by_domain;
	size_t n_by_domain;
};

struct segment_doc {
	char *name;
	char *filter;				/* text; it compiles (model/filter.h) */
};

struct barrier_doc {
	char *segment;
	bool allow;				/* else it blocks */
	struct texts segments;
};

enum policy_mode { POLICY_INHERIT, POLICY_OPEN, POLICY_ALLOW, POLICY_BLOCK, POLICY_NONE };

struct policy_doc {
	char *name;
	bool external;
	enum policy_mode mode;
	struct texts allow, block, accounts, segments;
};

struct lease_doc {
	char *id;
	struct texts accounts;
	char *lessee;				/* NULL: none */
	struct texts holders;
	struct instant starts, ends;		/* not given: open */
	bool suspended;
	bool everyone;				/* reach: "everyone" */
	struct texts reach;
	bool narrowed;				/* actions are given */
	unsigned actions;
	bool peers, federation;
};

/** The tenant's rules about its own accounts. Owns its lists, which are in the document's order. */
struct rules_doc {
	struct segment_doc *segments;
	struct barrier_doc *barriers;
	struct policy_doc *policies;
	struct lease_doc *leases;
	size_t n_segments, n_barriers, n_policies, n_leases;
	bool unsegmented_hidden;		/* barriers.unsegmented: "hidden" */
};

struct tenant_doc {
	char *id;
	char *name;
	struct texts domains;			/* canonical A-labels */
	bool verified;
	bool disclose;				/* "reason"; false is "generic" */
	struct licence_seats licences[SKUS];
	struct external_access access;
	struct guest_access guests;
	struct rules_doc rules;
};

enum account_kind { KIND_INTERNAL, KIND_SERVICE, KIND_GUEST };
const char *account_kind_name(enum account_kind kind);
bool account_kind_parse(struct str text, enum account_kind *out);

struct licence_grant {
	bool held;
	struct instant assigned;		/* not given: earliest */
};

enum contact_state { CONTACT_PENDING, CONTACT_ACCEPTED, CONTACT_BLOCKED };

struct contact_doc {
	char *address;
	enum contact_state state;
};

struct account_doc {
	char *address;				/* canonical; a guest's is NULL until account_doc_place() */
	enum account_kind kind;
	char *name;
	char *title;
	bool enabled;
	bool in_house;
	struct licence_grant licences[SKUS];
	json_t *attributes;			/* NULL: none */
	struct contact_doc *contacts;
	size_t n_contacts;
	bool contacts_given;			/* decoded from a document that has the key: without it a person keeps his own */

	/* guests only */
	char *home;
	bool accepted;				/* state; else pending */
	struct instant expires;
	struct controls controls;
	struct texts reach_list;		/* "segment:NAME" and addresses */
};

/** Free what the document owns; the struct is zeroed. */
void external_access_release(struct external_access *access);
void tenant_doc_release(struct tenant_doc *tenant);
void account_doc_release(struct account_doc *account);

/** The address that a guest has inside its host, by the host's first domain. False when it would be too long. */
bool guest_address(struct str home, struct str host_domain, char out[static 324]);

/** Give a guest its address; others have theirs. False with err, by the path of the account. */
bool account_doc_place(struct account_doc *account, const struct tenant_doc *tenant, const char *path, struct json_err *err);

/** Whom a guest may reach: each segment named is one of the tenant's. False with err, by the path of the account. */
bool account_doc_fits(const struct account_doc *account, const struct rules_doc *rules, const char *path, struct json_err *err);

/** The place of a segment in the tenant's list; false when there is none of this name. */
bool rules_segment(const struct rules_doc *rules, struct str name, size_t *out);

/** guest_access: as external access below. */
void guest_access_default(struct guest_access *out);
bool guest_access_decode(json_t *object, const char *path, struct guest_access *out, struct json_err *err);
json_t *guest_access_encode(const struct guest_access *guests);
void guest_access_release(struct guest_access *guests);
bool controls_decode(json_t *object, const char *path, struct controls *out, struct json_err *err);
json_t *controls_encode(const struct controls *controls);
const char *control_name(enum control control);

/** The keys segments, barriers, policies and leases of a tenant's object. What they name of each other is checked. */
bool rules_doc_decode(json_t *tenant, const char *path, struct rules_doc *out, struct json_err *err);
/** Set those keys in an object. 0 or -ENOMEM. */
int rules_doc_encode(const struct rules_doc *rules, json_t *tenant);
void rules_doc_release(struct rules_doc *rules);
bool leases_decode(json_t *tenant, const char *path, struct rules_doc *out, struct json_err *err);
json_t *leases_encode(const struct rules_doc *rules);
/** Refuse an account on two leases at a time, by the path of `leases`. */
bool terms_fit(const struct rules_doc *rules, const char *path, struct json_err *err);

/** Decode the object of a tenant (without "accounts") or of an account at `path`. What needs the rest of the world to judge is left to world_doc_decode. On false nothing is owned. */
bool tenant_doc_decode(json_t *object, const char *path, struct tenant_doc *out, struct json_err *err);
bool account_doc_decode(json_t *object, const char *path, struct account_doc *out, struct json_err *err);

/** Attributes, contacts and a guest's part as one object, for keeping: a new reference, {} when there is nothing; NULL when memory is out. */
json_t *account_doc_rest_encode(const struct account_doc *account);
/** Back again, into an account whose kind is known and which has nothing of it. What was decoded is the caller's either way. */
bool account_doc_rest_decode(json_t *rest, struct account_doc *out, struct json_err *err);

/** Copy attributes, contacts and a guest's part into *out, which has none. 0 or -ENOMEM; what was copied is the caller's either way. */
int account_doc_copy_rest(struct account_doc *out, const struct account_doc *from);

/** Put an entry about a canonical address, in the place of the one it has. 0 or -ENOMEM. */
int account_doc_contact_put(struct account_doc *account, const char *address, enum contact_state state);
/** Forget the entry about an address; false when there is none. */
bool account_doc_contact_drop(struct account_doc *account, const char *address);
const char *contact_state_name(enum contact_state state);

/** Deep copy. 0 or -ENOMEM (then *out is released). */
int external_access_copy(struct external_access *out, const struct external_access *from);

/** The document's defaults (spec section 10). */
void external_access_default(struct external_access *out);

/** Decode `external_access` at `path`: unknown keys, bad domains, lists above LIMIT_DOMAINS_PER_LIST are refused by path. On false nothing is owned. */
bool external_access_decode(json_t *object, const char *path, struct external_access *out, struct json_err *err);

/** A new reference, every key written in the document's order; NULL when memory is out. */
json_t *external_access_encode(const struct external_access *access);

/** What has to hold: `allow` or deny for an ask. */
struct promise_doc {
	bool allow;
	char *from, *to;			/* canonical */
	enum action action;
	struct instant at;			/* not given: whenever it is asked */
	char *query;				/* NULL: none */
};
bool promise_doc_decode(json_t *object, const char *path, struct promise_doc *out, struct json_err *err);
json_t *promise_doc_encode(const struct promise_doc *promise);
void promise_doc_release(struct promise_doc *promise);

/**
 * Decode a whole document from text, tenant by tenant, account by account, never as one tree of all accounts: `tenant` is called
 * before its accounts. A callback's false stops; it has then filled err. Everything that one document can show to be wrong is refused
 * by path (spec section 10 "Refused").
 */
struct world_doc_ops {
	bool (*tenant)(void *arg, const struct tenant_doc *tenant, const char *path, struct json_err *err);
	bool (*account)(void *arg, const struct tenant_doc *tenant, const struct account_doc *account, const char *path, struct json_err *err);
};
bool world_doc_decode(struct str text, const struct world_doc_ops *ops, void *arg, struct json_err *err);
/** The same, keeping the document's list of promises, checked: a new reference, or NULL when it has none (also on false). */
bool world_doc_decode_promises(struct str text, const struct world_doc_ops *ops, void *arg, json_t **promises, struct json_err *err);

/** Encode for export: the tenant's object with an empty "accounts" array that the caller fills by account_doc_encode; NULL when memory is out. */
json_t *tenant_doc_encode(const struct tenant_doc *tenant);
json_t *account_doc_encode(const struct account_doc *account);
