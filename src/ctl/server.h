/** @file ctl/server.h  Talking to a farhandd: one request, one reply. */
#pragma once
#include "base/buf.h"
#include "ctl/options.h"

/** What says which server and as whom. Zero-initialise; the words win over the environment. */
struct server_words {
	const char *server;
	const char *token_file;
	const char *ca;
};
#define SERVER_ROWS(words) \
	{ "--server", &(words)->server, NULL }, { "--token-file", &(words)->token_file, NULL }, { "--ca", &(words)->ca, NULL }

struct server;

/** NULL has complained: it could not even be tried. */
struct server *server_open(const struct server_words *words);
void server_close(struct server *server);
/** Its URL, without a slash behind it. */
const char *server_url(const struct server *server);

struct request {
	const char *method;
	const char *path;		/* "/v1/world" */
	struct str body;		/* p NULL: none, not even an empty one */
	const char *if_match;		/* or NULL */
};

struct reply {
	long status;
	struct buf body;
	char etag[128];			/* "" when none */
	char next[1024];		/* where its Link says that it goes on, a relative reference; "" when none */
};

/** EXIT_OK with a 2xx reply; else it has complained and says how to exit. reply_release() in any case. */
int server_call(struct server *server, const struct request *request, struct reply *reply);
void reply_release(struct reply *reply);

/** "/v1/accounts/{address}" and what follows it, escaped; the caller frees. NULL has complained: no address. */
char *account_path(const char *address, const char *rest);
