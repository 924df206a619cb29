/**
 * @file test/differential/engine.c  The engine on a line: commands from standard input, one a line, one line of JSON for each.
 * It keeps a world and changes it as the server does; what is asked and what is right is for the tests beside this file.
 */
#include "base/limits.h"
#include "reach/ask.h"
#include "reach/group.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* The world that is asked, the one before the last edit, and the document's promises. */
struct desk {
	struct world *world, *was;
	json_t *promises;
	int64_t tenants, accounts;	/* rows given out */
	struct world_builder *builder;
};

static json_t *refused(const struct json_err *err)
{
	return json_pack("{s:s, s:s}", "path", err->path, "why", err->why);
}

static json_t *done(int err)
{
	return json_pack("{s:i}", "err", err);
}

static bool tenant_add(void *arg, const struct tenant_doc *tenant, const char *path, struct json_err *err)
{
	struct desk *desk = arg;

	return world_builder_tenant(desk->builder, ++desk->tenants, tenant, 1, path, err) == 0;
}

static bool account_add(void *arg, const struct tenant_doc *tenant, const struct account_doc *account, const char *path, struct json_err *err)
{
	struct desk *desk = arg;

	(void)tenant;
	return world_builder_account(desk->builder, ++desk->accounts, desk->tenants, account, path, err) == 0;
}

/* world DOCUMENT: begin anew with it. */
static json_t *world_take(struct desk *desk, struct str text)
{
	static const struct world_doc_ops ops = { tenant_add, account_add };
	struct json_err err = { 0 };
	json_t *promises = NULL;
	struct world *world;

	desk->tenants = desk->accounts = 0;
	assert(world_builder_new(&desk->builder) == 0);
	if (!world_doc_decode_promises(text, &ops, desk, &promises, &err) || world_builder_check(desk->builder, &err)) {
		world_builder_free(desk->builder);
		json_decref(promises);
		return refused(&err);
	}
	assert(world_builder_end(desk->builder, 1, &world) == 0);
	world_unref(desk->world);
	world_unref(desk->was);
	json_decref(desk->promises);
	*desk = (struct desk){ .world = world, .was = world_ref(world), .promises = promises, .tenants = desk->tenants, .accounts = desk->accounts };
	return done(0);
}

/* Who is told: {"kind": "user", "account": ADDRESS}, {"kind": "admin", "tenant": ID}; anybody else is the operator. */
static struct asker asker_of(const struct world *world, json_t *object)
{
	const char *account = json_string_value(json_object_get(object, "account")), *tenant = json_string_value(json_object_get(object, "tenant"));
	const struct account *me = account ? world_account(world, str_of(account)) : NULL;

	if (me)
		return (struct asker){ .kind = ASKER_USER, .home = reach_home(world, me), .self = account_address(me) };
	if (tenant)
		return (struct asker){ .kind = ASKER_ADMIN, .home = world_tenant(world, str_of(tenant)) };
	return (struct asker){ .kind = ASKER_OPERATOR };
}

static json_t *answer(const struct world *world, json_t *ask, json_t *asker)
{
	struct json_err err = { 0 };
	struct verdict verdict;
	struct ask_doc doc;
	json_t *json;

	if (!ask_doc_decode(ask, "", 0, &doc, &err))
		return refused(&err);
	reach_decide(world, &doc.ask, &verdict);
	assert(verdict.allowed == reach_allowed(world, &doc.ask));
	if (asker) {
		struct asker who = asker_of(world, asker);

		reach_redact(world, &doc.ask, &who, &verdict);
	}
	json = verdict_encode(&verdict);
	ask_doc_release(&doc);
	return json;
}

static json_t *object_read(struct str text, json_t **out)
{
	struct json_err err = { 0 };

	*out = json_read(text, LIMIT_JSON_DEPTH, &err);
	return *out ? NULL : refused(&err);
}

/* ask ASK */
static json_t *ask_take(struct desk *desk, struct str text)
{
	json_t *ask, *out = object_read(text, &ask);

	if (!out)
		out = answer(desk->world, ask, NULL);
	json_decref(ask);
	return out;
}

/* told {"ask": ASK, "asker": …} */
static json_t *told_take(struct desk *desk, struct str text)
{
	json_t *object, *out = object_read(text, &object);

	if (!out)
		out = answer(desk->world, json_object_get(object, "ask"), json_object_get(object, "asker"));
	json_decref(object);
	return out;
}

