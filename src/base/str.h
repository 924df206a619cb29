/** @file base/str.h  Borrowed text: a pointer and a length, never stored, never owned. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/** A borrowed run of bytes, not necessarily NUL-terminated. Who needs to keep it copies it (str_dup). */
struct str {
	const char *p;
	size_t n;
};

#define STR(lit) ((struct str){ "" lit, sizeof(lit) - 1 })

/** Borrow a C string; NULL gives the empty str. */
static inline struct str str_of(const char *s)
{
	return (struct str){ s ? s : "", s ? strlen(s) : 0 };
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/** A NUL-terminated copy that the caller frees; NULL when memory is out. */
char *str_dup(struct str s);

/** True when the bytes are well-formed UTF-8 (RFC 3629: no surrogates, no overlongs, at most U+10FFFF). */
bool str_utf8(struct str s);
