/** @file store/account_test.c  Links, second factors, what one sees of one's sessions; and a database from before there were any. */
#include "rig.h"

#include "store/migrate.h"

#include <errno.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

enum { ANN = 1, AMY = 2, BOB = 3 };

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

/** One write of any kind: what is asked, and of whom. */
struct ask {
	int (*run)(struct store_tx *tx, const struct ask *ask);
	int64_t account, number;
	uint8_t bytes[TOKEN_HASH_BYTES];
	time_ms_t now;
};

static int ask_run(struct store_tx *tx, void *arg)
{
	const struct ask *ask = arg;

	return ask->run(tx, ask);
}

#define ASK(rig, fn, ...) rig_write(rig, ask_run, &(struct ask){ .run = fn, __VA_ARGS__ })

static int link_put(struct store_tx *tx, const struct ask *a)
{
	return store_link_put(tx, a->account, a->bytes, a->now);
}

static int link_take(struct store_tx *tx, const struct ask *a)
{
	return store_link_take(tx, a->bytes, a->now, a->account);
}

static int link_drop(struct store_tx *tx, const struct ask *a)
{
	return store_link_drop(tx, a->account);
}

static int link_get(struct rig *rig, uint8_t first, time_ms_t now, int64_t *account)
{
	uint8_t hash[TOKEN_HASH_BYTES] = { first };
	time_ms_t expires;

	return store_link_get(rig->store, hash, now, account, &expires);
}

static void link_is_one_an_account_once_and_for_a_time(void **state)
{
	struct rig *rig = *state;
	int64_t account;

	assert_int_equal(ASK(rig, link_put, .account = ANN, .bytes = { 1 }, .now = 1000), 0);
	assert_int_equal(ASK(rig, link_put, .account = AMY, .bytes = { 2 }, .now = 1000), 0);
	assert_int_equal(link_get(rig, 1, 999, &account), 0);
	assert_int_equal(account, ANN);
	assert_int_equal(link_get(rig, 1, 1000, &account), -ENOENT);
	/* A newer one takes its place; another's is none of hers. */
	assert_int_equal(ASK(rig, link_put, .account = ANN, .bytes = { 3 }, .now = 2000), 0);
	assert_int_equal(link_get(rig, 1, 999, &account), -ENOENT);
	assert_int_equal(ASK(rig, link_take, .account = ANN, .bytes = { 2 }, .now = 999), -ENOENT);
	assert_int_equal(ASK(rig, link_take, .account = ANN, .bytes = { 3 }, .now = 2000), -ENOENT);
	assert_int_equal(ASK(rig, link_take, .account = ANN, .bytes = { 3 }, .now = 1999), 0);
	assert_int_equal(ASK(rig, link_take, .account = ANN, .bytes = { 3 }, .now = 1999), -ENOENT);
	assert_int_equal(ASK(rig, link_drop, .account = AMY), 0);
	assert_int_equal(link_get(rig, 2, 999, &account), -ENOENT);
}

static void link_is_not_for_the_disabled(void **state)
{
	struct rig *rig = *state;

	assert_int_equal(ASK(rig, link_put, .account = ANN, .bytes = { 1 }, .now = 1000), 0);
	rig_close(rig);
	assert_int_equal(rig_sql(rig, "UPDATE account SET enabled = 0 WHERE id = 1"), SQLITE_OK);
	rig_open(rig);
	assert_int_equal(ASK(rig, link_take, .account = ANN, .bytes = { 1 }, .now = 999), -ENOENT);
	assert_int_equal(ASK(rig, link_put, .account = ANN, .bytes = { 4 }, .now = 1000), -ENOENT);
}

static int factor_put(struct store_tx *tx, const struct ask *a)
{
	return store_factor_put(tx, a->account, a->bytes);
}

static int factor_on(struct store_tx *tx, const struct ask *a)
{
	return store_factor_on(tx, a->account, a->bytes, a->number);
}

static int factor_used(struct store_tx *tx, const struct ask *a)
{
	return store_factor_used(tx, a->account, a->number);
}

