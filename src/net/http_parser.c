/** @file net/http_parser.c  One HTTP/1.x request, strictly. */
#include "net/http_parser.h"

#include "base/limits.h"

#include <assert.h>
#include <strings.h>

enum { LENGTH_DIGITS = 15 };

bool http_same(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || strncasecmp(a.p, b.p, a.n) == 0);
}

static struct http_parser *parser_of(llhttp_t *ll)
{
	return ll->data;
}

static int parser_bad(struct http_parser *p, int status)
{
	p->status = status;
	return HPE_USER;
}

/* `head` can't outgrow head_most: each part is at least as long on the wire as here. */
static int on_part(llhttp_t *ll, const char *s, size_t n)
{
	struct http_parser *p = parser_of(ll);

	/* Fields behind the body are trailers: nobody here wants them, so nobody has to distrust them. */
	if (p->head_done)
		return parser_bad(p, 400);
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if ((c < ' ' && c != '\t') || c == 0x7f)
			return parser_bad(p, 400);
	}
	return buf_add(&p->head, s, n) ? parser_bad(p, 503) : 0;
}

static int on_part_end(llhttp_t *ll)
{
	struct http_parser *p = parser_of(ll);

	if (p->head_done)
		return parser_bad(p, 400);
	return buf_add(&p->head, "", 1) ? parser_bad(p, 503) : 0;
}

static int on_value_end(llhttp_t *ll)
{
	struct http_parser *p = parser_of(ll);

	while (p->head.n && (p->head.p[p->head.n - 1] == ' ' || p->head.p[p->head.n - 1] == '\t'))
		p->head.n--;
	if (++p->fields > LIMIT_HEAD_FIELDS)
		return parser_bad(p, 431);
	return on_part_end(ll);
}

static int on_head(llhttp_t *ll)
{
	struct http_parser *p = parser_of(ll);
	bool body = ll->flags & F_CHUNKED || ll->content_length > 0;

	p->head_done = true;
	/* Who upgrades decides so later; until then every request is an ordinary one. */
	ll->upgrade = 0;
	return body ? HPE_PAUSED : 0;
}

static int on_body(llhttp_t *ll, const char *s, size_t n)
{
	struct http_parser *p = parser_of(ll);

	if (n > p->body_most - p->body.n)
		return parser_bad(p, 413);
	return buf_add(&p->body, s, n) ? parser_bad(p, 503) : 0;
}

static int on_extension(llhttp_t *ll, const char *s, size_t n)
{
	(void)s;
	(void)n;
	return parser_bad(parser_of(ll), 400);
}

static int on_end(llhttp_t *ll)
{
	parser_of(ll)->ended = true;
	return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
	.on_url = on_part,
	.on_url_complete = on_part_end,
	.on_header_field = on_part,
	.on_header_field_complete = on_part_end,
	.on_header_value = on_part,
	.on_header_value_complete = on_value_end,
	.on_headers_complete = on_head,
	.on_chunk_extension_name = on_extension,
	.on_chunk_extension_value = on_extension,
	.on_body = on_body,
	.on_message_complete = on_end,
};

void http_parser_init(struct http_parser *p, size_t head_most)
{
	*p = (struct http_parser){ .head_most = head_most };
	llhttp_init(&p->ll, HTTP_REQUEST, &settings);
	p->ll.data = p;
}

void http_parser_release(struct http_parser *p)
{
	buf_release(&p->head);
	buf_release(&p->body);
}

struct str http_parser_target(const struct http_parser *p)
{
	return str_of(p->head.p);
}

bool http_parser_field(const struct http_parser *p, size_t *at, struct str *name, struct str *value)
{
	if (*at == 0)
		*at = http_parser_target(p).n + 1;
	if (*at >= p->head.n)
		return false;
	*name = str_of(p->head.p + *at);
	*at += name->n + 1;
	*value = str_of(p->head.p + *at);
	*at += value->n + 1;
	return true;
}

