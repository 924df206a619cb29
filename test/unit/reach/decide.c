/** @file test/unit/reach/decide.c  The decision beyond the spec's cases: the whole answer, remedies, and properties over many worlds. */
#include "worlds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define LICENSED "\"licences\": [{\"sku\": \"connect\"}]"
#define SEATS "\"licences\": [{\"sku\": \"connect\"}, {\"sku\": \"remote-assist\", \"seats\": 1}]"

static struct world *pair(const char *a_access, const char *b_access)
{
	char text[2048];

	snprintf(text, sizeof text,
		"{\"tenants\": [{\"id\": \"a\", \"domains\": [\"a.example\"], " SEATS ", \"external_access\": {%s}, \"accounts\": ["
		"{\"address\": \"ann@a.example\", " LICENSED "}, {\"address\": \"bare@a.example\"}, {\"address\": \"desk@a.example\", \"kind\": \"service\","
		"\"in_house\": true, " LICENSED "}, {\"address\": \"seat@a.example\", \"kind\": \"service\", " LICENSED "}]},"
		"{\"id\": \"b\", \"domains\": [\"b.example\"], \"licences\": [{\"sku\": \"connect\", \"seats\": 1}], \"external_access\": {%s}, \"accounts\": ["
		"{\"address\": \"bob@b.example\", " LICENSED "}, {\"address\": \"zed@b.example\", " LICENSED "}]}]}", a_access, b_access);
	return world_of(text);
}

static void answers(struct world *w, const char *from, const char *to, const char *action, const char *wanted)
{
	char *answer = answer_to(w, from, to, action, NULL);

	if (!strstr(answer, wanted))
		fail_msg("%s\nlacks %s", answer, wanted);
	free(answer);
}

static void test_whole_answers(void **state)
{
	struct world *w = pair("\"mode\": \"block\", \"block\": [\"*.example\"]", "");
	char *refused = answer_to(w, "ann@a.example", "bob@b.example", "chat", NULL);
	char *allowed = answer_to(w, "ann@a.example", "desk@a.example", "find", NULL);
	char *unknown = answer_to(w, "ann@a.example", "who@b.example", "chat", NULL);

	(void)state;
	assert_string_equal(refused, "{\"allowed\":false,\"route\":\"federation\",\"reason\":\"external.blocked\",\"side\":\"from\",\"tenant\":\"a\","
		"\"rule\":\"external_access.block: *.example\",\"steps\":[{\"gate\":\"identity\",\"result\":\"pass\",\"side\":null,\"reason\":null,\"rule\":null},"
		"{\"gate\":\"licence\",\"result\":\"pass\",\"side\":null,\"reason\":null,\"rule\":null},"
		"{\"gate\":\"external\",\"result\":\"stop\",\"side\":\"from\",\"reason\":\"external.blocked\",\"rule\":\"external_access.block: *.example\"},"
		"{\"gate\":\"guest\",\"result\":\"skip\",\"side\":null,\"reason\":null,\"rule\":null},{\"gate\":\"lease\",\"result\":\"skip\",\"side\":null,\"reason\":null,\"rule\":null},"
		"{\"gate\":\"barrier\",\"result\":\"skip\",\"side\":null,\"reason\":null,\"rule\":null},{\"gate\":\"personal\",\"result\":\"skip\",\"side\":null,\"reason\":null,\"rule\":null},"
		"{\"gate\":\"find\",\"result\":\"skip\",\"side\":null,\"reason\":null,\"rule\":null}],"
		"\"remedies\":[{\"who\":\"a\",\"do\":\"unblock_domain\",\"domain\":\"b.example\"},{\"who\":\"b\",\"do\":\"invite_guest\",\"address\":\"ann@a.example\"},"
		"{\"who\":\"a\",\"do\":\"invite_guest\",\"address\":\"bob@b.example\"}],\"until\":null}");
	assert_string_equal(allowed, "{\"allowed\":true,\"route\":\"internal\",\"reason\":\"ok\",\"side\":null,\"tenant\":null,\"rule\":null,"
		"\"steps\":[{\"gate\":\"identity\",\"result\":\"pass\",\"side\":null,\"reason\":null,\"rule\":null},{\"gate\":\"licence\",\"result\":\"pass\",\"side\":null,\"reason\":null,\"rule\":null},"
		"{\"gate\":\"external\",\"result\":\"skip\",\"side\":null,\"reason\":null,\"rule\":null},{\"gate\":\"guest\",\"result\":\"skip\",\"side\":null,\"reason\":null,\"rule\":null},"
		"{\"gate\":\"lease\",\"result\":\"skip\",\"side\":null,\"reason\":null,\"rule\":null},{\"gate\":\"barrier\",\"result\":\"pass\",\"side\":null,\"reason\":null,\"rule\":null},"
		"{\"gate\":\"personal\",\"result\":\"pass\",\"side\":null,\"reason\":null,\"rule\":null},{\"gate\":\"find\",\"result\":\"pass\",\"side\":null,\"reason\":null,\"rule\":null}],"
		"\"remedies\":[],\"until\":null}");
	assert_non_null(strstr(unknown, "\"route\":null,\"reason\":\"identity.unknown\",\"side\":\"to\",\"tenant\":\"b\",\"rule\":\"account: who@b.example\""));
	assert_non_null(strstr(unknown, "{\"gate\":\"identity\",\"result\":\"stop\",\"side\":\"to\",\"reason\":\"identity.unknown\""));
	free(refused);
	free(allowed);
	free(unknown);
	world_unref(w);
}