static json_t *join_answer(const struct world *world, const struct group_ask *group)
{
	struct group_answer out;
	bool allowed = reach_group_join(world, group, &out);

	assert(allowed == out.allowed);
	if (allowed)
		return json_pack("{s:b, s:s}", "allowed", true, "reason", reason_slug(out.reason));
	return json_pack("{s:b, s:s, s:s%, s:s%, s:s%, s:o}", "allowed", false, "reason", reason_slug(out.reason), "from", out.from.p, out.from.n,
		"to", out.to.p ? out.to.p : "", out.to.n, "capped_by", out.capped_by ? tenant_id(out.capped_by).p : "",
		out.capped_by ? tenant_id(out.capped_by).n : (size_t)0, "verdict", verdict_encode(&out.verdict));
}

/* join {"members": [canonical addresses], "joining": …, "action": …, "at": …} */
static json_t *join_take(struct desk *desk, struct str text)
{
	struct group_ask group = { 0 };
	struct str members[16];
	char why[128];
	json_t *object, *v, *out = object_read(text, &object);
	size_t i;

	if (out)
		return out;
	group.members = members;
	json_array_foreach(json_object_get(object, "members"), i, v) {
		assert(i < sizeof members / sizeof members[0]);
		members[group.n++] = str_of(json_string_value(v));
	}
	group.joining = str_of(json_string_value(json_object_get(object, "joining")));
	assert(action_parse(str_of(json_string_value(json_object_get(object, "action"))), &group.action));
	assert(instant_parse(str_of(json_string_value(json_object_get(object, "at"))), &group.at, why));
	out = join_answer(desk->world, &group);
	instant_release(&group.at);
	json_decref(object);
	return out;
}

/* kept MS: does the world keep its promises at this time? */
static json_t *kept_take(struct desk *desk, struct str text)
{
	struct json_err err = { 0 };

	return reach_promises_kept(desk->world, desk->promises, strtoll(text.p, NULL, 10), &err) ? done(0) : refused(&err);
}

/* An edit made a world: it is asked from now on. */
static json_t *turn(struct desk *desk, int err, struct world *next)
{
	if (err)
		return done(err);
	world_unref(desk->was);
	desk->was = desk->world;
	desk->world = next;
	return done(0);
}

static const struct tenant *tenant_named(const struct desk *desk, json_t *object)
{
	const struct tenant *tenant = world_tenant(desk->world, str_of(json_string_value(json_object_get(object, "tenant"))));

	assert(tenant);
	return tenant;
}

/* access {"tenant": ID, "to": external_access} */
static json_t *access_take(struct desk *desk, struct str text)
{
	struct world *next = NULL;
	struct external_access access;
	struct json_err err = { 0 };
	json_t *object, *out = object_read(text, &object);

	if (!out && !external_access_decode(json_object_get(object, "to"), "", &access, &err)) {
		out = refused(&err);
	} else if (!out) {
		int failed = world_with_access(desk->world, tenant_named(desk, object), &access, 2, world_revision(desk->world) + 1, &next);

		external_access_release(&access);
		out = turn(desk, failed, next);
	}
	json_decref(object);
	return out;
}

/* rules {"tenant": ID, "to": the tenant's object}: its guest_access, barriers, policies and leases. */
static json_t *rules_take(struct desk *desk, struct str text)
{
	struct world *next = NULL;
	struct tenant_doc doc;
	struct json_err err = { 0 };
	json_t *object, *out = object_read(text, &object);

	if (!out && !tenant_doc_decode(json_object_get(object, "to"), "", &doc, &err)) {
		out = refused(&err);
	} else if (!out) {
		int failed = world_with_rules(desk->world, tenant_named(desk, object), &doc.guests, &doc.rules, world_revision(desk->world) + 1, &next);

		tenant_doc_release(&doc);
		out = turn(desk, failed, next);
	}
	json_decref(object);
	return out;
}

/* A guest's address follows from the tenant. */
static bool account_read(json_t *to, const struct tenant *tenant, struct account_doc *out, struct json_err *err)
{
	struct tenant_doc doc;
	bool ok;

	if (!account_doc_decode(to, "", out, err))
		return false;
	assert(world_tenant_doc(tenant, &doc) == 0);
	ok = account_doc_place(out, &doc, "", err);
	tenant_doc_release(&doc);
	if (!ok)
		account_doc_release(out);
	return ok;
}

