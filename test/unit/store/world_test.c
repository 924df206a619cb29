/** @file test/unit/store/world_test.c  The world document goes in and comes back the same; revisions tell who was first. */
#include "rig.h"

#include <errno.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char first[] =
	"{\"version\": 1, \"tenants\": ["
	" {\"id\": \"abc\", \"name\": \"Tenant ABC\", \"domains\": [\"abc.example\", \"zz.example\", \"aa.example\"],"
	"  \"licences\": [{\"sku\": \"connect\", \"seats\": 100}, {\"sku\": \"remote-assist\"}],"
	"  \"external_access\": {\"mode\": \"block\", \"allow\": [\"contoso.example\"], \"block\": [\"*.evil.example\", \"evil.example\"],"
	"   \"unverified_tenants\": \"allow\", \"unverified_exceptions\": [\"new.example\"], \"off_actions\": [\"video\", \"screen\"],"
	"   \"directory_cards\": [\"contoso.example\"], \"blocked_people\": [{\"address\": \"eve@evil.example\", \"until\": \"2027-01-01T00:00:00.000000000001Z\"}],"
	"   \"first_contact\": \"ask\", \"outbound_guests\": false, \"max_organisations\": 3},"
	"  \"guest_access\": {\"directory\": \"full\", \"invite\": {\"who\": \"admins\", \"mode\": \"allow\", \"allow\": [\"x.example\"]}, \"controls\": {\"screen\": \"app\"},"
	"   \"by_domain\": {\"x.example\": {\"video\": false, \"reach\": \"named\"}}},"
	"  \"segments\": [{\"name\": \"s\", \"filter\": \"department eq \\\"S\\\"\"}], \"barriers\": {\"unsegmented\": \"hidden\", \"rules\": [{\"segment\": \"s\", \"allow\": [\"s\"]}]},"
	"  \"policies\": [{\"name\": \"p\", \"mode\": \"none\", \"accounts\": [\"ann@abc.example\"], \"segments\": [\"s\"]}],"
	"  \"leases\": [{\"id\": \"L\", \"accounts\": [\"s1@abc.example\"], \"lessee\": \"x\", \"holders\": [\"h@x.example\"], \"starts\": \"2026-01-01T00:00:00Z\","
	"   \"reach\": [\"segment:s\", \"ann@abc.example\"], \"actions\": [\"chat\"], \"peers\": true}],"
	"  \"accounts\": ["
	"   {\"address\": \"ann@abc.example\", \"name\": \"Ann\", \"title\": \"Pump expert\","
	"    \"licences\": [{\"sku\": \"connect\", \"assigned\": \"2026-01-01T00:00:00.12345678901234567890123Z\"}, {\"sku\": \"remote-assist\"}]},"
	"   {\"address\": \"amy@zz.example\", \"enabled\": false},"
	"   {\"address\": \"s1@abc.example\", \"kind\": \"service\", \"in_house\": true, \"name\": \"\xe2\x98\x83\"},"
	"   {\"home\": \"gus@contoso.example\", \"state\": \"accepted\", \"expires\": \"2027-01-01T00:00:00Z\", \"controls\": {\"chat\": false}, \"reach_list\": [\"segment:s\"]},"
	"   {\"address\": \"con@abc.example\", \"attributes\": {\"department\": [\"S\", 1]}, \"contacts\": [{\"address\": \"z@z\", \"state\": \"blocked\"}, {\"address\": \"a@a\", \"state\": \"accepted\"}]}]},"
	" {\"id\": \"contoso\", \"domains\": [\"contoso.example\"], \"verified\": false, \"disclose\": \"generic\","
	"  \"external_access\": {\"mode\": \"off\"},"
	"  \"accounts\": [{\"address\": \"bob@contoso.example\", \"name\": \"Bob\"}]}]}";

/* The two tenants exchange a domain, settings change, nobody is new. */
static const char second[] =
	"{\"version\": 1, \"tenants\": ["
	" {\"id\": \"abc\", \"name\": \"ABC\", \"domains\": [\"contoso.example\", \"abc.example\"],"
	"  \"licences\": [{\"sku\": \"connect\", \"seats\": 0}],"
	"  \"external_access\": {\"mode\": \"allow\", \"allow\": [\"contoso.example\"]},"
	"  \"accounts\": [{\"address\": \"ann@abc.example\", \"name\": \"Ann B.\", \"licences\": [{\"sku\": \"remote-assist\"}]}]},"
	" {\"id\": \"contoso\", \"domains\": [\"zz.example\", \"aa.example\"], \"external_access\": {\"mode\": \"off\"},"
	"  \"accounts\": []}]}";