static void test_service_accounts(void **state)
{
	struct world *w = pair("", "");

	(void)state;
	answers(w, "ann@a.example", "seat@a.example", "chat", "\"lease.none\",\"side\":\"to\",\"tenant\":\"a\"");
	answers(w, "desk@a.example", "ann@a.example", "call", "\"allowed\":true");
	answers(w, "desk@a.example", "bob@b.example", "chat", "\"lease.no_federation\",\"side\":\"from\",\"tenant\":\"a\"");
	answers(w, "bob@b.example", "desk@a.example", "chat", "\"lease.no_federation\",\"side\":\"to\",\"tenant\":\"a\"");
	answers(w, "ann@a.example", "ann@a.example", "chat", "\"route\":\"internal\"");
	world_unref(w);
}

static void test_remedies_open_or_pass_on(void **state)
{
	struct world *w = pair("\"mode\": \"allow\"", "\"mode\": \"off\"");

	(void)state;
	/* Allowed here, it still stops there: that is the other side's to see to. */
	answers(w, "ann@a.example", "bob@b.example", "chat", "\"remedies\":[{\"who\":\"a\",\"do\":\"allow_domain\",\"domain\":\"b.example\"},");
	answers(w, "bob@b.example", "ann@a.example", "chat", "\"remedies\":[{\"who\":\"b\",\"do\":\"enable_external\",\"domain\":\"a.example\"},");
	/* Files would still be off at the same side: only what goes another way is offered. */
	answers(w, "ann@a.example", "bob@b.example", "file", "\"remedies\":[{\"who\":\"b\",\"do\":\"invite_guest\",\"address\":\"ann@a.example\"},"
		"{\"who\":\"a\",\"do\":\"invite_guest\",\"address\":\"bob@b.example\"}]");
	world_unref(w);
	w = pair("\"mode\": \"off\"", "");
	answers(w, "ann@a.example", "bob@b.example", "chat", "\"do\":\"enable_external\"");
	answers(w, "bare@a.example", "bob@b.example", "chat", "\"remedies\":[]");
	world_unref(w);
}

