/** @file sandbox.h  What the process gives up for good: files, ports and system calls that it has no use for. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* The sanitizers look for leaks with a process that traces ours, and start a symboliser: their builds allow that. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANDBOX_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANDBOX_SANITIZED 1
#endif
#endif
#ifndef SANDBOX_SANITIZED
#define SANDBOX_SANITIZED 0
#endif

/** What stays reachable. */
struct sandbox {
	const char *data;		/* a folder to read and write in; NULL: none */
	const char *const *read;	/* files, ending with NULL: the folders that hold them (and that their links lead to) may be read */
	uint16_t port;			/* the TCP port to listen on */
	const char *const *alone;	/* files that may be read, without what lies beside them; absent ones are passed over. NULL: none */
	bool out;			/* `port` is one to connect to, as is a name server's; none is listened on */
};

/**
 * Landlock: no other files, no other TCP port. Before any thread is started, since it holds for the
 * caller and whom it starts. A kernel that knows only a part enforces that part. The ABI that the kernel has (0: none, and
 * nothing is enforced), or a negative errno.
 */
int sandbox_files(const struct sandbox *sandbox);

/**
 * Seccomp, for all threads: only the system calls that serving needs; no program can be started and no memory made executable.
 * What only an intruder calls ends the process, anything else is refused as unknown. After the start. 0 or a negative errno.
 */
int sandbox_calls(void);

/**
 * Seccomp for the mail process (sandbox_mail.c): what a resolver, TLS and a socket need. First of the one that keeps the worker up;
 * then with `worker`, in addition, of the worker, which can start nobody any more. 0 or a negative errno.
 */
int sandbox_mail_calls(bool worker);
