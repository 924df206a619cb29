/** @file test/unit/reach/visit.c  Guests, leases, barriers and people who block: until, remedies, groups, promises, and who learns why. */
#include "worlds.h"

#include "reach/group.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define L ", \"licences\": [{\"sku\": \"connect\"}]"

static const char document[] =
	"{\"tenants\": [{\"id\": \"host\", \"domains\": [\"host.example\"], \"licences\": [{\"sku\": \"connect\"}],"
	"\"external_access\": {\"mode\": \"off\", \"max_organisations\": 2},"
	"\"guest_access\": {\"controls\": {\"file\": false}},"
	"\"segments\": [{\"name\": \"sales\", \"filter\": \"d eq \\\"s\\\"\"}, {\"name\": \"labs\", \"filter\": \"d eq \\\"l\\\"\"}],"
	"\"barriers\": {\"rules\": [{\"segment\": \"sales\", \"block\": [\"labs\"]}]},"
	"\"accounts\": [{\"address\": \"ann@host.example\"" L ", \"attributes\": {\"d\": \"s\"}, \"contacts\": [{\"address\": \"bad@home.example\", \"state\": \"blocked\"}]},"
	"{\"address\": \"lab@host.example\"" L ", \"attributes\": {\"d\": \"l\"}}, {\"address\": \"off@host.example\", \"enabled\": false" L "},"
	"{\"address\": \"sa@host.example\", \"kind\": \"service\"" L "},"
	"{\"home\": \"bob@home.example\", \"state\": \"accepted\", \"expires\": \"2026-06-01T00:00:00Z\"},"
	"{\"home\": \"bad@home.example\", \"state\": \"accepted\"}, {\"home\": \"new@home.example\"}, {\"home\": \"far@mail.example\", \"state\": \"accepted\"}],"
	"\"leases\": [{\"id\": \"L-1\", \"accounts\": [\"sa@host.example\"], \"holders\": [\"hol@home.example\"], \"lessee\": \"home\","
	"\"starts\": \"2026-01-01T00:00:00Z\", \"ends\": \"2026-03-01T00:00:00Z\", \"reach\": [\"ann@host.example\"]}]},"
	"{\"id\": \"home\", \"domains\": [\"home.example\"], \"licences\": [{\"sku\": \"connect\"}], \"accounts\": [{\"address\": \"bob@home.example\"" L "},"
	"{\"address\": \"bad@home.example\"" L "}, {\"address\": \"new@home.example\"" L "}, {\"address\": \"hol@home.example\"}, {\"address\": \"dis@home.example\"" L "}]}]}";

static struct world *world;

static int setup(void **state)
{
	(void)state;
	world = world_of(document);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_unref(world);
	return 0;
}

static char *ask_at(const char *from, const char *to, const char *action, const char *at, const struct asker *asker)
{
	char ask[512];

	snprintf(ask, sizeof ask, "{\"from\": \"%s\", \"to\": \"%s\", \"action\": \"%s\", \"at\": \"%s\"}", from, to, action, at);
	return answer_of(world, ask, asker);
}

static void says(const char *from, const char *to, const char *action, const char *at, const char *wanted)
{
	char *answer = ask_at(from, to, action, at, NULL);

	if (!strstr(answer, wanted))
		fail_msg("%s\nlacks %s", answer, wanted);
	free(answer);
}

static void test_until(void **state)
{
	(void)state;
	says("bob@home.example", "ann@host.example", "chat", "2026-05-31T23:59:59.9Z", "\"allowed\":true,\"route\":\"guest\"");
	says("bob@home.example", "ann@host.example", "chat", "2026-05-31T23:59:59.9Z", "\"until\":\"2026-06-01T00:00:00Z\"");
	says("bob@home.example", "ann@host.example", "chat", "2026-06-01T00:00:00Z", "\"reason\":\"external.off\"");
	says("bob=home.example@host.example", "ann@host.example", "chat", "2026-06-01T00:00:00Z", "\"reason\":\"guest.expired\"");
	says("hol@home.example", "ann@host.example", "chat", "2025-12-31T00:00:00Z", "\"until\":\"2026-01-01T00:00:00Z\"");
	says("hol@home.example", "ann@host.example", "chat", "2026-01-01T00:00:00Z", "\"route\":\"lease\"");
	says("hol@home.example", "ann@host.example", "chat", "2026-01-01T00:00:00Z", "\"until\":\"2026-03-01T00:00:00Z\"");
	says("hol@home.example", "ann@host.example", "chat", "2026-03-01T00:00:00Z", "\"until\":null");
	says("ann@host.example", "far=mail.example@host.example", "chat", "2026-03-01T00:00:00Z", "\"until\":null");
}

