/** @file reach/tenant.c  A tenant: its core, and its settings as one world has them. */
#include "reach/facts.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

struct core *core_new(int64_t row, uint32_t index, const struct tenant_doc *doc)
{
	struct core *core = calloc(1, sizeof *core);

	if (!core)
		return NULL;
	atomic_init(&core->refs, 1);
	core->row = row;
	core->index = index;
	core->verified = doc->verified;
	core->disclose = doc->disclose;
	memcpy(core->licences, doc->licences, sizeof core->licences);
	core->id = str_dup(str_of(doc->id));
	core->name = str_dup(str_of(doc->name));
	if (!core->id || !core->name || texts_copy(&core->domains, &doc->domains)) {
		core_unref(core);
		return NULL;
	}
	return core;
}

void core_unref(struct core *core)
{
	if (!core || atomic_fetch_sub(&core->refs, 1) > 1)
		return;
	free(core->id);
	free(core->name);
	texts_release(&core->domains);
	free(core);
}

struct access_lists access_lists_of(const struct external_access *access)
{
	return (struct access_lists){
		.allow = { .texts = &access->allow },
		.block = { .texts = &access->block },
		.exceptions = { .texts = &access->unverified_exceptions },
		.cards = { .texts = &access->directory_cards },
	};
}

int domain_list_compile(struct domain_list *list, const struct texts *texts)
{
	int err;

	*list = (struct domain_list){ .texts = texts };
	if (texts->n && text_map_reserve(&list->map, texts->n))
		return -ENOMEM;
	for (size_t i = 0; i < texts->n; i++) {
		err = text_map_add(&list->map, str_of(texts->v[i]), (uint32_t)i);

		list->wild += texts->v[i][0] == '*';
		/* A list made by hand may name a domain twice; the first counts. */
		if (err && err != -EEXIST)
			return err;
	}
	return 0;
}

static int lists_compile(struct outside *o)
{
	int err = domain_list_compile(&o->lists.allow, &o->access.allow);

	if (!err)
		err = domain_list_compile(&o->lists.block, &o->access.block);
	if (!err)
		err = domain_list_compile(&o->lists.exceptions, &o->access.unverified_exceptions);
	if (!err)
		err = domain_list_compile(&o->lists.cards, &o->access.directory_cards);
	return err;
}

static bool lasts_longer(const struct instant *a, const struct instant *b)
{
	return b->given && (!a->given || instant_cmp(a, b) > 0);
}

/* Of several entries about one person the one that lasts longest counts. */
static int people_compile(struct outside *o)
{
	const struct blocked_person *people = o->access.blocked_people;

	o->blocked_longest = calloc(o->access.n_blocked_people + 1, sizeof *o->blocked_longest);
	if (!o->blocked_longest)
		return -ENOMEM;
	for (uint32_t i = 0; i < o->access.n_blocked_people; i++) {
		int err = text_map_add(&o->blocked_people, str_of(people[i].address), i);
		uint32_t first = i;

		if (err && err != -EEXIST)
			return err;
		text_map_find(&o->blocked_people, str_of(people[i].address), &first);
		if (first == i || lasts_longer(&people[i].until, &people[o->blocked_longest[first]].until))
			o->blocked_longest[first] = i;
	}
	return 0;
}

struct outside *outside_new(const struct external_access *access, int64_t access_rev)
{
	struct outside *o = calloc(1, sizeof *o);

	if (!o)
		return NULL;
	atomic_init(&o->refs, 1);
	o->access_rev = access_rev;
	if (external_access_copy(&o->access, access)) {
		free(o);
		return NULL;
	}
	if (!lists_compile(o) && !people_compile(o))
		return o;
	outside_unref(o);
	return NULL;
}

void outside_unref(struct outside *o)
{
	if (!o || atomic_fetch_sub(&o->refs, 1) > 1)
		return;
	text_map_release(&o->lists.allow.map);
	text_map_release(&o->lists.block.map);
	text_map_release(&o->lists.exceptions.map);
	text_map_release(&o->lists.cards.map);
	text_map_release(&o->blocked_people);
	free(o->blocked_longest);
	external_access_release(&o->access);
	free(o);
}

