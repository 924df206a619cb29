/** @file net/ws.h  WebSocket (RFC 6455), server side, text frames: no extensions, no buffers while idle. */
#pragma once
#include "net/http.h"

struct ws;

/** Valid until on_close has returned. Neither is called from inside ws_send or ws_close. */
struct ws_ops {
	void (*on_text)(struct ws *ws, void *arg, struct str text);	/* whole message, valid UTF-8, at most frame_bytes; binary is refused with 1003 */
	void (*on_close)(struct ws *ws, void *arg, int code);		/* exactly once, however it ended; 1006: the peer vanished, 1013: it read too slowly, 1005: it gave no code */
};

/**
 * Turn a request into a WebSocket: checks method, Upgrade, Connection, version 13 and key (else answers 400 or 426 itself
 * and returns NULL; the request is gone then too). `protocol` is echoed in Sec-WebSocket-Protocol when not NULL. The caller checks Origin, sign-in and
 * the offered protocols first: http_offers().
 */
struct ws *ws_accept(struct http_req *req, const char *protocol, const struct ws_ops *ops, void *arg);

/** Does the comma-separated request header offer this token? All fields of that name count; case does not. */
bool http_offers(const struct http_req *req, const char *header, const char *token);

/** Queue one text message. False when the peer reads too slowly (its queue is full) or is closing: the connection is on its way out and on_close follows. */
bool ws_send(struct ws *ws, struct str text);

/** Say goodbye with a code and close; idempotent. on_close follows. */
void ws_close(struct ws *ws, int code);

/** Bytes not yet taken by the peer. */
size_t ws_queued(const struct ws *ws);
