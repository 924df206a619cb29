/** @file edge/edge.h  Wire to act and back: HTTP routes, the live protocol, sign-in, the web app. Decides nothing. */
#pragma once
#include "act/act.h"
#include "net/ws.h"

struct edge;

/** Start to serve. `config` gives the port's limits; its on_request and arg are set here. 0 and *ep (owned), or a negative errno. */
int edge_open(struct edge **ep, struct act *act, uv_loop_t *loop, struct net_config *config);
uint16_t edge_port(const struct edge *edge);
/** Show another certificate to connections accepted from now on. Takes a reference of its own. */
void edge_tls_set(struct edge *edge, SSL_CTX *tls);
/** Stop: no new requests, lines closed, replies under way written; then `closed`, and the edge is freed. */
void edge_end(struct edge *edge, void (*closed)(void *arg), void *arg);
