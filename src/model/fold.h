/** @file model/fold.h  The case mappings that names need, inside this room. */
#pragma once
#include "base/str.h"

#include <stdint.h>

enum text_case { TEXT_LOWER, TEXT_FOLD };

/** NFC, map, NFC. A NUL-terminated copy that the caller frees; NULL when memory is out, or the text is not UTF-8 or too long. */
char *text_map_case(struct str text, enum text_case mapping);

/** The code point at *at of well-formed UTF-8; *at moves behind it. */
int32_t text_next(struct str text, size_t *at);
