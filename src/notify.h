/** @file notify.h  Tells the service manager how we are: systemd's sd_notify protocol, a datagram to the socket that it names. */
#pragma once
#include <uv.h>

struct notify {
	int fd;			/* -1: nobody wants to know */
	uv_timer_t watchdog;
	uint64_t watchdog_ms;	/* 0: no watchdog */
};

/** Find the service manager, by the environment, and open the way to it. Before a sandbox. */
void notify_init(struct notify *notify);
/** Serving; from now on the watchdog is fed by the loop, so a loop that hangs is noticed. */
void notify_ready(struct notify *notify, uv_loop_t *loop);
/** The configuration is being read again; notify_reloaded when it is. */
void notify_reloading(struct notify *notify);
void notify_reloaded(struct notify *notify);
/** Going down. The watchdog is fed no more. */
void notify_stopping(struct notify *notify);
void notify_release(struct notify *notify);
