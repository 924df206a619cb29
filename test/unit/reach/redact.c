/** @file test/unit/reach/redact.c  Who may learn why (spec section 8). */
#include "worlds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define L "\"licences\": [{\"sku\": \"connect\"}]"
#define S "\"licences\": [{\"sku\": \"connect\"}, {\"sku\": \"remote-assist\", \"seats\": 9}]"
#define PEOPLE(d) "{\"address\": \"real@" d "\", " L "}, {\"address\": \"off@" d "\", \"enabled\": false, " L "}, {\"address\": \"bare@" d "\"}," \
	"{\"address\": \"desk@" d "\", \"kind\": \"service\", \"in_house\": true, " L "}, {\"address\": \"seat@" d "\", \"kind\": \"service\", " L "}"
#define TENANT(id, more, access) "{\"id\": \"" id "\", \"domains\": [\"" id ".example\"], " S ", " more "\"external_access\": {" access "}, \"accounts\": [" PEOPLE(id ".example") "]}"

static const char document[] =
	"{\"tenants\": ["
	TENANT("home", "", "\"mode\": \"block\", \"block\": [\"barred.example\", \"nowhere.example\"]") ","
	TENANT("open", "", "") ","
	TENANT("barred", "", "") ","
	TENANT("shut", "", "\"mode\": \"off\"") ","
	TENANT("few", "", "\"mode\": \"allow\"") ","
	TENANT("blocks", "", "\"mode\": \"block\", \"block\": [\"home.example\"]") ","
	TENANT("secret", "\"disclose\": \"generic\", ", "\"mode\": \"off\"") ","
	TENANT("fresh", "\"verified\": false, ", "") ","
	TENANT("quiet", "", "\"off_actions\": [\"presence\", \"file\"]")
	"]}";

static struct world *world;
static char *blank;		/* the one answer that says nothing */

static char *told(enum asker_kind kind, const char *home, const char *from, const char *to, const char *action)
{
	struct asker asker = { .kind = kind, .home = kind == ASKER_OPERATOR ? NULL : world_tenant(world, str_of(home)) };

	return answer_to(world, from, to, action, &asker);
}

static int setup(void **state)
{
	(void)state;
	world = world_of(document);
	blank = told(ASKER_USER, "home", "real@home.example", "nobody@open.example", "chat");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(blank);
	world_unref(world);
	return 0;
}

static void test_unreachable_says_nothing(void **state)
{
	(void)state;
	assert_string_equal(blank, "{\"allowed\":false,\"route\":null,\"reason\":\"unreachable\",\"side\":null,\"tenant\":null,\"rule\":null,\"steps\":["
		"{\"gate\":\"identity\",\"result\":\"skip\",\"side\":null,\"reason\":null,\"rule\":null},{\"gate\":\"licence\",\"result\":\"skip\",\"side\":null,\"reason\":null,\"rule\":null},"
		"{\"gate\":\"external\",\"result\":\"skip\",\"side\":null,\"reason\":null,\"rule\":null},{\"gate\":\"guest\",\"result\":\"skip\",\"side\":null,\"reason\":null,\"rule\":null},"
		"{\"gate\":\"lease\",\"result\":\"skip\",\"side\":null,\"reason\":null,\"rule\":null},{\"gate\":\"barrier\",\"result\":\"skip\",\"side\":null,\"reason\":null,\"rule\":null},"
		"{\"gate\":\"personal\",\"result\":\"skip\",\"side\":null,\"reason\":null,\"rule\":null},{\"gate\":\"find\",\"result\":\"skip\",\"side\":null,\"reason\":null,\"rule\":null}],"
		"\"remedies\":[],\"until\":null}");
}

/* wanted: the reason, and who is told to own it; NULL: the blank answer. */
struct row {
	enum asker_kind kind;
	const char *from, *to, *action, *reason, *tenant;
};

static void row_check(const struct row *row)
{
	char *answer = told(row->kind, "home", row->from, row->to, row->action);
	char wanted[128];

	if (!row->reason) {
		if (strcmp(answer, blank) != 0)
			fail_msg("%s to %s (%s) is told %s", row->from, row->to, row->action, answer);
	} else {
		snprintf(wanted, sizeof wanted, "\"reason\":\"%s\"", row->reason);
		if (!strstr(answer, wanted))
			fail_msg("%s to %s (%s): %s lacks %s", row->from, row->to, row->action, answer, wanted);
		snprintf(wanted, sizeof wanted, row->tenant ? "\"tenant\":\"%s\"" : "\"tenant\":null", row->tenant);
		if (!strstr(answer, wanted))
			fail_msg("%s to %s (%s): %s lacks %s", row->from, row->to, row->action, answer, wanted);
	}
	free(answer);
}

