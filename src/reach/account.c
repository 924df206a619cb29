/** @file reach/account.c  One account, packed: a million of them have to fit in memory. */
#include "reach/facts.h"

#include <errno.h>
#include <stdlib.h>

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

static int text_fill(struct account *a, struct arena *texts, const struct account_doc *doc, struct str folded[static 4])
{
	struct str parts[3 + SKUS] = { str_of(doc->address), str_of(doc->name), str_of(doc->title) };
	size_t n = 0, hay = 0;
	char *to;

	for (unsigned s = 0; s < SKUS; s++)
		parts[3 + s] = str_of(doc->licences[s].assigned.finer);
	for (unsigned i = 0; i < 3 + SKUS; i++)
		n += parts[i].n + 1;
	for (unsigned i = 0; i < 4; i++)
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
	for (unsigned i = 0; i < 4; i++)
		to = put(to, folded[i]);
	return 0;
}

int account_fill(struct account *a, struct arena *texts, int64_t row, uint32_t tenant, const struct account_doc *doc)
{
	char *name = text_fold(str_of(doc->name)), *title = text_fold(str_of(doc->title));
	char *address = text_fold(str_of(doc->address)), *readable = unicode_address(doc->address);
	struct str folded[] = { str_of(name), str_of(title), str_of(address), str_of(readable) };
	int err = -ENOMEM;

	*a = (struct account){ .row = row, .tenant = tenant, .kind = (uint8_t)doc->kind };
	a->flags = (uint8_t)((doc->enabled ? ACCOUNT_ENABLED : 0) | (doc->in_house ? ACCOUNT_IN_HOUSE : 0));
	for (unsigned s = 0; s < SKUS; s++) {
		const struct licence_grant *grant = &doc->licences[s];

		a->held = (uint8_t)(a->held | (grant->held ? 1u << s : 0));
		a->dated = (uint8_t)(a->dated | (grant->assigned.given ? 1u << s : 0));
		a->assigned[s] = grant->assigned.seconds;
		a->nanos[s] = grant->assigned.nanos;
	}
	if (str_eq(folded[2], folded[3]))
		folded[3] = STR("");
	if (name && title && address && readable)
		err = text_fill(a, texts, doc, folded);
	free(name);
	free(title);
	free(address);
	free(readable);
	return err;
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

bool account_technician(const struct world *world, const struct account *a)
{
	(void)world;
	return a->counts & 1u << SKU_REMOTE_ASSIST;
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
	if (!err && out->address && out->name && out->title)
		return 0;
	account_doc_release(out);
	return -ENOMEM;
}
