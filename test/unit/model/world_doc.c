/** @file test/unit/model/world_doc.c  The world document: what is read, and what is refused where. */
#include "model/world_doc.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Writes down what the decoder hands out. */
struct notes {
	struct buf text;
	unsigned tenants, accounts;
};

static bool tenant_note(void *arg, const struct tenant_doc *t, const char *path, struct json_err *err)
{
	struct notes *notes = arg;

	(void)err;
	notes->tenants++;
	buf_printf(&notes->text, "%s %s%s;", path, t->id, t->verified ? "" : " unverified");
	return true;
}

static bool account_note(void *arg, const struct tenant_doc *t, const struct account_doc *a, const char *path, struct json_err *err)
{
	struct notes *notes = arg;

	(void)err;
	notes->accounts++;
	buf_printf(&notes->text, "%s %s %s %s%s;", path, t->id, a->address, account_kind_name(a->kind), a->enabled ? "" : " disabled");
	return true;
}

static const struct world_doc_ops ops = { tenant_note, account_note };

static void reads(const char *document, const char *wanted)
{
	struct notes notes = { 0 };
	struct json_err err;

	if (!world_doc_decode(str_of(document), &ops, &notes, &err))
		fail_msg("%s: %s", err.path, err.why);
	assert_int_equal(buf_add(&notes.text, "", 1), 0);
	assert_string_equal(notes.text.p, wanted);
	buf_release(&notes.text);
}

static void refuses(const char *document, const char *path, const char *part_of_why)
{
	struct notes notes = { 0 };
	struct json_err err;

	if (world_doc_decode(str_of(document), &ops, &notes, &err))
		fail_msg("taken: %s", document);
	if (strcmp(err.path, path) != 0 || !strstr(err.why, part_of_why))
		fail_msg("%s\nsays %s: %s\nnot  %s: %s", document, err.path, err.why, path, part_of_why);
	buf_release(&notes.text);
}

static void test_reads(void **state)
{
	(void)state;
	reads("{}", "");
	reads("{\"version\": 1, \"tenants\": []}", "");
	reads(" {\"tenants\":[{\"accounts\":[{\"address\":\"Ann@A.example\"},{\"address\":\"s@b.example\",\"kind\":\"service\",\"in_house\":true,\"enabled\":false}],"
		"\"id\":\"abc\",\"domains\":[\"a.example\",\"b.example\"]} , {\"id\":\"c\",\"verified\":false}]}\n",
		"/tenants/0 abc;/tenants/0/accounts/0 abc ann@a.example internal;/tenants/0/accounts/1 abc s@b.example service disabled;/tenants/1 c unverified;");
	reads("{\"t\\u0065nants\": [{\"id\": \"a\"}]}", "/tenants/0 a;");
}

#define T(inside) "{\"tenants\": [{\"id\": \"abc\", \"domains\": [\"a.example\"]" inside "}]}"
#define X(inside) T(", \"external_access\": {" inside "}")
#define A(inside) T(", \"accounts\": [{\"address\": \"ann@a.example\"" inside "}]")

static void test_refuses_shapes(void **state)
{
	(void)state;
	refuses("", "", "must be an object");
	refuses("[]", "", "must be an object");
	refuses("{", "", "line 1");
	refuses("{}x", "", "follows the end");
	refuses("{} {}", "", "follows the end");
	refuses("{\"tenants\": []", "", "closing");
	refuses("{\"tenants\": [],}", "", "key in quotes");
	refuses("{\"tenants\" []}", "", "colon");
	refuses("{\n\"version\": 1\n\"tenants\": []}", "", "line 3");
	refuses("{\"version\": }", "", "value is missing");
	refuses("{\"version\": 2}", "/version", "must be 1");
	refuses("{\"version\": 1.0}", "/version", "whole number");
	refuses("{\"version\": null}", "/version", "whole number");
	refuses("{\"version\": 01}", "/version", "not valid JSON at line 1");
	refuses("{\"versions\": 1}", "/versions", "known key");
	refuses("{\"version\": 1, \"version\": 1}", "/version", "twice");
	refuses("{\"tenants\": [], \"tenants\": []}", "/tenants", "twice");
	refuses("{\"tenants\": [], \"ten\\u0061nts\": []}", "/tenants", "twice");
	refuses("{\"tenants\": {}}", "/tenants", "must be a list");
	refuses("{\"tenants\": [1]}", "/tenants/0", "must be an object");
	refuses("{\"tenants\": [{}]}", "/tenants/0/id", "required");
	refuses("{\"tenants\": [{\"id\": \"a\"},]}", "/tenants", "missing");
	refuses("{\"tenants\": [{\"id\": \"a\"} {\"id\": \"b\"}]}", "/tenants", "comma");
	refuses("{\"tenants\": [{\"id\": \"a\", \"accounts\": [[}]}]}", "/tenants/0/accounts/0", "line 1");
	refuses("{\"tenants\": [{\"id\": \"a\", \"name\": \"\xff\"}]}", "/tenants/0/name", "not valid JSON");
	refuses("{\"tenants\": [\n{\"id\": \"a\",\n \"accounts\": [\n {\"address\":\n tru}]}]}", "/tenants/0/accounts/0", "line 5");
	refuses(A(", \"name\": \"a\", \"name\": \"a\""), "/tenants/0/accounts/0", "duplicate");
	refuses(X("\"mode\": \"open\", \"mode\": \"open\""), "/tenants/0/external_access", "duplicate");
}

