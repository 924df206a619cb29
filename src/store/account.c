/** @file store/account.c  Accounts: licences, attributes, contacts, and what guests have. */
#include "base/limits.h"
#include "base/log.h"
#include "model/text_map.h"
#include "store/inside.h"
#include "store/world.h"

#include <errno.h>
#include <stdlib.h>

/* The exact text, so that no fraction digit is lost. *out is NULL for none. 0 or -ENOMEM. */
static int assigned_text(const struct licence_grant *licence, char **out)
{
	*out = licence->held && licence->assigned.given ? instant_format(&licence->assigned) : NULL;
	return licence->held && licence->assigned.given && !*out ? -ENOMEM : 0;
}

/* Attributes, contacts and a guest's part. NULL when memory is out. */
static char *rest_text(const struct account_doc *account)
{
	json_t *rest = account_doc_rest_encode(account);
	char *text = rest ? json_dumps(rest, JSON_COMPACT) : NULL;

	json_decref(rest);
	return text;
}

static int account_row_put(struct store_tx *tx, int64_t tenant_id, const struct account_doc *account, char *const assigned[SKUS],
	const char *rest, int64_t *account_id)
{
	struct query q;
	int got = query_open(&q, tx->db,
		"INSERT INTO account (tenant, address, kind, name, title, enabled, in_house,"
		" connect_held, connect_assigned, remote_assist_held, remote_assist_assigned, home, rest)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
		" ON CONFLICT (address) DO UPDATE SET kind = excluded.kind, name = excluded.name, title = excluded.title,"
		" enabled = excluded.enabled, in_house = excluded.in_house,"
		" connect_held = excluded.connect_held, connect_assigned = excluded.connect_assigned,"
		" remote_assist_held = excluded.remote_assist_held, remote_assist_assigned = excluded.remote_assist_assigned,"
		" home = excluded.home, rest = excluded.rest"
		" WHERE tenant = excluded.tenant RETURNING id",
		DB_I(tenant_id), DB_S(account->address), DB_I(account->kind), DB_S(account->name), DB_S(account->title),
		DB_I(account->enabled), DB_I(account->in_house),
		DB_I(account->licences[SKU_CONNECT].held), DB_S(assigned[SKU_CONNECT]),
		DB_I(account->licences[SKU_REMOTE_ASSIST].held), DB_S(assigned[SKU_REMOTE_ASSIST]),
		account->home ? DB_S(account->home) : DB_NULL, DB_S(rest));

	if (got)
		return got;
	got = query_step(&q);
	if (got == 1) {
		*account_id = query_int(&q, 0);
		return query_end(&q);
	}
	query_close(&q);
	/* No row: the address is another tenant's account. Its messages and its password must not move with it. */
	return got ? got : -EEXIST;
}

int store_account_put(struct store_tx *tx, int64_t tenant_id, const struct account_doc *account, int64_t *account_id)
{
	char *assigned[SKUS] = { NULL }, *rest = rest_text(account);
	int err = rest ? 0 : -ENOMEM;

	for (int sku = 0; !err && sku < SKUS; sku++)
		err = assigned_text(&account->licences[sku], &assigned[sku]);
	if (!err)
		err = account_row_put(tx, tenant_id, account, assigned, rest, account_id);
	for (int sku = 0; sku < SKUS; sku++)
		free(assigned[sku]);
	free(rest);
	return err;
}

static int licence_of(struct query *q, int column, struct licence_grant *out)
{
	char why[128];

	out->held = query_int(q, column) != 0;
	if (query_null(q, column + 1))
		return 0;
	if (instant_parse(query_text(q, column + 1), &out->assigned, why))
		return 0;
	log_event(LOG_ERROR, "store.unreadable", LOG_S("row", "account"), LOG_I("account", query_int(q, 0)), LOG_S("why", why));
	return -EIO;
}

static int rest_of(struct query *q, int column, struct account_doc *out)
{
	struct str text = query_text(q, column);
	struct json_err bad = { 0 };
	json_t *rest;
	bool ok;

	/* Most have nothing. */
	if (str_eq(text, STR("{}")))
		return 0;
	rest = json_read(text, LIMIT_JSON_DEPTH, &bad);
	ok = rest && account_doc_rest_decode(rest, out, &bad);
	json_decref(rest);
	if (ok)
		return 0;
	log_event(LOG_ERROR, "store.unreadable", LOG_S("row", "account"), LOG_I("account", query_int(q, 0)), LOG_S("path", bad.path));
	return -EIO;
}

/* The last rests that had attributes and nothing else: accounts repeat each other's, and reading them is most of a load. */
struct rest_seen {
	char *text;			/* NULL: free */
	json_t *attributes;
};
enum { RESTS_SEEN = 256 };

static void rests_release(struct rest_seen *seen)
{
	for (size_t i = 0; i < RESTS_SEEN; i++) {
		free(seen[i].text);
		json_decref(seen[i].attributes);
	}
}

static int rest_again(struct query *q, int column, struct rest_seen *all, struct account_doc *out)
{
	struct str text = query_text(q, column);
	struct rest_seen *seen = &all[text_hash(text) % RESTS_SEEN];
	int err;

	if (seen->text && str_eq(text, str_of(seen->text))) {
		out->attributes = json_incref(seen->attributes);
		return 0;
	}
	err = rest_of(q, column, out);
	if (err || !out->attributes || out->kind == KIND_GUEST || out->n_contacts)
		return err;
	free(seen->text);
	json_decref(seen->attributes);
	*seen = (struct rest_seen){ str_dup(text), json_incref(out->attributes) };
	return seen->text ? 0 : -ENOMEM;
}

/* On an error the caller releases what was filled. */
static int account_of(struct query *q, struct rest_seen *seen, struct account_doc *out)
{
	int err;

	if ((err = query_keep(q, 1, &out->address)))
		return err;
	out->kind = (enum account_kind)query_int(q, 2);
	if ((err = query_keep(q, 3, &out->name)))
		return err;
	if ((err = query_keep(q, 4, &out->title)))
		return err;
	out->enabled = query_int(q, 5) != 0;
	out->in_house = query_int(q, 6) != 0;
	if ((err = licence_of(q, 7, &out->licences[SKU_CONNECT])))
		return err;
	if ((err = licence_of(q, 9, &out->licences[SKU_REMOTE_ASSIST])))
		return err;
	return rest_again(q, 11, seen, out);
}

int account_each(struct db *db, int64_t tenant_id,
	int (*row)(void *arg, int64_t account_id, int64_t tenant_id, const struct account_doc *account), void *arg)
{
	struct rest_seen seen[RESTS_SEEN] = { 0 };
	struct query q;
	int got, err;

	err = query_open(&q, db,
		"SELECT id, address, kind, name, title, enabled, in_house,"
		" connect_held, connect_assigned, remote_assist_held, remote_assist_assigned, rest"
		" FROM account WHERE tenant = ?1 ORDER BY id",
		DB_I(tenant_id));
	if (err)
		return err;
	while ((got = query_step(&q)) == 1) {
		struct account_doc account = { 0 };

		err = account_of(&q, seen, &account);
		if (!err)
			err = row(arg, query_int(&q, 0), tenant_id, &account);
		account_doc_release(&account);
		if (err)
			break;
	}
	query_close(&q);
	rests_release(seen);
	return err ? err : got;
}
