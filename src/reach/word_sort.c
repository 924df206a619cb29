/**
 * @file reach/word_sort.c  All places of a tenant's accounts in order: how an index of words begins.
 * Comparing texts through pointers would cost seconds for a million accounts. So eight bytes of text at a time are fetched, sorted as
 * numbers by their digits, and only what is still the same goes on to the next eight.
 */
#include "reach/word_sort.h"

#include <errno.h>
#include <stdlib.h>

enum { KEY_BYTES = 8, FEW = 24 };

struct item {
	uint64_t key;			/* of the text, the first byte on top */
	uint32_t rank;			/* of the account, in order of name */
	uint16_t at;
	uint8_t nth;
};

struct sorter {
	const struct account **accounts;
	struct item *items, *scratch;
	size_t n_accounts, n, cap;
	uint32_t counts[KEY_BYTES][256];
};

static uint64_t key_at(const struct sorter *s, const struct item *item, size_t depth)
{
	const char *text = word_text(s->accounts[item->rank], item->nth) + item->at + depth;
	uint64_t key = 0;
	int i = 0;

	for (; i < KEY_BYTES && text[i]; i++)
		key = key << 8 | word_small(text[i]);
	return i ? key << 8 * (KEY_BYTES - i) : 0;
}

static void sort_few(struct item *v, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct item item = v[i];
		size_t to = i;

		for (; to && v[to - 1].key > item.key; to--)
			v[to] = v[to - 1];
		v[to] = item;
	}
}

/* By digits, the last one first: what is the same keeps its order. */
static void sort_many(struct sorter *s, struct item *v, size_t n)
{
	struct item *from = v, *to = s->scratch, *swap;

	memset(s->counts, 0, sizeof s->counts);
	for (size_t i = 0; i < n; i++) {
		for (int d = 0; d < KEY_BYTES; d++)
			s->counts[d][v[i].key >> 8 * d & 0xff]++;
	}
	for (int d = 0; d < KEY_BYTES; d++) {
		uint32_t *count = s->counts[d], sum = 0;

		if (count[v[0].key >> 8 * d & 0xff] == n)
			continue;
		for (int i = 0; i < 256; i++) {
			uint32_t here = count[i];

			count[i] = sum;
			sum += here;
		}
		for (size_t i = 0; i < n; i++)
			to[count[from[i].key >> 8 * d & 0xff]++] = from[i];
		swap = from;
		from = to;
		to = swap;
	}
	if (from != v)
		memcpy(v, from, n * sizeof *v);
}

/* Items whose texts are the same up to `depth`. Texts are short (word_place.h), so this does not go deep. */
static void sort_from(struct sorter *s, struct item *v, size_t n, size_t depth)
{
	for (size_t i = 0; i < n; i++)
		v[i].key = key_at(s, &v[i], depth);
	if (n <= FEW)
		sort_few(v, n);
	else
		sort_many(s, v, n);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && v[end].key == v[i].key; end++)
			;
		/* A last byte of 0 is the end of the text. */
		if (end - i > 1 && v[i].key & 0xff)
			sort_from(s, v + i, end - i, depth + KEY_BYTES);
	}
}

static bool add_places(void *arg, const struct account *a)
{
	struct sorter *s = arg;
	word_place places[WORDS_MOST];
	size_t n = word_places(a, places);

	if (s->n + n > s->cap) {
		size_t cap = (s->n + n) * 3 / 2;
		struct item *grown = realloc(s->items, cap * sizeof *grown);

		if (!grown)
			return false;
		s->items = grown;
		s->cap = cap;
	}
	for (size_t i = 0; i < n; i++)
		s->items[s->n++] = (struct item){ .rank = (uint32_t)s->n_accounts, .at = (uint16_t)word_at(places[i]), .nth = (uint8_t)word_nth(places[i]) };
	s->accounts[s->n_accounts++] = a;
	return true;
}

int words_sorted(const struct account_list *by_name, word_place **out, size_t *n)
{
	struct sorter *s = calloc(1, sizeof *s);
	word_place *places = NULL;

	if (s)
		s->accounts = malloc((by_name->n + 1) * sizeof *s->accounts);
	if (s && s->accounts)
		account_list_each(by_name, add_places, s);
	if (s && s->accounts && s->n_accounts == by_name->n) {
		s->scratch = malloc((s->n + 1) * sizeof *s->scratch);
		places = malloc((s->n + 1) * sizeof *places);
	}
	if (places && s->scratch) {
		sort_from(s, s->items, s->n, 0);
		for (size_t i = 0; i < s->n; i++)
			places[i] = word_place_of(s->accounts[s->items[i].rank], s->items[i].nth, s->items[i].at);
		*n = s->n;
	} else {
		free(places);
		places = NULL;
	}
	if (s) {
		free(s->accounts);
		free(s->items);
		free(s->scratch);
	}
	free(s);
	*out = places;
	return places ? 0 : -ENOMEM;
}
