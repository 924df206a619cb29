/** @file engine.h  The reach room, loaded with the benchmark's world document. */
#pragma once
#include "facts.h"
#include "base/buf.h"
#include "reach/reach.h"

/** Append the text of FOLDER/world.json. Ends the program when it can't. */
void engine_document(const char *folder, struct buf *text);
/** Build the world of FOLDER/world.json and tell how long that took. Ends the program when it can't. */
struct world *engine_load(const char *folder, double *seconds);
/** Median time in µs for one tenant's external access to be replaced in the world. */
double engine_patch_us(struct world *world);
/** The same for its barriers, policies, leases and guest access. */
double engine_rules_patch_us(struct world *world);
/** … one account, and a list of 100,000 domains of one tenant. */
double engine_account_patch_us(struct world *world);
double engine_list_patch_us(struct world *world);

bool engine_allows(const struct world *world, const struct fact_ask *ask);
void engine_decide(const struct world *world, const struct fact_ask *ask, struct verdict *out);
/** The full answer as JSON text, as it goes over the wire. */
void engine_tell(const struct world *world, const struct fact_ask *ask);
