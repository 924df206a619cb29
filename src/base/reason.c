/** @file base/reason.c  Look-ups in the table of reasons. */
#include "base/reason.h"

#include <assert.h>

static const struct {
	const char *slug;
	const char *sentence;
	int status;
} rows[REASON_COUNT] = {
#define X(name, slug_, status_, sentence_) [REASON_##name] = { slug_, sentence_, status_ },
	REASONS(X)
#undef X
};

const char *reason_slug(enum reason r)
{
	assert(r < REASON_COUNT);
	return rows[r].slug;
}

int reason_status(enum reason r)
{
	assert(r < REASON_COUNT);
	return rows[r].status;
}

const char *reason_sentence(enum reason r)
{
	assert(r < REASON_COUNT);
	return rows[r].sentence;
}

bool reason_parse(struct str slug, enum reason *out)
{
	for (unsigned r = 0; r < REASON_COUNT; r++) {
		if (!str_eq(slug, str_of(rows[r].slug)))
			continue;
		*out = (enum reason)r;
		return true;
	}
	return false;
}
