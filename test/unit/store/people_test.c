/** @file test/unit/store/people_test.c  Passwords, sessions, roles, facts and the audit log. */
#include "rig.h"

#include <errno.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { ANN = 1, AMY = 2, BOB = 3, NOBODY = 99, ABC = 1, CONTOSO = 2 };

static int begin(void **state)
{
	static struct rig rig;

	rig_init(&rig);
	rig_people(&rig);
	*state = &rig;
	return 0;
}

static int end(void **state)
{
	rig_release(*state);
	return 0;
}

struct password {
	int64_t account;
	const char *encoded;
};

static int password_put(struct store_tx *tx, void *arg)
{
	const struct password *p = arg;

	return store_password_put(tx, p->account, p->encoded);
}

static void password_is_kept_and_replaced(void **state)
{
	struct rig *rig = *state;
	char got[128];
	char longest[128];

	memset(longest, 'x', 127);
	longest[127] = '\0';
	assert_int_equal(store_password_get(rig->store, ANN, got), -ENOENT);
	assert_int_equal(rig_write(rig, password_put, &(struct password){ ANN, "first" }), 0);
	assert_int_equal(rig_write(rig, password_put, &(struct password){ AMY, "hers" }), 0);
	assert_int_equal(rig_write(rig, password_put, &(struct password){ ANN, longest }), 0);
	assert_int_equal(store_password_get(rig->store, ANN, got), 0);
	assert_string_equal(got, longest);
	assert_int_equal(store_password_get(rig->store, AMY, got), 0);
	assert_string_equal(got, "hers");
	assert_int_equal(rig_write(rig, password_put, &(struct password){ NOBODY, "x" }), -ENOENT);
}

struct session {
	uint8_t hash[TOKEN_HASH_BYTES];
	int64_t account;
	time_ms_t expires;
	int64_t id;
};

static int session_add(struct store_tx *tx, void *arg)
{
	struct session *s = arg;

	return store_session_add(tx, s->hash, s->account, 1000, s->expires, &s->id);
}

static int session_drop(struct store_tx *tx, void *arg)
{
	const struct session *s = arg;

	return store_session_drop(tx, s->id, s->account);
}

static int session_drop_all(struct store_tx *tx, void *arg)
{
	return store_session_drop_all(tx, ((const struct session *)arg)->account);
}

static int session_expire(struct store_tx *tx, void *arg)
{
	return store_session_expire(tx, *(time_ms_t *)arg);
}

static void session_is_found_by_hash_and_dropped_by_its_owner(void **state)
{
	struct rig *rig = *state;
	struct session one = { .hash = { 1 }, .account = ANN, .expires = 5000 };
	struct session two = { .hash = { 2 }, .account = ANN, .expires = 6000 };
	struct session his = { .hash = { 3 }, .account = BOB, .expires = 7000 };
	struct session stranger = { .hash = { 4 }, .account = NOBODY, .expires = 7000 };
	struct store_session got;

	assert_int_equal(store_session_get(rig->store, one.hash, &got), -ENOENT);
	assert_int_equal(rig_write(rig, session_add, &one), 0);
	assert_int_equal(rig_write(rig, session_add, &one), -EEXIST);
	assert_int_equal(rig_write(rig, session_add, &two), 0);
	assert_int_equal(rig_write(rig, session_add, &his), 0);
	assert_int_equal(rig_write(rig, session_add, &stranger), -ENOENT);
	assert_int_equal(store_session_get(rig->store, two.hash, &got), 0);
	assert_int_equal(got.id, two.id);
	assert_int_equal(got.account_id, ANN);
	assert_int_equal(got.expires, 6000);
	assert_int_equal(store_session_get(rig->store, stranger.hash, &got), -ENOENT);

	assert_int_equal(rig_write(rig, session_drop, &(struct session){ .id = one.id, .account = BOB }), -ENOENT);
	assert_int_equal(rig_write(rig, session_drop, &one), 0);
	assert_int_equal(rig_write(rig, session_drop, &one), -ENOENT);
	assert_int_equal(store_session_get(rig->store, one.hash, &got), -ENOENT);
	assert_int_equal(rig_write(rig, session_drop_all, &two), 0);
	assert_int_equal(store_session_get(rig->store, two.hash, &got), -ENOENT);
	assert_int_equal(store_session_get(rig->store, his.hash, &got), 0);
}

