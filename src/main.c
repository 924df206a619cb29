/** @file main.c  Reads the configuration, builds the rooms, runs the loop; the only file that sees them all. */
#include "base/config.h"
#include "base/limits.h"
#include "edge/edge.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct config_key keys[] = {
	{ "data", CONFIG_TEXT, "/var/lib/farhand", 0, 0, NULL, "The data folder: database, certificate, operator token. Made if absent, mode 0700." },
	{ "listen.address", CONFIG_TEXT, "::", 0, 0, NULL, "Numeric address to listen on for HTTPS; :: is every address, IPv4 too." },
	{ "listen.port", CONFIG_NUMBER, "8443", 0, 65535, NULL, "Port for HTTPS; 0 lets the kernel choose." },
	{ "tls.certificate", CONFIG_TEXT, "", 0, 0, NULL, "PEM file of the certificate chain. Empty: tls.pem in the data folder, self-signed if absent." },
	{ "tls.key", CONFIG_TEXT, "", 0, 0, NULL, "PEM file of its key. Empty: tls.key in the data folder." },
	{ "tls.names", CONFIG_TEXT, "localhost 127.0.0.1 ::1", 0, 0, NULL, "Names and addresses for a self-signed certificate, with spaces between." },
	{ "relay.address", CONFIG_TEXT, "", 0, 0, NULL, "Numeric addresses at which browsers reach the media relay, with spaces between. Empty: every local one." },
	{ "relay.port", CONFIG_NUMBER, "8443", 0, 65535, NULL, "UDP port of the media relay; 0 lets the kernel choose." },
	{ "session.days", CONFIG_NUMBER, "7", 1, 365, NULL, "How long a sign-in lasts, in days." },
	{ "log.level", CONFIG_CHOICE, "info", 0, 0, "debug info warn error", "What is logged, to standard error, one JSON object a line." },
};

enum { KEYS = sizeof keys / sizeof keys[0], WORDS = 16 };

/** The whole server. */
struct server {
	struct config config;
	uv_loop_t loop;
	uv_async_t wake;
	uv_signal_t term, interrupt;
	struct store *store;
	struct relay *relay;
	struct act *act;
	struct edge *edge;
	SSL_CTX *tls;
	uint8_t operator_hash[TOKEN_HASH_BYTES];
	bool ending;
};

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "farhandd: %s: %s\n", what, why);
	return 1;
}

/* A value with spaces between, cut in place. */
static void words_of(char *text, const char *out[WORDS + 1])
{
	size_t n = 0;

	for (char *word = strtok(text, " \t"); word && n < WORDS; word = strtok(NULL, " \t"))
		out[n++] = word;
	out[n] = NULL;
}

static void file_in(const struct server *s, const char *key, const char *fallback, char out[static 4096])
{
	const char *given = key ? config_text(&s->config, key) : "";

	if (*given)
		snprintf(out, 4096, "%s", given);
	else
		snprintf(out, 4096, "%.3900s/%s", config_text(&s->config, "data"), fallback);
}

static int open_data(const struct server *s)
{
	const char *data = config_text(&s->config, "data");
	struct stat st;

	if (mkdir(data, 0700) && errno != EEXIST)
		return fail(data, strerror(errno));
	if (stat(data, &st) || !S_ISDIR(st.st_mode))
		return fail(data, "is not a folder");
	if (access(data, R_OK | W_OK | X_OK))
		return fail(data, strerror(errno));
	return 0;
}

static int open_tls(struct server *s)
{
	char cert[4096], key[4096], names[1024], why[256];
	const char *words[WORDS + 1];
	int err = 0;

	file_in(s, "tls.certificate", "tls.pem", cert);
	file_in(s, "tls.key", "tls.key", key);
	snprintf(names, sizeof names, "%s", config_text(&s->config, "tls.names"));
	words_of(names, words);
	if (!*config_text(&s->config, "tls.certificate") && access(cert, F_OK))
		err = net_tls_self_signed(cert, key, words);
	if (err)
		return fail(cert, strerror(-err));
	s->tls = net_tls_new(cert, key, why);
	return s->tls ? 0 : fail("tls", why);
}

static void on_wake(uv_async_t *wake)
{
	struct server *s = wake->data;

	store_reap(s->store);
}

/* From the writer's thread: uv_async_send is the one call that other threads may make. */
static void wake_loop(void *arg)
{
	uv_async_send(&((struct server *)arg)->wake);
}

static int open_store(struct server *s)
{
	char file[4096], token[4096], why[256];
	int err;

	file_in(s, NULL, "farhand.db", file);
	file_in(s, NULL, "operator.token", token);
	err = store_open(&s->store, file, wake_loop, s, why);
	if (err)
		return fail(file, why);
	err = act_operator_token(s->store, token, s->operator_hash);
	return err ? fail(token, strerror(-err)) : 0;
}

static int open_relay(struct server *s)
{
	struct relay_config config = { .port = (uint16_t)config_number(&s->config, "relay.port"), .legs = LIMIT_LEGS };
	const char *words[WORDS + 1];
	char addresses[1024];
	int err;

	snprintf(addresses, sizeof addresses, "%s", config_text(&s->config, "relay.address"));
	words_of(addresses, words);
	for (size_t i = 0; words[i] && i < RELAY_ADDRESSES; i++)
		config.addresses[i] = words[i];
	err = relay_open(&s->relay, &config);
	return err ? fail("relay", strerror(-err)) : 0;
}