static void test_remedies(void **state)
{
	(void)state;
	says("hol@home.example", "ann@host.example", "chat", "2026-04-01T00:00:00Z", "{\"who\":\"host\",\"do\":\"extend_lease\",\"address\":\"sa@host.example\",\"lease\":\"L-1\"}");
	says("hol@home.example", "lab@host.example", "chat", "2026-02-01T00:00:00Z", "{\"who\":\"host\",\"do\":\"add_to_lease_reach\",\"address\":\"lab@host.example\",\"lease\":\"L-1\"}");
	says("new@home.example", "ann@host.example", "chat", "2026-02-01T00:00:00Z", "{\"who\":\"home\",\"do\":\"redeem_invitation\",\"address\":\"new=home.example@host.example\"}");
	says("dis@home.example", "ann@host.example", "chat", "2026-02-01T00:00:00Z", "{\"who\":\"host\",\"do\":\"invite_guest\",\"address\":\"dis@home.example\"}");
	says("dis@home.example", "ann@host.example", "chat", "2026-02-01T00:00:00Z", "{\"who\":\"host\",\"do\":\"lease_account\",\"address\":\"dis@home.example\"}");
	says("ann@host.example", "lab@host.example", "chat", "2026-02-01T00:00:00Z", "\"remedies\":[{\"who\":\"host\",\"do\":\"change_barrier\",\"segment\":\"sales\"}]");
	says("bad@home.example", "ann@host.example", "chat", "2026-02-01T00:00:00Z", "\"reason\":\"contact.blocked\"");
	says("bad@home.example", "ann@host.example", "chat", "2026-02-01T00:00:00Z", "\"remedies\":[],\"until\":null");
}

static void told(enum asker_kind kind, const char *home, const char *self, const char *from, const char *to, const char *action, const char *wanted)
{
	struct asker asker = { .kind = kind, .home = world_tenant(world, str_of(home)), .self = str_of(self) };
	char *answer = ask_at(from, to, action, "2026-02-01T00:00:00Z", &asker);
	char reason[64];

	snprintf(reason, sizeof reason, "\"reason\":\"%s\"", wanted);
	if (!strstr(answer, reason))
		fail_msg("%s to %s: %s\nlacks %s", from, to, answer, reason);
	free(answer);
}

static void test_who_learns_why(void **state)
{
	static const char bob[] = "bob@home.example", guest[] = "bob=home.example@host.example", far[] = "far=mail.example@host.example";

	(void)state;
	/* A guest reads its host's stops as another tenant's: what is about itself, and no more. */
	told(ASKER_USER, "home", bob, bob, "ann@host.example", "file", "guest.file_off");
	told(ASKER_USER, "home", bob, bob, "nobody@host.example", "file", "guest.file_off");
	told(ASKER_USER, "home", bob, bob, "off@host.example", "chat", "unreachable");
	told(ASKER_USER, "home", bob, bob, "nobody@host.example", "chat", "unreachable");
	told(ASKER_USER, "home", guest, guest, "off@host.example", "chat", "unreachable");
	told(ASKER_USER, "home", guest, guest, "nobody@host.example", "chat", "unreachable");
	told(ASKER_USER, "nowhere", far, far, "nobody@host.example", "chat", "unreachable");
	told(ASKER_USER, "nowhere", far, far, "off@host.example", "chat", "unreachable");
	told(ASKER_USER, "nowhere", far, far, "off@host.example", "file", "guest.file_off");
	told(ASKER_USER, "home", "new@home.example", "new@home.example", "ann@host.example", "chat", "external.off");
	/* Blocked by a person there: nothing; and the same for who is not there. */
	told(ASKER_USER, "home", "bad@home.example", "bad@home.example", "ann@host.example", "chat", "unreachable");
	told(ASKER_USER, "home", "bad@home.example", "bad@home.example", "nobody@host.example", "chat", "unreachable");
	/* A holder, out of scope or asking for nobody. */
	told(ASKER_USER, "home", "hol@home.example", "hol@home.example", "lab@host.example", "chat", "unreachable");
	told(ASKER_USER, "home", "hol@home.example", "hol@home.example", "nobody@host.example", "chat", "unreachable");
	/* Barriers are nobody's to know but the admin's. */
	told(ASKER_USER, "host", "ann@host.example", "ann@host.example", "lab@host.example", "chat", "unreachable");
	told(ASKER_ADMIN, "host", "", "ann@host.example", "lab@host.example", "chat", "barrier.blocked");
	told(ASKER_ADMIN, "host", "", "bad@home.example", "ann@host.example", "chat", "contact.blocked");
	told(ASKER_ADMIN, "home", "", "bad@home.example", "ann@host.example", "chat", "unreachable");
	told(ASKER_OPERATOR, "", "", "bad@home.example", "ann@host.example", "chat", "contact.blocked");
}