static void test_refuses_tenants(void **state)
{
	(void)state;
	refuses(T(", \"colour\": 1"), "/tenants/0/colour", "known key");
	refuses(T(", \"id\": \"abc\""), "/tenants/0/id", "twice");
	refuses("{\"tenants\": [{\"id\": \"\"}]}", "/tenants/0/id", "1 to 64");
	refuses("{\"tenants\": [{\"id\": \"a/b\"}]}", "/tenants/0/id", "1 to 64");
	refuses("{\"tenants\": [{\"id\": \"a\"}, {\"id\": \"a\"}]}", "/tenants/1/id", "two tenants");
	refuses("{\"tenants\": [{\"id\": \"a\", \"domains\": [\"A.example\"]}, {\"id\": \"b\", \"domains\": [\"x\", \"a.example\"]}]}",
		"/tenants/1/domains/1", "two tenants");
	refuses("{\"tenants\": [{\"id\": \"a\", \"domains\": [\"a\", \"A\"]}]}", "/tenants/0/domains/1", "twice");
	refuses("{\"tenants\": [{\"id\": \"a\", \"domains\": [\"*.a\"]}]}", "/tenants/0/domains/0", "letter, digit");
	refuses("{\"tenants\": [{\"id\": \"a\", \"domains\": \"a\"}]}", "/tenants/0/domains", "list");
	refuses("{\"tenants\": [{\"id\": \"a\", \"domains\": null}]}", "/tenants/0/domains", "list");
	refuses(T(", \"name\": null"), "/tenants/0/name", "text");
	refuses(T(", \"name\": \"0123456789012345678901234567890123456789012345678901234567890123é\""), "/tenants/0/name", "64");
	refuses(T(", \"verified\": 1"), "/tenants/0/verified", "true or false");
	refuses(T(", \"disclose\": \"all\""), "/tenants/0/disclose", "reason or generic");
	refuses(T(", \"licences\": {}"), "/tenants/0/licences", "list");
	refuses(T(", \"licences\": [{\"sku\": \"gold\"}]"), "/tenants/0/licences/0/sku", "connect or remote-assist");
	refuses(T(", \"licences\": [{\"seats\": 1}]"), "/tenants/0/licences/0/sku", "required");
	refuses(T(", \"licences\": [{\"sku\": \"connect\"}, {\"sku\": \"connect\"}]"), "/tenants/0/licences/1/sku", "twice");
	refuses(T(", \"licences\": [{\"sku\": \"connect\", \"seats\": -1}]"), "/tenants/0/licences/0/seats", "below 0");
	refuses(T(", \"licences\": [{\"sku\": \"connect\", \"seats\": 1.5}]"), "/tenants/0/licences/0/seats", "whole number");
	refuses(T(", \"licences\": [{\"sku\": \"connect\", \"price\": 1}]"), "/tenants/0/licences/0/price", "known key");
}

