/** @file server.c  Builds the rooms, runs the loop, ends them from the outside in; the only file that sees them all. */
#include "server.h"

#include "act/breached.h"
#include "base/limits.h"
#include "base/usage.h"
#include "certificate.h"
#include "edge/edge.h"
#include "mail_process.h"
#include "notify.h"
#include "sandbox.h"
#include "store/audit_key.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/** The whole server. */
struct server {
	const struct config *config;
	uv_loop_t loop;
	uv_async_t wake;
	uv_signal_t term, interrupt, hangup;
	struct notify notify;
	struct certificate certificate;
	struct note_signer signer;
	struct outside *outside;
	struct store *store;
	struct folder *folder;
	struct relay *relay;
	struct act *act;
	struct edge *edge;
	struct breached *breached;
	struct post *post;
	SSL_CTX *tls;
	uint8_t operator_hash[TOKEN_HASH_BYTES];
	bool ending;
};

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "farhandd: %s: %s\n", what, why);
	return 1;
}

static void file_in(const struct server *s, const char *name, char out[static 4096])
{
	snprintf(out, 4096, "%.3900s/%s", config_text(s->config, "data"), name);
}

/* Before the loop and all threads: it is forked. */
static int open_mail(struct server *s)
{
	char why[256] = "";

	return mail_process_open(&s->post, s->config, why) ? fail("mail", why) : 0;
}

static bool sandboxed(const struct server *s)
{
	return strcmp(config_text(s->config, "sandbox"), "on") == 0;
}

static int open_data(const struct server *s)
{
	const char *data = config_text(s->config, "data");
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
	char why[256];
	int err = certificate_init(&s->certificate, s->config);

	if (err)
		return fail(s->certificate.chain, strerror(-err));
	s->tls = certificate_read(&s->certificate, why);
	return s->tls ? 0 : fail("tls", why);
}

/* Before the sandbox, which leaves open what is open. */
static int open_breached(struct server *s)
{
	const char *file = config_text(s->config, "password.breached");
	char why[256] = "";
	int err = *file ? breached_open(&s->breached, file, why) : 0;

	return err ? fail("password.breached", *why ? why : strerror(-err)) : 0;
}

/* Before the sandbox, in which no folder can be made. */
static int open_folder(struct server *s)
{
	char path[4096], why[256];

	file_in(s, FOLDER_NAME, path);
	return folder_open(&s->folder, path, why) ? fail("files", why) : 0;
}

/* Before the rooms: their threads inherit it. */
static int close_files(const struct server *s)
{
	const char *const read[] = { s->certificate.chain, s->certificate.key, NULL };
	struct sandbox sandbox = { .data = config_text(s->config, "data"), .read = read, .port = (uint16_t)config_number(s->config, "listen.port") };
	int abi;

	if (!sandboxed(s))
		return 0;
	abi = sandbox_files(&sandbox);
	if (abi < 0)
		return fail("sandbox", strerror(-abi));
	if (abi == 0)
		log_event(LOG_WARN, "sandbox.no_landlock");
	else
		log_event(LOG_INFO, "sandbox.files", LOG_I("landlock", abi));
	return 0;
}

