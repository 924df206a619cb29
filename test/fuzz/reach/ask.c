/** @file test/fuzz/reach/ask.c  Asks against a small world that has everything: decisions are whole, and nobody learns more than section 8 says. */
#include "base/limits.h"
#include "reach/ask.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/*
 * Everything that a decision can hang on, in apostrophes for quotes. Tenant a is host and lessor: segments, barriers, policies, guests
 * from b, c and elsewhere, leases before, in and after their time. b asks before the first contact, c tells nobody why, d is not verified.
 */
static const char document[] =
	"{'tenants': [{'id': 'a', 'domains': ['a.example', 'bücher.example'], 'licences': [{'sku': 'connect'}, {'sku': 'remote-assist', 'seats': 2}],"
	" 'external_access': {'mode': 'block', 'block': ['*.d.example'], 'directory_cards': ['b.example'], 'off_actions': ['file', 'screen'],"
	"  'blocked_people': [{'address': 'eve@b.example', 'until': '2026-07-01T00:00:00Z'}, {'address': 'cy@c.example'}]},"
	" 'guest_access': {'directory': 'exact', 'controls': {'file': false}, 'by_domain': {'c.example': {'video': false, 'reach': 'named'}}},"
	" 'segments': [{'name': 'sales', 'filter': 'department eq \\'Sales\\''}, {'name': 'labs', 'filter': 'department eq \\'Labs\\' or kind eq \\'guest\\''}],"
	" 'barriers': {'unsegmented': 'hidden', 'rules': [{'segment': 'sales', 'block': ['labs']}, {'segment': 'labs', 'allow': ['labs']}]},"
	" 'policies': [{'name': 'home', 'external': false, 'accounts': ['lab@a.example']},"
	"  {'name': 'sales', 'mode': 'allow', 'allow': ['b.example', '*.c.example'], 'segments': ['sales']}],"
	" 'accounts': ["
	"  {'address': 'ann@a.example', 'name': 'Ann', 'licences': [{'sku': 'connect'}, {'sku': 'remote-assist'}], 'contacts': [{'address': 'bob@b.example', 'state': 'accepted'}]},"
	"  {'address': 'sal@a.example', 'attributes': {'department': 'Sales'}, 'licences': [{'sku': 'connect'}]},"
	"  {'address': 'lab@a.example', 'attributes': {'department': 'Labs'}, 'licences': [{'sku': 'connect'}], 'contacts': [{'address': 'ann@a.example', 'state': 'blocked'}]},"
	"  {'address': 'lea@bücher.example', 'enabled': false}, {'address': 'bare@a.example'},"
	"  {'address': 'desk@a.example', 'kind': 'service', 'in_house': true, 'licences': [{'sku': 'connect'}]},"
	"  {'address': 's1@a.example', 'kind': 'service', 'licences': [{'sku': 'remote-assist'}]},"
	"  {'address': 's2@a.example', 'kind': 'service', 'licences': [{'sku': 'connect'}]},"
	"  {'address': 's3@a.example', 'kind': 'service', 'licences': [{'sku': 'connect'}]}, {'address': 's4@a.example', 'kind': 'service'},"
	"  {'home': 'bob@b.example', 'state': 'accepted', 'expires': '2027-01-01T00:00:00Z', 'controls': {'call': true}},"
	"  {'home': 'cy@c.example', 'state': 'accepted', 'reach_list': ['segment:sales', 'ann@a.example']}, {'home': 'eve@b.example'},"
	"  {'home': 'far@elsewhere.example', 'state': 'accepted', 'licences': [{'sku': 'remote-assist'}]}],"
	" 'leases': [{'id': 'L-1', 'accounts': ['s1@a.example', 's2@a.example'], 'holders': ['bob@b.example', 'dan@d.example'], 'lessee': 'b',"
	"   'starts': '2026-01-01T00:00:00Z', 'ends': '2027-01-01T00:00:00Z', 'reach': ['segment:labs', 'ann@a.example'], 'federation': true},"
	"  {'id': 'L-2', 'accounts': ['s1@a.example'], 'holders': ['cy@c.example'], 'starts': '2027-01-01T00:00:00Z', 'reach': 'everyone', 'actions': ['chat', 'call']},"
	"  {'id': 'L-3', 'accounts': ['s3@a.example'], 'holders': ['eve@b.example'], 'suspended': true, 'peers': true}]},"
	"{'id': 'b', 'domains': ['b.example'], 'licences': [{'sku': 'connect'}], 'external_access': {'first_contact': 'ask'}, 'guest_access': {'directory': 'full'},"
	" 'accounts': [{'address': 'bob@b.example', 'name': 'Bob', 'licences': [{'sku': 'connect'}]}, {'address': 'eve@b.example', 'licences': [{'sku': 'connect'}]},"
	"  {'home': 'ann@a.example', 'state': 'accepted', 'contacts': [{'address': 'bob@b.example', 'state': 'blocked'}]}]},"
	"{'id': 'c', 'domains': ['c.example'], 'disclose': 'generic', 'licences': [{'sku': 'connect'}],"
	" 'external_access': {'mode': 'allow', 'allow': ['a.example'], 'directory_cards': ['a.example'], 'outbound_guests': false},"
	" 'accounts': [{'address': 'cy@c.example', 'name': 'Cy', 'licences': [{'sku': 'connect'}]}]},"
	"{'id': 'd', 'domains': ['d.example'], 'verified': false, 'licences': [{'sku': 'connect', 'seats': 1}], 'external_access': {'unverified_tenants': 'allow'},"
	" 'accounts': [{'address': 'dan@d.example', 'licences': [{'sku': 'connect'}]}, {'address': 'dot@d.example', 'licences': [{'sku': 'connect'}]},"
	"  {'home': 'eve@b.example', 'state': 'accepted', 'expires': '2026-02-01T00:00:00Z'}]},"
	"{'id': 'e', 'domains': ['e.example'], 'external_access': {'mode': 'off'}, 'accounts': [{'address': 'ed@e.example'}]}]}";