static void test_refuses_access(void **state)
{
	(void)state;
	refuses(T(", \"external_access\": []"), "/tenants/0/external_access", "object");
	refuses(X("\"mode\": \"none\""), "/tenants/0/external_access/mode", "must be open");
	refuses(X("\"mode\": null"), "/tenants/0/external_access/mode", "text");
	refuses(X("\"allow\": [\"a_b\"]"), "/tenants/0/external_access/allow/0", "letter, digit");
	refuses(X("\"block\": [\"a\", 1]"), "/tenants/0/external_access/block/1", "domain");
	refuses(X("\"block\": null"), "/tenants/0/external_access/block", "list");
	refuses(X("\"unverified_tenants\": \"ask\""), "/tenants/0/external_access/unverified_tenants", "block or allow");
	refuses(X("\"unverified_exceptions\": [\"*\"]"), "/tenants/0/external_access/unverified_exceptions/0", "domain");
	refuses(X("\"off_actions\": [\"call\"]"), "/tenants/0/external_access/off_actions/0", "presence");
	refuses(X("\"off_actions\": [\"file\", \"find\"]"), "/tenants/0/external_access/off_actions/1", "presence");
	refuses(X("\"off_actions\": null"), "/tenants/0/external_access/off_actions", "list");
	refuses(X("\"directory_cards\": {}"), "/tenants/0/external_access/directory_cards", "list");
	refuses(X("\"modes\": 1"), "/tenants/0/external_access/modes", "known key");
}

static void test_refuses_accounts(void **state)
{
	(void)state;
	refuses(T(", \"accounts\": {}"), "/tenants/0/accounts", "list");
	refuses(T(", \"accounts\": [{}]"), "/tenants/0/accounts/0/address", "required");
	refuses(T(", \"accounts\": [{\"address\": \"ann\"}]"), "/tenants/0/accounts/0/address", "no @");
	refuses(T(", \"accounts\": [{\"address\": \"ann@b.example\"}]"), "/tenants/0/accounts/0/address", "not a domain of this tenant");
	refuses(T(", \"accounts\": [{\"address\": \"ann@sub.a.example\"}]"), "/tenants/0/accounts/0/address", "not a domain of this tenant");
	refuses(T(", \"accounts\": [{\"address\": \"ann@a.example\"}, {\"address\": \"ANN@a.EXAMPLE\"}]"), "/tenants/0/accounts/1/address", "two accounts");
	refuses("{\"tenants\": [{\"id\": \"a\", \"domains\": [\"a\"]}, {\"id\": \"b\", \"domains\": [\"b\"], \"accounts\": [{\"address\": \"x@a\"}]}]}",
		"/tenants/1/accounts/0/address", "not a domain of this tenant");
	refuses(A(", \"kind\": \"robot\""), "/tenants/0/accounts/0/kind", "internal, service or guest");
	refuses(A(", \"enabled\": null"), "/tenants/0/accounts/0/enabled", "true or false");
	refuses(A(", \"in_house\": true"), "/tenants/0/accounts/0/in_house", "service accounts only");
	refuses(A(", \"home\": \"x@y\""), "/tenants/0/accounts/0/home", "guests only");
	refuses(A(", \"state\": \"accepted\""), "/tenants/0/accounts/0/state", "guests only");
	refuses(A(", \"expires\": null"), "/tenants/0/accounts/0/expires", "guests only");
	refuses(A(", \"controls\": {}"), "/tenants/0/accounts/0/controls", "guests only");
	refuses(A(", \"reach_list\": []"), "/tenants/0/accounts/0/reach_list", "guests only");
	refuses(A(", \"licences\": [{\"sku\": \"x\"}]"), "/tenants/0/accounts/0/licences/0/sku", "connect");
	refuses(A(", \"licences\": [{\"sku\": \"connect\"}, {\"sku\": \"connect\"}]"), "/tenants/0/accounts/0/licences/1/sku", "twice");
	refuses(A(", \"licences\": [{\"sku\": \"connect\", \"assigned\": \"today\"}]"), "/tenants/0/accounts/0/licences/0/assigned", "RFC 3339");
	refuses(A(", \"licences\": [{\"sku\": \"connect\", \"assigned\": 1}]"), "/tenants/0/accounts/0/licences/0/assigned", "text");
	refuses(A(", \"shoe/size\": 44"), "/tenants/0/accounts/0/shoe~1size", "known key");
}

#define G(rest) "{\"tenants\": [{\"id\": \"a\", \"domains\": [\"a.example\"], \"segments\": [{\"name\": \"s\", \"filter\": \"a pr\"}]," \
	"\"accounts\": [{\"home\": \"x@far.example\"" rest "}]}]}"
