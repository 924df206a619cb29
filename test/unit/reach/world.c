/** @file test/unit/reach/world.c  The compiled world: look-ups, seats, searching, and what versions of it share. */
#include "worlds.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char two[] =
	"{\"tenants\": [{\"id\": \"abc\", \"name\": \"ABC\", \"domains\": [\"abc.example\", \"bücher.example\"],"
	"\"licences\": [{\"sku\": \"connect\", \"seats\": 2}, {\"sku\": \"remote-assist\", \"seats\": null}],"
	"\"external_access\": {\"mode\": \"allow\", \"allow\": [\"c.example\"]}, \"accounts\": ["
	"{\"address\": \"zoe@abc.example\", \"name\": \"Zoe Ångström\", \"title\": \"Chief\", \"licences\": [{\"sku\": \"connect\", \"assigned\": \"2026-01-01T00:00:00.00000000001Z\"}]},"
	"{\"address\": \"ann@abc.example\", \"name\": \"Ann\", \"licences\": [{\"sku\": \"connect\", \"assigned\": \"2026-01-01T00:00:00Z\"}, {\"sku\": \"remote-assist\"}]},"
	"{\"address\": \"lea@bücher.example\", \"name\": \"Lea\", \"licences\": [{\"sku\": \"connect\"}]},"
	"{\"address\": \"off@abc.example\", \"enabled\": false},"
	"{\"address\": \"desk@abc.example\", \"kind\": \"service\", \"in_house\": true}]},"
	"{\"id\": \"c\", \"domains\": [\"c.example\"], \"verified\": false, \"accounts\": [{\"address\": \"cy@c.example\"}]}]}";

static void test_look_ups(void **state)
{
	struct world *w = world_of(two);
	const struct tenant *abc = world_tenant(w, STR("abc"));
	const struct account *ann = world_account(w, STR("ann@abc.example"));

	(void)state;
	assert_non_null(abc);
	assert_ptr_equal(world_tenant_by_domain(w, STR("xn--bcher-kva.example")), abc);
	assert_null(world_tenant_by_domain(w, STR("sub.abc.example")));
	assert_null(world_tenant(w, STR("ABC")));
	assert_null(world_account(w, STR("Ann@abc.example")));
	assert_ptr_equal(world_account_by_id(w, account_row(ann)), ann);
	assert_int_equal(account_row(ann), 2);
	assert_null(world_account_by_id(w, 99));
	assert_ptr_equal(account_tenant(w, ann), abc);
	assert_true(account_technician(w, ann));
	assert_int_equal(tenant_people(abc), 3);
	assert_int_equal(tenant_domains(abc), 2);
	assert_true(str_eq(tenant_domain(abc, 1), STR("xn--bcher-kva.example")));
	assert_true(tenant_discloses(abc) && tenant_verified(abc) && !tenant_verified(world_tenant(w, STR("c"))));
	assert_true(str_eq(account_title(world_account(w, STR("zoe@abc.example"))), STR("Chief")));
	assert_ptr_equal(world_tenant_next(w, NULL), abc);
	assert_null(world_tenant_next(w, world_tenant_next(w, abc)));
	world_unref(w);
}

static void test_accounts_in_order_of_address(void **state)
{
	static const char *const order[] = { "ann@abc.example", "desk@abc.example", "lea@xn--bcher-kva.example", "off@abc.example", "zoe@abc.example" };
	struct world *w = world_of(two);
	const struct tenant *abc = world_tenant(w, STR("abc"));
	const struct account *a = NULL;

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		a = world_account_next(w, abc, a);
		assert_true(str_eq(account_address(a), str_of(order[i])));
	}
	assert_null(world_account_next(w, abc, a));
	world_unref(w);
}

static size_t found(struct world *w, const char *query, const char *first)
{
	const struct account *out[8];
	char *folded = text_fold(str_of(query));
	size_t n = world_search(w, world_tenant(w, STR("abc")), str_of(folded), out, 8);

	if (n)
		assert_true(str_eq(account_address(out[0]), str_of(first)));
	free(folded);
	return n;
}