/* Whom a short input can name: everybody, and some who do not exist. */
static const char *const people[] = {
	"ann@a.example", "sal@a.example", "lab@a.example", "lea@xn--bcher-kva.example", "bare@a.example", "desk@a.example", "s1@a.example", "s2@a.example",
	"s3@a.example", "s4@a.example", "bob=b.example@a.example", "cy=c.example@a.example", "eve=b.example@a.example", "far=elsewhere.example@a.example",
	"bob@b.example", "eve@b.example", "ann=a.example@b.example", "cy@c.example", "dan@d.example", "dot@d.example", "eve=b.example@d.example", "ed@e.example",
	"ghost@a.example", "ghost@c.example", "ghost@nowhere.example",
};
enum { PEOPLE = sizeof people / sizeof people[0] };

static int64_t rows;

static bool tenant_add(void *arg, const struct tenant_doc *tenant, const char *path, struct json_err *err)
{
	return world_builder_tenant(arg, ++rows, tenant, 1, path, err) == 0;
}

static bool account_add(void *arg, const struct tenant_doc *tenant, const struct account_doc *account, const char *path, struct json_err *err)
{
	static int64_t accounts;

	(void)tenant;
	return world_builder_account(arg, ++accounts, rows, account, path, err) == 0;
}

static const struct world *the_world(void)
{
	static const struct world_doc_ops ops = { tenant_add, account_add };
	static struct world *world;
	static char text[sizeof document];
	struct world_builder *builder;
	struct json_err err;

	if (world)
		return world;
	for (size_t i = 0; i < sizeof document; i++)
		text[i] = document[i] == '\'' ? '"' : document[i];
	assert(world_builder_new(&builder) == 0);
	assert(world_doc_decode(str_of(text), &ops, builder, &err));
	assert(world_builder_end(builder, 1, &world) == 0);
	return world;
}

/* The verdict is one of those that there can be, and its JSON can be read back by the strict reader. */
static void whole(const struct verdict *v)
{
	struct json_err err;
	unsigned stops = 0;
	json_t *json = verdict_encode(v), *again;
	char *text = json_dumps(json, JSON_COMPACT);

	assert(text);
	again = json_read(str_of(text), LIMIT_JSON_DEPTH, &err);
	assert(again && json_equal(json, again) && json_array_size(json_object_get(json, "steps")) == GATES);
	json_decref(again);
	json_decref(json);
	free(text);
	for (unsigned g = 0; g < GATES; g++) {
		stops += v->steps[g].result == STEP_STOP;
		assert(v->steps[g].result == STEP_SKIP || v->steps[g].result == STEP_STOP || stops == 0);
	}
	assert(stops == (v->allowed || v->reason == REASON_UNREACHABLE ? 0 : 1));
	assert(v->allowed == (v->reason == REASON_OK));
}