#define S(rest) "{\"tenants\": [{\"id\": \"a\", \"domains\": [\"a.example\"], \"segments\": [{\"name\": \"s\", \"filter\": \"a pr\"}, {\"name\": \"t\", \"filter\": \"b pr\"}]," \
	"\"accounts\": [{\"address\": \"ann@a.example\"}, {\"address\": \"sa@a.example\", \"kind\": \"service\"}]" rest "}]}"

static void test_refuses_guests(void **state)
{
	(void)state;
	refuses(T(", \"guest_access\": {\"invite\": {\"who\": \"all\"}}"), "/tenants/0/guest_access/invite/who", "none of the words");
	refuses(T(", \"guest_access\": {\"invite\": {\"mode\": \"off\"}}"), "/tenants/0/guest_access/invite/mode", "none of the words");
	refuses(T(", \"guest_access\": {\"by_domain\": {\"x_y\": {}}}"), "/tenants/0/guest_access/by_domain/x_y", "");
	refuses(T(", \"guest_access\": {\"by_domain\": {\"x.example\": {}, \"X.example\": {}}}"), "/tenants/0/guest_access/by_domain/X.example", "twice");
	refuses(T(", \"guest_access\": {\"by_domain\": {\"*.x.example\": {}}}"), "/tenants/0/guest_access/by_domain/*.x.example", "");
	refuses(T(", \"guest_access\": {\"controls\": {\"chat\": \"off\"}}"), "/tenants/0/guest_access/controls/chat", "true or false");
	refuses(T(", \"guest_access\": {\"controls\": {\"screen\": true}}"), "/tenants/0/guest_access/controls/screen", "");
	refuses(T(", \"guest_access\": {\"controls\": {\"find\": true}}"), "/tenants/0/guest_access/controls/find", "known key");
	refuses(T(", \"guest_access\": {\"colour\": 1}"), "/tenants/0/guest_access/colour", "known key");
	refuses(T(", \"guest_access\": null"), "/tenants/0/guest_access", "");
	refuses(G(", \"address\": \"b@a.example\", \"kind\": \"guest\""), "/tenants/0/accounts/0/address", "guests");
	refuses(G(", \"state\": \"gone\""), "/tenants/0/accounts/0/state", "none of the words");
	refuses(G(", \"expires\": \"soon\""), "/tenants/0/accounts/0/expires", "RFC 3339");
	refuses(G(", \"reach_list\": [\"segment:u\"]"), "/tenants/0/accounts/0/reach_list/0", "no segment");
	refuses(G(", \"reach_list\": [\"u\"]"), "/tenants/0/accounts/0/reach_list/0", "no @");
	refuses(G("}, {\"home\": \"X@far.example\""), "/tenants/0/accounts/1/home", "two accounts");
	refuses(G("}, {\"home\": \"x@a.example\""), "/tenants/0/accounts/1/home", "own people");
	refuses(A(", \"kind\": \"guest\""), "/tenants/0/accounts/0/address", "guests");
	refuses(A(", \"attributes\": {\"Kind\": 1}"), "/tenants/0/accounts/0/attributes/Kind", "letter");
	refuses(A(", \"attributes\": {\"a b\": 1}"), "/tenants/0/accounts/0/attributes/a b", "letter");
	refuses(A(", \"attributes\": {\"a\": null}"), "/tenants/0/accounts/0/attributes/a", "must be");
	refuses(A(", \"attributes\": {\"a\": [[1]]}"), "/tenants/0/accounts/0/attributes/a/0", "must be");
	refuses(A(", \"contacts\": [{\"address\": \"x@y\"}]"), "/tenants/0/accounts/0/contacts/0/state", "missing");
	refuses(A(", \"contacts\": [{\"address\": \"x@y\", \"state\": \"pending\"}, {\"address\": \"X@Y\", \"state\": \"pending\"}]"),
		"/tenants/0/accounts/0/contacts/1/address", "twice");
}

