/** @file model/address.c  Addresses in their canonical form: what is compared, kept and looked up. */
#include "base/limits.h"
#include "model/fold.h"
#include "model/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <unicode/uchar.h>

static bool refuse(char why[static 128], const char *text)
{
	snprintf(why, 128, "%s", text);
	return false;
}

static bool local_valid(struct str local, char why[static 128])
{
	if (local.n == 0)
		return refuse(why, "nothing stands before the @");
	if (!str_utf8(local))
		return refuse(why, "is not UTF-8");
	for (size_t at = 0; at < local.n;) {
		int32_t c = text_next(local, &at);

		if (u_isUWhiteSpace(c) || u_charType(c) == U_CONTROL_CHAR)
			return refuse(why, "white space or a control character stands before the @");
	}
	return true;
}

/* "bob=Contoso.example": the home domain inside a guest's address has one form too. Anything else stays as it is. */
static void home_canonical(const char *local, char out[static 324])
{
	const char *equals = strrchr(local, '=');
	char home[260], why[128];

	if (equals && domain_canonical(str_of(equals + 1), false, home, why))
		snprintf(out, 324, "%.*s=%s", (int)(equals - local), local, home);
	else
		snprintf(out, 324, "%s", local);
}

bool address_canonical(struct str text, char out[static 324], char why[static 128])
{
	const char *at = text.n ? memchr(text.p, '@', text.n) : NULL;
	char domain[260], home[324];
	struct str local, rest;
	char *lower;
	int n;

	if (text.n > LIMIT_ADDRESS_BYTES)
		return refuse(why, "the address is longer than 320 bytes");
	if (!at)
		return refuse(why, "is not an address: it has no @");
	local = (struct str){ text.p, (size_t)(at - text.p) };
	rest = (struct str){ at + 1, text.n - local.n - 1 };
	if (memchr(rest.p, '@', rest.n))
		return refuse(why, "is not an address: it has more than one @");
	if (!local_valid(local, why) || !domain_canonical(rest, false, domain, why))
		return false;
	lower = text_map_case(local, TEXT_LOWER);
	if (!lower)
		return refuse(why, "out of memory");
	n = (int)strlen(lower);
	if (n <= LIMIT_ADDRESS_BYTES) {
		home_canonical(lower, home);
		n = snprintf(out, 324, "%s@%s", home, domain);
	}
	free(lower);
	if (n > LIMIT_ADDRESS_BYTES)
		return refuse(why, "the address is longer than 320 bytes");
	return true;
}

struct str address_domain(struct str address)
{
	const char *at = address.n ? memrchr(address.p, '@', address.n) : NULL;

	if (!at)
		return (struct str){ "", 0 };
	return (struct str){ at + 1, address.n - (size_t)(at - address.p) - 1 };
}