/* account {"tenant": ID, "was": ADDRESS or null, "to": the account}: replaced, or added. */
static json_t *account_take(struct desk *desk, struct str text)
{
	struct world *next = NULL;
	struct account_doc doc;
	struct json_err err = { 0 };
	json_t *object, *out = object_read(text, &object);

	if (!out && !account_read(json_object_get(object, "to"), tenant_named(desk, object), &doc, &err)) {
		out = refused(&err);
	} else if (!out) {
		const char *was = json_string_value(json_object_get(object, "was"));
		int64_t row = was ? account_row(world_account(desk->world, str_of(was))) : ++desk->accounts;
		int failed = world_with_account(desk->world, tenant_named(desk, object), row, &doc, world_revision(desk->world) + 1, &next, &err);

		account_doc_release(&doc);
		out = err.why[0] ? refused(&err) : turn(desk, failed, next);
	}
	json_decref(object);
	return out;
}

/* gone {"account": ADDRESS}: without it. */
static json_t *gone_take(struct desk *desk, struct str text)
{
	struct world *next = NULL;
	json_t *object, *out = object_read(text, &object);

	if (!out) {
		const struct account *account = world_account(desk->world, str_of(json_string_value(json_object_get(object, "account"))));

		int failed = account ? world_without_account(desk->world, account, world_revision(desk->world) + 1, &next) : -ENOENT;

		out = turn(desk, failed, next);
	}
	json_decref(object);
	return out;
}

static json_t *account_dump(const struct world *world, const struct account *a)
{
	struct account_doc doc;
	json_t *out;

	assert(world_account(world, account_address(a)) == a && world_account_by_id(world, account_row(a)) == a);
	assert(world_account_doc(world, a, &doc) == 0);
	out = json_pack("{s:o, s:b}", "doc", account_doc_encode(&doc), "technician", account_technician(world, a));
	account_doc_release(&doc);
	return out;
}

static json_t *tenant_dump(const struct world *world, const struct tenant *tenant)
{
	const struct account *found[64];
	size_t n = world_search(world, tenant, (struct str){ 0 }, found, 64);
	json_t *accounts = json_array(), *by_name = json_array(), *out;
	struct tenant_doc doc;

	assert(world_tenant_doc(tenant, &doc) == 0);
	for (const struct account *a = NULL; (a = world_account_next(world, tenant, a));)
		json_array_append_new(accounts, account_dump(world, a));
	for (size_t i = 0; i < n; i++)
		json_array_append_new(by_name, json_stringn(account_address(found[i]).p, account_address(found[i]).n));
	out = json_pack("{s:o, s:o, s:o, s:I}", "doc", tenant_doc_encode(&doc), "accounts", accounts, "by_name", by_name,
		"people", (json_int_t)tenant_people(tenant));
	tenant_doc_release(&doc);
	return out;
}

static json_t *world_dump(const struct world *world)
{
	json_t *tenants = json_array();

	for (const struct tenant *t = NULL; (t = world_tenant_next(world, t));)
		json_array_append_new(tenants, tenant_dump(world, t));
	return tenants;
}

/* dump: everything that the world knows. */
static json_t *dump_take(struct desk *desk, struct str text)
{
	(void)text;
	return world_dump(desk->world);
}

/* was: the same of the world before the last edit. */
static json_t *was_take(struct desk *desk, struct str text)
{
	(void)text;
	return world_dump(desk->was);
}

static const struct {
	const char *name;
	json_t *(*take)(struct desk *desk, struct str text);
} commands[] = {
	{ "world", world_take }, { "ask", ask_take }, { "told", told_take }, { "join", join_take }, { "kept", kept_take },
	{ "access", access_take }, { "rules", rules_take }, { "account", account_take }, { "gone", gone_take },
	{ "dump", dump_take }, { "was", was_take },
};

static void line_take(struct desk *desk, char *line, size_t n)
{
	char *space = memchr(line, ' ', n), *text;

	assert(space && line[n - 1] == '\n');
	*space = '\0';
	line[n - 1] = '\0';
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		json_t *out;

		if (strcmp(commands[i].name, line) != 0)
			continue;
		out = commands[i].take(desk, (struct str){ space + 1, n - 2 - (size_t)(space - line) });
		text = json_dumps(out, JSON_COMPACT);
		assert(text);
		puts(text);
		free(text);
		json_decref(out);
		return;
	}
	assert(!"a command that there is not");
}

int main(void)
{
	struct desk desk = { 0 };
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	setvbuf(stdout, NULL, _IOLBF, 1 << 16);
	while ((n = getline(&line, &room, stdin)) > 0)
		line_take(&desk, line, (size_t)n);
	free(line);
	world_unref(desk.world);
	world_unref(desk.was);
	json_decref(desk.promises);
	return 0;
}
