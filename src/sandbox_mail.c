/** @file sandbox_mail.c  Seccomp of the mail process: it may connect, which the server may not, and has no files to write and nobody to serve. */
#include "sandbox_filter.h"

#include <errno.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

static const int sending[] = {
	/* one connection, and a name server's */
	SCMP_SYS(connect), SCMP_SYS(shutdown), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(sendto), SCMP_SYS(sendmsg), SCMP_SYS(sendmmsg),
	SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(getsockopt), SCMP_SYS(setsockopt), SCMP_SYS(bind), SCMP_SYS(socketpair),
	/* waiting */
	SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep), SCMP_SYS(restart_syscall), SCMP_SYS(eventfd2), SCMP_SYS(pipe2),
	/* files to read; which ones is Landlock's */
	SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(lseek), SCMP_SYS(open), SCMP_SYS(openat),
	SCMP_SYS(close), SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(statx), SCMP_SYS(access), SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2), SCMP_SYS(fcntl), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getdents64), SCMP_SYS(fadvise64),
	/* memory and threads */
	SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(futex), SCMP_SYS(set_robust_list), SCMP_SYS(rseq),
	SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(gettid), SCMP_SYS(membarrier), SCMP_SYS(mlock), SCMP_SYS(munlock), SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	/* signals, and the worker */
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(tgkill), SCMP_SYS(clone),
	SCMP_SYS(fork), SCMP_SYS(wait4), SCMP_SYS(prctl), SCMP_SYS(seccomp),
	/* time, randomness, oneself */
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrandom), SCMP_SYS(getrusage),
	SCMP_SYS(getpid), SCMP_SYS(getppid), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(sysinfo), SCMP_SYS(uname),
#if SANDBOX_SANITIZED
	SCMP_SYS(execve), SCMP_SYS(vfork), SCMP_SYS(ptrace), SCMP_SYS(arch_prctl), SCMP_SYS(kill), SCMP_SYS(mmap), SCMP_SYS(mprotect), SCMP_SYS(prlimit64),
	SCMP_SYS(pipe), SCMP_SYS(dup2), SCMP_SYS(ioctl), SCMP_SYS(getdents), SCMP_SYS(set_tid_address),
#endif
};

/* Whoever speaks for a mail server that has taken us over. */
static const int deadly[] = {
#if !SANDBOX_SANITIZED
	SCMP_SYS(execve), SCMP_SYS(vfork), SCMP_SYS(ptrace),
#endif
	SCMP_SYS(execveat), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(pidfd_getfd), SCMP_SYS(listen), SCMP_SYS(accept),
	SCMP_SYS(accept4), SCMP_SYS(memfd_create), SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup),
	SCMP_SYS(io_uring_enter), SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot),
	SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(kexec_load), SCMP_SYS(keyctl), SCMP_SYS(add_key), SCMP_SYS(request_key),
	SCMP_SYS(setuid), SCMP_SYS(setgid), SCMP_SYS(setresuid), SCMP_SYS(setresgid), SCMP_SYS(capset), SCMP_SYS(personality), SCMP_SYS(reboot),
};

#define ALLOWED(list, call, ...) seccomp_rule_add_array((list), SCMP_ACT_ALLOW, (call), 1, &(struct scmp_arg_cmp){ __VA_ARGS__ })

static int conditions_add(scmp_filter_ctx filter)
{
	static const int families[] = { AF_INET, AF_INET6, AF_NETLINK };
	int err = 0;

	for (size_t i = 0; !err && i < sizeof families / sizeof families[0]; i++)
		err = ALLOWED(filter, SCMP_SYS(socket), .arg = 0, .op = SCMP_CMP_EQ, .datum_a = (scmp_datum_t)families[i]);
	if (err || SANDBOX_SANITIZED)
		return err;
	err = ALLOWED(filter, SCMP_SYS(mmap), .arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = PROT_EXEC, .datum_b = 0);
	if (!err)
		err = ALLOWED(filter, SCMP_SYS(mprotect), .arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = PROT_EXEC, .datum_b = 0);
	if (!err)
		err = ALLOWED(filter, SCMP_SYS(prlimit64), .arg = 2, .op = SCMP_CMP_EQ, .datum_a = 0);
	if (!err)
		err = ALLOWED(filter, SCMP_SYS(ioctl), .arg = 1, .op = SCMP_CMP_EQ, .datum_a = FIONREAD);
	return err ? err : ALLOWED(filter, SCMP_SYS(ioctl), .arg = 1, .op = SCMP_CMP_EQ, .datum_a = FIONBIO);
}

static scmp_filter_ctx keeper_filter(int *errp)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));

	*errp = filter ? sandbox_list_add(filter, SCMP_ACT_ALLOW, sending, sizeof sending / sizeof sending[0]) : -ENOMEM;
	if (!*errp)
		*errp = sandbox_list_add(filter, SCMP_ACT_KILL_PROCESS, deadly, sizeof deadly / sizeof deadly[0]);
	if (!*errp)
		*errp = conditions_add(filter);
	return filter;
}

/* On top of the keeper's, which stays in force: of two filters the stricter counts. */
static scmp_filter_ctx worker_filter(int *errp)
{
	static const int more[] = { SCMP_SYS(fork), SCMP_SYS(seccomp) };
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	struct scmp_arg_cmp process = { .arg = 0, .op = SCMP_CMP_MASKED_EQ, .datum_a = CLONE_THREAD, .datum_b = 0 };

	*errp = filter ? 0 : -ENOMEM;
	if (*errp || SANDBOX_SANITIZED)
		return filter;
	*errp = sandbox_list_add(filter, SCMP_ACT_KILL_PROCESS, more, sizeof more / sizeof more[0]);
	if (!*errp)
		*errp = seccomp_rule_add_array(filter, SCMP_ACT_KILL_PROCESS, SCMP_SYS(clone), 1, &process);
	return filter;
}

int sandbox_mail_calls(bool worker)
{
	int err;
	scmp_filter_ctx filter = worker ? worker_filter(&err) : keeper_filter(&err);

	if (!err)
		err = seccomp_load(filter);
	if (filter)
		seccomp_release(filter);
	return err;
}