static int begin(void **state)
{
	static struct rig rig;

	rig_init(&rig);
	*state = &rig;
	return 0;
}

static int end(void **state)
{
	rig_release(*state);
	return 0;
}

/* A document on its way into the store. */
struct apply {
	const char *text;
	struct store_tx *tx;
	int64_t seen;
	int64_t revision;
	int64_t tenant_id;
	int64_t access_rev[4];
	int64_t account_id[8];
	unsigned tenants, accounts;
	int err;
};

static bool tenant_apply(void *arg, const struct tenant_doc *tenant, const char *path, struct json_err *err)
{
	struct apply *a = arg;

	a->err = store_tenant_put(a->tx, tenant, &a->tenant_id, &a->access_rev[a->tenants++]);
	return a->err == 0 || json_bad(err, path, "not stored");
}

static bool account_apply(void *arg, const struct tenant_doc *tenant, const struct account_doc *account, const char *path,
	struct json_err *err)
{
	struct apply *a = arg;

	(void)tenant;
	a->err = store_account_put(a->tx, a->tenant_id, account, &a->account_id[a->accounts++]);
	return a->err == 0 || json_bad(err, path, "not stored");
}

static int apply_run(struct store_tx *tx, void *arg)
{
	static const struct world_doc_ops ops = { tenant_apply, account_apply };
	struct apply *a = arg;
	struct json_err why;

	a->tx = tx;
	a->err = store_revision_next(tx, a->seen, &a->revision);
	if (!a->err && !world_doc_decode(str_of(a->text), &ops, a, &why) && !a->err)
		a->err = -EINVAL;
	return a->err;
}

/* Lists what it is told, as the documents' own encoding. */
struct listed {
	json_t *all;
	int stop;	/* at the first account, when not 0 */
};

static bool tenant_decoded(void *arg, const struct tenant_doc *tenant, const char *path, struct json_err *err)
{
	(void)path;
	(void)err;
	return json_array_append_new(((struct listed *)arg)->all, tenant_doc_encode(tenant)) == 0;
}

static bool account_decoded(void *arg, const struct tenant_doc *tenant, const struct account_doc *account, const char *path,
	struct json_err *err)
{
	(void)tenant;
	(void)path;
	(void)err;
	return json_array_append_new(((struct listed *)arg)->all, account_doc_encode(account)) == 0;
}

static char *listed_text(struct listed *listed)
{
	char *text = json_dumps(listed->all, JSON_INDENT(1));

	json_decref(listed->all);
	assert_non_null(text);
	return text;
}

static char *expected(const char *text)
{
	static const struct world_doc_ops ops = { tenant_decoded, account_decoded };
	struct listed listed = { .all = json_array() };
	struct json_err why;

	if (!world_doc_decode(str_of(text), &ops, &listed, &why))
		fail_msg("%s: %s", why.path, why.why);
	return listed_text(&listed);
}

static int tenant_loaded(void *arg, int64_t tenant_id, const struct tenant_doc *tenant, int64_t access_rev)
{
	if (tenant_id <= 0 || access_rev <= 0)
		return -EINVAL;
	return json_array_append_new(((struct listed *)arg)->all, tenant_doc_encode(tenant));
}

static int account_loaded(void *arg, int64_t account_id, int64_t tenant_id, const struct account_doc *account)
{
	struct listed *listed = arg;

	if (account_id <= 0 || tenant_id <= 0)
		return -EINVAL;
	if (listed->stop)
		return listed->stop;
	return json_array_append_new(listed->all, account_doc_encode(account));
}

static const struct store_world_ops load_ops = { NULL, tenant_loaded, account_loaded };

static char *loaded(struct rig *rig)
{
	struct listed listed = { .all = json_array() };

	assert_int_equal(store_world_load(rig->store, &load_ops, &listed), 0);
	return listed_text(&listed);
}

static void same(char *a, char *b)
{
	assert_string_equal(a, b);
	free(a);
	free(b);
}