static void test_refuses_rules(void **state)
{
	(void)state;
	refuses("{\"promises\": [{}]}", "/promises/0/expect", "missing");
	refuses("{\"promises\": [{\"expect\": \"deny\", \"from\": \"x\", \"to\": \"y@y\", \"action\": \"chat\"}]}", "/promises/0/from", "no @");
	refuses("{\"promises\": [{\"expect\": \"deny\", \"from\": \"x@x\", \"to\": \"y@y\", \"action\": \"talk\"}]}", "/promises/0/action", "no action");
	refuses(T(", \"segments\": [{\"name\": \"x\"}]"), "/tenants/0/segments/0/filter", "required");
	refuses(T(", \"segments\": [{\"name\": \"x\", \"filter\": \"a eq\"}]"), "/tenants/0/segments/0/filter", "column 5: a space is missing");
	refuses(T(", \"segments\": [{\"name\": \"x\", \"filter\": \"a pr\"}, {\"name\": \"x\", \"filter\": \"a pr\"}]"), "/tenants/0/segments/1/name", "two segments");
	refuses(S(", \"barriers\": {\"unsegmented\": \"no\"}"), "/tenants/0/barriers/unsegmented", "none of the words");
	refuses(S(", \"barriers\": {\"rules\": [{\"segment\": \"u\", \"allow\": []}]}"), "/tenants/0/barriers/rules/0/segment", "no segment");
	refuses(S(", \"barriers\": {\"rules\": [{\"segment\": \"s\", \"allow\": [\"u\"]}]}"), "/tenants/0/barriers/rules/0/allow/0", "no segment");
	refuses(S(", \"barriers\": {\"rules\": [{\"segment\": \"s\"}]}"), "/tenants/0/barriers/rules/0", "exactly one");
	refuses(S(", \"barriers\": {\"rules\": [{\"segment\": \"s\", \"allow\": [], \"block\": []}]}"), "/tenants/0/barriers/rules/0", "exactly one");
	refuses(S(", \"barriers\": {\"rules\": [{\"segment\": \"s\", \"allow\": []}, {\"segment\": \"s\", \"block\": []}]}"), "/tenants/0/barriers/rules/1/segment", "two barriers");
	refuses(S(", \"policies\": [{\"name\": \"p\", \"segments\": [\"u\"]}]"), "/tenants/0/policies/0/segments/0", "no segment");
	refuses(S(", \"policies\": [{\"name\": \"p\", \"mode\": \"off\"}]"), "/tenants/0/policies/0/mode", "none of the words");
	refuses(S(", \"policies\": [{\"name\": \"p\"}, {\"name\": \"p\"}]"), "/tenants/0/policies/1/name", "two policies");
	refuses(S(", \"leases\": [{\"id\": \"l\", \"accounts\": [\"ann@a.example\"]}]"), "/tenants/0/leases/0/accounts/0", "no service account");
	refuses(S(", \"leases\": [{\"id\": \"l\", \"reach\": [\"a@b\", \"segment:u\"]}]"), "/tenants/0/leases/0/reach/1", "no segment");
	refuses(S(", \"leases\": [{\"id\": \"l\", \"reach\": \"all\"}]"), "/tenants/0/leases/0/reach", "everyone");
	refuses(S(", \"leases\": [{\"id\": \"l\"}, {\"id\": \"l\"}]"), "/tenants/0/leases/1/id", "two leases");
	refuses(S(", \"leases\": [{\"id\": \"l\", \"starts\": \"2026-01-01T00:00:00Z\", \"ends\": \"2026-01-01T00:00:00Z\"}]"), "/tenants/0/leases/0/ends", "after");
	refuses(S(", \"leases\": [{\"id\": \"l\", \"accounts\": [\"sa@a.example\"], \"ends\": \"2026-01-01T00:00:01Z\"},"
		"{\"id\": \"m\", \"accounts\": [\"sa@a.example\"], \"starts\": \"2026-01-01T00:00:00Z\", \"suspended\": true}]"), "/tenants/0/leases/1", "lends sa@a.example while l does");
	refuses(X("\"blocked_people\": [{}]"), "/tenants/0/external_access/blocked_people/0/address", "missing");
	refuses(X("\"first_contact\": \"never\""), "/tenants/0/external_access/first_contact", "none of the words");
	refuses(X("\"outbound_guests\": null"), "/tenants/0/external_access/outbound_guests", "true or false");
	refuses(X("\"max_organisations\": 0"), "/tenants/0/external_access/max_organisations", "1 or more");
}

