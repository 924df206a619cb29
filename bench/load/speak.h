/** @file speak.h  A chat client over a wire, in one protocol or the other. */
#pragma once
#include "wire.h"

struct client;

/** What a client tells whoever drives it. */
struct client_ops {
	void (*signed_in)(struct client *client);
	void (*arrived)(struct client *client, unsigned number);	/* a message that the other one sent */
	void (*stored)(struct client *client, unsigned number);		/* the server answers for one's own */
};

/** A protocol. */
struct tongue {
	const char *name;
	bool answers;		/* `stored` is told: only then is a message done */
	struct wire_ops wire;
	void (*send)(struct client *client, unsigned number);
};

extern const struct tongue farhand, xmpp;

/** One of many. Clients 2N and 2N + 1 write to each other. */
struct client {
	struct wire wire;
	const struct tongue *tongue;
	const struct client_ops *ops;
	unsigned nth;
	int step;		/* of signing in */
	void *up;
};

/** A message's text: 100 bytes that carry its number. */
enum { TEXT_BYTES = 100 };
void text_make(char out[static TEXT_BYTES + 1], unsigned number);
/** The number in a text, or false. */
bool text_number(struct str text, unsigned *out);

/** Where a text stands in another; NULL when nowhere. */
const char *found(struct str in, const char *what);
