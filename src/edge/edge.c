/** @file edge/edge.c  The room's beginning and end, and where each request goes. */
#include "edge/inside.h"

#include <errno.h>
#include <stdlib.h>

static void healthz(struct http_req *req)
{
	struct http_field fields[EDGE_FIELDS];

	fields_fill(fields, NULL, false);
	http_reply(req, 200, "application/json", fields, STR("{\"status\":\"ok\"}\n"));
}

static bool begins(struct str path, struct str with)
{
	return path.n >= with.n && strncmp(path.p, with.p, with.n) == 0;
}

static void on_request(struct http_req *req, void *arg)
{
	struct edge *edge = arg;
	struct str path = http_path(req), method = http_method(req);
	bool reads = str_eq(method, STR("GET")) || str_eq(method, STR("HEAD"));
	const struct route_row *row;
	enum reason refusal;

	if (edge->ending) {
		problem_reply(req, REASON_STOPPING);
		return;
	}
	row = route_find(method, path, &refusal);
	if (row)
		exchange_start(edge, req, row);
	else if (str_eq(path, STR("/v1/live")) && reads)
		live_accept(edge, req);
	else if (str_eq(path, STR("/healthz")) && reads)
		healthz(req);
	else if (str_eq(path, STR("/metrics")) && reads)
		metrics_reply(edge, req);
	else if (reads && (!begins(path, STR("/v1/")) || str_eq(path, STR("/v1/openapi.json"))))
		assets_reply(req);
	else if (refusal == REASON_METHOD)
		problem_reply_method(req);
	else
		problem_reply(req, refusal);
}

static void on_sweep(uv_timer_t *timer)
{
	live_sweep(timer->data);
}

int edge_open(struct edge **ep, struct act *act, uv_loop_t *loop, struct net_config *config)
{
	size_t rows;
	const struct route_row *row = route_rows(&rows);
	struct edge *edge;
	int err;

	/* A route that does not say who may come would be everybody's. */
	if (!routes_sound(row, rows))
		return -EINVAL;
	edge = calloc(1, sizeof *edge);
	if (!edge)
		return -ENOMEM;
	edge->act = act;
	list_init(&edge->endpoints);
	list_init(&edge->chunks);
	config->on_request = on_request;
	config->arg = edge;
	err = net_listen(&edge->server, loop, config);
	if (err) {
		free(edge);
		return err;
	}
	uv_timer_init(loop, &edge->sweep);
	edge->sweep.data = edge;
	uv_timer_start(&edge->sweep, on_sweep, 1000, 1000);
	*ep = edge;
	return 0;
}

uint16_t edge_port(const struct edge *edge)
{
	return net_port(edge->server);
}

void edge_tls_set(struct edge *edge, SSL_CTX *tls)
{
	net_tls_set(edge->server, tls);
}

static void on_sweep_closed(uv_handle_t *handle)
{
	struct edge *edge = handle->data;
	void (*closed)(void *arg) = edge->closed;
	void *arg = edge->closed_arg;

	assert(list_empty(&edge->endpoints));
	free(edge);
	closed(arg);
}

static void on_server_closed(void *arg)
{
	struct edge *edge = arg;

	uv_close((uv_handle_t *)&edge->sweep, on_sweep_closed);
}

void edge_end(struct edge *edge, void (*closed)(void *arg), void *arg)
{
	edge->ending = true;
	edge->closed = closed;
	edge->closed_arg = arg;
	net_end(edge->server, on_server_closed, edge);
}
