/** @file mail/worker.c  The mail process: one that keeps another up, which speaks SMTP through libcurl and can do nothing else. */
#include "mail/worker.h"

#include "base/log.h"
#include "mail/frame.h"

#include <curl/curl.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CONNECT_S = 20, LETTER_S = 60, PASSWORD_BYTES = 1024, AGAIN_MS = 1000 };

struct worker {
	int fd;
	const struct post_config *config;
	CURL *curl;
	char password[PASSWORD_BYTES];
	char url[600];
	char error[CURL_ERROR_SIZE];
	struct frame_letter letter;
	size_t read;			/* bytes of it that were given to libcurl */
};

static void say(int fd, uint32_t turn, enum frame_word word, const char *why)
{
	struct frame_outcome frame = { .turn = turn, .word = word };

	snprintf(frame.why, sizeof frame.why, "%s", why);
	/* Nobody listens any more: the next read ends us. */
	if (send(fd, &frame, sizeof frame, MSG_NOSIGNAL) < 0)
		return;
}

static int password_read(struct worker *w)
{
	FILE *f;
	bool got;

	if (!*w->config->user)
		return 0;
	f = fopen(w->config->password_file, "re");
	if (!f)
		return -errno;
	got = fgets(w->password, sizeof w->password, f);
	fclose(f);
	w->password[strcspn(w->password, "\r\n")] = '\0';
	return got && *w->password ? 0 : -ENODATA;
}

static size_t on_read(char *out, size_t size, size_t n, void *arg)
{
	struct worker *w = arg;
	size_t left = w->letter.bytes - w->read, some = size * n < left ? size * n : left;

	memcpy(out, w->letter.text + w->read, some);
	w->read += some;
	return some;
}

static int curl_open(struct worker *w)
{
	const struct post_config *c = w->config;
	CURL *curl = curl_easy_init();
	bool six = strchr(c->server, ':');

	if (!curl)
		return -ENOMEM;
	w->curl = curl;
	/* The path is what we call ourselves in EHLO. */
	snprintf(w->url, sizeof w->url, "%s://%s%s%s:%u/%s", c->tls == POST_TLS ? "smtps" : "smtp", six ? "[" : "", c->server, six ? "]" : "", c->port,
		strchr(c->from, '@') + 1);
	curl_easy_setopt(curl, CURLOPT_URL, w->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_USE_SSL, c->tls == POST_PLAIN ? (long)CURLUSESSL_NONE : (long)CURLUSESSL_ALL);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_CAINFO, c->ca);
	curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)LETTER_S);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, w->error);
	curl_easy_setopt(curl, CURLOPT_MAIL_FROM, c->from);
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(curl, CURLOPT_READDATA, w);
	if (*c->user) {
		curl_easy_setopt(curl, CURLOPT_USERNAME, c->user);
		curl_easy_setopt(curl, CURLOPT_PASSWORD, w->password);
	}
	return 0;
}

/*
 * A 5xx about this letter is for ever (RFC 5321 section 4.2.1). One about us is not: an operator who gives another password, or lets
 * us relay, should find his mail still there.
 */
static enum frame_word word_of(CURLcode code, long status)
{
	bool about_us = status == 530 || status == 534 || status == 535 || status == 538;

	if (code == CURLE_OK)
		return FRAME_SENT;
	if ((code == CURLE_SEND_ERROR || code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_QUOTE_ERROR) && status >= 500 && status < 600 && !about_us)
		return FRAME_NEVER;
	return FRAME_LATER;
}