/* The two tenants alone decide it. */
static bool public_matter(enum reason reason)
{
	return reason == REASON_EXTERNAL_OFF || reason == REASON_EXTERNAL_BLOCKED || reason == REASON_EXTERNAL_NOT_ALLOWED || reason == REASON_EXTERNAL_UNVERIFIED;
}

/* What may be told of another tenant's rule: that the two tenants decide, about one's own guest account or lease, that a contact waits. */
static bool tellable(const struct world *world, const struct ask *ask, const struct asker *asker, const struct verdict *told)
{
	const char *slug = reason_slug(told->reason);
	struct ask find = { .from = ask->from, .to = ask->to, .action = ACTION_FIND, .at = ask->at };

	if (public_matter(told->reason))
		return tenant_discloses(told->tenant);
	if (told->reason == REASON_CONTACT_PENDING)
		return reach_allowed(world, &find);
	return asker->kind == ASKER_USER && (strncmp(slug, "guest.", 6) == 0 || strncmp(slug, "lease.", 6) == 0);
}

static void told_well(const struct world *world, const struct ask *ask, const struct asker *asker, const struct verdict *v)
{
	struct verdict told = *v;

	reach_redact(world, ask, asker, &told);
	whole(&told);
	assert(told.allowed == v->allowed);
	if (told.reason == REASON_UNREACHABLE) {
		assert(told.route == ROUTE_NONE && told.side == SIDE_NONE && !told.tenant && !told.rule[0] && !told.n_remedies && !told.until_given);
		return;
	}
	if (told.tenant && told.tenant != asker->home)
		assert(tellable(world, ask, asker, &told));
	if (!told.tenant && !told.allowed)
		assert(told.reason == REASON_LICENCE_NO_TECHNICIAN || told.reason == REASON_FIND_NO_MATCH);
	if (told.reason == REASON_IDENTITY_DISABLED || told.reason == REASON_BARRIER_BLOCKED || told.reason == REASON_CONTACT_BLOCKED)
		assert(asker->kind == ASKER_ADMIN);
}

/* Both ends' people and admins hear of it. */
static void told_all(const struct world *world, const struct ask *ask, const struct verdict *v)
{
	const struct str ends[] = { ask->from, ask->to };

	for (unsigned i = 0; i < 2; i++) {
		const struct account *me = world_account(world, ends[i]);
		struct asker asker = { .kind = ASKER_ADMIN, .home = world_tenant_by_domain(world, address_domain(ends[i])) };

		if (asker.home)
			told_well(world, ask, &asker, v);
		if (!me)
			continue;
		asker = (struct asker){ .kind = ASKER_USER, .home = reach_home(world, me), .self = account_address(me) };
		told_well(world, ask, &asker, v);
	}
}

static void asked(const struct ask *ask)
{
	const struct world *world = the_world();
	struct verdict v;

	reach_decide(world, ask, &v);
	whole(&v);
	assert(v.allowed == reach_allowed(world, ask));
	assert((v.route == ROUTE_NONE) == !(world_account(world, ask->from) && world_account(world, ask->to)));
	assert(!v.until_given || instant_cmp(&v.until, &ask->at) > 0);
	told_all(world, ask, &v);
}

/* An ask in JSON, as anybody may send it. */
static void asked_in_json(struct str text)
{
	struct json_err err = { 0 };
	json_t *object = json_read(text, LIMIT_JSON_DEPTH, &err);
	struct ask_doc doc;

	if (object && ask_doc_decode(object, "", 0, &doc, &err)) {
		asked(&doc.ask);
		ask_doc_release(&doc);
	} else {
		assert(err.why[0]);
	}
	json_decref(object);
}

/* Four bytes choose both people, the action and the time (in months from 2025 on); what follows is looked for. */
static void asked_in_bytes(const uint8_t *data, size_t n)
{
	struct ask ask = { .from = str_of(people[data[0] % PEOPLE]), .to = str_of(people[data[1] % PEOPLE]), .action = (enum action)(data[2] % ACTION_COUNT) };
	struct query query = { 0 };

	instant_of_ms(1735689600000 + (time_ms_t)(data[3] % 40) * 30 * 86400000, &ask.at);
	if (ask.action == ACTION_FIND && n > 4 && query_init(&query, (struct str){ (const char *)data + 4, n - 4 }) == 0)
		ask.query = &query;
	asked(&ask);
	query_release(&query);
	instant_release(&ask.at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n >= 4 && data[0] != '{')
		asked_in_bytes(data, n);
	else
		asked_in_json((struct str){ (const char *)data, n });
	return 0;
}
