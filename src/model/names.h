/** @file model/names.h  Addresses, domains, times and actions: canonical forms and their grammar (spec/reach.md section 1). */
#pragma once
#include "base/clock.h"
#include "base/str.h"

#include <stdint.h>

/* Order is the spec's; ACTION bits are 1 << action. */
#define ACTIONS(X) X(FIND, "find") X(PRESENCE, "presence") X(CHAT, "chat") X(CALL, "call") X(VIDEO, "video") X(SCREEN, "screen") X(ANNOTATE, "annotate") X(FILE, "file")
enum action {
#define X(name, text) ACTION_##name,
	ACTIONS(X)
#undef X
	ACTION_COUNT
};
const char *action_name(enum action action);
bool action_parse(struct str text, enum action *out);

/** Domain to A-labels, lower case (UTS-46 non-transitional). `wildcard` also takes "*.domain". False with `why` when it is none. `out` is NUL-terminated. */
bool domain_canonical(struct str text, bool wildcard, char out[static 260], char why[static 128]);

/** Address to its canonical form: local part NFC and lower case, domain canonical. At most LIMIT_ADDRESS_BYTES. */
bool address_canonical(struct str text, char out[static 324], char why[static 128]);

/** Domain of a canonical address: behind its '@'. */
struct str address_domain(struct str address);

/** Fold for comparing without regard to case (Unicode default case folding of NFC). A NUL-terminated copy that the caller frees; NULL when memory is out or the text is not UTF-8. */
char *text_fold(struct str text);

/** A point in time compared exactly: seconds since the epoch and any number of fraction digits. */
struct instant {
	int64_t seconds;
	char *fraction;		/* owned, digits without trailing zeros; NULL is none. */
	bool given;		/* false: absent */
};
bool instant_parse(struct str text, struct instant *out, char why[static 128]);
void instant_release(struct instant *at);
int instant_cmp(const struct instant *a, const struct instant *b);
/** RFC 3339 in UTC; the caller frees. NULL when memory is out. */
char *instant_format(const struct instant *at);
void instant_of_ms(time_ms_t at, struct instant *out);
