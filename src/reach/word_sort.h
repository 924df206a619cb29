/** @file reach/word_sort.h  All places of a tenant's accounts in order: how an index of words begins. */
#pragma once
#include "reach/word_place.h"

/**
 * The places in all accounts of a list in order of name, in order of the text from there on, folded; the same texts in order of
 * account and place. 0 and *out, which the caller frees, or -ENOMEM.
 */
int words_sorted(const struct account_list *by_name, word_place **out, size_t *n);
