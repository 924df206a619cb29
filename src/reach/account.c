/** @file reach/account.c  One account, packed: a million of them have to fit in memory. */
#include "reach/facts.h"

#include <errno.h>
#include <stdlib.h>

/* What a search looks through: name, title, address and home, these two in both forms. */
enum { PARTS = 6 };

static char *put(char *to, struct str text)
{
	if (text.n)
		memcpy(to, text.p, text.n);
	to[text.n] = '\0';
	return to + text.n + 1;
}

static bool plain(const char *text)
{
	for (; text && *text; text++) {
		if ((unsigned char)*text >= 0x80)
			return false;
	}
	return true;
}

/* Folding these is to write them in small letters, and their domains have one form only. */
static bool all_plain(const struct account_doc *doc)
{
	return plain(doc->name) && plain(doc->title) && plain(doc->address) && plain(doc->home) && !strstr(doc->address, "xn--");
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

/* What an account's run of text is made of. */
struct run {
	struct str parts[4 + SKUS];	/* borrowed */
	char *folded[PARTS];		/* NULL when the account is plain */
	size_t text, hay;		/* bytes */
};

static void run_release(struct run *run)
{
	for (unsigned i = 0; i < PARTS; i++)
		free(run->folded[i]);
}

static int hay_make(struct run *run, const struct account_doc *doc)
{
	char *folded[PARTS] = { text_fold(str_of(doc->name)), text_fold(str_of(doc->title)), text_fold(str_of(doc->address)),
		unicode_address(doc->address), text_fold(str_of(doc->home)), doc->home ? unicode_address(doc->home) : str_dup(STR("")) };

	memcpy(run->folded, folded, sizeof folded);
	for (unsigned i = 0; i < PARTS; i++) {
		if (!folded[i])
			return -ENOMEM;
	}
	for (unsigned i = 3; i < PARTS; i += 2) {
		if (strcmp(folded[i - 1], folded[i]) == 0)
			folded[i][0] = '\0';
	}
	for (unsigned i = 0; i < PARTS; i++)
		run->hay += strlen(folded[i]) + 1;
	return 0;
}

/* As JSON; "" when there are none, NULL when memory is out. Borrowed from `like`. */
static const char *attributes_text(struct likeness *like, const struct account_doc *doc)
{
	if (!doc->attributes || !json_object_size(doc->attributes))
		return "";
	if (!like->text)
		like->text = json_dumps(doc->attributes, JSON_COMPACT);
	return like->text;
}

static int run_make(struct run *run, const struct account_doc *doc, struct likeness *like)
{
	const char *attributes = attributes_text(like, doc);

	*run = (struct run){ .parts = { str_of(doc->address), str_of(doc->name), str_of(doc->title) } };
	for (unsigned s = 0; s < SKUS; s++)
		run->parts[3 + s] = str_of(doc->licences[s].assigned.finer);
	if (!attributes)
		return -ENOMEM;
	run->parts[3 + SKUS] = str_of(attributes);
	for (unsigned i = 0; i < sizeof run->parts / sizeof run->parts[0]; i++)
		run->text += run->parts[i].n + 1;
	return all_plain(doc) ? 0 : hay_make(run, doc);
}

static void run_write(const struct run *run, char *to)
{
	for (unsigned i = 0; i < sizeof run->parts / sizeof run->parts[0]; i++)
		to = put(to, run->parts[i]);
	for (unsigned i = 0; run->hay && i < PARTS; i++)
		to = put(to, str_of(run->folded[i]));
}

static void more_free(struct more *more)
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
	struct account_doc rest = *doc;	/* borrows */
	struct more *more;
	int err;

	*out = NULL;
	if (doc->kind != KIND_GUEST && !doc->n_contacts)
		return 0;
	more = calloc(1, sizeof *more);
	if (!more)
		return -ENOMEM;
	rest.attributes = NULL;
	err = account_doc_copy_rest(&more->doc, &rest);
	if (!err)
		err = more_compile(more, rules);
	if (err) {
		more_free(more);
		return err;
	}
	*out = more;
	return 0;
}

/* All but the text and what `more` points to. */
static void facts_fill(struct account *a, const struct core *core, int64_t row, const struct account_doc *doc)
{
	*a = (struct account){ .row = row, .tenant = core->index, .kind = (uint8_t)doc->kind };
	a->flags = (uint8_t)((doc->enabled ? ACCOUNT_ENABLED : 0) | (doc->in_house ? ACCOUNT_IN_HOUSE : 0));
	for (unsigned s = 0; s < SKUS; s++) {
		const struct licence_grant *grant = &doc->licences[s];

		a->held = (uint8_t)(a->held | (grant->held ? 1u << s : 0));
		a->dated = (uint8_t)(a->dated | (grant->assigned.given ? 1u << s : 0));
		a->assigned[s] = grant->assigned.seconds;
		a->nanos[s] = grant->assigned.nanos;
	}
	atomic_init(&a->refs, 1);
}

/* The account's text is the run, written at `text`. */
static void text_point(struct account *a, const struct run *run, char *text)
{
	a->text = text;
	a->address_bytes = (uint16_t)run->parts[0].n;
	a->domain_at = (uint16_t)(run->parts[0].n - address_domain(run->parts[0]).n);
	a->name_bytes = (uint16_t)run->parts[1].n;
	a->hay_at = (uint32_t)run->text;
	a->hay_bytes = (uint32_t)run->hay;
	if (!run->hay)
		a->flags |= ACCOUNT_PLAIN;
	run_write(run, text);
}

