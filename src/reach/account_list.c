/** @file reach/account_list.c  Accounts in an order, in pages: a change copies the page it touches and the list of pages, and shares the rest. */
#include "reach/facts.h"

#include <errno.h>
#include <stdlib.h>

enum { PAGE = 256 };

struct account_page {
	atomic_uint refs;
	unsigned n;
	const struct account *v[PAGE];
};

static struct account_page *page_new(const struct account *const *v, unsigned n, bool owner)
{
	struct account_page *page = malloc(sizeof *page);

	if (!page)
		return NULL;
	atomic_init(&page->refs, 1);
	page->n = n;
	memcpy(page->v, v, n * sizeof *v);
	for (unsigned i = 0; owner && i < n; i++)
		account_ref(v[i]);
	return page;
}

static void page_unref(struct account_page *page, bool owner)
{
	if (atomic_fetch_sub(&page->refs, 1) > 1)
		return;
	for (unsigned i = 0; owner && i < page->n; i++)
		account_unref(page->v[i]);
	free(page);
}

void account_list_release(struct account_list *list)
{
	for (size_t i = 0; i < list->n_pages; i++)
		page_unref(list->pages[i], list->owner);
	free(list->pages);
	*list = (struct account_list){ 0 };
}

static int pointer_cmp(const void *a, const void *b, void *arg)
{
	const account_cmp *cmp = arg;

	return (*cmp)(*(const struct account *const *)a, *(const struct account *const *)b);
}

int account_list_init(struct account_list *list, bool owner, const struct account **v, size_t n, account_cmp cmp)
{
	const size_t fill = PAGE * 3 / 4;	/* room for the first changes */

	*list = (struct account_list){ .owner = owner };
	list->pages = calloc(n / fill + 1, sizeof(struct account_page *));
	if (!list->pages)
		return -ENOMEM;
	qsort_r(v, n, sizeof(const struct account *), pointer_cmp, &cmp);
	for (size_t i = 0; i < n; i += fill) {
		struct account_page *page = page_new(v + i, (unsigned)(n - i < fill ? n - i : fill), owner);

		if (!page) {
			account_list_release(list);
			return -ENOMEM;
		}
		list->pages[list->n_pages++] = page;
	}
	list->n = n;
	return 0;
}

int account_list_copy(struct account_list *out, const struct account_list *from)
{
	*out = *from;
	/* Room for a page more, which an insertion may need. */
	out->pages = malloc((from->n_pages + 1) * sizeof(struct account_page *));
	if (!out->pages) {
		*out = (struct account_list){ 0 };
		return -ENOMEM;
	}
	for (size_t i = 0; i < from->n_pages; i++) {
		out->pages[i] = from->pages[i];
		atomic_fetch_add(&out->pages[i]->refs, 1);
	}
	return 0;
}

/* The page where the account is or belongs: the last one that does not begin behind it. */
static size_t page_of(const struct account_list *list, const struct account *a, account_cmp cmp)
{
	size_t low = 0, high = list->n_pages;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (cmp(list->pages[middle]->v[0], a) <= 0)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* How many of the page's are before the account; or, with `too`, before it or it. */
static unsigned before(const struct account_page *page, const struct account *a, account_cmp cmp, bool too)
{
	unsigned low = 0, high = page->n;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;

		if (cmp(page->v[middle], a) < too)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Make page i this list's own. */
static struct account_page *page_own(struct account_list *list, size_t i)
{
	struct account_page *page = list->pages[i], *copy;

	if (atomic_load(&page->refs) == 1)
		return page;
	copy = page_new(page->v, page->n, list->owner);
	if (!copy)
		return NULL;
	page_unref(page, list->owner);
	list->pages[i] = copy;
	return copy;
}

static int take_out(struct account_list *list, const struct account *a, account_cmp cmp)
{
	size_t i = page_of(list, a, cmp);
	struct account_page *page = page_own(list, i);
	unsigned at;

	if (!page)
		return -ENOMEM;
	at = before(page, a, cmp, false);
	memmove(page->v + at, page->v + at + 1, (page->n - at - 1) * sizeof page->v[0]);
	page->n--;
	list->n--;
	if (list->owner)
		account_unref(a);
	if (page->n)
		return 0;
	page_unref(page, list->owner);
	list->n_pages--;
	memmove(list->pages + i, list->pages + i + 1, (list->n_pages - i) * sizeof list->pages[0]);
	return 0;
}

/* A page (the first, or the second half of page i) to stand at `at`. The copy of the list has room for it. */
static struct account_page *page_insert(struct account_list *list, size_t at, struct account_page *full)
{
	struct account_page *page = malloc(sizeof *page);

	if (!page)
		return NULL;
	atomic_init(&page->refs, 1);
	page->n = 0;
	if (full) {
		page->n = full->n / 2;
		full->n -= page->n;
		memcpy(page->v, full->v + full->n, page->n * sizeof page->v[0]);
	}
	memmove(list->pages + at + 1, list->pages + at, (list->n_pages - at) * sizeof list->pages[0]);
	list->pages[at] = page;
	list->n_pages++;
	return page;
}

static int put_in(struct account_list *list, const struct account *a, account_cmp cmp)
{
	size_t i = page_of(list, a, cmp);
	struct account_page *page = list->n_pages ? page_own(list, i) : page_insert(list, 0, NULL);
	unsigned at;

	if (!page)
		return -ENOMEM;
	if (page->n == PAGE) {
		struct account_page *second = page_insert(list, i + 1, page);

		if (!second)
			return -ENOMEM;
		if (cmp(second->v[0], a) <= 0)
			page = second;
	}
	at = before(page, a, cmp, false);
	memmove(page->v + at + 1, page->v + at, (page->n - at) * sizeof page->v[0]);
	page->v[at] = a;
	page->n++;
	list->n++;
	if (list->owner)
		account_ref(a);
	return 0;
}

int account_list_change(struct account_list *out, const struct account_list *from, const struct account *without, const struct account *with, account_cmp cmp)
{
	int err = account_list_copy(out, from);

	if (!err && without)
		err = take_out(out, without, cmp);
	if (!err && with)
		err = put_in(out, with, cmp);
	if (err)
		account_list_release(out);
	return err;
}

const struct account *account_list_at(const struct account_list *list, size_t place)
{
	for (size_t i = 0; i < list->n_pages; i++) {
		if (place < list->pages[i]->n)
			return list->pages[i]->v[place];
		place -= list->pages[i]->n;
	}
	return NULL;
}

const struct account *account_list_next(const struct account_list *list, const struct account *after, account_cmp cmp)
{
	size_t i;
	unsigned at;

	if (!after || !list->n_pages)
		return account_list_at(list, 0);
	i = page_of(list, after, cmp);
	at = before(list->pages[i], after, cmp, true);
	if (at < list->pages[i]->n)
		return list->pages[i]->v[at];
	return i + 1 < list->n_pages ? list->pages[i + 1]->v[0] : NULL;
}

void account_list_each(const struct account_list *list, bool (*each)(void *arg, const struct account *a), void *arg)
{
	for (size_t i = 0; i < list->n_pages; i++) {
		for (unsigned j = 0; j < list->pages[i]->n; j++) {
			if (!each(arg, list->pages[i]->v[j]))
				return;
		}
	}
}
