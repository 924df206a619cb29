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

/** The lines of an account, or with account 0 of a tenant, may not be theirs any more who may go on: factor_tick looks. */
void factor_doubt(struct act *act, int64_t tenant, int64_t account);
/** End doubted lines that lack a second factor, once their person is in no call. */
void factor_tick(struct act *act);