static int factor_drop(struct store_tx *tx, const struct ask *a)
{
	return store_factor_drop(tx, a->account);
}

static int recovery_put(struct store_tx *tx, const struct ask *a)
{
	return store_recovery_put(tx, a->account, a->bytes);
}

static int recovery_take(struct store_tx *tx, const struct ask *a)
{
	return store_recovery_take(tx, a->account, a->bytes);
}

static void factor_is_begun_switched_on_and_dropped(void **state)
{
	struct rig *rig = *state;
	struct store_factor factor;

	assert_int_equal(store_factor_get(rig->store, ANN, &factor), -ENOENT);
	assert_false(factor.on);
	assert_int_equal(ASK(rig, factor_put, .account = ANN, .bytes = { 1 }), 0);
	assert_int_equal(ASK(rig, factor_put, .account = ANN, .bytes = { 2 }), 0);
	/* The first was replaced: its code switches nothing on. Nor does anybody else's. */
	assert_int_equal(ASK(rig, factor_on, .account = ANN, .bytes = { 1 }, .number = 10), -ENOENT);
	assert_int_equal(ASK(rig, factor_on, .account = AMY, .bytes = { 2 }, .number = 10), -ENOENT);
	assert_int_equal(ASK(rig, factor_used, .account = ANN, .number = 11), -ENOENT);
	assert_int_equal(ASK(rig, factor_on, .account = ANN, .bytes = { 2 }, .number = 10), 0);
	assert_int_equal(ASK(rig, factor_put, .account = ANN, .bytes = { 3 }), -ENOENT);
	assert_int_equal(ASK(rig, factor_used, .account = ANN, .number = 10), -ENOENT);
	assert_int_equal(ASK(rig, factor_used, .account = ANN, .number = 12), 0);
	assert_int_equal(ASK(rig, factor_used, .account = ANN, .number = 11), -ENOENT);
	assert_int_equal(ASK(rig, recovery_put, .account = ANN, .bytes = { 7 }), 0);
	assert_int_equal(store_factor_get(rig->store, ANN, &factor), 0);
	assert_true(factor.on && factor.secret[0] == 2 && factor.step == 12 && factor.recovery == 1);
	assert_int_equal(ASK(rig, recovery_take, .account = AMY, .bytes = { 7 }), -ENOENT);
	assert_int_equal(ASK(rig, recovery_take, .account = ANN, .bytes = { 7 }), 0);
	assert_int_equal(ASK(rig, recovery_take, .account = ANN, .bytes = { 7 }), -ENOENT);
	assert_int_equal(ASK(rig, recovery_put, .account = ANN, .bytes = { 8 }), 0);
	assert_int_equal(ASK(rig, factor_drop, .account = ANN), 0);
	assert_int_equal(ASK(rig, factor_drop, .account = ANN), -ENOENT);
	assert_int_equal(store_recovery_has(rig->store, ANN, (const uint8_t[TOKEN_HASH_BYTES]){ 8 }), -ENOENT);
}

static int session_add(struct store_tx *tx, const struct ask *a)
{
	int64_t id;
	int err = store_session_add(tx, a->bytes, a->account, a->now, a->now + 1000, &id);

	return err ? err : store_session_describe(tx, id, a->number ? "Firefox" : "", a->number ? "Linux" : "");
}

static int session_seen(struct store_tx *tx, const struct ask *a)
{
	return store_session_seen(tx, a->number, a->now);
}

static int others_drop(struct store_tx *tx, const struct ask *a)
{
	return store_session_drop_others(tx, a->number, a->account);
}

static int row_write(void *arg, const struct store_session *s)
{
	char *out = arg;
	size_t n = strlen(out);

	snprintf(out + n, 256 - n, "%lld:%s/%s %lld %lld; ", (long long)s->id, s->browser, s->system, (long long)s->made, (long long)s->seen);
	return 0;
}

