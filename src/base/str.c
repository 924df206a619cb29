/** @file base/str.c  The few string helpers that every room needs. */
#include "base/str.h"

#include <stdint.h>
#include <stdlib.h>

char *str_dup(struct str s)
{
	char *copy = malloc(s.n + 1);

	if (!copy)
		return NULL;
	if (s.n)
		memcpy(copy, s.p, s.n);
	copy[s.n] = '\0';
	return copy;
}

/* The allowed second byte depends on the first (RFC 3629 section 4); later bytes are 80..BF. */
static size_t utf8_tail(uint8_t lead, uint8_t *low, uint8_t *high)
{
	*low = 0x80;
	*high = 0xbf;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 1;
	if (lead >= 0xe0 && lead <= 0xef) {
		if (lead == 0xe0)
			*low = 0xa0;
		if (lead == 0xed)
			*high = 0x9f;
		return 2;
	}
	if (lead >= 0xf0 && lead <= 0xf4) {
		if (lead == 0xf0)
			*low = 0x90;
		if (lead == 0xf4)
			*high = 0x8f;
		return 3;
	}
	return 0;
}

bool str_utf8(struct str s)
{
	const uint8_t *p = (const uint8_t *)s.p, *end = p + s.n;

	while (p < end) {
		uint8_t low, high;
		size_t tail;

		if (*p < 0x80) {
			p++;
			continue;
		}
		tail = utf8_tail(*p++, &low, &high);
		if (tail == 0 || (size_t)(end - p) < tail)
			return false;
		for (; tail; tail--, p++) {
			if (*p < low || *p > high)
				return false;
			low = 0x80;
			high = 0xbf;
		}
	}
	return true;
}