static void test_table(void **state)
{
	static const char me[] = "real@home.example";
	static const struct row rows[] = {
		{ ASKER_USER, me, "real@open.example", "chat", "ok", NULL },
		/* Another tenant's accounts: nothing. */
		{ ASKER_USER, me, "nobody@open.example", "chat", NULL, NULL },
		{ ASKER_USER, me, "off@open.example", "chat", NULL, NULL },
		{ ASKER_USER, me, "bare@open.example", "chat", NULL, NULL },
		{ ASKER_USER, me, "desk@open.example", "chat", NULL, NULL },
		{ ASKER_USER, me, "seat@open.example", "find", NULL, NULL },
		{ ASKER_USER, me, "real@elsewhere.example", "chat", NULL, NULL },
		/* What two tenants alone decide. */
		{ ASKER_USER, me, "real@shut.example", "chat", "external.off", "shut" },
		{ ASKER_USER, me, "nobody@shut.example", "chat", "external.off", "shut" },
		{ ASKER_USER, me, "real@few.example", "call", "external.not_allowed", "few" },
		{ ASKER_USER, me, "bare@few.example", "call", "external.not_allowed", "few" },
		{ ASKER_USER, me, "off@blocks.example", "call", "external.blocked", "blocks" },
		{ ASKER_USER, me, "real@secret.example", "chat", NULL, NULL },
		{ ASKER_USER, me, "nobody@secret.example", "chat", NULL, NULL },
		/* One's own tenant's settings, whoever is there. */
		{ ASKER_USER, me, "real@barred.example", "chat", "external.blocked", "home" },
		{ ASKER_USER, me, "nobody@barred.example", "chat", "external.blocked", "home" },
		{ ASKER_USER, me, "nobody@nowhere.example", "chat", "external.blocked", "home" },
		{ ASKER_USER, me, "real@fresh.example", "chat", "external.unverified_tenant", "home" },
		{ ASKER_USER, me, "nobody@fresh.example", "chat", "external.unverified_tenant", "home" },
		{ ASKER_USER, me, "real@open.example", "file", "external.action_off", "home" },
		{ ASKER_USER, me, "nobody@open.example", "file", "external.action_off", "home" },
		{ ASKER_USER, me, "nobody@elsewhere.example", "file", "external.action_off", "home" },
		{ ASKER_USER, "bare@home.example", "nobody@open.example", "chat", "licence.missing", "home" },
		{ ASKER_USER, "bare@home.example", "real@shut.example", "chat", "licence.missing", "home" },
		{ ASKER_USER, "desk@home.example", "nobody@open.example", "chat", "lease.no_federation", "home" },
		/* Another tenant's finer settings. */
		{ ASKER_USER, me, "real@quiet.example", "presence", NULL, NULL },
		{ ASKER_USER, me, "nobody@quiet.example", "presence", NULL, NULL },
		/* Nobody's setting: to whom who can find the other. */
		{ ASKER_USER, me, "real@open.example", "annotate", "licence.no_technician", NULL },
		{ ASKER_USER, me, "nobody@open.example", "annotate", NULL, NULL },
		{ ASKER_USER, me, "bare@open.example", "annotate", NULL, NULL },
		/* At home. */
		{ ASKER_USER, me, "nobody@home.example", "chat", "identity.unknown", "home" },
		{ ASKER_USER, me, "bare@home.example", "chat", "licence.missing", "home" },
		{ ASKER_USER, me, "off@home.example", "chat", NULL, NULL },
		{ ASKER_USER, "off@home.example", me, "chat", NULL, NULL },
		{ ASKER_USER, "off@home.example", "real@shut.example", "chat", NULL, NULL },
		{ ASKER_USER, me, "seat@home.example", "chat", "lease.none", "home" },
		{ ASKER_USER, me, "desk@home.example", "annotate", "licence.no_technician", NULL },
		/* An admin sees all of his own. */
		{ ASKER_ADMIN, me, "off@home.example", "chat", "identity.disabled", "home" },
		{ ASKER_ADMIN, "off@home.example", "real@shut.example", "chat", "identity.disabled", "home" },
		{ ASKER_ADMIN, "real@open.example", "off@home.example", "chat", "identity.disabled", "home" },
		{ ASKER_ADMIN, "nobody@open.example", "off@home.example", "chat", "identity.disabled", "home" },
		{ ASKER_ADMIN, "nobody@open.example", "nobody@home.example", "chat", "identity.unknown", "home" },
		{ ASKER_ADMIN, "nobody@open.example", me, "chat", NULL, NULL },
		{ ASKER_ADMIN, "bare@open.example", me, "chat", NULL, NULL },
		{ ASKER_ADMIN, "real@barred.example", me, "chat", "external.blocked", "home" },
		{ ASKER_ADMIN, "bare@barred.example", me, "chat", "external.blocked", "home" },
		{ ASKER_ADMIN, "real@shut.example", me, "chat", "external.off", "shut" },
		{ ASKER_ADMIN, "real@secret.example", me, "chat", NULL, NULL },
		{ ASKER_ADMIN, me, "real@quiet.example", "presence", NULL, NULL },
		/* Pairs without an end at home are nobody's but the operator's. */
		{ ASKER_ADMIN, "real@open.example", "real@shut.example", "chat", NULL, NULL },
		{ ASKER_USER, "real@open.example", "real@shut.example", "chat", NULL, NULL },
		{ ASKER_OPERATOR, "real@open.example", "real@shut.example", "chat", "external.off", "shut" },
		{ ASKER_OPERATOR, me, "nobody@secret.example", "chat", "identity.unknown", "secret" },
		{ ASKER_OPERATOR, me, "off@open.example", "chat", "identity.disabled", "open" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		row_check(&rows[i]);
}

/* For every tenant and action: who is refused learns the same, whether the account is there, disabled, bare or made up. */
static void test_made_up_names_tell_nothing(void **state)
{
	static const char *const who[] = { "off", "bare", "nobody", "seat", "made-up" };
	static const char *const mine[] = { "real", "bare", "desk", "off" };
	const struct tenant *t = NULL;

	(void)state;
	while ((t = world_tenant_next(world, t))) {
		if (str_eq(tenant_id(t), STR("home")))
			continue;
		for (unsigned n = 0; n < ACTION_COUNT * 4 * 2; n++) {
			enum asker_kind kind = n % 2 ? ASKER_USER : ASKER_ADMIN;
			char me[64], first_to[64], to[64], *first, *real;
			const char *action = action_name((enum action)(n / 8));

			snprintf(me, sizeof me, "%s@home.example", mine[n / 2 % 4]);
			snprintf(first_to, sizeof first_to, "%s@%s", who[0], tenant_domain(t, 0).p);
			first = told(kind, "home", me, first_to, action);
			for (unsigned i = 1; i < 5; i++) {
				char *answer;

				snprintf(to, sizeof to, "%s@%s", who[i], tenant_domain(t, 0).p);
				answer = told(kind, "home", me, to, action);
				assert_string_equal(answer, first);
				free(answer);
			}
			/* A real one differs only where he is reached or can be found. */
			snprintf(to, sizeof to, "real@%s", tenant_domain(t, 0).p);
			real = told(kind, "home", me, to, action);
			if (strcmp(real, first) != 0)
				assert_true(strstr(real, "\"allowed\":true") || strstr(real, "licence.no_technician"));
			free(real);
			free(first);
		}
	}
}

static void test_remedies_are_told_alike(void **state)
{
	char *answer = told(ASKER_USER, "home", "real@home.example", "nobody@few.example", "chat");

	(void)state;
	assert_non_null(strstr(answer, "\"remedies\":[{\"who\":\"few\",\"do\":\"ask_admin_allow_domain\",\"domain\":\"home.example\"}]"));
	free(answer);
	answer = told(ASKER_ADMIN, "few", "real@few.example", "real@home.example", "chat");
	assert_non_null(strstr(answer, "\"do\":\"allow_domain\",\"domain\":\"home.example\""));
	free(answer);
	answer = told(ASKER_USER, "few", "real@few.example", "real@home.example", "chat");
	assert_non_null(strstr(answer, "\"do\":\"ask_admin_allow_domain\",\"domain\":\"home.example\""));
	free(answer);
	answer = told(ASKER_USER, "home", "bare@home.example", "nobody@open.example", "chat");
	assert_non_null(strstr(answer, "\"do\":\"assign_licence\",\"address\":\"bare@home.example\""));
	free(answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unreachable_says_nothing), cmocka_unit_test(test_table), cmocka_unit_test(test_made_up_names_tell_nothing),
		cmocka_unit_test(test_remedies_are_told_alike),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
