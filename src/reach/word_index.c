/** @file reach/word_index.c  Who is found by the beginning of a word: the places in order, in pages that indexes share. */
#include "reach/word_index.h"

#include "model/word.h"
#include "reach/word_sort.h"

#include <assert.h>
#include <stdlib.h>

enum { PAGE = 512, FILL = PAGE * 7 / 8 };	/* room for the first changes */

struct word_page {
	atomic_uint refs;
	unsigned n;
	word_place v[PAGE];
};

struct word_index {
	atomic_uint refs;
	size_t n_pages, cap;
	struct word_page *pages[];
};

static struct word_index *index_alloc(size_t pages)
{
	struct word_index *index = calloc(1, sizeof *index + pages * sizeof index->pages[0]);

	if (!index)
		return NULL;
	atomic_init(&index->refs, 1);
	index->cap = pages;
	return index;
}

static struct word_page *page_new(const word_place *v, size_t n)
{
	struct word_page *page = malloc(sizeof *page);

	if (!page)
		return NULL;
	atomic_init(&page->refs, 1);
	page->n = (unsigned)n;
	memcpy(page->v, v, n * sizeof *v);
	return page;
}

static void page_unref(struct word_page *page)
{
	if (atomic_fetch_sub(&page->refs, 1) == 1)
		free(page);
}

struct word_index *word_index_ref(struct word_index *index)
{
	atomic_fetch_add(&index->refs, 1);
	return index;
}

void word_index_unref(struct word_index *index)
{
	if (!index || atomic_fetch_sub(&index->refs, 1) > 1)
		return;
	for (size_t i = 0; i < index->n_pages; i++)
		page_unref(index->pages[i]);
	free(index);
}

struct word_index *word_index_new(const struct account_list *by_name)
{
	struct word_index *index = NULL;
	word_place *v;
	size_t n;

	if (words_sorted(by_name, &v, &n))
		return NULL;
	index = index_alloc(n / FILL + 1);
	for (size_t i = 0; index && i < n; i += FILL) {
		struct word_page *page = page_new(v + i, n - i < FILL ? n - i : FILL);

		if (page) {
			index->pages[index->n_pages++] = page;
			continue;
		}
		word_index_unref(index);
		index = NULL;
	}
	free(v);
	return index;
}

/* What a place is compared with: a text, and an account's own place in it; or the text alone. */
struct mark {
	const struct account_table *rows;
	struct str text;
	const struct account *account;	/* NULL: the text is a beginning, before all that have it */
	word_place place;
};

static int mark_cmp(const struct mark *mark, word_place place)
{
	/* Its own other places may be in already, and the table does not have it yet. */
	bool own = mark->account && mark->account->row == word_row(place);
	const struct account *a = own ? mark->account : account_table_by_row(mark->rows, word_row(place));
	const char *text = word_text(a, word_nth(place)) + word_at(place);
	size_t i = 0;

	while (i < mark->text.n && word_small(mark->text.p[i]) == word_small(text[i]))
		i++;
	if (i < mark->text.n || (mark->account && text[i]))
		return (i < mark->text.n ? word_small(mark->text.p[i]) : 0) - word_small(text[i]);
	if (!mark->account)
		return -1;
	if (!own)
		return account_name_cmp(mark->account, a);
	return mark->place < place ? -1 : mark->place > place;
}

