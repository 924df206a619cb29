/** @file act/people.c  GET /v1/me and GET /v1/people: who one is, and whom one finds. */
#include "act/contact.h"
#include "act/join.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { COLLEAGUES_MOST = 50, COLLEAGUES_ASKED = 1000, CONTACTS_MOST = 200, FOUND_MOST = 50, FOUND_ASKED = 100 };

json_t *say_me(struct act *act, const struct account *me, unsigned roles, bool due)
{
	const struct tenant *tenant = account_tenant(act->world, me);
	json_t *o = json_pack("{s:o, s:[], s:o, s:b}", "person", say_person(act, me, me), "roles", "tenant", say_tenant(tenant), "second_factor_due", due);
	json_t *domains = json_array();

	if (!o || !domains) {
		json_decref(o);
		json_decref(domains);
		return NULL;
	}
	for (enum role role = ROLE_OWNER; role <= ROLE_AUDITOR; role <<= 1)
		if (roles & role)
			json_array_append_new(json_object_get(o, "roles"), json_string(role_name(role)));
	for (size_t i = 0; i < tenant_domains(tenant); i++)
		json_array_append_new(domains, json_stringn(tenant_domain(tenant, i).p, tenant_domain(tenant, i).n));
	json_object_set_new(json_object_get(o, "tenant"), "domains", domains);
	json_object_set_new(o, "joined", say_joined(act, me));
	return o;
}

void act_me(struct deed *deed)
{
	const struct account *me = deed_account(deed);

	if (me)
		deed_ok(deed, say_me(deed->act, me, deed->who.roles, deed->who.due));
}

struct gathering {
	struct act *act;
	const struct account *me;
	json_t *people;
	json_t *met;		/* addresses of those listed as recent */
	struct query any;	/* part of every address, and none */
};

/* Every address has it, and it is none: who may only look for whole addresses finds nobody by it. */
static bool finds(struct act *act, const struct account *me, const struct account *other, const struct query *any)
{
	struct verdict verdict;

	ask_address(act, me, account_address(other).p, ACTION_FIND, any, &verdict);
	return verdict.allowed;
}

static void gather_row(struct gathering *g, struct str address, json_t *person, const char *in, json_t *contact)
{
	json_array_append_new(g->people, json_pack("{s:s#, s:o, s:s, s:o}", "address", address.p, (int)address.n, "person", person, "in", in, "contact", contact));
}

static void gather(struct gathering *g, const struct account *other, const char *in)
{
	enum contact_state state;
	bool known = contact_held(g->me, other, &state) && state != CONTACT_PENDING;

	gather_row(g, account_address(other), say_person(g->act, g->me, other), in, known ? json_string(contact_state_name(state)) : json_null());
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
	if (json_object_setn_new(g->met, account_address(other).p, account_address(other).n, json_true()))
		return -ENOMEM;
	if (account_home(other).n)
		json_object_setn_new(g->met, account_home(other).p, account_home(other).n, json_true());
	gather(g, other, "recent");
	return 0;
}

/* The newest of one's own contacts that are not listed yet. Who is blocked and can't be found stays, by address, to be unblocked. */
static void contacts(struct gathering *g)
{
	size_t n = account_contacts(g->me);

	for (size_t listed_n = 0; n-- && listed_n < CONTACTS_MOST;) {
		const struct contact_doc *contact = account_contact_at(g->me, n);
		const struct account *other = world_account(g->act->world, str_of(contact->address));
		bool found = other && other != g->me && finds(g->act, g->me, other, NULL);

		if (contact->state == CONTACT_PENDING || (!found && contact->state != CONTACT_BLOCKED) || json_object_get(g->met, contact->address))
			continue;
		if (found && listed(g, other))
			continue;
		gather_row(g, str_of(contact->address), found ? say_person(g->act, g->me, other) : json_null(), "contact", json_string(contact_state_name(contact->state)));
		listed_n++;
	}
}

/* Those of the tenant one stands in, of any kind, in order of address: as many as fit, and where the next page begins. */
static json_t *colleagues(struct gathering *g, const struct account *after)
{
	const struct tenant *tenant = account_tenant(g->act->world, g->me);
	const struct account *a = world_account_next(g->act->world, tenant, after), *last = NULL;
	size_t n = 0;

	for (size_t asked = 0; a && n < COLLEAGUES_MOST && asked < COLLEAGUES_ASKED; asked++) {
		last = a;
		if (a != g->me && finds(g->act, g->me, a, &g->any)) {
			gather(g, a, "tenant");
			n++;
		}
		a = world_account_next(g->act->world, tenant, a);
	}
	return a && last ? json_stringn(account_address(last).p, account_address(last).n) : json_null();
}

/* Where a page begins: an account of one's own tenant, as the page before named it. */
static bool after_read(struct deed *deed, const struct account *me, const struct account **out)
{
	char address[324], why[128];

	*out = NULL;
	if (!deed->query_given[1])
		return true;
	if (address_canonical(str_of(deed->query[1]), address, why))
		*out = world_account(deed->act->world, str_of(address));
	if (*out && account_tenant(deed->act->world, *out) == account_tenant(deed->act->world, me))
		return true;
	deed_refuse_field(deed, REASON_BAD_FIELD, "after", "must be what the page before gave");
	return false;
}

static void people_known(struct deed *deed, const struct account *me)
{
	struct act *act = deed->act;
	struct gathering g = { .act = act, .me = me };
	const struct account *after;
	json_t *next = NULL;
	int err;

	if (!after_read(deed, me, &after))
		return;
	g.people = json_array();
	g.met = json_object();
	err = query_init(&g.any, STR("@"));
	if (!err)
		next = colleagues(&g, after);
	if (!err && !after)
		err = store_conversation_list(act->store, account_row(me), 0, LIMIT_ROWS_PER_READ, recent, &g);
	if (!err && !after)
		contacts(&g);
	query_release(&g.any);
	json_decref(g.met);
	if (err) {
		json_decref(g.people);
		json_decref(next);
		deed_fault(deed, err, "people");
		return;
	}
	deed_ok(deed, json_pack("{s:o, s:o}", "people", g.people, "after", next));
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
	const struct account *found[FOUND_ASKED];
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
	n = world_search(act->world, tenant, str_of(query.folded), found, FOUND_ASKED);
	for (size_t i = 0; i < n && json_array_size(g.people) < FOUND_MOST; i++) {
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
