/** @file model/media_type.h  What a file is, by its first bytes; what its name says counts for nothing. Pure. */
#pragma once
#include "base/str.h"

enum { MEDIA_HEAD_BYTES = 262144, MEDIA_PIXELS_MOST = 100 * 1000 * 1000 };

/** A type from a table (borrowed for ever), and of a still picture that browsers show its size. */
struct media_type {
	const char *name;		/* "application/octet-stream" for all that is not known */
	unsigned width, height;		/* 0: no picture, its size is not in these bytes, or more than MEDIA_PIXELS_MOST */
};

/** Look at the first bytes, up to MEDIA_HEAD_BYTES: a JPEG's size may stand that far behind its profiles. */
void media_type_read(struct str head, struct media_type *out);
