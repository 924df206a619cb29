/** @file net/ws_accept.c  From a request to a WebSocket (RFC 6455 section 4.2). */
#include "net/http_conn.h"
#include "net/http_parser.h"
#include "net/http_reply.h"
#include "net/ws_conn.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdlib.h>

enum { KEY_CHARS = 24, ACCEPT_CHARS = 28, SHA1_BYTES = 20 };

static bool list_has(struct str list, struct str token)
{
	size_t at = 0;

	while (at <= list.n) {
		const char *comma = memchr(list.p + at, ',', list.n - at);
		size_t end = comma ? (size_t)(comma - list.p) : list.n;
		struct str item = { list.p + at, end - at };

		while (item.n && (*item.p == ' ' || *item.p == '\t'))
			item = (struct str){ item.p + 1, item.n - 1 };
		while (item.n && (item.p[item.n - 1] == ' ' || item.p[item.n - 1] == '\t'))
			item.n--;
		if (http_same(item, token))
			return true;
		at = end + 1;
	}
	return false;
}

bool http_offers(const struct http_req *req, const char *header, const char *token)
{
	struct str value;

	for (size_t nth = 0; http_header_nth(req, header, nth, &value); nth++)
		if (list_has(value, str_of(token)))
			return true;
	return false;
}

/* 16 bytes in base64: 22 characters and two `=`. */
static bool key_valid(struct str key)
{
	uint8_t raw[KEY_CHARS / 4 * 3];

	return key.n == KEY_CHARS && key.p[21] != '=' && key.p[22] == '=' && key.p[23] == '=' &&
	       EVP_DecodeBlock(raw, (const unsigned char *)key.p, KEY_CHARS) == sizeof raw;
}

static void accept_of(char out[static ACCEPT_CHARS + 1], struct str key)
{
	static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
	char text[KEY_CHARS + sizeof guid - 1];
	uint8_t hash[SHA1_BYTES];

	memcpy(text, key.p, KEY_CHARS);
	memcpy(text + KEY_CHARS, guid, sizeof guid - 1);
	EVP_Digest(text, sizeof text, hash, NULL, EVP_sha1(), NULL);
	EVP_EncodeBlock((unsigned char *)out, hash, sizeof hash);
}

static struct str header_only(const struct http_req *req, const char *name)
{
	struct str value;

	return http_header_nth(req, name, 1, &value) ? STR("") : http_header(req, name);
}

/* Answer what is no upgrade that we speak. */
static bool upgrade_refused(struct http_req *req)
{
	static const struct http_field ours[] = {
		{ "Upgrade", "websocket" }, { "Connection", "Upgrade" }, { "Sec-WebSocket-Version", "13" }, { NULL, NULL },
	};

	if (!http_offers(req, "Upgrade", "websocket") || !str_eq(header_only(req, "Sec-WebSocket-Version"), STR("13"))) {
		http_reply(req, 426, NULL, ours, STR(""));
		return true;
	}
	if (str_eq(http_method(req), STR("GET")) && http_modern(req) && !http_body_sent(req) &&
	    http_offers(req, "Connection", "upgrade") && key_valid(header_only(req, "Sec-WebSocket-Key")))
		return false;
	http_reply(req, 400, NULL, NULL, STR(""));
	return true;
}

struct ws *ws_accept(struct http_req *req, const char *protocol, const struct ws_ops *ops, void *arg)
{
	char accept[ACCEPT_CHARS + 1];
	struct http_field fields[] = {
		{ "Upgrade", "websocket" },
		{ "Connection", "Upgrade" },
		{ "Sec-WebSocket-Accept", accept },
		{ protocol ? "Sec-WebSocket-Protocol" : NULL, protocol },
		{ NULL, NULL },
	};
	struct buf head = { 0 }, early;
	struct conn *conn;
	struct ws *ws;

	assert(!protocol || token_valid(str_of(protocol)));
	if (upgrade_refused(req))
		return NULL;
	accept_of(accept, http_header(req, "Sec-WebSocket-Key"));
	ws = ws_new(http_config(req), ops, arg);
	if (!ws || reply_head(&head, &(struct reply){ .status = 101, .fields = fields })) {
		free(ws);
		http_reply(req, 503, NULL, NULL, STR(""));
		return NULL;
	}
	conn = http_upgrade(req, &early);
	conn_write(conn, buf_str(&head), STR(""));
	buf_release(&head);
	ws_start(ws, conn, early);
	return ws;
}