static void test_takes_near_misses(void **state)
{
	(void)state;
	reads(G(", \"kind\": \"guest\", \"expires\": null, \"controls\": {\"screen\": \"app\", \"reach\": \"named\"}, \"reach_list\": [\"segment:s\", \"who@a.example\"]"),
		"/tenants/0 a;/tenants/0/accounts/0 a x=far.example@a.example guest;");
	reads(S(", \"barriers\": {\"rules\": [{\"segment\": \"s\", \"allow\": [], \"block\": null}]}, \"leases\": [{\"id\": \"l\", \"accounts\": [\"sa@a.example\"],"
		"\"ends\": \"2026-01-01T00:00:00Z\"}, {\"id\": \"m\", \"accounts\": [\"sa@a.example\"], \"starts\": \"2026-01-01T01:00:00+01:00\", \"lessee\": null, \"actions\": null}]"),
		"/tenants/0 a;/tenants/0/accounts/0 a ann@a.example internal;/tenants/0/accounts/1 a sa@a.example service;");
}

static void test_takes_defaults(void **state)
{
	(void)state;
	reads("{\"promises\": [], \"tenants\": [{\"id\": \"a\", \"domains\": [\"a\"], \"segments\": [], \"policies\": [], \"leases\": [], \"barriers\": {\"rules\": []},"
		"\"guest_access\": {\"enabled\": true, \"invite\": {\"mode\": \"open\"}, \"controls\": {\"screen\": \"entire\"}, \"by_domain\": {}},"
		"\"external_access\": {\"blocked_people\": [], \"first_contact\": \"open\", \"outbound_guests\": true, \"max_organisations\": null},"
		"\"accounts\": [{\"address\": \"x@a\", \"attributes\": {}, \"contacts\": []}]}]}",
		"/tenants/0 a;/tenants/0/accounts/0 a x@a internal;");
}

static void test_depth_is_bounded(void **state)
{
	struct buf text = { 0 };

	(void)state;
	buf_printf(&text, "{\"promises\": ");
	for (unsigned i = 0; i < 100; i++)
		buf_add(&text, "[", 1);
	for (unsigned i = 0; i < 100; i++)
		buf_add(&text, "]", 1);
	buf_add(&text, "}", 2);
	refuses(text.p, "/promises", "nested too deep");
	buf_release(&text);
}

static void test_long_lists_are_bounded(void **state)
{
	struct buf text = { 0 };

	(void)state;
	buf_printf(&text, "{\"tenants\": [{\"id\": \"a\", \"external_access\": {\"allow\": [");
	for (unsigned i = 0; i <= LIMIT_DOMAINS_PER_LIST; i++)
		buf_printf(&text, "%s\"d%u.example\"", i ? "," : "", i);
	buf_add(&text, "]}}]}", 6);
	refuses(text.p, "/tenants/0/external_access/allow", "more than 100000");
	buf_release(&text);
}

static bool stop_at_account(void *arg, const struct tenant_doc *t, const struct account_doc *a, const char *path, struct json_err *err)
{
	(void)arg;
	(void)t;
	(void)a;
	return json_bad(err, path, "enough");
}

static void test_a_callback_stops(void **state)
{
	static const struct world_doc_ops stopping = { NULL, stop_at_account };
	struct json_err err;

	(void)state;
	assert_false(world_doc_decode(STR(A("")), &stopping, NULL, &err));
	assert_string_equal(err.path, "/tenants/0/accounts/0");
	assert_string_equal(err.why, "enough");
}

