/** @file notify.c  sd_notify without libsystemd. */
#include "notify.h"

#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void say(const struct notify *notify, const char *state)
{
	if (notify->fd >= 0 && send(notify->fd, state, strlen(state), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		log_event(LOG_WARN, "notify.failed", LOG_S("error", strerror(errno)));
}

static int open_socket(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t n = strlen(path);
	int fd;

	if (n < 2 || n >= sizeof to.sun_path || (path[0] != '/' && path[0] != '@'))
		return -1;
	memcpy(to.sun_path, path, n);
	if (path[0] == '@')
		to.sun_path[0] = '\0';	/* the abstract namespace */
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) == 0)
		return fd;
	log_event(LOG_WARN, "notify.failed", LOG_S("error", strerror(errno)));
	if (fd >= 0)
		close(fd);
	return -1;
}

void notify_init(struct notify *notify)
{
	const char *path = getenv("NOTIFY_SOCKET"), *us = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");

	*notify = (struct notify){ .fd = path ? open_socket(path) : -1 };
	if (us && (!pid || strtoll(pid, NULL, 10) == getpid()))
		notify->watchdog_ms = strtoull(us, NULL, 10) / 1000;
}

static void on_watchdog(uv_timer_t *timer)
{
	say(timer->data, "WATCHDOG=1");
}

void notify_ready(struct notify *notify, uv_loop_t *loop)
{
	say(notify, "READY=1\nSTATUS=Serving");
	if (notify->fd < 0 || notify->watchdog_ms < 2)
		return;
	uv_timer_init(loop, &notify->watchdog);
	notify->watchdog.data = notify;
	/* Twice in the time that it waits; and at once, as the start may have taken some of it. */
	uv_timer_start(&notify->watchdog, on_watchdog, 0, notify->watchdog_ms / 2);
}

void notify_reloading(struct notify *notify)
{
	struct timespec now;
	char text[64];

	clock_gettime(CLOCK_MONOTONIC, &now);
	snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	say(notify, text);
}

void notify_reloaded(struct notify *notify)
{
	say(notify, "READY=1");
}

void notify_stopping(struct notify *notify)
{
	say(notify, "STOPPING=1\nSTATUS=Stopping");
	if (notify->watchdog.data && !uv_is_closing((uv_handle_t *)&notify->watchdog))
		uv_close((uv_handle_t *)&notify->watchdog, NULL);
}

void notify_release(struct notify *notify)
{
	if (notify->fd >= 0)
		close(notify->fd);
	notify->fd = -1;
}
