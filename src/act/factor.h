/** @file act/factor.h  The second factor where one signs in. Inside of the room. */
#pragma once
#include "act/hashing.h"

/**
 * The password was right: is the code, if the account needs one? `code` is what was sent, p NULL for none. True fills h's step or
 * recovery for factor_take. False: refused, the deed is over.
 */
bool factor_ok(struct deed *deed, struct hashing *h, struct str code);
/** Use the code up, inside the sign-in's own transaction; -ENOENT when another sign-in was faster with it. */
int factor_take(struct store_tx *tx, const struct hashing *h);
