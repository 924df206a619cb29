/** @file reach/account.c  One account, packed: a million of them have to fit in memory. */
#include "reach/facts.h"

#include <errno.h>
#include <stdlib.h>

/* What a search looks through: name, title, address and home, these two in both forms. */
enum { PARTS = 6 };

static char *put(char *to, struct str text)
{
	memcpy(to, text.p, text.n);
	to[text.n] = '\0';
	return to + text.n + 1;
}

/* The address as people read it, "lea@bücher.example": searched as well as the A-label form. */
static char *unicode_address(const char *address)
{
	struct str domain = address_domain(str_of(address));
	char readable[1024];
	char *text, *folded;

	domain_unicode(domain, readable);
	if (asprintf(&text, "%.*s%s", (int)(domain.p - address), address, readable) < 0)
		return NULL;
	folded = text_fold(str_of(text));
	free(text);
	return folded;
}

static int text_fill(struct account *a, struct arena *texts, const struct account_doc *doc, struct str folded[static PARTS])
{
	struct str parts[3 + SKUS] = { str_of(doc->address), str_of(doc->name), str_of(doc->title) };
	size_t n = 0, hay = 0;
	char *to;

	for (unsigned s = 0; s < SKUS; s++)
		parts[3 + s] = str_of(doc->licences[s].assigned.finer);
	for (unsigned i = 0; i < 3 + SKUS; i++)
		n += parts[i].n + 1;
	for (unsigned i = 0; i < PARTS; i++)
		hay += folded[i].n + 1;
	if (n + hay > UINT32_MAX)
		return -ENOMEM;
	to = arena_bytes(texts, n + hay);
	if (!to)
		return -ENOMEM;
	a->text = to;
	a->hay_at = (uint32_t)n;
	a->hay_bytes = (uint32_t)hay;
	a->address_bytes = (uint16_t)parts[0].n;
	a->name_bytes = (uint16_t)parts[1].n;
	for (unsigned i = 0; i < 3 + SKUS; i++)
		to = put(to, parts[i]);
	for (unsigned i = 0; i < PARTS; i++)
		to = put(to, folded[i]);
	return 0;
}

void more_free(struct more *more)
{
	if (!more)
		return;
	account_doc_release(&more->doc);
	text_map_release(&more->contacts);
	circle_release(&more->reach);
	free(more);
}

/* Fewer contacts are walked faster than they are hashed. */
enum { CONTACTS_WALKED = 8 };

static int more_compile(struct more *more, const struct rules *rules)
{
	int err = circle_init(&more->reach, &rules->doc, &more->doc.reach_list, false);

	for (size_t i = 0; !err && more->doc.n_contacts > CONTACTS_WALKED && i < more->doc.n_contacts; i++)
		err = text_map_add(&more->contacts, str_of(more->doc.contacts[i].address), (uint32_t)i);
	return err;
}

/* The part of a document that few accounts have; *out is NULL when this one has nothing of it. */
static int more_new(struct more **out, const struct rules *rules, const struct account_doc *doc)
{
	struct more *more;
	int err;

	*out = NULL;
	if (doc->kind != KIND_GUEST && !doc->attributes && !doc->n_contacts)
		return 0;
	more = calloc(1, sizeof *more);
	if (!more)
		return -ENOMEM;
	err = account_doc_copy_rest(&more->doc, doc);
	if (!err)
		err = more_compile(more, rules);
	if (err) {
		more_free(more);
		return err;
	}
	*out = more;
	return 0;
}

static int texts_fold(struct account *a, struct arena *texts, const struct account_doc *doc)
{
	char *parts[PARTS] = { text_fold(str_of(doc->name)), text_fold(str_of(doc->title)), text_fold(str_of(doc->address)),
		unicode_address(doc->address), text_fold(str_of(doc->home)), doc->home ? unicode_address(doc->home) : str_dup(STR("")) };
	struct str folded[PARTS];
	int err = 0;

	for (unsigned i = 0; i < PARTS; i++) {
		folded[i] = str_of(parts[i]);
		err = parts[i] ? err : -ENOMEM;
	}
	for (unsigned i = 3; i < PARTS; i += 2)
		folded[i] = str_eq(folded[i - 1], folded[i]) ? STR("") : folded[i];
	if (!err)
		err = text_fill(a, texts, doc, folded);
	for (unsigned i = 0; i < PARTS; i++)
		free(parts[i]);
	return err;
}

