/** @file ctl/world.h  A world document from a file. */
#pragma once
#include "base/json.h"
#include "reach/world.h"

/** Read, check and compile. NULL when it is malformed, which has been said. *promises, if wanted, is its list: the caller's, NULL when it has none. */
struct world *world_file_load(const char *path, json_t **promises);