static void test_search(void **state)
{
	struct world *w = world_of(two);
	const struct account *out[8];

	(void)state;
	assert_int_equal(found(w, "ÅNG", "zoe@abc.example"), 1);
	assert_int_equal(found(w, "chief", "zoe@abc.example"), 1);
	assert_int_equal(found(w, "BÜCHER", "lea@xn--bcher-kva.example"), 1);
	assert_int_equal(found(w, "xn--bch", "lea@xn--bcher-kva.example"), 1);
	assert_int_equal(found(w, "abc.example", "desk@abc.example"), 4);
	assert_int_equal(found(w, "annann", NULL), 0);
	/* A search goes by the beginnings of words, and a domain is one. */
	assert_int_equal(found(w, "gström", NULL), 0);
	assert_int_equal(found(w, "example", NULL), 0);
	assert_int_equal(found(w, "", NULL), 0);
	/* The name ends where the title begins. */
	assert_int_equal(found(w, "ngströmchief", NULL), 0);
	assert_int_equal(world_search(w, world_tenant(w, STR("abc")), (struct str){ NULL, 0 }, out, 8), 5);
	assert_int_equal(world_search(w, world_tenant(w, STR("abc")), (struct str){ NULL, 0 }, out, 2), 2);
	world_unref(w);
}

static void test_documents_come_back(void **state)
{
	struct world *w = world_of(two);
	struct tenant_doc t;
	struct account_doc a;

	(void)state;
	assert_int_equal(world_tenant_doc(world_tenant(w, STR("abc")), &t), 0);
	assert_string_equal(t.name, "ABC");
	assert_string_equal(t.access.allow.v[0], "c.example");
	assert_int_equal(t.licences[SKU_CONNECT].seats, 2);
	tenant_doc_release(&t);
	assert_int_equal(world_account_doc(w, world_account(w, STR("zoe@abc.example")), &a), 0);
	assert_string_equal(a.name, "Zoe Ångström");
	assert_true(a.licences[SKU_CONNECT].held && !a.licences[SKU_REMOTE_ASSIST].held);
	assert_string_equal(a.licences[SKU_CONNECT].assigned.finer, "01");
	account_doc_release(&a);
	assert_int_equal(world_account_doc(w, world_account(w, STR("desk@abc.example")), &a), 0);
	assert_true(a.in_house && a.kind == KIND_SERVICE);
	account_doc_release(&a);
	world_unref(w);
}

/* Lea's assignment has no time, so it is the earliest; Zoe's is a hundredth of a nanosecond after Ann's. */
static void test_seats_go_to_the_earliest(void **state)
{
	struct world *w = world_of(two);
	char *zoe = answer_to(w, "zoe@abc.example", "ann@abc.example", "chat", NULL);
	char *ann = answer_to(w, "ann@abc.example", "lea@bücher.example", "chat", NULL);

	(void)state;
	assert_non_null(strstr(zoe, "\"licence.over_seats\",\"side\":\"from\""));
	assert_non_null(strstr(ann, "\"allowed\":true"));
	free(zoe);
	free(ann);
	world_unref(w);
}

static void test_builder_refuses(void **state)
{
	struct tenant_doc t = { .id = (char[]){ "a" }, .name = (char[]){ "" } };
	struct account_doc a = { .address = (char[]){ "x@a" }, .name = (char[]){ "" }, .title = (char[]){ "" }, .enabled = true };
	struct world_builder *b;
	struct json_err err;

	(void)state;
	assert_int_equal(texts_add(&t.domains, STR("a")), 0);
	assert_int_equal(world_builder_new(&b), 0);
	assert_int_equal(world_builder_tenant(b, 7, &t, 1, "/t", &err), 0);
	assert_int_equal(world_builder_tenant(b, 8, &t, 1, "/t", &err), -EEXIST);
	assert_string_equal(err.path, "/t/id");
	t.id[0] = 'b';
	assert_int_equal(world_builder_tenant(b, 8, &t, 1, "/t", &err), -EEXIST);
	assert_string_equal(err.path, "/t/domains/0");
	assert_int_equal(world_builder_account(b, 1, 7, &a, "/a", &err), 0);
	assert_int_equal(world_builder_account(b, 2, 7, &a, "/a", &err), -EEXIST);
	assert_string_equal(err.path, "/a/address");
	a.address[2] = 'b';
	assert_int_equal(world_builder_account(b, 2, 7, &a, "/a", &err), -EINVAL);
	assert_int_equal(world_builder_account(b, 2, 99, &a, "/a", &err), -EINVAL);
	world_builder_free(b);
	texts_release(&t.domains);
}

