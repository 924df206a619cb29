/** @file xmpp.c  XMPP as a client speaks it, over TLS from the start (XEP-0368): registers if it has to, signs in with PLAIN, chats. */
#include "speak.h"

#include <err.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>

enum { FEATURES, REGISTER, AUTH, AGAIN, BIND, IN };

static void say(struct client *client, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct client *client, const char *format, ...)
{
	char text[1024];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	wire_say(&client->wire, (struct str){ text, (size_t)n });
}

static void begin(struct client *client)
{
	say(client, "<?xml version='1.0'?><stream:stream to='localhost' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>");
}

static void ready(struct wire *wire)
{
	begin(wire->up);
}

static void auth(struct client *client)
{
	unsigned char plain[64], text[128];
	int n = snprintf((char *)plain, sizeof plain, "%cu%u%csecret", 0, client->nth, 0);

	EVP_EncodeBlock(text, plain, n);
	say(client, "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%s</auth>", text);
}

/* What each step waits for, and then says. Whatever came is used up. */
static bool step(struct client *client, struct str in)
{
	switch (client->step) {
	case FEATURES:
		if (!found(in, "</stream:features>"))
			return false;
		say(client, "<iq type='set' id='r'><query xmlns='jabber:iq:register'><username>u%u</username><password>secret</password></query></iq>", client->nth);
		break;
	case REGISTER:
		/* Done, or it was there before. */
		if (!found(in, "</iq>") && !found(in, "/>"))
			return false;
		auth(client);
		break;
	case AUTH:
		if (found(in, "<failure"))
			errx(1, "not signed in: %.*s", (int)in.n, in.p);
		if (!found(in, "<success"))
			return false;
		begin(client);
		break;
	case AGAIN:
		if (!found(in, "</stream:features>"))
			return false;
		say(client, "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>b</resource></bind></iq>");
		break;
	case BIND:
		if (!found(in, "</iq>"))
			return false;
		if (!found(in, "<jid>"))
			errx(1, "not bound: %.*s", (int)in.n, in.p);
		say(client, "<presence/>");
		client->step++;
		client->ops->signed_in(client);
		return true;
	}
	client->step++;
	return true;
}

static size_t bytes(struct wire *wire, struct str in)
{
	struct client *client = wire->up;
	size_t used = 0;
	const char *end;

	if (client->step != IN)
		return step(client, in) ? in.n : 0;
	while ((end = found((struct str){ in.p + used, in.n - used }, "</message>"))) {
		struct str stanza = { in.p + used, (size_t)(end - in.p) - used };
		const char *body = found(stanza, "<body>");
		unsigned number;

		if (body && text_number((struct str){ body + 6, stanza.n - (size_t)(body + 6 - stanza.p) }, &number))
			client->ops->arrived(client, number);
		used += stanza.n + 10;
	}
	return used;
}

static void send_(struct client *client, unsigned number)
{
	char text[TEXT_BYTES + 1];

	text_make(text, number);
	say(client, "<message to='u%u@localhost/b' type='chat' id='m%u'><body>%s</body></message>", client->nth ^ 1, number, text);
}

const struct tongue xmpp = { "xmpp", false, { ready, bytes }, send_ };