static void test_remedies_for_licences(void **state)
{
	struct world *w = pair("", "");

	(void)state;
	answers(w, "bare@a.example", "bob@b.example", "chat", "\"remedies\":[{\"who\":\"a\",\"do\":\"assign_licence\",\"address\":\"bare@a.example\",\"sku\":\"connect\"}]");
	/* No seat is left, and another assignment would not count. */
	answers(w, "ann@a.example", "zed@b.example", "chat", "\"licence.over_seats\",\"side\":\"to\"");
	answers(w, "ann@a.example", "zed@b.example", "chat", "\"remedies\":[]");
	/* Either could become the technician, but only a has seats. */
	answers(w, "bob@b.example", "ann@a.example", "annotate",
		"\"remedies\":[{\"who\":\"a\",\"do\":\"assign_licence\",\"address\":\"ann@a.example\",\"sku\":\"remote-assist\"},{\"who\":\"a\",\"do\":\"lease_account\",\"address\":\"bob@b.example\"}]");
	answers(w, "ann@a.example", "desk@a.example", "annotate",
		"\"remedies\":[{\"who\":\"a\",\"do\":\"assign_licence\",\"address\":\"ann@a.example\",\"sku\":\"remote-assist\"},"
		"{\"who\":\"a\",\"do\":\"assign_licence\",\"address\":\"desk@a.example\",\"sku\":\"remote-assist\"}]");
	world_unref(w);
}

