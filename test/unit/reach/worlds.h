/** @file test/unit/reach/worlds.h  Worlds and asks for tests, from JSON. */
#pragma once
#include "reach/ask.h"

/** Build a world; ends the program on a mistake in the document. Rows count from 1 in the document's order. */
struct world *world_of(const char *document);

/** Decide {"from", "to", "action", …}; the verdict's remedies borrow from `doc`, which the caller releases. */
void decide(const struct world *world, const char *ask, struct ask_doc *doc, struct verdict *out);

/** The answer to an ask as compact JSON, told to this asker; NULL asker: everything. The caller frees. */
char *answer_of(const struct world *world, const char *ask, const struct asker *asker);

/** from, to and action without the quotes. */
char *answer_to(const struct world *world, const char *from, const char *to, const char *action, const struct asker *asker);