static void world_comes_back_as_it_went_in(void **state)
{
	struct rig *rig = *state;
	struct apply apply = { .text = first };
	int64_t revision;

	same(loaded(rig), expected("{\"version\": 1, \"tenants\": []}"));
	assert_int_equal(rig_write(rig, apply_run, &apply), 0);
	assert_int_equal(apply.revision, 1);
	assert_int_equal(store_revision(rig->store, &revision), 0);
	assert_int_equal(revision, 1);
	same(loaded(rig), expected(first));
	rig_close(rig);
	rig_open(rig);
	same(loaded(rig), expected(first));
}

static void applied_again_nothing_changes_its_number(void **state)
{
	struct rig *rig = *state;
	struct apply one = { .text = first }, two = { .text = first, .seen = 1 }, late = { .text = first, .seen = 1 };

	assert_int_equal(rig_write(rig, apply_run, &one), 0);
	assert_int_equal(rig_write(rig, apply_run, &two), 0);
	assert_int_equal(rig_write(rig, apply_run, &late), -ESTALE);
	assert_int_equal(two.revision, 2);
	assert_memory_equal(one.account_id, two.account_id, sizeof one.account_id);
	assert_int_equal(two.access_rev[0], 1);
	assert_int_equal(two.access_rev[1], 1);
	same(loaded(rig), expected(first));
}

static void change_moves_domains_and_keeps_accounts(void **state)
{
	struct rig *rig = *state;
	struct apply one = { .text = first }, two = { .text = second, .seen = 1 };

	assert_int_equal(rig_write(rig, apply_run, &one), 0);
	assert_int_equal(rig_write(rig, apply_run, &two), 0);
	assert_int_equal(two.access_rev[0], 2);
	assert_int_equal(two.access_rev[1], 1);	/* its access is as it was */
	assert_int_equal(two.account_id[0], one.account_id[0]);
	assert_int_equal(rig_number(rig, "SELECT count(*) FROM account"), 6);
	/* A guest's address follows its host's first domain. */
	assert_int_equal(rig_number(rig, "SELECT count(*) FROM account WHERE address = 'gus=contoso.example@contoso.example'"), 1);
	assert_int_equal(rig_number(rig, "SELECT count(*) FROM domain"), 4);
	assert_int_equal(rig_number(rig, "SELECT place FROM domain JOIN tenant ON id = tenant WHERE domain = 'contoso.example' AND slug = 'abc'"), 0);
	assert_int_equal(rig_number(rig, "SELECT count(*) FROM account WHERE name = 'Ann B.' AND NOT connect_held AND remote_assist_held"), 1);
}

static void refused_change_leaves_nothing(void **state)
{
	struct rig *rig = *state;
	struct apply one = { .text = first }, bad = { .text = "{\"version\": 1, \"tenants\": [{\"id\": \"new\"}, {\"id\": \"new\"}]}", .seen = 1 };
	int64_t revision;

	assert_int_equal(rig_write(rig, apply_run, &one), 0);
	assert_int_equal(rig_write(rig, apply_run, &bad), -EINVAL);
	assert_int_equal(store_revision(rig->store, &revision), 0);
	assert_int_equal(revision, 1);
	same(loaded(rig), expected(first));
}

struct access_change {
	int64_t tenant_id;
	int64_t seen;
	enum access_mode mode;
	int64_t access_rev;
};

static int access_run(struct store_tx *tx, void *arg)
{
	struct access_change *c = arg;
	struct external_access access;
	int err;

	external_access_default(&access);
	access.mode = c->mode;
	err = store_access_put(tx, c->tenant_id, &access, c->seen, &c->access_rev);
	external_access_release(&access);
	return err;
}

static void access_is_saved_by_who_saw_the_last(void **state)
{
	struct rig *rig = *state;
	struct apply one = { .text = first };
	struct access_change save = { .tenant_id = 2, .seen = 1, .mode = ACCESS_OPEN };
	struct access_change late = { .tenant_id = 2, .seen = 1, .mode = ACCESS_OFF };
	struct access_change nowhere = { .tenant_id = 9, .seen = 1, .mode = ACCESS_OFF };

	assert_int_equal(rig_write(rig, apply_run, &one), 0);
	assert_int_equal(rig_write(rig, access_run, &save), 0);
	assert_int_equal(save.access_rev, 2);
	assert_int_equal(rig_write(rig, access_run, &late), -ESTALE);
	assert_int_equal(rig_write(rig, access_run, &nowhere), -ESTALE);
	assert_int_equal(rig_number(rig, "SELECT document ->> 'mode' = 'open' FROM access WHERE tenant = 2"), 1);
	assert_int_equal(rig_number(rig, "SELECT document ->> 'mode' = 'block' FROM access WHERE tenant = 1"), 1);
}

