/**
 * @file test/unit/reach/search.c  The index of words against a second opinion: whatever was added, changed or taken out, a search finds
 * exactly whom a walk over all accounts finds. All of whom the gate of find lets through.
 */
#include "worlds.h"

#include "model/names.h"
#include "reach/reach.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ROWS = 1500, STEPS = 4000, ALL = 4096, TEXT = 512 };

static const char start[] =
	"{\"tenants\": [{\"id\": \"t\", \"domains\": [\"t.example\", \"bücher.example\"], \"licences\": [{\"sku\": \"connect\", \"seats\": null}],"
	"\"accounts\": [{\"address\": \"seeker@t.example\", \"name\": \"Sue\", \"licences\": [{\"sku\": \"connect\"}]}]},"
	"{\"id\": \"u\", \"domains\": [\"u.example\"], \"accounts\": [{\"address\": \"anna.keller@u.example\", \"name\": \"Anna Keller\"}]}]}";

static uint64_t seed = 20261124;

static unsigned dice(unsigned sides)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % sides;
}

static const char *any_of(const char *const *texts, unsigned n)
{
	return texts[dice(n)];
}
#define ANY(texts) any_of(texts, sizeof(texts) / sizeof(texts)[0])

static void words_make(char out[static TEXT], bool plain)
{
	static const char *const ascii[] = { "Anna", "Ann", "anna", "Keller", "Kellermann", "van", "de", "O'Brien", "pump-expert", "2nd", "x", "(North)", "Technician of pumps and valves" };
	static const char *const wide[] = { "Ångström", "STRASSE", "straße", "中村", "村", "Æther", "été", "e\xcc\x81te", "Ｆull", "\xe2\x80\x9cquoted\xe2\x80\x9d" };
	static const char *const gaps[] = { " ", " ", " ", "-", ", ", "" };
	unsigned n = dice(4);

	out[0] = '\0';
	for (unsigned i = 0; i < n; i++)
		snprintf(out + strlen(out), TEXT - strlen(out), "%s%s", i ? ANY(gaps) : "", plain || dice(2) ? ANY(ascii) : ANY(wide));
}

/* A document of any kind; its texts are in `room`. */
static struct account_doc doc_make(unsigned row, char room[4][TEXT])
{
	static const char *const locals[] = { "anna", "ann.keller", "k", "pump-desk", "_svc", "de.van.x" };
	static const char *const domains[] = { "t.example", "t.example", "xn--bcher-kva.example" };
	bool plain = dice(2), guest = dice(8) == 0;

	words_make(room[0], plain);
	words_make(room[1], plain);
	snprintf(room[2], TEXT, "%s%u@%s", ANY(locals), row, ANY(domains));
	snprintf(room[3], TEXT, "%s%u@%s", ANY(locals), row, dice(2) ? "far.example" : "xn--frn-0na.example");
	if (guest)
		snprintf(room[2], TEXT, "guest%u=far.example@t.example", row);
	return (struct account_doc){ .name = room[0], .title = room[1], .address = room[2], .home = guest ? room[3] : NULL,
		.kind = guest ? KIND_GUEST : KIND_INTERNAL, .enabled = true, .licences[SKU_CONNECT].held = true };
}

/* The second opinion, by its own rule of what a letter is: enough for the words above. */
static unsigned code_at(const char *p, unsigned *bytes)
{
	unsigned char c = (unsigned char)*p;

	*bytes = c < 0x80 ? 1 : c < 0xe0 ? 2 : 3;
	return c < 0x80 ? c : c < 0xe0 ? (c & 0x1fu) << 6 | (p[1] & 0x3fu) : (c & 0xfu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
}

static bool alone(unsigned c)
{
	return c >= 0x4e00 && c < 0xa000;
}

static bool letter(unsigned c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 0xc0 && c < 0x300) || (c >= 0xff00 && c < 0xff80);
}

static bool marked(unsigned c)
{
	return c >= 0x300 && c < 0x370;
}

/* Does a word begin at `at`? In an address from its @ on only right behind it. */
static bool begins(const char *text, size_t at, bool address)
{
	const char *sign = address ? strchr(text, '@') : NULL;
	bool inside = false;
	unsigned bytes;

	if (sign && text + at > sign)
		return text + at == sign + 1 && *(sign + 1);
	for (size_t i = 0; text[i]; i += bytes) {
		unsigned c = code_at(text + i, &bytes);

		if (i == at)
			return alone(c) || (letter(c) && !inside);
		inside = letter(c) || (inside && marked(c));
	}
	return false;
}

