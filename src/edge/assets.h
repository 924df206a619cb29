/** @file edge/assets.h  The web app's files, compiled in by script/embed. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/** One file; `gz` is its gzip form, or NULL where that is no smaller. */
struct asset {
	const char *path;	/* "/assets/x.js" */
	const char *type;
	const char *etag;	/* quoted */
	const unsigned char *bytes;
	size_t n;
	const unsigned char *gz;
	size_t gz_n;
	bool immutable;		/* its name has a hash of its content */
};

/** Sorted by path; made at build time. */
extern const struct asset assets[];
extern const size_t n_assets;
