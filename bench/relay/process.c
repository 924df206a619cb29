/** @file process.c  Children, and the sockets to them. */
#include "process.h"

#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BUFFER_BYTES = 4 << 20, SERVER_CORE = 1 };

struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

int socket_open(uint16_t *port)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), room = BUFFER_BYTES;
	struct sockaddr_in at = loopback(0);
	socklen_t at_n = sizeof at;

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) || getsockname(fd, (struct sockaddr *)&at, &at_n))
		err(1, "socket");
	/* As much as the system gives. */
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
	*port = ntohs(at.sin_port);
	return fd;
}

void socket_aim(int in, uint16_t port)
{
	struct sockaddr_in to = loopback(port);

	if (connect(in, (struct sockaddr *)&to, sizeof to))
		err(1, "connect");
}

size_t socket_wait(int fd, void *p, size_t cap, int wait_ms)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	ssize_t n;

	if (poll(&ready, 1, wait_ms) != 1)
		return 0;
	n = recv(fd, p, cap, MSG_DONTWAIT);
	return n > 0 ? (size_t)n : 0;
}

void core_take(unsigned core)
{
	cpu_set_t cores;

	CPU_ZERO(&cores);
	CPU_SET(core, &cores);
	if (sysconf(_SC_NPROCESSORS_ONLN) > (long)core && sched_setaffinity(0, sizeof cores, &cores))
		err(1, "sched_setaffinity");
}

pid_t child_start(void (*run)(int told, void *arg), void *arg, uint16_t *port)
{
	int ends[2];
	pid_t pid;

	fflush(stdout);
	if (pipe2(ends, O_CLOEXEC))
		err(1, "pipe2");
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		core_take(SERVER_CORE);
		run(ends[1], arg);
		_exit(1);
	}
	close(ends[1]);
	if (read(ends[0], port, sizeof *port) != sizeof *port)
		errx(1, "a server did not start");
	close(ends[0]);
	return pid;
}

void child_stop(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}
