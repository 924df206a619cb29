/** @file model/media_type.c  Fuzz target: the first bytes of a file that somebody sends. */
#include "model/media_type.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct media_type type;

	media_type_read((struct str){ (const char *)data, n }, &type);
	if (!type.name || !type.width != !type.height)
		abort();
	if ((uint64_t)type.width * type.height > MEDIA_PIXELS_MOST)
		abort();
	return 0;
}
