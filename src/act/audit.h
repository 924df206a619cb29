/** @file act/audit.h  What is written into the audit log beside the use cases' own rows: refusals by the minute, checkpoints. Inside this room. */
#pragma once
#include "act/act.h"

enum { AUDIT_TENANT_BYTES = LIMIT_NAME_CHARS * 4 + 1 };

/** The id of the account's tenant, copied; "" when it is gone. */
void audit_tenant_of(const struct act *act, int64_t account, char out[static AUDIT_TENANT_BYTES]);

/** Of an address, JSON escapes quotes and backslashes. */
enum { AUDIT_ADDRESS_BYTES = 2 * LIMIT_ADDRESS_BYTES + 64 };
/** A detail that names the account's address; "{}" when it is gone. */
void audit_address(const struct act *act, int64_t account, char out[static AUDIT_ADDRESS_BYTES]);

/** A detail as text, from json_pack()'s words; the caller frees. NULL when memory is out. */
char *audit_detail(const char *format, ...);

/* tally.c: refusals are counted, a row for each pair, action and reason a minute. At most LIMIT_TALLY of them, the rest in one sum. */

struct tally;
struct tally *tally_new(void);
void tally_free(struct tally *tally);
/** Count for the asker's tenant, and for the other's when its own gate was shut: each with the reason that its admins may know. */
void tally_refusal(struct act *act, const struct account *from, struct str to, enum action action, const struct verdict *verdict);
/** Write a minute that is over; `all`: also one that is not. */
void tally_flush(struct act *act, bool all);

/* checkpoint.c */

/** Sign when it is time. Called once a second or more often. */
void checkpoint_tick(struct act *act, int64_t now);
