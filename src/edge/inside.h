/** @file edge/inside.h  Inside of the room: what its files share. */
#pragma once
#include "base/list.h"
#include "edge/edge.h"

struct edge {
	struct act *act;
	struct net_server *server;
	struct list endpoints;		/* live.c: one WebSocket each */
	struct list chunks;		/* exchange.c: bodies of bytes, on their way in */
	size_t n_chunks;
	uv_timer_t sweep;
	bool ending;
	void (*closed)(void *arg);
	void *closed_arg;
};

enum { ROUTE_QUERIES = DEED_QUERIES };

/** One row of the table of routes. */
struct route_row {
	const char *method;
	const char *path;		/* "{}" stands for one segment */
	unsigned may;			/* who may come here: act.h; what depends on more than the tenant is the use case's */
	size_t body_bytes;		/* 0: takes no body */
	bool text;			/* the body goes to act as text, undecoded; of a PATCH it is bytes (application/partial-upload) */
	const char *queries[ROUTE_QUERIES];
	deed_run run;
};

/** Find the row. NULL, with *refusal: there is no such path, or it does not take the method. */
const struct route_row *route_find(struct str method, struct str path, enum reason *refusal);
/** The methods that a path of the table takes, "GET, HEAD, PUT". */
void route_allow(struct str path, char out[static 64]);
/** Does each of these rows say who may, and name what the path is about? Without that the server does not start. */
bool routes_sound(const struct route_row *rows, size_t n);
/** All rows; the test that holds doc/openapi.json to them reads them too. */
const struct route_row *route_rows(size_t *n);
/** Copy the n-th "{}" segment, percent-decoded. False: too long, badly encoded, or with a NUL or a slash inside. */
bool route_segment(const struct route_row *row, struct str path, unsigned n, char *out, size_t most);
/** Copy a query parameter, decoded. 1 given, 0 absent, -1 bad. */
int route_query(struct str query, const char *name, char *out, size_t most);

/** The session token of a request: bearer first, then cookie (*cookie says which). Empty when there is none. */
struct str auth_token(const struct http_req *req, bool *cookie);
/** Is the Origin header, where there is one, this server's own? */
bool auth_origin_ok(const struct http_req *req);

/** The problem object (RFC 9457) of a refusal; a new reference, NULL when memory is out. */
json_t *problem_object(const struct outcome *outcome);
/** Answer a request with a refusal. */
void problem_reply(struct http_req *req, enum reason reason);
/** Too many of them: 429, and when to come back. */
void problem_reply_later(struct http_req *req, unsigned retry_s);
/** The path is there, and does not take that method: 405, and which it takes. */
void problem_reply_method(struct http_req *req);
/** What a 401 must carry (RFC 9110 section 15.5.2). */
#define CHALLENGE ((struct http_field){ "WWW-Authenticate", "Bearer realm=\"farhand\"" })

/** Start a request of the table. */
void exchange_start(struct edge *edge, struct http_req *req, const struct route_row *row);

/** Answer with a file, or the part of it that is asked for; takes the download. */
void download_reply(struct edge *edge, struct http_req *req, const struct who *who, struct download *download);
/** "attachment" with a name that every browser reads (RFC 6266, RFC 8187). */
enum { DISPOSITION_CHARS = 64 + 4 * LIMIT_FILE_NAME_BYTES };
void disposition_write(const char *name, char out[static DISPOSITION_CHARS]);
/**
 * Which bytes of `bytes` a Range field asks for (RFC 9110 section 14.2): 1 with *first and *last, 0 for all (none is asked for, several, or
 * what can't be read), -1 when there are none such.
 */
int range_read(struct str field, int64_t bytes, int64_t *first, int64_t *last);

/** GET /v1/live. */
void live_accept(struct edge *edge, struct http_req *req);
/** The i-th request of the live protocol, NULL behind the last; for the test that holds doc/protocol.md to them. */
const char *live_op(size_t i);
/** Close endpoints that said no hello in time, and those whose session's days are over. */
void live_sweep(struct edge *edge);

/** GET /metrics: for the operator and for this machine; for all others it does not exist. */
void metrics_reply(struct edge *edge, struct http_req *req);
/** Count a refusal that goes out, over HTTP or a line. */
void metrics_refused(enum reason reason);

/** The web app and the files beside it: answers every GET that is no route. */
void assets_reply(struct http_req *req);

/** The headers that every answer carries; `own` (may be NULL) first. `out` holds EDGE_FIELDS. */
enum { EDGE_FIELDS = 20 };
void fields_fill(struct http_field out[EDGE_FIELDS], const struct http_field *own, bool page);
/** The same for a file that somebody sent. */
void fields_fill_file(struct http_field out[EDGE_FIELDS], const struct http_field *own);
