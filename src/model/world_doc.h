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
};

/** Append a copy; texts_release frees. 0 or -ENOMEM. */
int texts_add(struct texts *texts, struct str text);
int texts_copy(struct texts *out, const struct texts *from);
void texts_release(struct texts *texts);

/** external_access. Owns its lists. */
struct external_access {
	enum access_mode mode;
	struct texts allow;
	struct texts block;
	bool unverified_pass;			/* unverified_tenants: "allow" */
	struct texts unverified_exceptions;
	unsigned off_actions;			/* bits 1 << enum action */
	struct texts directory_cards;
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

struct tenant_doc {
	char *id;
	char *name;
	struct texts domains;			/* canonical A-labels */
	bool verified;
	bool disclose;				/* "reason"; false is "generic" */
	struct licence_seats licences[SKUS];
	struct external_access access;
};

enum account_kind { KIND_INTERNAL, KIND_SERVICE, KIND_GUEST };
const char *account_kind_name(enum account_kind kind);
bool account_kind_parse(struct str text, enum account_kind *out);

struct licence_grant {
	bool held;
	struct instant assigned;		/* not given: earliest */
};

struct account_doc {
	char *address;				/* canonical */
	enum account_kind kind;
	char *name;
	char *title;
	bool enabled;
	bool in_house;
	struct licence_grant licences[SKUS];
};

/** Free what the document owns; the struct is zeroed. */
void external_access_release(struct external_access *access);
void tenant_doc_release(struct tenant_doc *tenant);
void account_doc_release(struct account_doc *account);

/** Decode the object of a tenant (without "accounts") or of an account at `path`. What needs the rest of the world to judge is left to world_doc_decode. On false nothing is owned. */
bool tenant_doc_decode(json_t *object, const char *path, struct tenant_doc *out, struct json_err *err);
bool account_doc_decode(json_t *object, const char *path, struct account_doc *out, struct json_err *err);

/** Deep copy. 0 or -ENOMEM (then *out is released). */
int external_access_copy(struct external_access *out, const struct external_access *from);

/** The document's defaults (spec section 10). */
void external_access_default(struct external_access *out);

/** Decode `external_access` at `path`: unknown keys, keys not enforced yet, bad domains, lists above LIMIT_DOMAINS_PER_LIST are refused by path. On false nothing is owned. */
bool external_access_decode(json_t *object, const char *path, struct external_access *out, struct json_err *err);

/** A new reference, every key written in the document's order; NULL when memory is out. */
json_t *external_access_encode(const struct external_access *access);

/**
 * Decode a whole document from text, tenant by tenant, account by account, never as one tree of all accounts: `tenant` is called
 * before its accounts. A callback's false stops; it has then filled err. Everything that one document can show to be wrong is refused
 * by path (spec section 10 "Refused"). A key whose gate is not enforced yet is refused by path too.
 */
struct world_doc_ops {
	bool (*tenant)(void *arg, const struct tenant_doc *tenant, const char *path, struct json_err *err);
	bool (*account)(void *arg, const struct tenant_doc *tenant, const struct account_doc *account, const char *path, struct json_err *err);
};
bool world_doc_decode(struct str text, const struct world_doc_ops *ops, void *arg, struct json_err *err);

/** Encode for export: the tenant's object with an empty "accounts" array that the caller fills by account_doc_encode; NULL when memory is out. */
json_t *tenant_doc_encode(const struct tenant_doc *tenant);
json_t *account_doc_encode(const struct account_doc *account);