static int open_rooms(struct server *s)
{
	struct act_parts parts = { .loop = &s->loop };
	struct net_config net = { .head_bytes = LIMIT_HEAD_BYTES, .queue_bytes = LIMIT_QUEUE_BYTES, .frame_bytes = LIMIT_LIVE_BYTES,
		.head_ms = LIMIT_HEAD_MS, .body_ms = LIMIT_BODY_MS, .idle_ms = LIMIT_IDLE_MS, .connections = LIMIT_CONNECTIONS,
		.connections_per_address = LIMIT_CONNECTIONS_PER_ADDRESS };
	char why[256] = "";
	int err;

	parts.store = s->store;
	parts.relay = s->relay;
	memcpy(parts.operator_hash, s->operator_hash, sizeof parts.operator_hash);
	parts.session_ms = config_number(&s->config, "session.days") * 86400000;
	err = act_open(&s->act, &parts, why);
	if (err)
		return fail("start", *why ? why : strerror(-err));
	net.address = config_text(&s->config, "listen.address");
	net.port = (uint16_t)config_number(&s->config, "listen.port");
	net.tls = s->tls;
	err = edge_open(&s->edge, s->act, &s->loop, &net);
	return err ? fail("listen", strerror(-err)) : 0;
}

static void on_act_closed(void *arg)
{
	struct server *s = arg;

	uv_close((uv_handle_t *)&s->term, NULL);
	uv_close((uv_handle_t *)&s->interrupt, NULL);
	/* The writer may still wake the loop until it is closed; its last completions run in there. */
	if (s->store)
		store_close(s->store);
	uv_close((uv_handle_t *)&s->wake, NULL);
}

static void on_edge_closed(void *arg)
{
	struct server *s = arg;

	act_end(s->act, on_act_closed, s);
}

/* From the outside in, however far the start came: calls and lines hear it, replies are written, the store is closed last. */
static void end(struct server *s)
{
	if (s->ending)
		return;
	s->ending = true;
	if (s->act)
		act_goodbye(s->act);
	if (s->edge)
		edge_end(s->edge, on_edge_closed, s);
	else if (s->act)
		act_end(s->act, on_act_closed, s);
	else
		on_act_closed(s);
}

static void on_signal(uv_signal_t *handle, int number)
{
	log_event(LOG_INFO, "server.stopping", LOG_I("signal", number));
	end(handle->data);
}

static void loop_init(struct server *s)
{
	uv_loop_init(&s->loop);
	uv_async_init(&s->loop, &s->wake, on_wake);
	uv_signal_init(&s->loop, &s->term);
	uv_signal_init(&s->loop, &s->interrupt);
	s->wake.data = s->term.data = s->interrupt.data = s;
	uv_signal_start(&s->term, on_signal, SIGTERM);
	uv_signal_start(&s->interrupt, on_signal, SIGINT);
}

static void close_rooms(struct server *s)
{
	if (s->act)
		act_free(s->act);
	if (s->relay)
		relay_close(s->relay);
	SSL_CTX_free(s->tls);
	uv_loop_close(&s->loop);
}

static int serve(struct server *s)
{
	int status;

	loop_init(s);
	status = open_data(s) || open_tls(s) || open_store(s) || open_relay(s) || open_rooms(s);
	if (status == 0) {
		log_event(LOG_INFO, "server.ready", LOG_I("port", edge_port(s->edge)), LOG_I("relay_port", relay_port(s->relay)));
		printf("farhandd: ready on port %u, relay on UDP port %u\n", edge_port(s->edge), relay_port(s->relay));
		fflush(stdout);
	} else {
		end(s);
	}
	uv_run(&s->loop, UV_RUN_DEFAULT);
	log_event(LOG_INFO, "server.stopped");
	close_rooms(s);
	return status;
}

static void harden(void)
{
	struct rlimit none = { 0, 0 }, files;

	/* A core would hold keys, passwords and messages. */
	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	signal(SIGPIPE, SIG_IGN);
	umask(0077);
}

static int usage(FILE *out)
{
	fputs("usage: farhandd [--config FILE] [--set KEY=VALUE]...\n"
		"       farhandd --document   print every key with its default\n"
		"       farhandd --version\n", out);
	return out == stdout ? 0 : 2;
}

static int arguments(struct server *s, int argc, char **argv)
{
	char why[512];

	for (int i = 1; i + 1 < argc; i += 2) {
		bool ok;

		if (strcmp(argv[i], "--config") == 0)
			ok = config_read(&s->config, argv[i + 1], why);
		else if (strcmp(argv[i], "--set") == 0)
			ok = config_set(&s->config, argv[i + 1], why);
		else
			return usage(stderr);
		if (!ok) {
			fprintf(stderr, "farhandd: %s\n", why);
			return 2;
		}
	}
	return argc % 2 ? 0 : usage(stderr);
}

int main(int argc, char **argv)
{
	static const char *const levels[] = { "debug", "info", "warn", "error" };
	struct server server = { 0 };
	int status;

	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return usage(stdout);
	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return printf("farhandd %s\n", FARHAND_VERSION) < 0;
	if (argc == 2 && strcmp(argv[1], "--document") == 0) {
		config_document(keys, KEYS);
		return 0;
	}
	if (sodium_init() < 0 || config_init(&server.config, keys, KEYS))
		return fail("start", "out of memory");
	status = arguments(&server, argc, argv);
	if (status == 0) {
		for (int i = 0; i < 4; i++)
			if (strcmp(config_text(&server.config, "log.level"), levels[i]) == 0)
				log_level_set((enum log_level)i);
		harden();
		status = serve(&server);
	}
	config_release(&server.config);
	return status;
}