struct tenant *tenant_new(struct core *core, struct roster *roster, struct rules *rules, struct outside *outside)
{
	struct tenant *t = core && roster && rules && outside ? malloc(sizeof *t) : NULL;

	if (t) {
		*t = (struct tenant){ .core = core, .roster = roster, .rules = rules, .outside = outside };
		atomic_init(&t->refs, 1);
		return t;
	}
	core_unref(core);
	roster_unref(roster);
	rules_unref(rules);
	outside_unref(outside);
	return NULL;
}

void tenant_unref(struct tenant *t)
{
	if (!t || atomic_fetch_sub(&t->refs, 1) > 1)
		return;
	outside_unref(t->outside);
	rules_unref(t->rules);
	roster_unref(t->roster);
	core_unref(t->core);
	free(t);
}

/* Exactly this entry; a "*.domain" is an entry like others here. */
static const char *entry_find(const struct domain_list *list, struct str entry)
{
	uint32_t at;

	if (list->map.n)
		return text_map_find(&list->map, entry, &at) ? list->texts->v[at] : NULL;
	for (size_t i = 0; i < list->texts->n; i++) {
		if (str_eq(str_of(list->texts->v[i]), entry))
			return list->texts->v[i];
	}
	return NULL;
}

const char *domain_listed(const struct domain_list *list, struct str domain)
{
	const char *entry = entry_find(list, domain);
	char wild[1 + 260];

	/* A list without a map has not been looked at. */
	if (entry || list->texts->n == 0 || (list->map.n && !list->wild) || domain.n >= sizeof wild - 1)
		return entry;
	memcpy(wild + 1, domain.p, domain.n);
	/* "a.b.c" is covered by "*.b.c" and "*.c": a star is written over what stands before each dot. */
	for (size_t i = 1; i <= domain.n && !entry; i++) {
		if (wild[i] != '.')
			continue;
		wild[i - 1] = '*';
		entry = entry_find(list, (struct str){ wild + i - 1, domain.n + 2 - i });
	}
	return entry;
}

int64_t tenant_row(const struct tenant *t)
{
	return t->core->row;
}

struct str tenant_id(const struct tenant *t)
{
	return str_of(t->core->id);
}

struct str tenant_name(const struct tenant *t)
{
	return str_of(t->core->name);
}

size_t tenant_domains(const struct tenant *t)
{
	return t->core->domains.n;
}

struct str tenant_domain(const struct tenant *t, size_t i)
{
	assert(i < t->core->domains.n);
	return str_of(t->core->domains.v[i]);
}

bool tenant_verified(const struct tenant *t)
{
	return t->core->verified;
}

bool tenant_discloses(const struct tenant *t)
{
	return t->core->disclose;
}

const struct external_access *tenant_access(const struct tenant *t)
{
	return &t->outside->access;
}

const struct guest_access *tenant_guests(const struct tenant *t)
{
	return &t->rules->guests;
}

int64_t tenant_access_rev(const struct tenant *t)
{
	return t->outside->access_rev;
}

size_t tenant_people(const struct tenant *t)
{
	return t->roster->people;
}

int world_tenant_doc(const struct tenant *t, struct tenant_doc *out)
{
	const struct core *core = t->core;

	*out = (struct tenant_doc){ .id = str_dup(str_of(core->id)), .name = str_dup(str_of(core->name)),
		.verified = core->verified, .disclose = core->disclose };
	memcpy(out->licences, core->licences, sizeof out->licences);
	if (out->id && out->name && !texts_copy(&out->domains, &core->domains) && !external_access_copy(&out->access, &t->outside->access)
			&& !rules_copy(&t->rules->guests, &t->rules->doc, &out->guests, &out->rules))
		return 0;
	tenant_doc_release(out);
	return -ENOMEM;
}
