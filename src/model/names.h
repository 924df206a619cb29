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

/** The action that must be open first: call for video, screen and annotate; chat for file; else the action itself. */
enum action action_needs(enum action action);

/** Domain to A-labels, lower case (UTS-46 non-transitional). `wildcard` also takes "*.domain". False with `why` when it is none. `out` is NUL-terminated. */
bool domain_canonical(struct str text, bool wildcard, char out[static 260], char why[static 128]);

/** The Unicode form of a canonical domain. `out` is NUL-terminated; a domain that ICU can't show stays as it is. */
void domain_unicode(struct str domain, char out[static 1024]);

/**
 * Address to its canonical form: local part NFC and lower case, domain canonical. What stands behind the last '=' of the
 * local part is put into A-labels too when it is a domain (guest addresses). At most LIMIT_ADDRESS_BYTES.
 */
bool address_canonical(struct str text, char out[static 324], char why[static 128]);

/** Domain of a canonical address: behind its '@'. */
struct str address_domain(struct str address);

/** Fold for comparing without regard to case (NFC of the Unicode default case folding of NFC). A NUL-terminated copy that the caller frees; NULL when memory is out or the text is not UTF-8. */
char *text_fold(struct str text);

/** Without the Unicode white space around it. The text is well-formed UTF-8; the result borrows from it. */
struct str text_trim(struct str text);

/** How many code points well-formed UTF-8 has. */
size_t text_chars(struct str text);

/** Is a name what it seems (UTS 39)? MIXED: letters of several scripts, or hidden ones. DISGUISED: of another script, all like Latin ones. */
enum lookalike { LOOKALIKE_NONE, LOOKALIKE_MIXED, LOOKALIKE_DISGUISED };
enum lookalike text_lookalike(struct str text);

/** A point in time compared exactly: seconds since the epoch and any number of fraction digits. Years 0000 to 9999 in UTC. */
struct instant {
	int64_t seconds;
	uint32_t nanos;		/* the first nine fraction digits */
	char *finer;		/* owned: the digits behind them, without trailing zeros; NULL is none */
	bool given;		/* false: absent, and then all the rest is zero */
};

/** False with `why`, and *out zeroed, when it is no RFC 3339 time. */
bool instant_parse(struct str text, struct instant *out, char why[static 128]);
void instant_release(struct instant *at);
/** Deep copy. 0 or -ENOMEM (then *out is zeroed). */
int instant_copy(struct instant *out, const struct instant *from);
/** Below, at or above 0 as a is before, at or after b; an absent one is before all. */
int instant_cmp(const struct instant *a, const struct instant *b);
/** RFC 3339 in UTC; the caller frees. NULL when memory is out. */
char *instant_format(const struct instant *at);
/** Allocates nothing: a caller that makes its instants only so need not release them. */
void instant_of_ms(time_ms_t at, struct instant *out);