static bool joins(const char *const *members, size_t n, const char *joining, struct group_answer *out)
{
	struct str list[8];
	struct group_ask group = { .members = list, .n = n, .joining = str_of(joining), .action = ACTION_CHAT };
	char why[128];
	bool yes;

	for (size_t i = 0; i < n; i++)
		list[i] = str_of(members[i]);
	assert_true(instant_parse(STR("2026-02-01T00:00:00Z"), &group.at, why));
	yes = reach_group_join(world, &group, out);
	return yes;
}

static void test_groups(void **state)
{
	static const char *const two[] = { "ann@host.example", "bob@home.example" }, *const sales[] = { "bob@home.example", "ann@host.example" };
	struct group_answer answer;

	(void)state;
	assert_true(joins(two, 1, "bob@home.example", &answer));
	assert_true(joins(NULL, 0, "bob@home.example", &answer));
	/* hol and bob are colleagues, and hol has no licence at home. */
	assert_false(joins(sales, 2, "hol@home.example", &answer));
	assert_int_equal(answer.reason, REASON_LICENCE_MISSING);
	assert_true(str_eq(answer.from, STR("hol@home.example")) && str_eq(answer.to, STR("bob@home.example")));
	assert_false(joins(two, 1, "lab@host.example", &answer));
	assert_int_equal(answer.reason, REASON_BARRIER_BLOCKED);
	/* Three organisations, and the host's cap is two. */
	assert_false(joins((const char *const[]){ "ann@host.example", "bob=home.example@host.example" }, 2, "far=mail.example@host.example", &answer));
	assert_int_equal(answer.reason, REASON_GROUP_TOO_MANY);
	assert_true(str_eq(tenant_id(answer.capped_by), STR("host")));
}

static void test_promises(void **state)
{
	struct json_err err;
	json_t *kept = json_read(STR("[{\"expect\": \"deny\", \"from\": \"ann@host.example\", \"to\": \"lab@host.example\", \"action\": \"chat\"},"
		"{\"expect\": \"allow\", \"from\": \"hol@home.example\", \"to\": \"ann@host.example\", \"action\": \"find\", \"at\": \"2026-02-01T00:00:00Z\", \"query\": \"ANN\"}]"), 8, &err);
	json_t *broken = json_read(STR("[{\"expect\": \"allow\", \"from\": \"ann@host.example\", \"to\": \"lab@host.example\", \"action\": \"chat\"}]"), 8, &err);

	(void)state;
	assert_true(reach_promises_kept(world, kept, 0, &err));
	assert_true(reach_promises_kept(world, NULL, 0, &err));
	assert_false(reach_promises_kept(world, broken, 0, &err));
	assert_string_equal(err.path, "/promises/0");
	json_decref(kept);
	json_decref(broken);
}

/* The world's whole document, as an export writes it. */
static char *document_of(const struct world *w)
{
	json_t *tenants = json_array(), *all = json_pack("{s:o}", "tenants", tenants);
	char *text;

	for (const struct tenant *t = world_tenant_next(w, NULL); t; t = world_tenant_next(w, t)) {
		struct tenant_doc doc;
		json_t *object;

		assert_int_equal(world_tenant_doc(t, &doc), 0);
		object = tenant_doc_encode(&doc);
		tenant_doc_release(&doc);
		for (const struct account *a = world_account_next(w, t, NULL); a; a = world_account_next(w, t, a)) {
			struct account_doc account;

			assert_int_equal(world_account_doc(w, a, &account), 0);
			json_array_append_new(json_object_get(object, "accounts"), account_doc_encode(&account));
			account_doc_release(&account);
		}
		json_array_append_new(tenants, object);
	}
	text = json_dumps(all, JSON_COMPACT);
	json_decref(all);
	return text;
}

