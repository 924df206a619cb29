/** @file reach/ask.h  An ask as JSON (spec/reach.md section 2), as the CLI and tests write it. */
#pragma once
#include "base/json.h"
#include "reach/reach.h"

/** A decoded ask and what it borrows from. Not to be moved: `ask` points into it. */
struct ask_doc {
	struct ask ask;
	char from[324];
	char to[324];
	struct query query;
};

/** Decode; `now` stands in where "at" is absent or null. Unknown keys are refused. On false nothing is owned. */
bool ask_doc_decode(json_t *object, const char *path, time_ms_t now, struct ask_doc *out, struct json_err *err);
void ask_doc_release(struct ask_doc *doc);
