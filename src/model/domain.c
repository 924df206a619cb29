/** @file model/domain.c  Domains to A-labels and back (UTS-46, non-transitional). */
#include "model/names.h"

#include <stdio.h>
#include <unicode/uidna.h>

enum { DOMAIN_CHARS = 253, LABEL_CHARS = 63 };

static bool refuse(char why[static 128], const char *text)
{
	snprintf(why, 128, "%s", text);
	return false;
}

static bool ldh(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

/* Lower case already. */
static bool labels_valid(const char *p, size_t n, char why[static 128])
{
	size_t label = 0;

	if (n == 0)
		return refuse(why, "the domain is empty");
	if (n > DOMAIN_CHARS)
		return refuse(why, "the domain is longer than 253 characters");
	for (size_t i = 0; i <= n; i++) {
		if (i < n && p[i] != '.') {
			if (!ldh(p[i]))
				return refuse(why, "the domain has a character that is no letter, digit or hyphen");
			label++;
			continue;
		}
		if (label == 0)
			return refuse(why, i == n ? "the domain ends in a dot" : "the domain has an empty label");
		if (label > LABEL_CHARS)
			return refuse(why, "the domain has a label longer than 63 characters");
		if (p[i - label] == '-' || p[i - 1] == '-')
			return refuse(why, "the domain has a label that begins or ends with a hyphen");
		label = 0;
	}
	return true;
}

/* What UTS-46 would only lower: plain ASCII without a label in A-label form. Nearly every domain is. */
static bool ascii_lower(struct str text, char out[static 260])
{
	if (text.n > DOMAIN_CHARS)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if ((unsigned char)c >= 0x80 || c == '\0')
			return false;
		if (c >= 'A' && c <= 'Z')
			c = (char)(c | 0x20);
		out[i] = c;
		if (i >= 3 && c == '-' && out[i - 1] == '-' && out[i - 2] == 'n' && out[i - 3] == 'x')
			return false;
	}
	out[text.n] = '\0';
	return true;
}

/* Opened for each use: it is cheap, and most names never come here. */
static UIDNA *idna_open(void)
{
	UErrorCode status = U_ZERO_ERROR;
	UIDNA *idna = uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE | UIDNA_USE_STD3_RULES |
		UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ, &status);

	return U_FAILURE(status) ? NULL : idna;
}

static bool idna_to_ascii(struct str text, char out[static 260], char why[static 128])
{
	/* Hyphens in the third and fourth place are left to labels_valid, which permits them: such names exist. */
	const uint32_t harmless = UIDNA_ERROR_HYPHEN_3_4;
	UIDNAInfo info = UIDNA_INFO_INITIALIZER;
	UErrorCode status = U_ZERO_ERROR;
	UIDNA *idna;
	int32_t n;

	if (text.n > 4096)
		return refuse(why, "the domain is longer than 253 characters");
	idna = idna_open();
	if (!idna)
		return refuse(why, "out of memory");
	n = uidna_nameToASCII_UTF8(idna, text.p, (int32_t)text.n, out, DOMAIN_CHARS + 1, &info, &status);
	uidna_close(idna);
	if (status == U_BUFFER_OVERFLOW_ERROR || n > DOMAIN_CHARS)
		return refuse(why, "the domain is longer than 253 characters");
	if (U_FAILURE(status) || (info.errors & ~harmless))
		return refuse(why, "is not a valid domain");
	out[n] = '\0';
	return true;
}

bool domain_canonical(struct str text, bool wildcard, char out[static 260], char why[static 128])
{
	size_t star = wildcard && text.n > 2 && memcmp(text.p, "*.", 2) == 0 ? 2 : 0;
	struct str rest = { text.p + star, text.n - star };
	char plain[260];
	size_t n;

	if (!ascii_lower(rest, plain) && !idna_to_ascii(rest, plain, why))
		return false;
	n = strlen(plain);
	if (!labels_valid(plain, n, why))
		return false;
	memcpy(out, "*.", star);
	memcpy(out + star, plain, n + 1);
	return true;
}

void domain_unicode(struct str domain, char out[static 1024])
{
	UIDNAInfo info = UIDNA_INFO_INITIALIZER;
	UErrorCode status = U_ZERO_ERROR;
	bool plain = !memmem(domain.p, domain.n, "xn--", 4);
	UIDNA *idna = plain ? NULL : idna_open();
	int32_t n = 0;

	if (idna) {
		n = uidna_nameToUnicodeUTF8(idna, domain.p, (int32_t)domain.n, out, 1023, &info, &status);
		uidna_close(idna);
	}
	if (!idna || U_FAILURE(status) || n > 1023)
		n = snprintf(out, 1024, "%.*s", (int)domain.n, domain.p);
	out[n] = '\0';
}