static void session_number_is_never_used_again(void **state)
{
	struct rig *rig = *state;
	struct session one = { .hash = { 1 }, .account = ANN }, two = { .hash = { 2 }, .account = ANN };

	assert_int_equal(rig_write(rig, session_add, &one), 0);
	assert_int_equal(rig_write(rig, session_drop, &one), 0);
	assert_int_equal(rig_write(rig, session_add, &two), 0);
	assert_true(two.id > one.id);
}

static void sessions_expire_a_thousand_at_a_time(void **state)
{
	struct rig *rig = *state;
	struct session kept = { .hash = { 255, 255, 255 }, .account = ANN, .expires = 2000 };
	struct store_session got;
	time_ms_t now = 2000;

	assert_int_equal(rig_sql(rig,
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)"
		" INSERT INTO session (hash, account, made, expires) SELECT CAST(printf('%032d', i) AS BLOB), 1, 0, 1999 FROM n"), SQLITE_OK);
	assert_int_equal(rig_write(rig, session_add, &kept), 0);
	assert_int_equal(rig_write(rig, session_expire, &now), 0);
	assert_int_equal(rig_number(rig, "SELECT count(*) FROM session"), 201);
	assert_int_equal(rig_write(rig, session_expire, &now), 0);
	assert_int_equal(rig_number(rig, "SELECT count(*) FROM session"), 1);
	assert_int_equal(store_session_get(rig->store, kept.hash, &got), 0);
}

struct grant {
	int64_t tenant;
	int64_t account;
	enum role role;
};

static int role_put(struct store_tx *tx, void *arg)
{
	const struct grant *g = arg;

	return store_role_put(tx, g->account, g->role);
}

static int role_drop(struct store_tx *tx, void *arg)
{
	const struct grant *g = arg;

	return store_role_drop(tx, g->tenant, g->account, g->role);
}

/* A job that does not pass the refusal on: still nothing may have been dropped. */
static int role_drop_shrug(struct store_tx *tx, void *arg)
{
	const struct grant *g = arg;

	return store_role_drop(tx, g->tenant, g->account, g->role) == -EPERM ? 0 : -EINVAL;
}

static void last_owner_stays(void **state)
{
	struct rig *rig = *state;
	struct grant ann = { ABC, ANN, ROLE_OWNER }, amy = { ABC, AMY, ROLE_OWNER }, bob = { CONTOSO, BOB, ROLE_OWNER };
	unsigned roles;

	assert_int_equal(store_roles_get(rig->store, ANN, &roles), 0);
	assert_int_equal(roles, 0);
	assert_int_equal(rig_write(rig, role_put, &ann), 0);
	assert_int_equal(rig_write(rig, role_put, &ann), 0);
	assert_int_equal(rig_write(rig, role_put, &bob), 0);
	assert_int_equal(rig_write(rig, role_drop, &amy), -ENOENT);
	assert_int_equal(rig_write(rig, role_drop, &ann), -EPERM);
	assert_int_equal(rig_write(rig, role_drop_shrug, &ann), 0);
	assert_int_equal(store_roles_get(rig->store, ANN, &roles), 0);
	assert_int_equal(roles, ROLE_OWNER);

	assert_int_equal(rig_write(rig, role_put, &amy), 0);
	assert_int_equal(rig_sql(rig, "UPDATE account SET enabled = 0 WHERE id = 2"), SQLITE_OK);
	assert_int_equal(rig_write(rig, role_drop, &ann), -EPERM);	/* amy could not sign in */
	assert_int_equal(rig_sql(rig, "UPDATE account SET enabled = 1 WHERE id = 2"), SQLITE_OK);
	assert_int_equal(rig_write(rig, role_drop, &(struct grant){ CONTOSO, ANN, ROLE_OWNER }), -ENOENT);
	assert_int_equal(rig_write(rig, role_drop, &ann), 0);
	assert_int_equal(rig_write(rig, role_drop, &amy), -EPERM);
}

