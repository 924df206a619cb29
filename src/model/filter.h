/** @file model/filter.h  A segment's filter: the SCIM grammar (RFC 7644 section 3.4.2.2, as spec/reach.md section 10 narrows it), compiled. */
#pragma once
#include "base/str.h"

#include <jansson.h>

struct filter;

/** The account that a filter looks at. Everything is borrowed; attributes may be NULL. */
struct filter_subject {
	const char *kind;
	const char *address;
	const char *name;
	const char *title;
	bool enabled;
	json_t *attributes;
};

/** Compile. The result is owned by the caller; NULL with `why`, which names the column (from 1, in characters). */
struct filter *filter_parse(struct str text, char why[static 128]);
void filter_free(struct filter *filter);

/** Does it choose this account? 1 or 0, or -ENOMEM. */
int filter_matches(const struct filter *filter, const struct filter_subject *subject);

/** Does it look at attributes only, so that accounts with the same ones are chosen alike? */
bool filter_attributes_only(const struct filter *filter);

/** May an attribute have this name: [A-Za-z][A-Za-z0-9_-]*, and none of the five that every account has. */
bool filter_attribute_valid(struct str name);
