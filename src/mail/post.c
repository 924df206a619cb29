/** @file mail/post.c  The server's side of the mail process: started early, spoken to over a socket pair, one letter at a time. */
#include "mail/post.h"

#include "base/log.h"
#include "mail/frame.h"
#include "mail/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

struct post {
	int fd;
	uv_poll_t poll;
	bool started, ready, waiting;	/* waiting: a letter is with it */
	uint32_t turn;
	char from[LETTER_ADDRESS_BYTES + 4];
	post_done done;
	void *arg;
	void (*closed)(void *arg);
	void *closed_arg;
	struct frame_letter letter;
};

static int fail(int err, const char *what, char why[static 256])
{
	snprintf(why, 256, "%s: %s", what, strerror(-err));
	return err;
}

/* All but the standard ones and the pair; what the parent had open is not ours. */
static void files_close(int keep)
{
	if (keep > 3)
		syscall(SYS_close_range, 3, keep - 1, 0);
	syscall(SYS_close_range, keep + 1, ~0U, 0);
	/* Whoever reads the server's standard output waits for its end. */
	close(STDOUT_FILENO);
	open("/dev/null", O_WRONLY);
	unsetenv("NOTIFY_SOCKET");
}

static int first_word(struct post *post, char why[static 256])
{
	struct frame_outcome frame;
	ssize_t n;

	do
		n = recv(post->fd, &frame, sizeof frame, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return fail(-errno, "the mail process", why);
	if (!frame_outcome_ok(&frame, (size_t)n) || frame.word == FRAME_BAD) {
		snprintf(why, 256, "%s", n == sizeof frame ? frame.why : "the mail process did not start");
		return -EINVAL;
	}
	return 0;
}

static bool config_ok(const struct post_config *config, char why[static 256])
{
	const char *wrong = NULL;

	if (!letter_address_ok(config->from))
		wrong = "mail.from must be an address, such as farhand@example.com";
	else if (*config->user && config->tls == POST_PLAIN)
		wrong = "mail.user needs TLS: a password is not sent in the clear; set mail.tls to starttls or tls, or empty mail.user";
	else if (*config->user && !*config->password_file)
		wrong = "mail.user needs mail.password_file";
	else if (strspn(config->server, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:") != strlen(config->server) || strlen(config->server) > 253)
		wrong = "mail.server must be a host name or a numeric address, without a port";
	if (wrong)
		snprintf(why, 256, "%s", wrong);
	return !wrong;
}

int post_open(struct post **pp, const struct post_config *config, char why[static 256])
{
	pid_t child;
	struct post *post;
	int pair[2], err;

	if (!config_ok(config, why))
		return -EINVAL;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return fail(-errno, "socketpair", why);
	child = fork();
	if (child == 0) {
		close(pair[0]);
		files_close(pair[1]);
		worker_keep(pair[1], config);
	}
	close(pair[1]);
	post = child < 0 ? NULL : calloc(1, sizeof *post);
	if (!post) {
		close(pair[0]);
		return fail(child < 0 ? -errno : -ENOMEM, "fork", why);
	}
	post->fd = pair[0];
	snprintf(post->from, sizeof post->from, "%s", config->from);
	err = first_word(post, why);
	if (err) {
		post_free(post);
		return err;
	}
	*pp = post;
	return 0;
}

static void heard(struct post *post, const struct frame_outcome *frame)
{
	bool was = post->waiting;

	post->ready = true;
	post->waiting = false;
	/* A worker died over a letter: whether it went is not known. Once too often is better than never. */
	if (frame->word == FRAME_HELLO) {
		post->turn = frame->turn;
		if (was)
			post->done(post->arg, POST_LATER, "the mail process died");
		return;
	}
	if (was)
		post->done(post->arg, frame->word == FRAME_SENT ? POST_SENT : frame->word == FRAME_NEVER ? POST_NEVER : POST_LATER, frame->why);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct post *post = poll->data;
	struct frame_outcome frame;
	ssize_t n = recv(post->fd, &frame, sizeof frame, MSG_DONTWAIT);

	(void)events;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0 && frame_outcome_ok(&frame, (size_t)n) && frame.word != FRAME_BAD && (frame.word == FRAME_HELLO || frame.turn == post->turn)) {
		heard(post, &frame);
		return;
	}
	/* The keeper itself is gone, or speaks another language: without it no mail goes, and all else goes on. */
	log_event(LOG_ERROR, "mail.process_gone", LOG_I("status", status));
	uv_poll_stop(poll);
	post->ready = false;
}

int post_start(struct post *post, uv_loop_t *loop, post_done done, void *arg)
{
	int err = uv_poll_init(loop, &post->poll, post->fd);

	if (err)
		return err;
	post->done = done;
	post->arg = arg;
	post->poll.data = post;
	post->started = true;
	return uv_poll_start(&post->poll, UV_READABLE, on_poll);
}

const char *post_from(const struct post *post)
{
	return post->from;
}

bool post_ready(const struct post *post)
{
	return post->ready && !post->waiting;
}

int post_send(struct post *post, const char *to, const struct buf *letter)
{
	struct frame_letter *frame = &post->letter;

	if (!post_ready(post))
		return -EAGAIN;
	if (!letter_address_ok(to) || letter->n > LETTER_BYTES)
		return -EINVAL;
	frame->turn = post->turn;
	frame->bytes = (uint32_t)letter->n;
	snprintf(frame->to, sizeof frame->to, "%s", to);
	memcpy(frame->text, letter->p, letter->n);
	if (send(post->fd, frame, FRAME_LETTER_HEAD + letter->n, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return -errno;
	/* It has a link in it. */
	explicit_bzero(frame->text, letter->n);
	post->waiting = true;
	return 0;
}

static void on_closed(uv_handle_t *handle)
{
	struct post *post = handle->data;

	post->closed(post->closed_arg);
}

void post_end(struct post *post, void (*closed)(void *arg), void *arg)
{
	post->closed = closed;
	post->closed_arg = arg;
	uv_close((uv_handle_t *)&post->poll, on_closed);
}

void post_free(struct post *post)
{
	if (!post)
		return;
	close(post->fd);
	free(post);
}