char *account_suppose(struct account *a, const struct account_doc *doc)
{
	struct likeness none = { 0 };
	struct run run;
	int err = run_make(&run, doc, &none);
	char *text = err ? NULL : malloc(run.text + run.hay);

	if (text)
		text_point(a, &run, text);
	run_release(&run);
	return text;
}

static int account_make(struct account **ap, const struct core *core, const struct run *run, int64_t row, const struct account_doc *doc)
{
	struct account *a;

	if (run->text + run->hay > UINT32_MAX)
		return -ENOMEM;
	a = malloc(sizeof *a + run->text + run->hay);
	if (!a)
		return -ENOMEM;
	facts_fill(a, core, row, doc);
	text_point(a, run, (char *)(a + 1));
	*ap = a;
	return 0;
}

int account_new(const struct account **ap, const struct core *core, struct segment_sets **sets, const struct rules *rules, int64_t row, const struct account_doc *doc,
	struct likeness *like)
{
	struct account *a = NULL;
	struct run run;
	int err = run_make(&run, doc, like);

	if (!err)
		err = account_make(&a, core, &run, row, doc);
	run_release(&run);
	if (!err)
		err = segments_of(sets, rules, doc, like, &a->set);
	if (!err)
		err = more_new(&a->more, rules, doc);
	if (err) {
		free(a);
		return err;
	}
	*ap = a;
	return 0;
}

/* The count of references is the one thing in an account that changes. */
static struct account *counted(const struct account *a)
{
	return (struct account *)(uintptr_t)a;
}

void account_ref(const struct account *a)
{
	atomic_fetch_add(&counted(a)->refs, 1);
}

void account_unref(const struct account *a)
{
	if (!a || atomic_fetch_sub(&counted(a)->refs, 1) > 1)
		return;
	more_free(a->more);
	free(counted(a));
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

static char small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* The nth byte of the folded name; '\0' behind the end. */
static unsigned char folded_at(const struct account *a, size_t n)
{
	return (unsigned char)(a->flags & ACCOUNT_PLAIN ? small(a->text[a->address_bytes + 1 + n]) : a->text[a->hay_at + n]);
}

int account_name_cmp(const struct account *a, const struct account *b)
{
	size_t n = 0;

	while (folded_at(a, n) == folded_at(b, n)) {
		if (!folded_at(a, n++))
			return account_address_cmp(a, b);
	}
	return folded_at(a, n) - folded_at(b, n);
}

int account_address_cmp(const struct account *a, const struct account *b)
{
	/* UTF-8 orders by bytes as by code points. */
	return strcmp(a->text, b->text);
}

/* Is the folded text part of an ASCII text? */
static bool part_of(struct str text, struct str folded)
{
	for (size_t i = 0; i + folded.n <= text.n; i++) {
		size_t n = 0;

		while (n < folded.n && small(text.p[i + n]) == folded.p[n])
			n++;
		if (n == folded.n)
			return true;
	}
	return false;
}

static bool plain_address_matches(const struct account *a, struct str folded)
{
	return part_of(account_address(a), folded) || (a->kind == KIND_GUEST && part_of(str_of(a->more->doc.home), folded));
}

bool account_address_matches(const struct account *a, struct str folded)
{
	const char *hay = a->text + a->hay_at, *end = hay + a->hay_bytes;

	if (!folded.n || memchr(folded.p, '\0', folded.n))
		return false;
	if (a->flags & ACCOUNT_PLAIN)
		return plain_address_matches(a, folded);
	for (unsigned i = 0; i < 2; i++)
		hay += strlen(hay) + 1;
	return memmem(hay, (size_t)(end - hay), folded.p, folded.n);
}

bool account_matches(const struct account *a, struct str folded)
{
	if (!folded.n || memchr(folded.p, '\0', folded.n))
		return false;
	if (a->flags & ACCOUNT_PLAIN)
		return part_of(account_name(a), folded) || part_of(account_title(a), folded) || plain_address_matches(a, folded);
	return memmem(a->text + a->hay_at, a->hay_bytes, folded.p, folded.n);
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
	unsigned counts = account_counts(account_tenant(world, a), a);

	if (home)
		counts |= account_counts(account_tenant(world, home), home);
	return counts & 1u << SKU_REMOTE_ASSIST;
}

/* Behind the digits of the last SKU. */
static const char *attributes_of(const struct account *a)
{
	const char *p = finer_of(a, SKUS - 1);

	return p + strlen(p) + 1;
}

static int rest_copy(const struct account *a, struct account_doc *out)
{
	int err = a->more ? account_doc_copy_rest(out, &a->more->doc) : 0;

	if (err || !*attributes_of(a))
		return err;
	out->attributes = json_loads(attributes_of(a), 0, NULL);
	return out->attributes ? 0 : -ENOMEM;
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
	if (!err)
		err = rest_copy(a, out);
	if (!err && out->address && out->name && out->title)
		return 0;
	account_doc_release(out);
	return -ENOMEM;
}
