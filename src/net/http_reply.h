/** @file net/http_reply.h  A reply's head as bytes. Inside src/net only. */
#pragma once
#include "base/buf.h"
#include "net/http.h"

struct reply {
	int status;
	const char *type;		/* NULL: no Content-Type */
	const struct http_field *fields;	/* ends with a NULL name, or is NULL */
	size_t body_bytes;
	bool close;
	bool http10;			/* a kept connection must be said */
};

/** For people who read the wire; "" for an unknown status, as RFC 9112 allows. */
const char *reply_phrase(int status);

/** Write the head. 0 or -ENOMEM. What can't be put into a head is a bug (assert). */
int reply_head(struct buf *out, const struct reply *reply);

/** A field name or token (RFC 9110 section 5.6.2)? */
bool token_valid(struct str s);
