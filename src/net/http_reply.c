/** @file net/http_reply.c  Reply heads. */
#include "net/http_reply.h"

#include "base/clock.h"

#include <assert.h>
#include <time.h>

const char *reply_phrase(int status)
{
	switch (status) {
	case 100: return "Continue";
	case 101: return "Switching Protocols";
	case 200: return "OK";
	case 201: return "Created";
	case 202: return "Accepted";
	case 204: return "No Content";
	case 206: return "Partial Content";
	case 303: return "See Other";
	case 304: return "Not Modified";
	case 308: return "Permanent Redirect";
	case 400: return "Bad Request";
	case 401: return "Unauthorized";
	case 403: return "Forbidden";
	case 404: return "Not Found";
	case 405: return "Method Not Allowed";
	case 406: return "Not Acceptable";
	case 408: return "Request Timeout";
	case 409: return "Conflict";
	case 412: return "Precondition Failed";
	case 413: return "Content Too Large";
	case 415: return "Unsupported Media Type";
	case 416: return "Range Not Satisfiable";
	case 417: return "Expectation Failed";
	case 426: return "Upgrade Required";
	case 428: return "Precondition Required";
	case 429: return "Too Many Requests";
	case 431: return "Request Header Fields Too Large";
	case 500: return "Internal Server Error";
	case 501: return "Not Implemented";
	case 503: return "Service Unavailable";
	case 505: return "HTTP Version Not Supported";
	}
	return "";
}

/* RFC 9110 section 5.6.2. */
static bool token_char(char c)
{
	char letter = c | 0x20;

	return (letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9') || (c && strchr("-!#$%&'*+.^_`|~", c));
}

bool token_valid(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!token_char(s.p[i]))
			return false;
	return s.n > 0;
}

static bool value_valid(const char *value)
{
	for (; *value; value++)
		if (((unsigned char)*value < ' ' && *value != '\t') || *value == 0x7f)
			return false;
	return true;
}

static int field_put(struct buf *out, const char *name, const char *value)
{
	struct str n = str_of(name), v = str_of(value);
	int err;

	assert(token_valid(n) && value_valid(value));
	err = buf_add(out, n.p, n.n);
	if (!err)
		err = buf_add(out, ": ", 2);
	if (!err)
		err = buf_add(out, v.p, v.n);
	return err ? err : buf_add(out, "\r\n", 2);
}

static int date_put(struct buf *out)
{
	/* Written once a second; each thread has its own. */
	static _Thread_local char text[32];
	static _Thread_local time_t written = -1;
	time_t now = (time_t)(clock_wall_ms() / 1000);
	struct tm tm;

	if (now != written) {
		gmtime_r(&now, &tm);
		strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &tm);
		written = now;
	}
	return field_put(out, "Date", text);
}

/* 1xx, 204 and 304 have no body to measure (RFC 9110 section 8.6). */
static bool has_length(int status)
{
	return status >= 200 && status != 204 && status != 304;
}

int reply_head(struct buf *out, const struct reply *reply)
{
	int err;

	assert(reply->status >= 100 && reply->status <= 599);
	assert(has_length(reply->status) || (reply->body_bytes == 0 && !reply->type));
	err = buf_printf(out, "HTTP/1.1 %d %s\r\n", reply->status, reply_phrase(reply->status));
	if (!err && reply->status >= 200)
		err = date_put(out);
	if (!err && reply->type)
		err = field_put(out, "Content-Type", reply->type);
	if (!err && has_length(reply->status))
		err = buf_printf(out, "Content-Length: %zu\r\n", reply->body_bytes);
	for (const struct http_field *f = reply->fields; !err && f && f->name; f++)
		err = field_put(out, f->name, f->value);
	if (!err && (reply->close || reply->http10))
		err = field_put(out, "Connection", reply->close ? "close" : "keep-alive");
	return err ? err : buf_add(out, "\r\n", 2);
}
