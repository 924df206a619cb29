/** @file store/role.c  Who administers a tenant. What a role allows is not here. */
#include "store/inside.h"

#include <errno.h>

static const struct {
	enum role role;
	const char *name;
} roles[] = {
	{ ROLE_OWNER, "owner" },
	{ ROLE_ACCESS_ADMIN, "access_admin" },
	{ ROLE_LICENCE_ADMIN, "licence_admin" },
	{ ROLE_AUDITOR, "auditor" },
};

enum { ROLES = sizeof roles / sizeof *roles };

bool role_parse(struct str name, enum role *out)
{
	for (unsigned i = 0; i < ROLES; i++) {
		if (str_eq(name, str_of(roles[i].name))) {
			*out = roles[i].role;
			return true;
		}
	}
	return false;
}

const char *role_name(enum role role)
{
	for (unsigned i = 0; i < ROLES; i++)
		if (roles[i].role == role)
			return roles[i].name;
	return "";
}

int store_roles_get(struct store *store, int64_t account_id, unsigned *out)
{
	struct query q;
	/* Each row is one bit, so their sum is the set. */
	int err = query_first(&q, store->reader, "SELECT coalesce(sum(role), 0) FROM role WHERE account = ?1", DB_I(account_id));

	if (err)
		return err;
	*out = (unsigned)query_int(&q, 0);
	query_close(&q);
	return 0;
}

int store_role_put(struct store_tx *tx, int64_t account_id, enum role role)
{
	touch(&tx->touched, account_id);
	return db_run(tx->db, "INSERT INTO role (account, role) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
		DB_I(account_id), DB_I(role));
}

/* 0 when the account is the tenant's and holds the role; -ENOENT. */
static int role_held(struct store_tx *tx, int64_t tenant_id, int64_t account_id, enum role role)
{
	struct query q;
	int err = query_first(&q, tx->db,
		"SELECT 1 FROM role r JOIN account a ON a.id = r.account WHERE r.account = ?1 AND r.role = ?2 AND a.tenant = ?3",
		DB_I(account_id), DB_I(role), DB_I(tenant_id));

	if (!err)
		query_close(&q);
	return err;
}

/* 0 when another owner of the tenant can sign in, -EPERM when none can. */
static int owner_remains(struct store_tx *tx, int64_t tenant_id, int64_t account_id)
{
	struct query q;
	int err = query_first(&q, tx->db,
		"SELECT 1 FROM role r JOIN account a ON a.id = r.account"
		" WHERE a.tenant = ?1 AND a.enabled AND r.role = ?2 AND r.account <> ?3 LIMIT 1",
		DB_I(tenant_id), DB_I(ROLE_OWNER), DB_I(account_id));

	if (!err)
		query_close(&q);
	return err == -ENOENT ? -EPERM : err;
}

int store_owner_lost(struct store_tx *tx, int64_t tenant_id, int64_t account_id)
{
	int err = role_held(tx, tenant_id, account_id, ROLE_OWNER);

	/* No account has the number 0: all owners are asked about. */
	return err == -ENOENT ? 0 : err ? err : owner_remains(tx, tenant_id, 0);
}

int store_role_drop(struct store_tx *tx, int64_t tenant_id, int64_t account_id, enum role role)
{
	int err = role_held(tx, tenant_id, account_id, role);

	if (!err && role == ROLE_OWNER)
		err = owner_remains(tx, tenant_id, account_id);
	if (err)
		return err;
	touch(&tx->touched, account_id);
	return db_run(tx->db, "DELETE FROM role WHERE account = ?1 AND role = ?2", DB_I(account_id), DB_I(role));
}
