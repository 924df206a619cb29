/** @file process.h  Children, and the sockets to them. Whatever fails ends the benchmark. */
#pragma once
#include <netinet/in.h>
#include <stdint.h>
#include <sys/types.h>

/** The address 127.0.0.1:port. */
struct sockaddr_in loopback(uint16_t port);

/** A non-blocking UDP socket on loopback with large buffers; *port is the kernel's choice. */
int socket_open(uint16_t *port);

/** Let `in` send to the port only. */
void socket_aim(int in, uint16_t port);

/** Wait a while for a datagram; its length, or 0. */
size_t socket_wait(int fd, void *p, size_t cap, int wait_ms);

/** The calling process runs on that core only, if there are so many. */
void core_take(unsigned core);

/** Run `run` in a child on the servers' core, which ends with us. Returns what it wrote to its pipe first: its port. */
pid_t child_start(void (*run)(int told, void *arg), void *arg, uint16_t *port);
void child_stop(pid_t pid);