static void roles_are_bits_with_names(void **state)
{
	struct rig *rig = *state;
	struct grant admin = { ABC, ANN, ROLE_ACCESS_ADMIN };
	enum role role;
	unsigned roles;

	assert_int_equal(rig_write(rig, role_put, &admin), 0);
	assert_int_equal(rig_write(rig, role_put, &(struct grant){ ABC, ANN, ROLE_OWNER }), 0);
	assert_int_equal(store_roles_get(rig->store, ANN, &roles), 0);
	assert_int_equal(roles, ROLE_OWNER | ROLE_ACCESS_ADMIN);
	assert_int_equal(rig_write(rig, role_drop, &admin), 0);
	assert_int_equal(rig_write(rig, role_drop, &admin), -ENOENT);
	assert_int_equal(rig_write(rig, role_put, &(struct grant){ ABC, NOBODY, ROLE_OWNER }), -ENOENT);

	assert_true(role_parse(STR("owner"), &role) && role == ROLE_OWNER);
	assert_true(role_parse(STR("access_admin"), &role) && role == ROLE_ACCESS_ADMIN);
	assert_false(role_parse(STR("Owner"), &role));
	assert_false(role_parse(STR(""), &role));
	assert_string_equal(role_name(ROLE_ACCESS_ADMIN), "access_admin");
}

struct fact {
	const char *name;
	const void *value;
	size_t n;
};

static int meta_put(struct store_tx *tx, void *arg)
{
	const struct fact *f = arg;

	return store_meta_put(tx, f->name, f->value, f->n);
}

static void fact_is_kept_and_replaced(void **state)
{
	struct rig *rig = *state;
	char got[8];
	size_t n;

	assert_int_equal(store_meta_get(rig->store, "operator", got, sizeof got, &n), -ENOENT);
	assert_int_equal(rig_write(rig, meta_put, &(struct fact){ "operator", "a\0b", 3 }), 0);
	assert_int_equal(store_meta_get(rig->store, "operator", got, sizeof got, &n), 0);
	assert_int_equal(n, 3);
	assert_memory_equal(got, "a\0b", 3);
	assert_int_equal(store_meta_get(rig->store, "operator", got, 2, &n), -ENOBUFS);
	assert_int_equal(rig_write(rig, meta_put, &(struct fact){ "operator", NULL, 0 }), 0);
	assert_int_equal(store_meta_get(rig->store, "operator", got, sizeof got, &n), 0);
	assert_int_equal(n, 0);
}

static int audit_add(struct store_tx *tx, void *arg)
{
	const char *tenant = arg;

	return store_audit_add(tx, 1234, "ann@abc.example", "access.put", tenant, tenant ? "{\"mode\":\"off\"}" : NULL);
}

static void audit_only_grows(void **state)
{
	struct rig *rig = *state;
	char abc[] = "abc";

	assert_int_equal(rig_write(rig, audit_add, abc), 0);
	assert_int_equal(rig_write(rig, audit_add, NULL), 0);
	assert_int_equal(rig_sql(rig, "UPDATE audit SET actor = 'eve'"), SQLITE_CONSTRAINT);
	assert_int_equal(rig_sql(rig, "DELETE FROM audit"), SQLITE_CONSTRAINT);
	assert_int_equal(rig_sql(rig, "PRAGMA recursive_triggers = ON; REPLACE INTO audit VALUES (1, 0, 'eve', 'x', NULL, '')"), SQLITE_CONSTRAINT);
	assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE actor = 'ann@abc.example' AND at = 1234"), 2);
	assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE tenant IS NULL AND detail = '{}'"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(password_is_kept_and_replaced, begin, end),
		cmocka_unit_test_setup_teardown(session_is_found_by_hash_and_dropped_by_its_owner, begin, end),
		cmocka_unit_test_setup_teardown(session_number_is_never_used_again, begin, end),
		cmocka_unit_test_setup_teardown(sessions_expire_a_thousand_at_a_time, begin, end),
		cmocka_unit_test_setup_teardown(last_owner_stays, begin, end),
		cmocka_unit_test_setup_teardown(roles_are_bits_with_names, begin, end),
		cmocka_unit_test_setup_teardown(fact_is_kept_and_replaced, begin, end),
		cmocka_unit_test_setup_teardown(audit_only_grows, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