int account_fill(struct account *a, struct core *core, const struct rules *rules, int64_t row, const struct account_doc *doc)
{
	int err;

	*a = (struct account){ .row = row, .tenant = core->index, .kind = (uint8_t)doc->kind };
	a->flags = (uint8_t)((doc->enabled ? ACCOUNT_ENABLED : 0) | (doc->in_house ? ACCOUNT_IN_HOUSE : 0));
	for (unsigned s = 0; s < SKUS; s++) {
		const struct licence_grant *grant = &doc->licences[s];

		a->held = (uint8_t)(a->held | (grant->held ? 1u << s : 0));
		a->dated = (uint8_t)(a->dated | (grant->assigned.given ? 1u << s : 0));
		a->assigned[s] = grant->assigned.seconds;
		a->nanos[s] = grant->assigned.nanos;
	}
	err = texts_fold(a, &core->texts, doc);
	if (!err)
		err = segments_of(core, rules, doc, &a->set);
	return err ? err : more_new(&a->more, rules, doc);
}

static const char *finer_of(const struct account *a, enum sku sku)
{
	const char *p = a->text + a->address_bytes + 1 + a->name_bytes + 1;

	p += strlen(p) + 1;
	for (unsigned s = 0; s < sku; s++)
		p += strlen(p) + 1;
	return p;
}

struct instant account_assigned(const struct account *a, enum sku sku)
{
	const char *finer = finer_of(a, sku);

	if (!(a->dated & 1u << sku))
		return (struct instant){ 0 };
	/* Borrowed and only read: the cast is the price of one struct for owned and borrowed times. */
	return (struct instant){ a->assigned[sku], a->nanos[sku], *finer ? (char *)(uintptr_t)finer : NULL, true };
}

struct str account_folded_name(const struct account *a)
{
	return str_of(a->text + a->hay_at);
}

bool account_address_matches(const struct account *a, struct str folded)
{
	const char *hay = a->text + a->hay_at, *end = hay + a->hay_bytes;

	for (unsigned i = 0; i < 2; i++)
		hay += strlen(hay) + 1;
	return folded.n && !memchr(folded.p, '\0', folded.n) && memmem(hay, (size_t)(end - hay), folded.p, folded.n);
}

bool account_matches(const struct account *a, struct str folded)
{
	return folded.n && !memchr(folded.p, '\0', folded.n) && memmem(a->text + a->hay_at, a->hay_bytes, folded.p, folded.n);
}

int64_t account_row(const struct account *a)
{
	return a->row;
}

struct str account_address(const struct account *a)
{
	return (struct str){ a->text, a->address_bytes };
}

struct str account_name(const struct account *a)
{
	return (struct str){ a->text + a->address_bytes + 1, a->name_bytes };
}

struct str account_title(const struct account *a)
{
	return str_of(a->text + a->address_bytes + 1 + a->name_bytes + 1);
}

bool account_enabled(const struct account *a)
{
	return a->flags & ACCOUNT_ENABLED;
}

enum account_kind account_kind(const struct account *a)
{
	return (enum account_kind)a->kind;
}

const struct tenant *account_tenant(const struct world *world, const struct account *a)
{
	return world->tenants[a->tenant];
}

struct str account_home(const struct account *a)
{
	return str_of(a->kind == KIND_GUEST ? a->more->doc.home : NULL);
}

bool account_technician(const struct world *world, const struct account *a)
{
	const struct account *home = a->kind == KIND_GUEST ? world_account(world, str_of(a->more->doc.home)) : NULL;

	return (a->counts | (home ? home->counts : 0)) & 1u << SKU_REMOTE_ASSIST;
}

int world_account_doc(const struct world *world, const struct account *a, struct account_doc *out)
{
	int err = 0;

	(void)world;
	*out = (struct account_doc){
		.address = str_dup(account_address(a)),
		.kind = account_kind(a),
		.name = str_dup(account_name(a)),
		.title = str_dup(account_title(a)),
		.enabled = account_enabled(a),
		.in_house = a->flags & ACCOUNT_IN_HOUSE,
	};
	for (unsigned s = 0; s < SKUS && !err; s++) {
		struct instant assigned = account_assigned(a, (enum sku)s);

		out->licences[s].held = a->held & 1u << s;
		err = instant_copy(&out->licences[s].assigned, &assigned);
	}
	if (!err && a->more)
		err = account_doc_copy_rest(out, &a->more->doc);
	if (!err && out->address && out->name && out->title)
		return 0;
	account_doc_release(out);
	return -ENOMEM;
}
