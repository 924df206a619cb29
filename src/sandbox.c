/** @file sandbox.c  Landlock, by system call: Debian 12's headers know its first two versions only, so the newer words are here. */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* struct landlock_ruleset_attr of ABI 6; older kernels take it as long as what they do not know is 0. */
struct ruleset {
	uint64_t files;
	uint64_t net;
	uint64_t scoped;
};

/* struct landlock_net_port_attr, ABI 4 */
struct port_rule {
	uint64_t allowed;
	uint64_t port;
};

enum { RULE_PATH = 1, RULE_PORT = 2 };
enum { NET_BIND = 1, NET_CONNECT = 2 };
enum { SCOPE_ABSTRACT_UNIX = 1, SCOPE_SIGNAL = 2 };

#define FILES_1 (((uint64_t)1 << 13) - 1)
#define REFER ((uint64_t)1 << 13)	/* ABI 2 */
#define TRUNCATE ((uint64_t)1 << 14)	/* ABI 3 */
#define IOCTL_DEV ((uint64_t)1 << 15)	/* ABI 5 */

#define READ ((uint64_t)LANDLOCK_ACCESS_FS_READ_FILE)
#define DATA (READ | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE | \
	LANDLOCK_ACCESS_FS_MAKE_REG | TRUNCATE)

static struct ruleset ruleset_of(int abi)
{
	return (struct ruleset){
		.files = FILES_1 | (abi >= 2 ? REFER : 0) | (abi >= 3 ? TRUNCATE : 0) | (abi >= 5 ? IOCTL_DEV : 0),
		.net = abi >= 4 ? NET_BIND | NET_CONNECT : 0,
		.scoped = abi >= 6 ? SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL : 0,
	};
}

static int path_allow(int rules, const char *path, uint64_t allowed)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = allowed };
	int err = 0;

	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return -errno;
	if (syscall(SYS_landlock_add_rule, rules, RULE_PATH, &rule, 0))
		err = -errno;
	close(rule.parent_fd);
	return err;
}

/* The folder, since a renewal puts a new file in the place of the old one. */
static int folder_allow(int rules, const char *file)
{
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s", file);
	return path_allow(rules, dirname(path), READ);
}

static int file_allow(int rules, const char *file)
{
	char real[PATH_MAX];
	int err = folder_allow(rules, file);

	return err || !realpath(file, real) ? err : folder_allow(rules, real);
}

/* The file that is there now. A folder of links that others replace (resolv.conf's, outside of /etc) is opened whole. */
static int alone_allow(int rules, const char *file)
{
	char real[PATH_MAX];

	if (!realpath(file, real))
		return errno == ENOENT || errno == EACCES ? 0 : -errno;
	return strncmp(real, "/etc/", 5) == 0 ? path_allow(rules, real, READ) : folder_allow(rules, real);
}

static int port_allow(int rules, uint64_t how, uint16_t port)
{
	struct port_rule rule = { how, port };

	return syscall(SYS_landlock_add_rule, rules, RULE_PORT, &rule, 0) ? -errno : 0;
}

static int rules_add(int rules, const struct ruleset *handled, const struct sandbox *sandbox)
{
	enum { NAME_SERVER = 53 };
	int err = sandbox->data ? path_allow(rules, sandbox->data, DATA & handled->files) : 0;

	for (const char *const *file = sandbox->read; !err && *file; file++)
		err = file_allow(rules, *file);
	for (const char *const *file = sandbox->alone; !err && file && *file; file++)
		err = alone_allow(rules, *file);
	/* SQLite's and OpenSSL's last resort for randomness. */
	if (!err)
		err = path_allow(rules, "/dev/urandom", READ);
	if (!err && handled->net)
		err = port_allow(rules, sandbox->out ? NET_CONNECT : NET_BIND, sandbox->port);
	if (!err && handled->net && sandbox->out)
		err = port_allow(rules, NET_CONNECT, NAME_SERVER);
	if (!err && SANDBOX_SANITIZED)
		err = path_allow(rules, "/", READ | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_EXECUTE);
	return err;
}

int sandbox_files(const struct sandbox *sandbox)
{
	int abi = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION), rules, err;
	struct ruleset handled;

	if (abi < 1)
		return 0;
	handled = ruleset_of(abi);
	rules = (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0);
	if (rules < 0)
		return -errno;
	err = rules_add(rules, &handled, sandbox);
	if (!err && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall(SYS_landlock_restrict_self, rules, 0)))
		err = -errno;
	close(rules);
	return err ? err : abi;
}
