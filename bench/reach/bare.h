/** @file bare.h  The limit: the benchmark's rules written out by hand over hash tables. It knows no other world than this one. */
#pragma once
#include "facts.h"

struct bare;
struct bare *bare_new(const struct facts *facts);
void bare_free(struct bare *bare);
struct fact_answer bare_decide(const struct bare *bare, struct str from, struct str to);
