/** @file net/http_conn.h  HTTP as the connection and the WebSocket see it. Inside src/net only. */
#pragma once
#include "base/buf.h"
#include "net/conn.h"

/** Speak HTTP on a connection whose handshake is done. 0 or -ENOMEM. */
int http_start(struct conn *conn);

/** Is there a body, read or not? */
bool http_body_sent(const struct http_req *req);

/** The nth field of a name, from 0; false when there are fewer. */
bool http_header_nth(const struct http_req *req, const char *name, size_t nth, struct str *value);

const struct net_config *http_config(const struct http_req *req);

/** HTTP/1.1, not 1.0? */
bool http_modern(const struct http_req *req);

/**
 * Take the connection away from HTTP. The request is gone without a reply, the bytes behind it are moved to *rest.
 * The caller becomes the connection's layer at once.
 */
struct conn *http_upgrade(struct http_req *req, struct buf *rest);