static void test_empty_world(void **state)
{
	struct world *w = world_of("{}");

	(void)state;
	assert_null(world_tenant_next(w, NULL));
	assert_null(world_account(w, STR("a@b")));
	assert_null(world_account_by_id(w, 1));
	world_unref(world_ref(w));
	world_unref(w);
}

/* A change of one tenant's access is one small table and that tenant: the accounts are the very same. */
static void test_with_access_shares_the_rest(void **state)
{
	struct world *w = world_of(two), *next;
	const struct tenant *abc = world_tenant(w, STR("abc")), *now;
	struct external_access access;

	(void)state;
	external_access_default(&access);
	access.mode = ACCESS_OFF;
	assert_int_equal(world_with_access(w, abc, &access, 5, 9, &next), 0);
	now = world_tenant(next, STR("abc"));
	assert_ptr_not_equal(now, abc);
	assert_ptr_equal(world_tenant(next, STR("c")), world_tenant(w, STR("c")));
	assert_ptr_equal(world_account(next, STR("ann@abc.example")), world_account(w, STR("ann@abc.example")));
	assert_ptr_equal(account_tenant(next, world_account(next, STR("ann@abc.example"))), now);
	assert_int_equal(world_revision(next), 9);
	assert_int_equal(tenant_access_rev(now), 5);
	assert_int_equal(tenant_access(now)->mode, ACCESS_OFF);
	assert_int_equal(tenant_access(abc)->mode, ACCESS_ALLOW);
	world_unref(w);
	assert_int_equal(tenant_people(world_tenant(next, STR("abc"))), 3);
	assert_true(str_eq(account_name(world_account(next, STR("cy@c.example"))), STR("")));
	world_unref(next);
}

static const char seats[] = "{\"tenants\": [{\"id\": \"t\", \"domains\": [\"t.example\"], \"licences\": [{\"sku\": \"connect\", \"seats\": 2}],"
	"\"segments\": [{\"name\": \"ops\", \"filter\": \"department eq \\\"ops\\\"\"}], \"accounts\": ["
	"{\"address\": \"a@t.example\", \"licences\": [{\"sku\": \"connect\", \"assigned\": \"2026-01-01T00:00:00Z\"}]},"
	"{\"address\": \"b@t.example\", \"licences\": [{\"sku\": \"connect\", \"assigned\": \"2026-01-02T00:00:00Z\"}]},"
	"{\"address\": \"c@t.example\", \"licences\": [{\"sku\": \"connect\", \"assigned\": \"2026-01-03T00:00:00Z\"}]}]},"
	"{\"id\": \"u\", \"domains\": [\"u.example\"], \"accounts\": [{\"address\": \"x@u.example\"}]}]}";

static bool calls(const struct world *w, const char *from, const char *to)
{
	char *answer = answer_to(w, from, to, "call", NULL);
	bool open = strstr(answer, "\"allowed\":true");

	free(answer);
	return open;
}

/* The old world keeps what it had; the seat that gets free goes to the next in the queue. */
static void test_one_account_in_place(void **state)
{
	struct world *w = world_of(seats), *next, *last;
	const struct tenant *t = world_tenant(w, STR("t"));
	const struct account *a = world_account(w, STR("a@t.example"));
	struct account_doc doc;
	struct json_err err;

	(void)state;
	assert_true(calls(w, "a@t.example", "b@t.example"));
	assert_false(calls(w, "b@t.example", "c@t.example"));
	assert_int_equal(world_account_doc(w, a, &doc), 0);
	doc.licences[SKU_CONNECT].held = false;
	assert_int_equal(world_with_account(w, t, account_row(a), &doc, 2, &next, &err), 0);
	assert_false(calls(next, "a@t.example", "b@t.example"));
	assert_true(calls(next, "b@t.example", "c@t.example"));
	assert_true(calls(w, "a@t.example", "b@t.example"));
	assert_ptr_equal(world_account(next, STR("c@t.example")), world_account(w, STR("c@t.example")));
	assert_ptr_equal(world_tenant(next, STR("u")), world_tenant(w, STR("u")));
	assert_int_equal(world_revision(next), 2);

	assert_int_equal(world_without_account(next, world_account(next, STR("b@t.example")), 3, &last), 0);
	world_unref(next);
	assert_null(world_account(last, STR("b@t.example")));
	assert_null(world_account_by_id(last, 2));
	assert_int_equal(tenant_people(world_tenant(last, STR("t"))), 2);
	assert_non_null(world_account(w, STR("b@t.example")));
	world_unref(last);
	account_doc_release(&doc);
	world_unref(w);
}