/* What is written can be read, and is then written the same. */
static void test_round_trip(void **state)
{
	static const char tenant[] = "{\"id\":\"abc\",\"name\":\"Tenant ABC\",\"domains\":[\"a.example\",\"xn--bcher-kva.example\"],\"verified\":false,"
		"\"disclose\":\"generic\",\"licences\":[{\"sku\":\"connect\",\"seats\":null},{\"sku\":\"remote-assist\",\"seats\":5}],"
		"\"external_access\":{\"mode\":\"allow\",\"allow\":[\"z.example\",\"*.b.example\"],\"block\":[\"c.example\"],\"unverified_tenants\":\"allow\","
		"\"unverified_exceptions\":[\"u.example\"],\"blocked_people\":[{\"address\":\"eve@e.example\",\"until\":\"2027-01-01T00:00:00.25Z\"},{\"address\":\"ed@e.example\"}],\"off_actions\":[\"presence\",\"annotate\"],\"directory_cards\":[\"d.example\"],"
		"\"first_contact\":\"ask\",\"outbound_guests\":false,\"max_organisations\":3},\"guest_access\":{\"enabled\":false,\"directory\":\"full\",\"invite\":{\"who\":\"admins\",\"mode\":\"allow\",\"allow\":[\"x.example\"],\"block\":[]},"
		"\"controls\":{\"call\":false,\"screen\":\"app\",\"reach\":\"named\"},\"by_domain\":{\"y.example\":{\"video\":true,\"reach\":\"everyone\"}}},"
		"\"segments\":[{\"name\":\"s\",\"filter\":\"a pr\"}],\"barriers\":{\"unsegmented\":\"hidden\",\"rules\":[{\"segment\":\"s\",\"block\":[\"s\"]}]},"
		"\"policies\":[{\"name\":\"p\",\"external\":false,\"mode\":\"allow\",\"allow\":[\"x.example\"],\"block\":[],\"accounts\":[\"ann@a.example\"],\"segments\":[\"s\"]}],"
		"\"leases\":[{\"id\":\"L-1\",\"accounts\":[\"sa@a.example\"],\"lessee\":null,\"holders\":[\"bob@b.example\"],\"starts\":\"2026-01-01T00:00:00Z\",\"ends\":null,"
		"\"suspended\":true,\"reach\":[\"segment:s\",\"ann@a.example\"],\"actions\":[\"chat\"],\"peers\":true,\"federation\":false}],\"accounts\":[]}";
	static const char account[] = "{\"address\":\"ann@a.example\",\"kind\":\"service\",\"name\":\"Ann\",\"title\":\"Pump expert\",\"enabled\":false,"
		"\"attributes\":{\"department\":[\"x\",1,true]},\"licences\":[{\"sku\":\"connect\"},{\"sku\":\"remote-assist\",\"assigned\":\"2026-01-01T00:00:00.5Z\"}],"
		"\"contacts\":[{\"address\":\"bob@b.example\",\"state\":\"blocked\"}],\"in_house\":true}";
	struct tenant_doc t;
	struct account_doc a;
	struct json_err err;
	json_t *in, *out;
	char *text;

	(void)state;
	in = json_read(str_of(tenant), 32, &err);
	json_object_del(in, "accounts");
	assert_true(tenant_doc_decode(in, "", &t, &err));
	out = tenant_doc_encode(&t);
	text = json_dumps(out, JSON_COMPACT);
	assert_string_equal(text, tenant);
	free(text);
	json_decref(in);
	json_decref(out);
	tenant_doc_release(&t);
	in = json_read(str_of(account), 32, &err);
	assert_true(account_doc_decode(in, "", &a, &err));
	out = account_doc_encode(&a);
	text = json_dumps(out, JSON_COMPACT);
	assert_string_equal(text, account);
	free(text);
	json_decref(in);
	json_decref(out);
	account_doc_release(&a);
}

static void test_lists_keep_order_and_drop_repeats(void **state)
{
	struct external_access access, copy;
	struct json_err err;
	json_t *in = json_read(STR("{\"allow\": [\"B.example\", \"a.example\", \"b.example\", \"*.a.example\"], \"off_actions\": []}"), 32, &err);

	(void)state;
	assert_true(external_access_decode(in, "", &access, &err));
	assert_int_equal(access.allow.n, 3);
	assert_string_equal(access.allow.v[0], "b.example");
	assert_string_equal(access.allow.v[2], "*.a.example");
	assert_int_equal(access.off_actions, 0);
	assert_int_equal(external_access_copy(&copy, &access), 0);
	external_access_release(&access);
	assert_string_equal(copy.allow.v[1], "a.example");
	external_access_release(&copy);
	json_decref(in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads), cmocka_unit_test(test_refuses_shapes), cmocka_unit_test(test_refuses_tenants),
		cmocka_unit_test(test_refuses_access), cmocka_unit_test(test_refuses_accounts), cmocka_unit_test(test_refuses_guests),
		cmocka_unit_test(test_refuses_rules), cmocka_unit_test(test_takes_near_misses),
		cmocka_unit_test(test_takes_defaults), cmocka_unit_test(test_depth_is_bounded),
		cmocka_unit_test(test_long_lists_are_bounded), cmocka_unit_test(test_a_callback_stops), cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_lists_keep_order_and_drop_repeats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