static size_t first_word(const char *text)
{
	for (size_t i = 0; text[i]; i++) {
		if (((unsigned char)text[i] & 0xc0) != 0x80 && begins(text, i, false))
			return i;
	}
	return SIZE_MAX;
}

static bool in_text(const char *text, const char *query, bool address)
{
	size_t lead = first_word(query);

	for (const char *p = text; lead != SIZE_MAX && (p = strstr(p, query)); p++) {
		if (begins(text, (size_t)(p - text) + lead, address))
			return true;
	}
	return false;
}

static bool in_address(struct str address, const char *query)
{
	char domain[1024], readable[2048];
	char *folded = text_fold(address), *other;
	bool found = in_text(folded, query, true);

	domain_unicode(address_domain(address), domain);
	snprintf(readable, sizeof readable, "%.*s%s", (int)(address_domain(address).p - address.p), address.p, domain);
	other = text_fold(str_of(readable));
	found = found || in_text(other, query, true);
	free(folded);
	free(other);
	return found;
}

static bool matches(const struct account *a, const char *query)
{
	char *name = text_fold(account_name(a)), *title = text_fold(account_title(a));
	bool found = in_text(name, query, false) || in_text(title, query, false) || in_address(account_address(a), query) ||
		(account_home(a).n && in_address(account_home(a), query));

	free(name);
	free(title);
	return found;
}

/* Some text that somebody has, or a piece of it, or one that nobody has. */
static char *query_make(const struct account *const *all, size_t n)
{
	static const char *const others[] = { "nobody", "", "@", "--", "van de", "t.example", "@bücher", "far.ex", "村", "(north", "'brien", "anna keller", "ß" };
	const struct account *a = n ? all[dice((unsigned)n)] : NULL;
	struct str text = { 0 };
	size_t from, to;

	if (!a || dice(4) == 0)
		return text_fold(str_of(ANY(others)));
	text = dice(2) ? account_name(a) : dice(2) ? account_title(a) : account_address(a);
	from = text.n ? dice((unsigned)text.n) : 0;
	from = dice(2) ? from : 0;
	to = from + (text.n > from ? dice((unsigned)(text.n - from) + 1) : 0);
	while (from && ((unsigned char)text.p[from] & 0xc0) == 0x80)
		from--;
	while (to < text.n && ((unsigned char)text.p[to] & 0xc0) == 0x80)
		to++;
	return text_fold((struct str){ text.p + from, to - from });
}

static size_t expected(const struct account *const *all, size_t n, const char *query, const struct account **out)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		if (matches(all[i], query))
			out[found++] = all[i];
	}
	return found;
}

static void check(const struct world *w, unsigned queries)
{
	static const struct account *all[ALL], *want[ALL], *got[ALL], *few[ALL];
	const struct tenant *t = world_tenant(w, STR("t"));
	size_t n = world_search(w, t, (struct str){ 0 }, all, ALL);

	for (unsigned i = 0; i < queries; i++) {
		char *query = query_make(all, n);
		size_t wanted = expected(all, n, query, want), most = 1 + dice(5), short_n;

		assert_int_equal(world_search(w, t, str_of(query), got, ALL), wanted);
		assert_memory_equal(got, want, wanted * sizeof got[0]);
		short_n = world_search(w, t, str_of(query), few, most);
		assert_int_equal(short_n, wanted < most ? wanted : most);
		for (size_t j = 0, k = 0; j < short_n; j++, k++) {
			while (k < wanted && want[k] != few[j])
				k++;
			assert_true(k < wanted);
		}
		free(query);
	}
}

static struct world *step(struct world *w)
{
	unsigned row = 100 + dice(ROWS);
	const struct account *old = world_account_by_id(w, row);
	struct account_doc doc;
	struct world *next;
	struct json_err err;
	char room[4][TEXT];

	if (old && dice(3) == 0) {
		assert_int_equal(world_without_account(w, old, 2, &next), 0);
		return next;
	}
	if (old && dice(3) == 0) {
		/* The texts stay: the index is shared. */
		assert_int_equal(world_account_doc(w, old, &doc), 0);
		doc.enabled = !doc.enabled;
		assert_int_equal(world_with_account(w, world_tenant(w, STR("t")), row, &doc, 2, &next, &err), 0);
		account_doc_release(&doc);
		return next;
	}
	doc = doc_make(row, room);
	if (world_with_account(w, world_tenant(w, STR("t")), row, &doc, 2, &next, &err))
		return world_ref(w);	/* an address that another has */
	return next;
}

