/** @file net/ws_conn.h  A WebSocket between its upgrade (ws_accept.c) and its life (ws.c). Inside src/net only. */
#pragma once
#include "base/buf.h"
#include "net/conn.h"
#include "net/ws.h"

/** A WebSocket without a connection yet, or NULL. */
struct ws *ws_new(const struct net_config *config, const struct ws_ops *ops, void *arg);

/** Take the connection over, with the bytes that came right behind the upgrade. The 101 is already written. */
void ws_start(struct ws *ws, struct conn *conn, struct buf early);