/* llhttp 8.1.0 (Debian 12) takes folded lines (CVE-2024-27982), and how it takes a lone CR or LF depends on how it was built. */
static bool lines_strict(struct http_parser *p, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = s[i];

		if ((p->last == '\r') != (c == '\n') || c == '\0')
			return false;
		if (p->last == '\n' && (c == ' ' || c == '\t'))
			return false;
		p->last = c;
	}
	return true;
}

static bool target_valid(struct str target)
{
	if (target.n == 0 || target.p[0] != '/')
		return false;
	for (size_t i = 0; i < target.n; i++)
		if (target.p[i] <= ' ' || target.p[i] > '~' || target.p[i] == '#')
			return false;
	return true;
}

static bool host_valid(struct str host)
{
	for (size_t i = 0; i < host.n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_~:[]", host.p[i]))
			return false;
	return host.n > 0;
}

static bool length_valid(struct str length)
{
	for (size_t i = 0; i < length.n; i++)
		if (length.p[i] < '0' || length.p[i] > '9')
			return false;
	return length.n > 0 && length.n <= LENGTH_DIGITS;
}

static bool method_known(unsigned method)
{
	switch (method) {
	case HTTP_GET:
	case HTTP_HEAD:
	case HTTP_POST:
	case HTTP_PUT:
	case HTTP_PATCH:
	case HTTP_DELETE:
	case HTTP_OPTIONS:
		return true;
	}
	return false;
}

/* 0, or the status that refuses the head. */
static int fields_check(struct http_parser *p, bool http10)
{
	unsigned hosts = 0, lengths = 0, encodings = 0;
	struct str name, value;
	size_t at = 0;

	while (http_parser_field(p, &at, &name, &value)) {
		if (http_same(name, STR("host"))) {
			hosts++;
			if (!host_valid(value))
				return 400;
		} else if (http_same(name, STR("content-length"))) {
			lengths++;
			if (!length_valid(value))
				return 400;
		} else if (http_same(name, STR("transfer-encoding"))) {
			encodings++;
			if (!http_same(value, STR("chunked")))
				return 400;
		} else if (http_same(name, STR("expect"))) {
			if (!http_same(value, STR("100-continue")))
				return 417;
			p->expects = !http10;
		}
	}
	if (hosts > 1 || (hosts == 0 && !http10))
		return 400;
	if (lengths + encodings > 1 || (encodings && http10))
		return 400;
	return 0;
}

static int head_check(struct http_parser *p)
{
	bool http10 = p->ll.http_minor == 0;

	if (p->ll.http_major != 1 || p->ll.http_minor > 1)
		return 505;
	if (!method_known(p->ll.method))
		return 501;
	if (!target_valid(http_parser_target(p)))
		return 400;
	return fields_check(p, http10);
}

static enum http_event bad(struct http_parser *p, int status)
{
	p->status = status;
	return HTTP_BAD;
}

enum http_event http_parser_feed(struct http_parser *p, struct str *in)
{
	bool in_head = !p->head_done;
	size_t room = p->head_most - p->head_bytes;
	size_t n = in_head && in->n > room ? room : in->n;
	enum llhttp_errno err;

	assert(p->status == 0 && !p->ended);
	err = llhttp_execute(&p->ll, in->p, n);
	if (err != HPE_OK)
		n = (size_t)(llhttp_get_error_pos(&p->ll) - in->p);
	if (in_head && !lines_strict(p, in->p, n))
		return bad(p, 400);
	if (err != HPE_OK && err != HPE_PAUSED)
		return bad(p, p->status ? p->status : err == HPE_INVALID_VERSION ? 505 : 400);
	llhttp_resume(&p->ll);
	in->p += n;
	in->n -= n;
	if (in_head)
		p->head_bytes += n;
	if (err == HPE_OK)
		return in_head && p->head_bytes == p->head_most ? bad(p, 431) : HTTP_MORE;
	if (!in_head)
		return HTTP_END;
	p->status = head_check(p);
	return p->status ? HTTP_BAD : HTTP_HEAD_DONE;
}