/* After the rooms: what they needed to start is not needed again. */
static void close_calls(const struct server *s)
{
	int err = sandboxed(s) ? sandbox_calls() : 0;

	if (err)
		log_event(LOG_WARN, "sandbox.no_seccomp", LOG_S("error", strerror(-err)));
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

/* Before the sandbox: the file may be on another disk. */
static int open_outside(struct server *s)
{
	char own[4096], why[256];
	const char *path = config_text(s->config, "audit.checkpoints");

	file_in(s, "audit.checkpoints", own);
	path = *path ? path : own;
	return outside_open(&s->outside, path, why) ? fail(path, why) : 0;
}

static int open_audit(struct server *s)
{
	struct act_audit audit = { .signer = &s->signer, .outside = s->outside };
	char note[NOTE_CHARS], why[256] = "";
	int err = store_audit_note(s->store, 0, note);

	/* A log that was signed before must go on with its key. */
	if (!err || err == -ENOENT)
		err = audit_key_open(&s->signer, config_text(s->config, "data"), err == -ENOENT, why);
	if (!err)
		err = act_audit_check(s->store, &audit, why);
	return err ? fail("audit", *why ? why : strerror(-err)) : 0;
}

static int open_store(struct server *s)
{
	char file[4096], token[4096], why[256];
	int err;

	file_in(s, "farhand.db", file);
	file_in(s, "operator.token", token);
	err = store_open(&s->store, file, wake_loop, s, why);
	if (err)
		return fail(file, why);
	if (open_audit(s))
		return 1;
	err = act_operator_token(s->store, token, s->operator_hash);
	return err ? fail(token, strerror(-err)) : 0;
}

static int open_relay(struct server *s)
{
	struct relay_config config = { .port = (uint16_t)config_number(s->config, "relay.port"), .legs = LIMIT_LEGS };
	const char *words[RELAY_ADDRESSES + 1];
	char addresses[1024];
	int err;

	snprintf(addresses, sizeof addresses, "%s", config_text(s->config, "relay.address"));
	config_words(addresses, words, RELAY_ADDRESSES);
	for (size_t i = 0; words[i]; i++)
		config.addresses[i] = words[i];
	err = relay_open(&s->relay, &config);
	return err ? fail("relay", strerror(-err)) : 0;
}

/* Networks that let no UDP through: media over the HTTPS port. */
static void on_stream(int fd, void *arg)
{
	relay_stream_take(arg, fd);
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
	parts.folder = s->folder;
	parts.file_bytes = config_number(s->config, "file.megabytes") * 1000000;
	parts.files_bytes = config_number(s->config, "file.tenant_megabytes") * 1000000;
	memcpy(parts.operator_hash, s->operator_hash, sizeof parts.operator_hash);
	parts.audit = (struct act_audit){ &s->signer, s->outside, config_number(s->config, "audit.seconds") * 1000 };
	parts.link_ms = config_number(s->config, "link.hours") * 3600000;
	parts.requests = (unsigned)config_number(s->config, "requests.second");
	parts.password_chars = (unsigned)config_number(s->config, "password.length");
	parts.breached = s->breached;
	parts.post = s->post;
	parts.web_url = config_text(s->config, "web.url");
	parts.session_ms = config_number(s->config, "session.days") * 86400000;
	err = act_open(&s->act, &parts, why);
	if (err)
		return fail("start", *why ? why : strerror(-err));
	net.address = config_text(s->config, "listen.address");
	net.port = (uint16_t)config_number(s->config, "listen.port");
	net.tls = s->tls;
	net.on_other = on_stream;
	net.other_arg = s->relay;
	err = edge_open(&s->edge, s->act, &s->loop, &net);
	if (err)
		return fail("listen", strerror(-err));
	relay_stream_offer(s->relay, edge_port(s->edge));
	return 0;
}

static void on_act_closed(void *arg)
{
	struct server *s = arg;

	uv_close((uv_handle_t *)&s->term, NULL);
	uv_close((uv_handle_t *)&s->interrupt, NULL);
	uv_close((uv_handle_t *)&s->hangup, NULL);
	/* The writer may still wake the loop until it is closed; its last completions run in there. */
	if (s->act)
		act_audit_end(s->act);
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
	notify_stopping(&s->notify);
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

/* Everybody who is connected stays; a certificate that can't be read changes nothing. */
static void on_hangup(uv_signal_t *handle, int number)
{
	struct server *s = handle->data;
	char why[256];
	SSL_CTX *tls;

	(void)number;
	if (s->ending || !s->edge)
		return;
	notify_reloading(&s->notify);
	tls = certificate_read(&s->certificate, why);
	if (tls) {
		edge_tls_set(s->edge, tls);
		SSL_CTX_free(s->tls);
		s->tls = tls;
		log_event(LOG_INFO, "certificate.changed", LOG_S("file", s->certificate.chain));
	} else {
		log_event(LOG_ERROR, "certificate.kept", LOG_S("error", why));
	}
	notify_reloaded(&s->notify);
}

static void loop_init(struct server *s)
{
	uv_loop_init(&s->loop);
	uv_async_init(&s->loop, &s->wake, on_wake);
	uv_signal_init(&s->loop, &s->term);
	uv_signal_init(&s->loop, &s->interrupt);
	uv_signal_init(&s->loop, &s->hangup);
	s->wake.data = s->term.data = s->interrupt.data = s->hangup.data = s;
	uv_signal_start(&s->term, on_signal, SIGTERM);
	uv_signal_start(&s->interrupt, on_signal, SIGINT);
	uv_signal_start(&s->hangup, on_hangup, SIGHUP);
}

static void close_rooms(struct server *s)
{
	if (s->act)
		act_free(s->act);
	if (s->relay)
		relay_close(s->relay);
	post_free(s->post);
	folder_close(s->folder);
	outside_close(s->outside);
	sodium_memzero(&s->signer, sizeof s->signer);
	breached_close(s->breached);
	SSL_CTX_free(s->tls);
	uv_loop_close(&s->loop);
}

static void say_ready(struct server *s)
{
	uint16_t port = edge_port(s->edge), relay = relay_port(s->relay);

	log_event(LOG_INFO, "server.ready", LOG_I("port", port), LOG_I("relay_port", relay));
	printf("farhandd: ready on port %u, relay on UDP port %u\n", port, relay);
	fflush(stdout);
	notify_ready(&s->notify, &s->loop);
}

int server_run(const struct config *config)
{
	struct server s = { .config = config };
	int status;

	/* A ring of libuv's would go round the filter of system calls. */
	setenv("UV_USE_IO_URING", "0", 1);
	usage_open();
	if (open_mail(&s))
		return 1;
	notify_init(&s.notify);
	loop_init(&s);
	status = open_data(&s) || open_tls(&s) || open_breached(&s) || open_outside(&s) || open_folder(&s) || close_files(&s) || open_store(&s) || open_relay(&s) || open_rooms(&s);
	if (status == 0) {
		close_calls(&s);
		say_ready(&s);
	} else {
		end(&s);
	}
	uv_run(&s.loop, UV_RUN_DEFAULT);
	log_event(LOG_INFO, "server.stopped");
	close_rooms(&s);
	notify_release(&s.notify);
	return status;
}