static void expect_sessions(struct rig *rig, int64_t account, time_ms_t now, const char *wanted)
{
	char got[256] = "";

	assert_int_equal(store_session_list(rig->store, account, now, row_write, got), 0);
	assert_string_equal(got, wanted);
}

static void sessions_are_listed_newest_first_and_others_dropped(void **state)
{
	struct rig *rig = *state;

	assert_int_equal(ASK(rig, session_add, .account = ANN, .bytes = { 1 }, .now = 100), 0);
	assert_int_equal(ASK(rig, session_add, .account = BOB, .bytes = { 2 }, .now = 200), 0);
	assert_int_equal(ASK(rig, session_add, .account = ANN, .bytes = { 3 }, .now = 300, .number = 1), 0);
	assert_int_equal(ASK(rig, session_seen, .number = 1, .now = 500), 0);
	assert_int_equal(ASK(rig, session_seen, .number = 1, .now = 400), 0);
	assert_int_equal(ASK(rig, session_seen, .number = 99, .now = 400), 0);
	expect_sessions(rig, ANN, 1000, "3:Firefox/Linux 300 300; 1:/ 100 500; ");
	expect_sessions(rig, ANN, 1100, "3:Firefox/Linux 300 300; ");
	assert_int_equal(ASK(rig, others_drop, .account = ANN, .number = 1), 0);
	expect_sessions(rig, ANN, 1000, "1:/ 100 500; ");
	expect_sessions(rig, BOB, 1000, "2:/ 200 200; ");
	rig_close(rig);
	assert_int_equal(rig_sql(rig, "UPDATE account SET enabled = 0 WHERE id = 3"), SQLITE_OK);
	rig_open(rig);
	assert_int_equal(ASK(rig, session_add, .account = BOB, .bytes = { 4 }, .now = 300), -ENOENT);
}

/* As the step before left it: the disabled still had sessions then, which were to come back with them. */
/* A new file made by the steps before the one that ends them. */
static void an_older_database_loses_the_sessions_of_the_disabled(void **state)
{
	static const char *const rows[] = { NULL, NULL,
		"INSERT INTO tenant (id, slug, name, verified, disclose, connect_listed, remote_assist_listed) VALUES (1, 'old', 'Old', 1, 1, 0, 0);"
		"INSERT INTO access VALUES (1, 1, '{}'); INSERT INTO domain VALUES ('old.example', 1, 0);"
		"INSERT INTO account (id, tenant, address, kind, name, title, enabled, in_house, connect_held, remote_assist_held)"
		" VALUES (1, 1, 'ann@old.example', 0, '', '', 0, 0, 0, 0), (2, 1, 'amy@old.example', 0, '', '', 1, 0, 0, 0);"
		"INSERT INTO session (hash, account, made, expires) VALUES (randomblob(32), 1, 100, 9999), (randomblob(32), 2, 100, 9999);"
		"PRAGMA application_id = 0x46415248; PRAGMA user_version = 2" };
	struct rig *rig = *state;

	rig_close(rig);
	assert_int_equal(unlink(rig->path), 0);
	for (unsigned i = 0; i < 3; i++) {
		sqlite3 *db;

		assert_int_equal(sqlite3_open(rig->path, &db), SQLITE_OK);
		assert_int_equal(sqlite3_exec(db, rows[i] ? rows[i] : schema_steps[i], NULL, NULL, NULL), SQLITE_OK);
		sqlite3_close(db);
	}
	rig_open(rig);
	expect_sessions(rig, ANN, 200, "");
	expect_sessions(rig, AMY, 200, "2:/ 100 100; ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(link_is_one_an_account_once_and_for_a_time, begin, end),
		cmocka_unit_test_setup_teardown(link_is_not_for_the_disabled, begin, end),
		cmocka_unit_test_setup_teardown(factor_is_begun_switched_on_and_dropped, begin, end),
		cmocka_unit_test_setup_teardown(sessions_are_listed_newest_first_and_others_dropped, begin, end),
		cmocka_unit_test_setup_teardown(an_older_database_loses_the_sessions_of_the_disabled, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
