/** @file act/hashing.h  One password in libuv's pool: checked, replaced, or both. Never on the loop. Inside of the room. */
#pragma once
#include "act/entry.h"

enum { ENCODED_BYTES = 128 };

/** Zero-initialise by hashing_new; owned by the use case, which frees it with hashing_free. */
struct hashing {
	uv_work_t work;
	struct deed *deed;
	char *password;			/* to check against `encoded`; NULL: none */
	char *fresh;			/* to hash, once `password` was right; NULL: none */
	char encoded[ENCODED_BYTES];	/* the kept hash */
	char hashed[ENCODED_BYTES];	/* the new one, when `fresh` was hashed */
	bool right;
	bool breached;			/* `fresh` is on the list of known passwords */
	int err;			/* -ENOMEM, or -EIO of that list */
	void (*done)(struct hashing *h);
	int64_t account;		/* the use case's own, from here: 0 is nobody */
	uint8_t hash[TOKEN_HASH_BYTES];
	char token[TOKEN_CHARS + 1];
	time_ms_t now;
	struct entry entry;
	int64_t step;			/* of the code that goes with it; 0: none */
	bool recovery;			/* or a recovery code: */
	uint8_t recovery_hash[TOKEN_HASH_BYTES];
	char actor[324], of[AUDIT_TENANT_BYTES], peer[64];
};

/** Copies both texts; either may have p NULL. NULL when memory is out. */
struct hashing *hashing_new(struct deed *deed, struct str password, struct str fresh);
void hashing_free(struct hashing *h);
/** Queue it; `done` on the loop. 0, or -EAGAIN when too many wait. */
int hashing_start(struct hashing *h, void (*done)(struct hashing *h));

/** The hash of nobody's password: checked where there is none, so that the answer takes the same time. */
void hashing_nobody(char out[static ENCODED_BYTES]);

/** May this be the password of that address? False: refused, with the field; the deed is over. The list of known ones is asked in the pool. */
bool password_ok(struct deed *deed, const char *field, struct str password, struct str address);
/** True ends the deed: its new password is known to others, or could not be hashed. */
bool password_refused(struct deed *deed, const struct hashing *h, const char *field);
