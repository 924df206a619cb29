/**
 * @file start.c  From the start of a program to its first decision.
 *
 * usage: start PORT TOKEN_FILE FROM TO PROGRAM ARGUMENT…
 * Prints the ms until POST /v1/reach is answered, and the CPU ms of the server until then; ends the server.
 */
#include <arpa/inet.h>
#include <err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 30000 };

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int reach_server(uint16_t port, double until)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	while (now_ms() < until) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
			return fd;
		close(fd);
		usleep(500);
	}
	errx(1, "the server does not listen");
}

static void ask(int fd, const char *token, const char *from, const char *to)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
	SSL *ssl = tls ? SSL_new(tls) : NULL;
	char body[512], text[2048];
	int n;

	snprintf(body, sizeof body, "{\"from\":\"%s\",\"to\":\"%s\",\"action\":\"chat\"}", from, to);
	n = snprintf(text, sizeof text, "POST /v1/reach HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
		token, strlen(body), body);
	if (!ssl || !SSL_set_fd(ssl, fd) || SSL_connect(ssl) != 1 || SSL_write(ssl, text, n) != n)
		errx(1, "no TLS");
	n = SSL_read(ssl, text, sizeof text - 1);
	text[n > 0 ? n : 0] = '\0';
	if (!strstr(text, "\"allowed\":true"))
		errx(1, "no decision: %s", text);
	SSL_free(ssl);
	SSL_CTX_free(tls);
}

static void token_read(const char *name, char out[static 128])
{
	FILE *file = fopen(name, "re");

	if (!file || !fgets(out, 128, file))
		err(1, "%s", name);
	out[strcspn(out, "\n")] = '\0';
	fclose(file);
}

int main(int argc, char **argv)
{
	char token[128];
	struct rusage used;
	struct timespec cpu;
	clockid_t clock;
	double start, answered;
	pid_t pid;
	int fd;

	if (argc < 6)
		errx(2, "usage: start PORT TOKEN_FILE FROM TO PROGRAM ARGUMENT…");
	token_read(argv[2], token);
	start = now_ms();
	pid = fork();
	if (pid == 0) {
		execv(argv[5], argv + 5);
		err(127, "%s", argv[5]);
	}
	fd = reach_server((uint16_t)atoi(argv[1]), start + PATIENCE_MS);
	ask(fd, token, argv[3], argv[4]);
	answered = now_ms();
	if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &cpu))
		errx(1, "no clock of the server");
	kill(pid, SIGTERM);
	wait4(pid, NULL, 0, &used);
	close(fd);
	printf("%.0f\t%.0f\n", answered - start, (double)cpu.tv_sec * 1e3 + (double)cpu.tv_nsec / 1e6);
	return 0;
}
