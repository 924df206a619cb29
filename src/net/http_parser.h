/**
 * @file net/http_parser.h  Bytes in, one HTTP/1.x request out: llhttp plus what it leaves open. No I/O. Inside src/net only.
 *
 * Stricter than RFC 9112 where leniency helps only smugglers: CRLF and nothing else, no folded lines, exactly one Host,
 * one Content-Length or one `Transfer-Encoding: chunked`, never both, no chunk extensions, no trailers, no absolute targets.
 */
#pragma once
#include "base/buf.h"

#include <llhttp.h>
#include <stdint.h>

enum http_event {
	HTTP_MORE = 1,	/* all bytes are taken, nothing is complete */
	HTTP_HEAD_DONE,	/* the head is complete and valid; `ended` tells whether that was all */
	HTTP_END,	/* the body is complete */
	HTTP_BAD,	/* `status` tells why; nothing more may be fed */
};

/** One request. Must not move while in use. */
struct http_parser {
	llhttp_t ll;
	struct buf head;	/* target NUL, then name NUL value NUL for each field */
	struct buf body;
	size_t head_most;
	size_t body_most;	/* 0 until somebody wants the body */
	size_t head_bytes;	/* of the head so far, as sent */
	unsigned fields;
	int status;
	char last;		/* byte of the head, for the check of its lines */
	bool head_done;
	bool ended;
	bool expects;		/* Expect: 100-continue */
};

void http_parser_init(struct http_parser *parser, size_t head_most);
void http_parser_release(struct http_parser *parser);

/** Take bytes off the front of *in until something is complete. */
enum http_event http_parser_feed(struct http_parser *parser, struct str *in);

/** Walk the fields, *at = 0 at first. False behind the last. */
bool http_parser_field(const struct http_parser *parser, size_t *at, struct str *name, struct str *value);

/** The request target. */
struct str http_parser_target(const struct http_parser *parser);

/** Equal but for the case of ASCII letters? */
bool http_same(struct str a, struct str b);
