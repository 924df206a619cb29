/** @file farhand.c  The live protocol (doc/protocol.md) as a client speaks it: one WebSocket, text frames. */
#include "speak.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { UPGRADE, HELLO, IN };

/* A client's frame, masked with zeros: they cost the server the same. */
static void frame_say(struct wire *wire, unsigned char opcode, struct str text)
{
	unsigned char head[8] = { 0x80 | opcode };
	size_t n = 2;
	struct buf out = { 0 };

	if (text.n < 126) {
		head[1] = 0x80 | (unsigned char)text.n;
	} else {
		head[1] = 0x80 | 126;
		head[2] = (unsigned char)(text.n >> 8);
		head[3] = (unsigned char)text.n;
		n = 4;
	}
	if (buf_add(&out, head, n + 4) || buf_add(&out, text.p, text.n))
		errx(1, "out of memory");
	wire_say(wire, buf_str(&out));
	buf_release(&out);
}

static void ready(struct wire *wire)
{
	struct client *client = wire->up;
	char head[512];
	int n = snprintf(head, sizeof head, "GET /v1/live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: farhand.v1\r\n"
		"Authorization: Bearer bench-%u\r\n\r\n", client->nth);

	wire_say(wire, (struct str){ head, (size_t)n });
}

static size_t upgraded(struct client *client, struct str in)
{
	const char *end = found(in, "\r\n\r\n");

	if (!end)
		return 0;
	if (in.n < 12 || memcmp(in.p + 9, "101", 3) != 0)
		errx(1, "the server does not upgrade: %.*s", (int)in.n, in.p);
	client->step = HELLO;
	frame_say(&client->wire, 1, STR("{\"id\":0,\"op\":\"hello\",\"since\":null}"));
	return (size_t)(end - in.p) + 4;
}

static void frame_heard(struct client *client, unsigned char opcode, struct str text)
{
	unsigned number;
	const char *at;

	if (opcode == 9) {
		frame_say(&client->wire, 10, text);
		return;
	}
	if (client->step == HELLO) {
		if (!found(text, "\"ok\""))
			errx(1, "hello: %.*s", (int)text.n, text.p);
		client->step = IN;
		client->ops->signed_in(client);
	} else if (text.n > 6 && memcmp(text.p, "{\"re\":", 6) == 0) {
		if (!found(text, "\"ok\""))
			errx(1, "refused: %.*s", (int)text.n, text.p);
		client->ops->stored(client, (unsigned)strtoul(text.p + 6, NULL, 10));
	} else if ((at = found(text, "\"text\":\"")) && text_number((struct str){ at + 8, text.n - (size_t)(at + 8 - text.p) }, &number)) {
		client->ops->arrived(client, number);
	}
}

/* One frame off the front; its length, or 0 when it is not whole. */
static size_t frame_take(struct client *client, struct str in)
{
	size_t head = 2, n;

	if (in.n < 2)
		return 0;
	n = (unsigned char)in.p[1];
	if (n == 126) {
		if (in.n < 4)
			return 0;
		n = (size_t)(unsigned char)in.p[2] << 8 | (unsigned char)in.p[3];
		head = 4;
	} else if (n == 127) {
		errx(1, "a frame of more than 64 KiB");
	}
	if (in.n < head + n)
		return 0;
	frame_heard(client, (unsigned char)in.p[0] & 15, (struct str){ in.p + head, n });
	return head + n;
}

static size_t bytes(struct wire *wire, struct str in)
{
	struct client *client = wire->up;
	size_t used = 0, n;

	while (used < in.n) {
		struct str rest = { in.p + used, in.n - used };

		n = client->step == UPGRADE ? upgraded(client, rest) : frame_take(client, rest);
		if (!n)
			break;
		used += n;
	}
	return used;
}

static void send_(struct client *client, unsigned number)
{
	char text[TEXT_BYTES + 1], frame[512];
	int n;

	text_make(text, number);
	n = snprintf(frame, sizeof frame, "{\"id\":%u,\"op\":\"send\",\"conversation\":\"%u\",\"client_id\":\"%x-%u\",\"text\":\"%s\"}", number, client->nth / 2 + 1,
		(unsigned)getpid(), number, text);
	frame_say(&client->wire, 1, (struct str){ frame, (size_t)n });
}

const struct tongue farhand = { "farhand", true, { ready, bytes }, send_ };