static void letter_send(struct worker *w)
{
	struct curl_slist *to = curl_slist_append(NULL, w->letter.to);
	CURLcode code = CURLE_OUT_OF_MEMORY;
	long status = 0;

	w->read = 0;
	w->error[0] = '\0';
	if (to && curl_easy_setopt(w->curl, CURLOPT_MAIL_RCPT, to) == CURLE_OK)
		code = curl_easy_perform(w->curl);
	curl_easy_getinfo(w->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_setopt(w->curl, CURLOPT_MAIL_RCPT, NULL);
	curl_slist_free_all(to);
	say(w->fd, w->letter.turn, word_of(code, status), code == CURLE_OK ? "" : w->error[0] ? w->error : curl_easy_strerror(code));
}

/* Its number in the turns: a letter that waits in the socket for one who died is not sent twice. */
static _Noreturn void worker_run(struct worker *w)
{
	uint32_t turn = (uint32_t)getpid();
	ssize_t n;
	int err;

	/* Not so of the keeper and the server: a sandboxed parent can't signal a child outside of its sandbox, not even by dying. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	err = curl_open(w);
	if (!err)
		err = w->config->confine(w->config, true);
	if (err) {
		log_event(LOG_ERROR, "mail.fault", LOG_S("where", "start"), LOG_S("error", strerror(-err)));
		_exit(2);
	}
	say(w->fd, turn, FRAME_HELLO, "");
	while ((n = recv(w->fd, &w->letter, sizeof w->letter, 0)) > 0 || (n < 0 && errno == EINTR)) {
		if (n > 0 && frame_letter_ok(&w->letter, (size_t)n) && w->letter.turn == turn)
			letter_send(w);
	}
	_exit(0);
}

/* What a resolver loads, it loads with the first look-up: before the sandbox. Whether it finds anything is no matter. */
static void resolver_load(const char *server)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found = NULL;

	if (getaddrinfo(server, "smtp", &hints, &found) == 0)
		freeaddrinfo(found);
}

static void on_child(int number)
{
	(void)number;
}

/* How the worker ended; or never, when the server is gone: with us it goes too, whatever it does. */
static int worker_wait(const struct worker *w, pid_t pid)
{
	struct pollfd server = { .fd = w->fd };
	sigset_t none;
	int status;

	sigemptyset(&none);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (ppoll(&server, 1, NULL, &none) > 0)
			_exit(0);
	}
	return status;
}

static void workers_keep(struct worker *w)
{
	struct timespec again = { AGAIN_MS / 1000, 0 };
	sigset_t child;

	/* Heard while waiting, and only then. */
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	signal(SIGCHLD, on_child);
	for (;;) {
		pid_t pid = fork();
		int status = -1;

		if (pid == 0)
			worker_run(w);
		if (pid > 0)
			status = worker_wait(w, pid);
		if (pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
			return;
		log_event(LOG_WARN, "mail.worker_died", LOG_I("status", status));
		nanosleep(&again, NULL);
	}
}

_Noreturn void worker_keep(int fd, const struct post_config *config)
{
	static struct worker w;		/* large for a stack */
	char why[256];
	int err;

	w = (struct worker){ .fd = fd, .config = config };
	/* Ctrl+C is for the server: it ends us when it has ended. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	err = password_read(&w);
	if (err) {
		snprintf(why, sizeof why, "mail.password_file %.150s: %s", config->password_file, err == -ENODATA ? "its first line is empty" : strerror(-err));
		say(fd, 0, FRAME_BAD, why);
		_exit(1);
	}
	if (access(config->ca, R_OK)) {
		snprintf(why, sizeof why, "mail.ca %.150s: %s", config->ca, strerror(errno));
		say(fd, 0, FRAME_BAD, why);
		_exit(1);
	}
	/* The start waits for this word alone, not for any name server. */
	say(fd, 0, FRAME_HELLO, "");
	resolver_load(config->server);
	err = curl_global_init(CURL_GLOBAL_DEFAULT) ? -ENOMEM : config->confine(config, false);
	if (err) {
		log_event(LOG_ERROR, "mail.fault", LOG_S("where", "sandbox"), LOG_S("error", strerror(-err)));
		_exit(2);
	}
	workers_keep(&w);
	_exit(0);
}
