/** @file sandbox_calls.c  Seccomp: the system calls of a server that is up. */
#include "sandbox_filter.h"

#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

/* What libuv, OpenSSL, SQLite, the relay and the C library call between the start and the end. */
static const int served[] = {
	/* sockets that are there, and those that come */
	SCMP_SYS(accept4), SCMP_SYS(shutdown), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(recvmmsg), SCMP_SYS(sendto),
	SCMP_SYS(sendmsg), SCMP_SYS(sendmmsg), SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(getsockopt),
	SCMP_SYS(setsockopt), SCMP_SYS(bind),
	/* waiting */
	SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_pwait2), SCMP_SYS(epoll_ctl), SCMP_SYS(poll), SCMP_SYS(ppoll),
	SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep), SCMP_SYS(restart_syscall),
	/* files; which ones is Landlock's */
	SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(pwrite64), SCMP_SYS(lseek),
	SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(close), SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(stat), SCMP_SYS(lstat),
	SCMP_SYS(statx), SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(fcntl), SCMP_SYS(flock),
	SCMP_SYS(fsync), SCMP_SYS(fdatasync), SCMP_SYS(ftruncate), SCMP_SYS(fallocate), SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(linkat),
	SCMP_SYS(fchmod), SCMP_SYS(fchown), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd), SCMP_SYS(getdents64),
	SCMP_SYS(fadvise64),
	/* memory and threads */
	SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(futex), SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(gettid), SCMP_SYS(membarrier),
	SCMP_SYS(mlock), SCMP_SYS(munlock), SCMP_SYS(exit), SCMP_SYS(exit_group),
	/* signals */
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(tgkill),
	/* time, randomness, oneself */
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrandom),
	SCMP_SYS(getrusage), SCMP_SYS(getpid), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid),
	SCMP_SYS(sysinfo), SCMP_SYS(uname),
#if SANDBOX_SANITIZED
	SCMP_SYS(clone), SCMP_SYS(execve), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(wait4), SCMP_SYS(ptrace), SCMP_SYS(prctl),
	SCMP_SYS(arch_prctl), SCMP_SYS(kill), SCMP_SYS(mmap), SCMP_SYS(mprotect), SCMP_SYS(prlimit64), SCMP_SYS(pipe), SCMP_SYS(pipe2),
	SCMP_SYS(dup2), SCMP_SYS(ioctl), SCMP_SYS(getppid), SCMP_SYS(getdents), SCMP_SYS(set_tid_address),
#endif
};

/* What only an intruder would call here; and the sanitizers. */
static const int deadly[] = {
#if !SANDBOX_SANITIZED
	SCMP_SYS(execve), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(ptrace),
#endif
	SCMP_SYS(execveat), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(pidfd_getfd), SCMP_SYS(connect), SCMP_SYS(listen), SCMP_SYS(memfd_create),
	SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter),
	SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot),
	SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(kexec_load), SCMP_SYS(keyctl), SCMP_SYS(add_key),
	SCMP_SYS(request_key), SCMP_SYS(setuid), SCMP_SYS(setgid), SCMP_SYS(setresuid), SCMP_SYS(setresgid), SCMP_SYS(capset),
	SCMP_SYS(personality), SCMP_SYS(reboot), SCMP_SYS(acct), SCMP_SYS(swapon), SCMP_SYS(open_by_handle_at),
};

int sandbox_list_add(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int err = seccomp_rule_add(filter, action, calls[i], 0);

		/* Some are not there on every architecture. */
		if (err && err != -EDOM)
			return err;
	}
	return 0;
}

/* Calls that are allowed by what they are asked for. */
static int conditions_add(scmp_filter_ctx filter)
{
	/* Spelled out: the header's macros leave a field to its default, which clang's warnings do not like. */
	struct scmp_arg_cmp of_netlink = { .arg = 0, .op = SCMP_CMP_EQ, .datum_a = AF_NETLINK };
	struct scmp_arg_cmp no_code = { .arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = PROT_EXEC, .datum_b = 0 };
	struct scmp_arg_cmp thread = { .arg = 0, .op = SCMP_CMP_MASKED_EQ, .datum_a = CLONE_THREAD, .datum_b = CLONE_THREAD };
	struct scmp_arg_cmp only_read = { .arg = 2, .op = SCMP_CMP_EQ, .datum_a = 0 };
	struct scmp_arg_cmp nonblocking = { .arg = 1, .op = SCMP_CMP_EQ, .datum_a = FIONBIO };
	int err;

	if (SANDBOX_SANITIZED)
		return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1, &of_netlink);
	/* The relay reads the machine's addresses. */
	err = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1, &of_netlink);
	if (!err)
		err = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, &no_code);
	if (!err)
		err = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, &no_code);
	/* Threads, no processes. clone3 hides its flags from a filter; as it seems not to be there, the C library falls back. */
	if (!err)
		err = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, &thread);
	if (!err)
		err = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, &only_read);
	if (!err)
		err = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, &nonblocking);
	return err;
}

int sandbox_calls(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	int err;

	if (!filter)
		return -ENOMEM;
	err = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	if (!err)
		err = sandbox_list_add(filter, SCMP_ACT_ALLOW, served, sizeof served / sizeof served[0]);
	if (!err)
		err = sandbox_list_add(filter, SCMP_ACT_KILL_PROCESS, deadly, sizeof deadly / sizeof deadly[0]);
	if (!err)
		err = conditions_add(filter);
	if (!err)
		err = seccomp_load(filter);
	seccomp_release(filter);
	return err;
}
