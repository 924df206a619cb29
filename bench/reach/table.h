/** @file table.h  The same rules as one prepared statement over the same facts in SQLite, in memory. */
#pragma once
#include "facts.h"

struct table;
struct table *table_new(const struct facts *facts);
void table_free(struct table *table);
struct fact_answer table_decide(struct table *table, struct str from, struct str to);
