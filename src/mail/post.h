/** @file mail/post.h  Mail goes out by a process of its own: the server itself can't connect anywhere. One letter at a time; what waits, waits in the store. */
#pragma once
#include "base/str.h"
#include "mail/letter.h"

#include <uv.h>

/** Where mail goes. Borrowed until post_open() returns. */
struct post_config {
	const char *server;		/* host name or numeric address */
	uint16_t port;
	enum { POST_STARTTLS, POST_TLS, POST_PLAIN } tls;
	const char *from;		/* our address */
	const char *user;		/* "": no sign-in */
	const char *password_file;	/* its first line; read once, in the mail process */
	const char *ca;			/* PEM file of who may vouch for the server */
	int (*confine)(const struct post_config *config, bool worker);	/* the sandbox, from inside: of the one who keeps the process up, then of the worker. 0 or a negative errno */
};

struct post;

/**
 * Start the process. Before any thread and before the sandbox of the caller. It ends with the caller, however that ends; when it
 * dies itself, it is started again. 0 and *pp, or a negative errno with `why`.
 */
int post_open(struct post **pp, const struct post_config *config, char why[static 256]);

enum post_result { POST_SENT, POST_LATER, POST_NEVER };
typedef void (*post_done)(void *arg, enum post_result result, const char *why);

/** Listen on the loop; `done` hears of each letter. Once, before the first. 0 or a negative errno. */
int post_start(struct post *post, uv_loop_t *loop, post_done done, void *arg);

/** Our address. */
const char *post_from(const struct post *post);
/** Can it take a letter now? */
bool post_ready(const struct post *post);
/** Send one: `done` follows, unless post_end() comes first. 0 or a negative errno, then nothing follows. Never blocks. */
int post_send(struct post *post, const char *to, const struct buf *letter);

/** Listen no more, and let the process go; from the loop, which runs on until `closed`. */
void post_end(struct post *post, void (*closed)(void *arg), void *arg);
/** After `closed`, or when it was never started. NULL is harmless. */
void post_free(struct post *post);
