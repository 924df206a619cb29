/** @file model/span.h  Cutting a large JSON text into the bytes of its parts, so that each part is parsed alone. */
#pragma once
#include "base/json.h"

/** A walk over the members of one object or the elements of one array. All texts are borrowed from `whole`. */
struct span {
	struct str whole;	/* the document: errors count its lines */
	const char *path;	/* of the object or array */
	const char *p;
	const char *end;
	char close;
	bool first;
};

/** Begin at `value`, a part of `whole`, which has to be an object ('{') or array ('['). False with err. */
bool span_open(struct span *span, struct str whole, struct str value, char open, const char *path, struct json_err *err);

enum span_step { SPAN_MORE, SPAN_DONE, SPAN_BAD };

/** The next part; `key` is the member's key with its quotes, and empty in an array. The parts are not checked: span_read() does. */
enum span_step span_next(struct span *span, struct str *key, struct str *value, struct json_err *err);

/** Parse one part strictly. Errors have this path and the line of the document. A new reference, or NULL with err. */
json_t *span_read(struct str whole, struct str value, unsigned depth, const char *path, struct json_err *err);