static void test_borders(void **state)
{
	static const struct {
		const char *access, *domain;
		bool verified;
		const char *wanted;
	} rows[] = {
		{ "", "b.example", true, "open" },
		{ "", "b.example", false, "unverified" },
		{ "\"unverified_tenants\": \"allow\"", "b.example", false, "open" },
		{ "\"unverified_exceptions\": [\"*.example\"]", "b.example", false, "open" },
		{ "\"mode\": \"off\", \"allow\": [\"b.example\"]", "b.example", true, "off" },
		{ "\"mode\": \"allow\", \"allow\": [\"b.example\"]", "b.example", true, "listed" },
		{ "\"mode\": \"allow\", \"allow\": [\"b.example\"]", "x.b.example", true, "not_listed" },
		{ "\"mode\": \"allow\", \"allow\": [\"*.b.example\"]", "b.example", true, "not_listed" },
		{ "\"mode\": \"allow\", \"allow\": [\"*.b.example\"]", "x.y.b.example", true, "listed" },
		{ "\"mode\": \"allow\", \"allow\": [\"*.b.example\"]", "xb.example", true, "not_listed" },
		{ "\"mode\": \"block\", \"block\": [\"*.example\"]", "b.example", true, "blocked" },
		{ "\"mode\": \"block\", \"block\": [\"c.example\"]", "b.example", true, "open" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct world *w = pair(rows[i].access, "");
		const struct tenant *a = world_tenant(w, STR("a"));
		struct external_access draft;

		assert_string_equal(border_slug(reach_border(a, NULL, str_of(rows[i].domain), rows[i].verified)), rows[i].wanted);
		assert_int_equal(external_access_copy(&draft, tenant_access(a)), 0);
		assert_string_equal(border_slug(reach_border(a, &draft, str_of(rows[i].domain), rows[i].verified)), rows[i].wanted);
		external_access_release(&draft);
		world_unref(w);
	}
}

/* Tenants 0..5 with random settings, written in any order: no answer depends on the order. */
enum { TENANTS = 6, PEOPLE = 3 };

static uint64_t dice_state;

static unsigned dice(unsigned sides)
{
	dice_state = dice_state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(dice_state >> 33) % sides;
}

static void add_list(struct buf *b, const char *key)
{
	buf_printf(b, "\"%s\": [\"t%u.example\", \"*.w%u.example\"], ", key, dice(TENANTS), dice(TENANTS));
}

static void add_tenant(struct buf *b, unsigned t, bool backwards)
{
	static const char *const modes[] = { "open", "allow", "block", "off" };

	dice_state = t * 7919 + 13;
	buf_printf(b, "{\"id\": \"t%u\", \"domains\": [\"t%u.example\", \"x.w%u.example\"], \"verified\": %s, \"licences\": [{\"sku\": \"connect\", \"seats\": %u}],"
		"\"external_access\": {", t, t, t, dice(4) ? "true" : "false", dice(4));
	add_list(b, "allow");
	add_list(b, "block");
	add_list(b, "unverified_exceptions");
	add_list(b, "directory_cards");
	buf_printf(b, "\"mode\": \"%s\"}, \"accounts\": [", modes[dice(4)]);
	for (unsigned i = 0; i < PEOPLE; i++) {
		unsigned p = backwards ? PEOPLE - 1 - i : i;

		buf_printf(b, "%s{\"address\": \"p%u@%s%u.example\", \"enabled\": %s, \"licences\": [{\"sku\": \"connect\", \"assigned\": \"202%u-01-01T00:00:00Z\"}]}",
			i ? "," : "", p, p ? "t" : "x.w", t, (p + t) % 5 ? "true" : "false", p % 2);
	}
	buf_printf(b, "]}");
}

static struct world *dice_world(bool backwards)
{
	struct buf b = { 0 };
	struct world *w;

	buf_printf(&b, "{\"tenants\": [");
	for (unsigned i = 0; i < TENANTS; i++) {
		if (i)
			buf_printf(&b, ",");
		add_tenant(&b, backwards ? TENANTS - 1 - i : i, backwards);
	}
	buf_printf(&b, "]}");
	w = world_of(b.p);
	buf_release(&b);
	return w;
}

static char *dice_answer(struct world *w, unsigned n, const struct asker *asker)
{
	unsigned from = n % (TENANTS * PEOPLE), to = n / (TENANTS * PEOPLE) % (TENANTS * PEOPLE);
	unsigned action = n / (TENANTS * PEOPLE) / (TENANTS * PEOPLE);
	char a[64], b[64];

	snprintf(a, sizeof a, "p%u@%s%u.example", from % PEOPLE, from % PEOPLE ? "t" : "x.w", from / PEOPLE);
	snprintf(b, sizeof b, "p%u@%s%u.example", to % PEOPLE, to % PEOPLE ? "t" : "x.w", to / PEOPLE);
	return answer_to(w, a, b, action_name((enum action)action), asker);
}

enum { ASKS = TENANTS * PEOPLE * TENANTS * PEOPLE * ACTION_COUNT };

static void test_order_does_not_matter(void **state)
{
	struct world *one = dice_world(false), *other = dice_world(true);
	unsigned allowed = 0;

	(void)state;
	for (unsigned n = 0; n < ASKS; n++) {
		char *x = dice_answer(one, n, NULL), *y = dice_answer(other, n, NULL);

		assert_string_equal(x, y);
		allowed += strstr(x, "\"allowed\":true") != NULL;
		free(x);
		free(y);
	}
	/* The dice must not have made a world in which nothing, or everything, goes. */
	assert_in_range(allowed, ASKS / 50, ASKS - ASKS / 50);
	world_unref(one);
	world_unref(other);
}

/* A patched world answers like one that was built so. */
static void test_patched_is_rebuilt(void **state)
{
	struct world *built = dice_world(false), *plain = world_ref(built), *next;
	const struct tenant *t = NULL;

	(void)state;
	while ((t = world_tenant_next(built, t))) {
		struct external_access off;

		external_access_default(&off);
		off.mode = ACCESS_OFF;
		assert_int_equal(world_with_access(plain, t, &off, 2, 2, &next), 0);
		world_unref(plain);
		plain = next;
	}
	for (t = NULL; (t = world_tenant_next(built, t));) {
		assert_int_equal(world_with_access(plain, t, tenant_access(t), 3, 3, &next), 0);
		world_unref(plain);
		plain = next;
	}
	for (unsigned n = 0; n < ASKS; n++) {
		char *x = dice_answer(built, n, NULL), *y = dice_answer(plain, n, NULL);

		assert_string_equal(x, y);
		free(x);
		free(y);
	}
	world_unref(built);
	world_unref(plain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_answers), cmocka_unit_test(test_service_accounts), cmocka_unit_test(test_remedies_open_or_pass_on),
		cmocka_unit_test(test_remedies_for_licences), cmocka_unit_test(test_borders), cmocka_unit_test(test_order_does_not_matter),
		cmocka_unit_test(test_patched_is_rebuilt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