/* How many of the page's places come before the mark. */
static unsigned before(const struct word_page *page, const struct mark *mark)
{
	unsigned low = 0, high = page->n;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;

		if (mark_cmp(mark, page->v[middle]) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The page where the mark is or belongs: the last one that does not begin behind it. */
static size_t page_of(const struct word_index *index, const struct mark *mark)
{
	size_t low = 0, high = index->n_pages;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (mark_cmp(mark, index->pages[middle]->v[0]) >= 0)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* Another that shares all pages, with room for some more. */
static struct word_index *index_copy(const struct word_index *from)
{
	struct word_index *index = index_alloc(from->n_pages + WORDS_MOST);

	for (size_t i = 0; index && i < from->n_pages; i++) {
		index->pages[i] = from->pages[i];
		atomic_fetch_add(&index->pages[i]->refs, 1);
	}
	if (index)
		index->n_pages = from->n_pages;
	return index;
}

/* Make page i this index's own. */
static struct word_page *page_own(struct word_index *index, size_t i)
{
	struct word_page *page = index->pages[i], *copy;

	if (atomic_load(&page->refs) == 1)
		return page;
	copy = page_new(page->v, page->n);
	if (!copy)
		return NULL;
	page_unref(page);
	index->pages[i] = copy;
	return copy;
}

static bool take_out(struct word_index *index, const struct mark *mark)
{
	size_t i = page_of(index, mark);
	struct word_page *page = page_own(index, i);
	unsigned at;

	if (!page)
		return false;
	at = before(page, mark);
	assert(at < page->n && page->v[at] == mark->place);
	memmove(page->v + at, page->v + at + 1, (page->n - at - 1) * sizeof page->v[0]);
	if (--page->n)
		return true;
	page_unref(page);
	index->n_pages--;
	memmove(index->pages + i, index->pages + i + 1, (index->n_pages - i) * sizeof index->pages[0]);
	return true;
}

/* A page to stand at `at`: there is room for it. */
static bool page_insert(struct word_index *index, size_t at, const word_place *v, size_t n)
{
	struct word_page *page = page_new(v, n);

	assert(index->n_pages < index->cap);
	if (!page)
		return false;
	memmove(index->pages + at + 1, index->pages + at, (index->n_pages - at) * sizeof index->pages[0]);
	index->pages[at] = page;
	index->n_pages++;
	return true;
}

static bool put_in(struct word_index *index, const struct mark *mark)
{
	size_t i = page_of(index, mark);
	struct word_page *page;
	unsigned at;

	if (!index->n_pages)
		return page_insert(index, 0, &mark->place, 1);
	page = page_own(index, i);
	if (!page)
		return false;
	if (page->n == PAGE) {
		if (!page_insert(index, i + 1, page->v + PAGE / 2, PAGE - PAGE / 2))
			return false;
		page->n = PAGE / 2;
		if (mark_cmp(mark, index->pages[i + 1]->v[0]) >= 0)
			page = index->pages[i + 1];
	}
	at = before(page, mark);
	memmove(page->v + at + 1, page->v + at, (page->n - at) * sizeof page->v[0]);
	page->v[at] = mark->place;
	page->n++;
	return true;
}

static bool each_place(struct word_index *index, const struct account_table *rows, const struct account *a, bool (*each)(struct word_index *index, const struct mark *mark))
{
	word_place places[WORDS_MOST];
	size_t n = a ? word_places(a, places) : 0;
	bool ok = true;

	for (size_t i = 0; i < n && ok; i++)
		ok = each(index, &(struct mark){ rows, str_of(word_text(a, word_nth(places[i])) + word_at(places[i])), a, places[i] });
	return ok;
}

/* Would both have the same places, with the same texts and in the same order? */
static bool same_texts(const struct account *a, const struct account *b)
{
	bool same = a->row == b->row && (a->flags & ACCOUNT_PLAIN) == (b->flags & ACCOUNT_PLAIN);

	for (unsigned nth = 0; same && nth < WORD_TEXTS; nth++)
		same = strcmp(word_text(a, nth), word_text(b, nth)) == 0;
	return same;
}

struct word_index *word_index_change(struct word_index *from, const struct account_table *rows, const struct account *without, const struct account *with)
{
	struct word_index *index;

	if (without && with && same_texts(without, with))
		return word_index_ref(from);
	index = index_copy(from);
	/* First all of the one, so that none is met whose account has another text by then. */
	if (index && each_place(index, rows, without, take_out) && each_place(index, rows, with, put_in))
		return index;
	word_index_unref(index);
	return NULL;
}

struct finding {
	const struct account_table *rows;
	struct str query;
	size_t lead;			/* what stands before the query's first word */
	const struct account **out;
	size_t n, most;
};

/* False: from here on the query is no beginning. */
static bool find_at(struct finding *f, word_place place)
{
	const struct account *a = account_table_by_row(f->rows, word_row(place));
	const char *text = word_text(a, word_nth(place));
	size_t at = word_at(place);

	for (size_t i = f->lead; i < f->query.n; i++) {
		if (word_small(text[at + i - f->lead]) != (unsigned char)f->query.p[i])
			return false;
	}
	if (at < f->lead || memcmp(text + at - f->lead, f->query.p, f->lead) != 0)
		return true;
	for (size_t i = 0; i < f->n; i++) {
		if (f->out[i] == a)
			return true;
	}
	f->out[f->n++] = a;
	return true;
}

size_t word_index_find(const struct word_index *index, const struct account_table *rows, struct str query, const struct account **out, size_t most)
{
	struct finding f = { .rows = rows, .query = query, .out = out, .most = most };
	struct words words = { .text = query };
	struct mark mark = { .rows = rows };
	size_t i, visits = WORD_VISITS;

	if (!index->n_pages || memchr(query.p, '\0', query.n) || !words_next(&words, &f.lead))
		return 0;
	mark.text = (struct str){ query.p + f.lead, query.n - f.lead };
	i = page_of(index, &mark);
	for (unsigned at = before(index->pages[i], &mark); i < index->n_pages && f.n < most && visits; at = 0, i++) {
		while (at < index->pages[i]->n && f.n < most && visits && find_at(&f, index->pages[i]->v[at])) {
			at++;
			visits--;
		}
		if (at < index->pages[i]->n)
			break;
	}
	return f.n;
}