/* Only what an account may be among the others. */
static void test_one_account_refused(void **state)
{
	struct world *w = world_of(seats), *next = NULL;
	const struct tenant *t = world_tenant(w, STR("t"));
	struct account_doc doc = { .address = (char[]){ "x@u.example" }, .name = (char[]){ "" }, .title = (char[]){ "" }, .enabled = true };
	struct json_err err;

	(void)state;
	assert_int_equal(world_with_account(w, t, 99, &doc, 2, &next, &err), -EINVAL);
	assert_string_equal(err.path, "/address");
	memcpy(doc.address, "b@t.example", 11);
	assert_int_equal(world_with_account(w, t, 99, &doc, 2, &next, &err), -EEXIST);
	assert_string_equal(err.path, "/address");
	memcpy(doc.address, "z@t.example", 11);
	assert_int_equal(world_with_account(w, t, 4, &doc, 2, &next, &err), -EINVAL);
	doc.reach_list = (struct texts){ .v = (char *[]){ (char[]){ "a@t.example" }, (char[]){ "segment:nobody" } }, .n = 2 };
	assert_int_equal(world_with_account(w, t, 99, &doc, 2, &next, &err), -EINVAL);
	assert_string_equal(err.path, "/reach_list/1");
	doc.reach_list.n = 0;
	assert_null(next);
	assert_int_equal(world_with_account(w, t, 99, &doc, 2, &next, &err), 0);
	assert_int_equal(account_row(world_account(next, STR("z@t.example"))), 99);
	world_unref(next);
	world_unref(w);
}

/* Enough of them that pages fill, split and empty. */
static void test_many_changes(void **state)
{
	enum { MANY = 3000 };
	struct world *w = world_of(seats), *next;
	struct account_doc doc = { .name = (char[]){ "N" }, .title = (char[]){ "" }, .enabled = true };
	const struct account *a = NULL;
	char address[32] = "";
	struct json_err err;
	size_t n = 0;

	(void)state;
	doc.address = address;
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(address, sizeof address, "n%04u@t.example", i * 7 % MANY);
		assert_int_equal(world_with_account(w, world_tenant(w, STR("t")), 100 + i, &doc, 2, &next, &err), 0);
		world_unref(w);
		w = next;
	}
	while ((a = world_account_next(w, world_tenant(w, STR("t")), a))) {
		assert_true(n == 0 || strcmp(address, account_address(a).p) < 0);
		snprintf(address, sizeof address, "%s", account_address(a).p);
		n++;
	}
	assert_int_equal(n, MANY + 3);
	for (unsigned i = 0; i < MANY; i++) {
		a = world_account_by_id(w, 100 + (i * 11 + 5) % MANY);
		assert_non_null(a);
		assert_ptr_equal(world_account(w, account_address(a)), a);
		assert_int_equal(world_without_account(w, a, 3, &next), 0);
		world_unref(w);
		w = next;
	}
	assert_int_equal(tenant_people(world_tenant(w, STR("t"))), 3);
	assert_true(calls(w, "a@t.example", "b@t.example"));
	world_unref(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_look_ups), cmocka_unit_test(test_accounts_in_order_of_address), cmocka_unit_test(test_search),
		cmocka_unit_test(test_documents_come_back), cmocka_unit_test(test_seats_go_to_the_earliest), cmocka_unit_test(test_builder_refuses),
		cmocka_unit_test(test_empty_world), cmocka_unit_test(test_with_access_shares_the_rest),
		cmocka_unit_test(test_one_account_in_place), cmocka_unit_test(test_one_account_refused), cmocka_unit_test(test_many_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
