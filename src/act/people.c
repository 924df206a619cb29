/** @file act/people.c  GET /v1/me and GET /v1/people: who one is, and whom one finds. */
#include "act/room.h"

#include <stdio.h>
#include <stdlib.h>

enum { COLLEAGUES_MOST = 50, FOUND_MOST = 50 };

json_t *say_me(struct act *act, const struct account *me, unsigned roles)
{
	const struct tenant *tenant = account_tenant(act->world, me);
	json_t *o = json_pack("{s:o, s:[], s:o}", "person", say_person(act, me, me), "roles", "tenant", say_tenant(tenant));
	json_t *domains = json_array();

	if (!o || !domains) {
		json_decref(o);
		json_decref(domains);
		return NULL;
	}
	for (enum role role = ROLE_OWNER; role <= ROLE_ACCESS_ADMIN; role <<= 1)
		if (roles & role)
			json_array_append_new(json_object_get(o, "roles"), json_string(role_name(role)));
	for (size_t i = 0; i < tenant_domains(tenant); i++)
		json_array_append_new(domains, json_stringn(tenant_domain(tenant, i).p, tenant_domain(tenant, i).n));
	json_object_set_new(json_object_get(o, "tenant"), "domains", domains);
	return o;
}

void act_me(struct deed *deed)
{
	const struct account *me = deed_account(deed);

	if (me)
		deed_ok(deed, say_me(deed->act, me, deed->who.roles));
}

struct gathering {
	struct act *act;
	const struct account *me;
	json_t *people;
	struct query any;	/* part of every address, and none */
};

/* Every address has it, and it is none: who may only look for whole addresses finds nobody by it. */
static bool finds(struct act *act, const struct account *me, const struct account *other, const struct query *any)
{
	struct verdict verdict;

	ask_address(act, me, account_address(other).p, ACTION_FIND, any, &verdict);
	return verdict.allowed;
}

static void gather(struct gathering *g, const struct account *other, const char *in)
{
	json_array_append_new(g->people, json_pack("{s:o, s:s}", "person", say_person(g->act, g->me, other), "in", in));
}

/* Is it a colleague, whom the list has already? A guest has talked to members whom it may not look through. */
static bool listed(const struct gathering *g, const struct account *other)
{
	return account_tenant(g->act->world, other) == account_tenant(g->act->world, g->me) && finds(g->act, g->me, other, &g->any);
}

static int recent(void *arg, const struct store_conversation *conversation, const struct store_message *last)
{
	struct gathering *g = arg;
	int64_t mine = account_row(g->me);
	const struct account *other = world_account_by_id(g->act->world, conversation->account[conversation->account[0] == mine]);

	(void)last;
	/* Colleagues stand in the other group; who may not be found any more is absent, his conversation stays in the chats. */
	if (!other || listed(g, other) || !finds(g->act, g->me, other, NULL))
		return 0;
	gather(g, other, "recent");
	return 0;
}

static void people_known(struct deed *deed, const struct account *me)
{
	struct act *act = deed->act;
	const struct tenant *tenant = account_tenant(act->world, me);
	struct gathering g = { .act = act, .me = me, .people = json_array() };
	size_t n = 0;
	int err = query_init(&g.any, STR("@"));

	for (const struct account *a = world_account_next(act->world, tenant, NULL); !err && a && n < COLLEAGUES_MOST; a = world_account_next(act->world, tenant, a)) {
		if (a == me || account_kind(a) != KIND_INTERNAL || !finds(act, me, a, &g.any))
			continue;
		gather(&g, a, "tenant");
		n++;
	}
	if (!err)
		err = store_conversation_list(act->store, account_row(me), LIMIT_ROWS_PER_READ, recent, &g);
	query_release(&g.any);
	if (err) {
		json_decref(g.people);
		deed_fault(deed, err, "people");
		return;
	}
	deed_ok(deed, json_pack("{s:o}", "people", g.people));
}

/* A whole address may be anybody's: the row says what may be done before it is tried, and no more than section 8 allows. */
static json_t *people_asked(struct act *act, const struct account *me, const char *address)
{
	static const struct { enum action action; const char *key; } asks[] = { { ACTION_FIND, "find" }, { ACTION_CHAT, "chat" }, { ACTION_CALL, "call" } };
	json_t *asked = json_pack("{s:s}", "address", address);
	const struct account *other = world_account(act->world, str_of(address));
	bool found = false;

	for (size_t i = 0; asked && i < sizeof asks / sizeof asks[0]; i++) {
		struct verdict verdict;

		ask_address(act, me, address, asks[i].action, NULL, &verdict);
		if (asks[i].action == ACTION_FIND)
			found = verdict.allowed;
		json_object_set_new(asked, asks[i].key, answer_for(act, me, me, str_of(address), asks[i].action, &verdict));
	}
	if (asked)
		json_object_set_new(asked, "person", found && other ? say_person(act, me, other) : json_null());
	return asked;
}

static void people_found(struct deed *deed, const struct account *me)
{
	struct act *act = deed->act;
	const struct tenant *tenant = account_tenant(act->world, me);
	const struct account *found[FOUND_MOST];
	struct gathering g = { .act = act, .me = me, .people = json_array() };
	struct str typed = str_of(deed->query[0]);
	struct query query;
	json_t *asked = json_null();
	char address[324], why[128];
	size_t n;

	if (query_init(&query, typed)) {
		json_decref(g.people);
		deed_refuse_field(deed, REASON_BAD_FIELD, "q", "must be text");
		return;
	}
	n = world_search(act->world, tenant, str_of(query.folded), found, FOUND_MOST);
	for (size_t i = 0; i < n; i++) {
		struct verdict verdict;

		if (found[i] == me)
			continue;
		ask_address(act, me, account_address(found[i]).p, ACTION_FIND, &query, &verdict);
		if (verdict.allowed)
			gather(&g, found[i], "tenant");
	}
	query_release(&query);
	if (memchr(typed.p, '@', typed.n) && address_canonical(text_trim(typed), address, why) && !str_eq(str_of(address), account_address(me)))
		asked = people_asked(act, me, address);
	deed_ok(deed, json_pack("{s:o, s:o}", "people", g.people, "asked", asked));
}

void act_people(struct deed *deed)
{
	const struct account *me = deed_account(deed);

	if (!me)
		return;
	if (deed->query_given[0])
		people_found(deed, me);
	else
		people_known(deed, me);
}