/* A patched world answers like one built so: barriers go, the lease and the guest controls change. */
static void test_patched_is_rebuilt(void **state)
{
	static const char *const people[] = { "ann@host.example", "lab@host.example", "off@host.example", "sa@host.example", "bob@home.example", "bad@home.example",
		"new@home.example", "hol@home.example", "bob=home.example@host.example", "far=mail.example@host.example" };
	const struct tenant *host = world_tenant(world, STR("host"));
	struct tenant_doc before, after;
	struct world *patched, *rebuilt, *was = world;
	char *text;
	struct json_err err;
	json_t *object;

	(void)state;
	assert_int_equal(world_tenant_doc(host, &before), 0);
	object = tenant_doc_encode(&before);
	json_object_del(object, "accounts");
	json_object_set_new(object, "barriers", json_pack("{s:[{s:s, s:[s]}]}", "rules", "segment", "sales", "allow", "labs"));
	json_object_set_new(object, "guest_access", json_pack("{s:s, s:{s:s}}", "directory", "full", "controls", "reach", "named"));
	json_object_set_new(json_array_get(json_object_get(object, "leases"), 0), "reach", json_string("everyone"));
	assert_true(tenant_doc_decode(object, "", &after, &err));
	assert_int_equal(world_with_rules(was, host, &after.guests, &after.rules, 2, &patched), 0);
	assert_ptr_equal(world_account(patched, STR("ann@host.example")), world_account(was, STR("ann@host.example")));
	text = document_of(patched);
	rebuilt = world_of(text);
	free(text);
	for (unsigned f = 0; f < 10; f++) {
		for (unsigned t = 0; t < 10; t++) {
			char *old, *now;

			world = rebuilt;
			old = ask_at(people[f], people[t], "find", "2026-02-01T00:00:00Z", NULL);
			world = patched;
			now = ask_at(people[f], people[t], "find", "2026-02-01T00:00:00Z", NULL);
			world = was;
			assert_string_equal(old, now);
			if (f == 0 && t == 1)
				assert_non_null(strstr(now, "\"allowed\":true"));
			if (f == 7 && t == 0)
				assert_non_null(strstr(now, "barrier.not_allowed"));
			if (f == 8 && t == 0)
				assert_non_null(strstr(now, "guest.not_named"));
			free(old);
			free(now);
		}
	}
	after.rules.segments[0].name[0] = 'x';
	assert_int_equal(world_with_rules(was, host, &after.guests, &after.rules, 2, &patched), -EINVAL);
	world_unref(patched);
	world_unref(rebuilt);
	json_decref(object);
	tenant_doc_release(&before);
	tenant_doc_release(&after);
}

/* Nothing changes between `at` and `until`, and from both ends of that time barriers refuse alike. */
static void test_nothing_changes_before_until(void **state)
{
	static const char *const people[] = { "ann@host.example", "lab@host.example", "sa@host.example", "bob@home.example", "hol@home.example",
		"bob=home.example@host.example" };
	static const char *const times[] = { "2025-12-31T23:59:59.999999999Z", "2026-01-01T00:00:00Z", "2026-02-28T23:59:59.999999999Z", "2026-03-01T00:00:00Z",
		"2026-05-31T23:59:59.999999999Z", "2026-06-01T00:00:00Z", "2030-01-01T00:00:00Z" };

	(void)state;
	for (unsigned f = 0; f < 6; f++) {
		for (unsigned t = 0; t < 6; t++) {
			for (unsigned i = 0; i + 1 < 7; i++) {
				char *now = ask_at(people[f], people[t], "chat", times[i], NULL), *then = ask_at(people[f], people[t], "chat", times[i + 1], NULL);
				char until[64] = "", *at = strstr(now, "\"until\":\"");

				if (at)
					snprintf(until, sizeof until, "%.20s", at + 9);
				/* Times are told in whole seconds of UTC here, so they order as text. */
				if ((!at || strcmp(times[i + 1], until) < 0) && strcmp(now, then) != 0)
					fail_msg("%s changes before its until into %s", now, then);
				free(now);
				free(then);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_until), cmocka_unit_test(test_remedies), cmocka_unit_test(test_who_learns_why), cmocka_unit_test(test_groups),
		cmocka_unit_test(test_promises), cmocka_unit_test(test_patched_is_rebuilt), cmocka_unit_test(test_nothing_changes_before_until),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