static int steal_run(struct store_tx *tx, void *arg)
{
	struct account_doc account = { .address = arg, .name = arg, .title = arg, .enabled = true };
	int64_t account_id;

	return store_account_put(tx, 2, &account, &account_id);
}

static int nowhere_run(struct store_tx *tx, void *arg)
{
	struct account_doc account = { .address = arg, .name = arg, .title = arg, .enabled = true };
	int64_t account_id;

	return store_account_put(tx, 99, &account, &account_id);
}

static void account_does_not_move_between_tenants(void **state)
{
	struct rig *rig = *state;
	struct apply one = { .text = first };
	char ann[] = "ann@abc.example", new[] = "new@abc.example";

	assert_int_equal(rig_write(rig, apply_run, &one), 0);
	assert_int_equal(rig_write(rig, steal_run, ann), -EEXIST);
	assert_int_equal(rig_write(rig, nowhere_run, new), -ENOENT);
	same(loaded(rig), expected(first));
}

static void load_stops_when_told(void **state)
{
	struct rig *rig = *state;
	struct apply one = { .text = first };
	struct listed listed = { .all = json_array(), .stop = -ECANCELED };

	assert_int_equal(rig_write(rig, apply_run, &one), 0);
	assert_int_equal(store_world_load(rig->store, &load_ops, &listed), -ECANCELED);
	assert_int_equal(json_array_size(listed.all), 1);
	json_decref(listed.all);
	same(loaded(rig), expected(first));
}

/* Applies, lists the world that the job itself sees, and fails. */
struct trial {
	struct apply apply;
	struct listed listed;
};

static int trial_run(struct store_tx *tx, void *arg)
{
	struct trial *t = arg;
	int err = apply_run(tx, &t->apply);

	if (!err)
		err = store_world_load_tx(tx, &load_ops, &t->listed);
	return err ? err : -ECANCELED;
}

static void job_sees_its_own_world(void **state)
{
	struct rig *rig = *state;
	struct trial trial = { .apply = { .text = first }, .listed = { .all = json_array() } };

	assert_int_equal(rig_write(rig, trial_run, &trial), -ECANCELED);
	same(listed_text(&trial.listed), expected(first));
	same(loaded(rig), expected("{\"version\": 1, \"tenants\": []}"));
}

static void unreadable_row_is_a_fault(void **state)
{
	struct rig *rig = *state;
	struct apply one = { .text = first };
	struct listed listed = { .all = json_array() };

	assert_int_equal(rig_write(rig, apply_run, &one), 0);
	assert_int_equal(rig_sql(rig, "UPDATE access SET document = '{\"mode\": \"sideways\"}' WHERE tenant = 2"), SQLITE_OK);
	assert_int_equal(store_world_load(rig->store, &load_ops, &listed), -EIO);
	assert_int_equal(rig_sql(rig, "UPDATE access SET document = '{}'; UPDATE account SET connect_assigned = 'soon' WHERE id = 4"), SQLITE_OK);
	assert_int_equal(store_world_load(rig->store, &load_ops, &listed), -EIO);
	json_decref(listed.all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(world_comes_back_as_it_went_in, begin, end),
		cmocka_unit_test_setup_teardown(applied_again_nothing_changes_its_number, begin, end),
		cmocka_unit_test_setup_teardown(change_moves_domains_and_keeps_accounts, begin, end),
		cmocka_unit_test_setup_teardown(refused_change_leaves_nothing, begin, end),
		cmocka_unit_test_setup_teardown(access_is_saved_by_who_saw_the_last, begin, end),
		cmocka_unit_test_setup_teardown(account_does_not_move_between_tenants, begin, end),
		cmocka_unit_test_setup_teardown(load_stops_when_told, begin, end),
		cmocka_unit_test_setup_teardown(job_sees_its_own_world, begin, end),
		cmocka_unit_test_setup_teardown(unreadable_row_is_a_fault, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
