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
	core->sets = calloc(1, sizeof *core->sets);
	core->n_sets = core->sets != NULL;
	if (!core->sets || !core->id || !core->name || texts_copy(&core->domains, &doc->domains)) {
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
	for (size_t i = 0; i < core->n_accounts; i++)
		more_free(core->accounts[i].more);
	sets_release(core);
	free(core->accounts);
	free(core->by_name);
	texts_release(&core->domains);
	arena_release(&core->texts);
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
	*list = (struct domain_list){ .texts = texts };
	for (size_t i = 0; i < texts->n; i++) {
		int err = text_map_add(&list->map, str_of(texts->v[i]), (uint32_t)i);

		/* A list made by hand may name a domain twice; the first counts. */
		if (err && err != -EEXIST)
			return err;
	}
	return 0;
}

static int lists_compile(struct tenant *t)
{
	int err = domain_list_compile(&t->lists.allow, &t->access.allow);

	if (!err)
		err = domain_list_compile(&t->lists.block, &t->access.block);
	if (!err)
		err = domain_list_compile(&t->lists.exceptions, &t->access.unverified_exceptions);
	if (!err)
		err = domain_list_compile(&t->lists.cards, &t->access.directory_cards);
	return err;
}

static bool lasts_longer(const struct instant *a, const struct instant *b)
{
	return b->given && (!a->given || instant_cmp(a, b) > 0);
}

/* Of several entries about one person the one that lasts longest counts. */
static int people_compile(struct tenant *t)
{
	const struct blocked_person *people = t->access.blocked_people;

	t->blocked_longest = calloc(t->access.n_blocked_people + 1, sizeof *t->blocked_longest);
	if (!t->blocked_longest)
		return -ENOMEM;
	for (uint32_t i = 0; i < t->access.n_blocked_people; i++) {
		int err = text_map_add(&t->blocked_people, str_of(people[i].address), i);
		uint32_t first = i;

		if (err && err != -EEXIST)
			return err;
		text_map_find(&t->blocked_people, str_of(people[i].address), &first);
		if (first == i || lasts_longer(&people[i].until, &people[t->blocked_longest[first]].until))
			t->blocked_longest[first] = i;
	}
	return 0;
}

struct tenant *tenant_new(struct core *core, struct rules *rules, const struct external_access *access, int64_t access_rev)
{
	struct tenant *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	atomic_init(&t->refs, 1);
	t->access_rev = access_rev;
	if (external_access_copy(&t->access, access)) {
		free(t);
		return NULL;
	}
	if (lists_compile(t) || people_compile(t)) {
		tenant_unref(t);
		return NULL;
	}
	t->core = core;
	t->rules = rules;
	return t;
}

void tenant_unref(struct tenant *t)
{
	if (!t || atomic_fetch_sub(&t->refs, 1) > 1)
		return;
	text_map_release(&t->lists.allow.map);
	text_map_release(&t->lists.block.map);
	text_map_release(&t->lists.exceptions.map);
	text_map_release(&t->lists.cards.map);
	text_map_release(&t->blocked_people);
	free(t->blocked_longest);
	external_access_release(&t->access);
	rules_unref(t->rules);
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

	if (entry || list->texts->n == 0 || domain.n >= sizeof wild - 1)
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
	return &t->access;
}

int64_t tenant_access_rev(const struct tenant *t)
{
	return t->access_rev;
}

size_t tenant_people(const struct tenant *t)
{
	return t->core->people;
}

int world_tenant_doc(const struct tenant *t, struct tenant_doc *out)
{
	const struct core *core = t->core;

	*out = (struct tenant_doc){ .id = str_dup(str_of(core->id)), .name = str_dup(str_of(core->name)),
		.verified = core->verified, .disclose = core->disclose };
	memcpy(out->licences, core->licences, sizeof out->licences);
	if (out->id && out->name && !texts_copy(&out->domains, &core->domains) && !external_access_copy(&out->access, &t->access)
			&& !rules_copy(&t->rules->guests, &t->rules->doc, &out->guests, &out->rules))
		return 0;
	tenant_doc_release(out);
	return -ENOMEM;
}
