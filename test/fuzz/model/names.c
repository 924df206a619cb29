/** @file test/fuzz/model/names.c  Addresses, domains, times, folding: what was made canonical stays as it is. */
#include "model/names.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void domain_try(struct str text)
{
	char out[260], again[260], why[128], readable[1024];

	if (!domain_canonical(text, true, out, why))
		return;
	assert(domain_canonical(str_of(out), true, again, why));
	assert(strcmp(out, again) == 0);
	if (out[0] == '*')
		return;
	domain_unicode(str_of(out), readable);
	assert(domain_canonical(str_of(readable), false, again, why));
	assert(strcmp(out, again) == 0);
}

static void address_try(struct str text)
{
	char out[324], again[324], why[128];

	if (!address_canonical(text, out, why))
		return;
	assert(strlen(out) <= 320 && address_domain(str_of(out)).n > 0);
	assert(address_canonical(str_of(out), again, why));
	assert(strcmp(out, again) == 0);
}

static void instant_try(struct str text)
{
	struct instant at, again;
	char why[128];
	char *out;

	if (!instant_parse(text, &at, why))
		return;
	out = instant_format(&at);
	assert(instant_parse(str_of(out), &again, why));
	assert(instant_cmp(&at, &again) == 0);
	free(out);
	instant_release(&at);
	instant_release(&again);
}

static void fold_try(struct str text)
{
	char *once, *twice;

	if (!str_utf8(text) || (text.n && memchr(text.p, '\0', text.n)))
		return;
	once = text_fold(text_trim(text));
	assert(once);
	twice = text_fold(str_of(once));
	assert(twice && text_chars(str_of(twice)) <= strlen(twice));
	free(once);
	free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str text = { (const char *)data, n };

	domain_try(text);
	address_try(text);
	instant_try(text);
	fold_try(text);
	return 0;
}
