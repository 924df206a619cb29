/** @file server/sandbox_test.c  The sandbox, each time in a process of its own: what serving needs goes on, the rest is refused or deadly. */
#include "sandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { NO_SANDBOX = 77 };

static char folder[64], data[128], chain[160], outside[128];

static int in_child(int (*work)(void))
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(work());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/* The line at fault, so that a failure says where. */
static void expect_well(int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == NO_SANDBOX)
		skip();
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status))
		fail_msg("step %d failed", WEXITSTATUS(status));
}

static int file_make(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	return fd < 0 ? -errno : close(fd);
}

static int setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/farhand-sandbox-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(data, sizeof data, "%s/data", folder);
	snprintf(outside, sizeof outside, "%s/outside", folder);
	snprintf(chain, sizeof chain, "%s/tls/chain.pem", folder);
	mkdir(data, 0700);
	chain[strlen(chain) - strlen("/chain.pem")] = '\0';
	mkdir(chain, 0700);
	chain[strlen(chain)] = '/';
	return file_make(outside) || file_make(chain);
}

static int teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
}

static int close_files(uint16_t port)
{
	const char *const read[] = { chain, NULL };

	return sandbox_files(&(struct sandbox){ .data = data, .read = read, .port = port });
}

static int tcp(uint16_t port, bool binds)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), err = 0;

	if (binds ? bind(fd, (struct sockaddr *)&at, sizeof at) : connect(fd, (struct sockaddr *)&at, sizeof at))
		err = errno;
	close(fd);
	return err;
}

#define STEP(n, ok) do { if (!(ok)) return n; } while (0)

static int files_work(void)
{
	char path[160], moved[160];
	int abi = close_files(0);

	if (abi == 0)
		return NO_SANDBOX;
	STEP(1, abi > 0);
	snprintf(path, sizeof path, "%s/new", data);
	snprintf(moved, sizeof moved, "%s/tls/moved", folder);
	STEP(2, file_make(path) == 0);
	STEP(3, rename(path, moved) && (errno == EXDEV || errno == EACCES));
	STEP(4, unlink(path) == 0);
	STEP(5, open(chain, O_RDONLY | O_CLOEXEC) >= 0);
	STEP(6, open(chain, O_WRONLY | O_CLOEXEC) < 0 && errno == EACCES);
	STEP(7, open(outside, O_WRONLY | O_CLOEXEC) < 0 && errno == EACCES);
	STEP(8, file_make(moved) == -EACCES);
	STEP(9, unlink(outside) && errno == EACCES);
	if (abi >= 4) {
		STEP(10, tcp(0, true) == 0);
		STEP(11, tcp(1, true) == EACCES);
		STEP(12, tcp(1, false) == EACCES);
	}
	if (SANDBOX_SANITIZED)
		return 0;
	STEP(13, open(outside, O_RDONLY | O_CLOEXEC) < 0 && errno == EACCES);
	STEP(14, open("/etc/passwd", O_RDONLY | O_CLOEXEC) < 0 && errno == EACCES);
	STEP(15, open(data, O_RDONLY | O_DIRECTORY | O_CLOEXEC) >= 0);
	STEP(16, open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC) < 0 && errno == EACCES);
	return 0;
}

static void files_outside_are_out_of_reach(void **state)
{
	(void)state;
	expect_well(in_child(files_work));
}

static void fresh_path(char out[static 160])
{
	snprintf(out, 160, "%s/tls/fresh.pem", folder);
}

/* The renewal comes from outside of the sandbox: a sibling that waits until it is closed. */
static int renewal_work(void)
{
	char fresh[160], byte = 0;
	int closed[2], made[2];
	pid_t renewer;

	fresh_path(fresh);
	STEP(1, pipe(closed) == 0 && pipe(made) == 0);
	renewer = fork();
	STEP(2, renewer >= 0);
	if (renewer == 0)
		_exit(read(closed[0], &byte, 1) != 1 || file_make(fresh) || write(made[1], &byte, 1) != 1);
	if (close_files(0) == 0)
		return NO_SANDBOX;
	STEP(3, access(fresh, F_OK) != 0);
	STEP(4, write(closed[1], &byte, 1) == 1 && read(made[0], &byte, 1) == 1);
	STEP(5, open(fresh, O_RDONLY | O_CLOEXEC) >= 0);
	STEP(6, waitpid(renewer, NULL, 0) == renewer);
	return 0;
}

static void a_new_file_in_the_certificates_folder_can_be_read(void **state)
{
	(void)state;
	expect_well(in_child(renewal_work));
}

static void *thread_work(void *arg)
{
	*(int *)arg = 1;
	return NULL;
}

static int calls_work(void)
{
	pthread_t thread;
	int ran = 0;
	char *p;

	if (sandbox_calls())
		return NO_SANDBOX;
	STEP(1, pthread_create(&thread, NULL, thread_work, &ran) == 0);
	STEP(2, pthread_join(thread, NULL) == 0 && ran);
	p = malloc(1 << 22);
	STEP(3, p != NULL);
	free(p);
	STEP(4, socket(AF_INET, SOCK_STREAM, 0) < 0 && errno == ENOSYS);
	STEP(5, socket(AF_NETLINK, SOCK_RAW, 0) >= 0);
	STEP(6, mkdir("/tmp/farhand-never", 0700) && errno == ENOSYS);
	if (SANDBOX_SANITIZED)
		return 0;
	STEP(7, mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
	STEP(8, fork() < 0);
	STEP(9, syscall(SYS_clone3, NULL, 0) < 0 && errno == ENOSYS);
	return 0;
}

static void only_what_serving_needs_can_be_called(void **state)
{
	(void)state;
	expect_well(in_child(calls_work));
}

static int exec_work(void)
{
	if (sandbox_calls())
		return NO_SANDBOX;
	execl("/bin/true", "true", NULL);
	return 1;
}

static int connect_work(void)
{
	if (sandbox_calls())
		return NO_SANDBOX;
	return connect(0, NULL, 0) ? 1 : 2;
}

static int peek_work(void)
{
	if (sandbox_calls())
		return NO_SANDBOX;
	return (int)syscall(SYS_process_vm_readv, 0, NULL, 0, NULL, 0, 0) ? 1 : 2;
}

static void an_intruders_call_ends_the_process(void **state)
{
	int (*const works[])(void) = { connect_work, peek_work, exec_work };

	(void)state;
	for (size_t i = 0; i < sizeof works / sizeof works[0] - SANDBOX_SANITIZED; i++) {
		int status = in_child(works[i]);

		if (WIFEXITED(status) && WEXITSTATUS(status) == NO_SANDBOX)
			skip();
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGSYS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_outside_are_out_of_reach),
		cmocka_unit_test(a_new_file_in_the_certificates_folder_can_be_read),
		cmocka_unit_test(only_what_serving_needs_can_be_called),
		cmocka_unit_test(an_intruders_call_ends_the_process),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