static void test_as_a_walk_finds(void **state)
{
	struct world *w = world_of(start), *next, *kept = NULL;

	(void)state;
	for (unsigned i = 0; i < STEPS; i++) {
		next = step(w);
		world_unref(w);
		w = next;
		if (i == STEPS / 2)
			kept = world_ref(w);
		if (i % 200 == 0)
			check(w, 8);
	}
	check(w, 100);
	/* Older worlds find as they did. */
	check(kept, 100);
	world_unref(kept);
	world_unref(w);
}

/* Built at once, from accounts in any order, it is the same as by changes. */
static void test_built_at_once(void **state)
{
	struct world_builder *b;
	struct tenant_doc t = { .id = (char[]){ "t" }, .name = (char[]){ "" }, .verified = true };
	char *domains[] = { (char[]){ "t.example" }, (char[]){ "xn--bcher-kva.example" } };
	struct json_err err;
	struct world *w, *next;
	char room[4][TEXT];

	(void)state;
	t.domains = (struct texts){ .v = domains, .n = 2 };
	assert_int_equal(world_builder_new(&b), 0);
	assert_int_equal(world_builder_tenant(b, 1, &t, 1, "", &err), 0);
	for (unsigned row = 100; row < 100 + ROWS; row++) {
		struct account_doc doc = doc_make(row, room);

		assert_int_equal(world_builder_account(b, row, 1, &doc, "", &err), 0);
	}
	assert_int_equal(world_builder_end(b, 1, &w), 0);
	check(w, 200);
	/* A change finds each place by its order, or ends the program. */
	for (unsigned i = 0; i < ROWS; i++) {
		next = step(w);
		world_unref(w);
		w = next;
	}
	check(w, 50);
	world_unref(w);
}

/* What a search finds, the gate of find takes for a match; it may take more. */
static void test_obeys_find(void **state)
{
	struct world *w = world_of(start), *next;
	const struct account *found[ALL];
	size_t allowed = 0;

	(void)state;
	for (unsigned i = 0; i < 300; i++) {
		next = step(w);
		world_unref(w);
		w = next;
	}
	for (unsigned i = 0; i < 100; i++) {
		size_t n = world_search(w, world_tenant(w, STR("t")), (struct str){ 0 }, found, ALL);
		char *text = query_make(found, n);
		struct ask ask = { .from = STR("seeker@t.example"), .action = ACTION_FIND, .at.given = true };
		struct verdict verdict;
		struct query query;

		assert_int_equal(query_init(&query, str_of(text)), 0);
		n = world_search(w, world_tenant(w, STR("t")), str_of(query.folded), found, ALL);
		ask.query = &query;
		for (size_t j = 0; j < n; j++) {
			ask.to = account_address(found[j]);
			reach_decide(w, &ask, &verdict);
			assert_int_not_equal(verdict.reason, REASON_FIND_NO_MATCH);
			allowed += verdict.allowed;
		}
		query_release(&query);
		free(text);
	}
	assert_true(allowed > 100);
	world_unref(w);
}

/* So many words, and so long a text, and no more. */
static void test_bounds(void **state)
{
	struct world *w = world_of(start), *next;
	const struct account *found[4];
	char name[8 * 80] = "", title[9000];
	struct account_doc doc = { .address = (char[]){ "long@t.example" }, .name = name, .title = title, .enabled = true };
	struct json_err err;

	(void)state;
	for (unsigned i = 0; i < 70; i++)
		snprintf(name + strlen(name), sizeof name - strlen(name), "word%u ", i);
	memset(title, 'z', sizeof title - 1);
	title[sizeof title - 1] = '\0';
	assert_int_equal(world_with_account(w, world_tenant(w, STR("t")), 7, &doc, 2, &next, &err), 0);
	assert_int_equal(world_search(next, world_tenant(next, STR("t")), STR("word63"), found, 4), 1);
	assert_int_equal(world_search(next, world_tenant(next, STR("t")), STR("word64"), found, 4), 0);
	assert_int_equal(world_search(next, world_tenant(next, STR("t")), STR("zz"), found, 4), 0);
	assert_int_equal(world_search(next, world_tenant(next, STR("t")), (struct str){ "wo\0rd", 5 }, found, 4), 0);
	assert_int_equal(world_search(next, world_tenant(next, STR("t")), STR("word1"), found, 0), 0);
	world_unref(next);
	world_unref(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_a_walk_finds), cmocka_unit_test(test_built_at_once), cmocka_unit_test(test_obeys_find), cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
