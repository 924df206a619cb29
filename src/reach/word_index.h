/**
 * @file reach/word_index.h  Who is found by the beginning of a word: all places of a tenant's accounts in order of the text from
 * there on, in pages that indexes share. It names accounts by row, so that a change that leaves the texts alone leaves it alone;
 * whoever asks brings a table of a world with this roster.
 */
#pragma once
#include "reach/word_place.h"

struct word_index;

/** With one reference, over accounts in order of name; NULL when memory is out. */
struct word_index *word_index_new(const struct account_list *by_name);
struct word_index *word_index_ref(struct word_index *index);
void word_index_unref(struct word_index *index);

/** As account_list_change(). `rows` is of the world before: it has `without`. NULL when memory is out. */
struct word_index *word_index_change(struct word_index *from, const struct account_table *rows, const struct account *without, const struct account *with);

/**
 * Accounts with the folded query in one of their texts, where its first word is the beginning of one of theirs. Of more than `most`
 * those that come first by the text from there on. No particular order, each once. Looks at WORD_VISITS places at most.
 */
size_t word_index_find(const struct word_index *index, const struct account_table *rows, struct str query, const struct account **out, size_t most);
enum { WORD_VISITS = 4096 };
