/** @file act/operator.c  The operator's token: made once, at the first start. */
#include "act/room.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int run_keep(struct store_tx *tx, void *arg)
{
	return store_meta_put(tx, "operator", arg, TOKEN_HASH_BYTES);
}

static void kept(void *arg, int err)
{
	(void)arg;
	if (err)
		log_event(LOG_ERROR, "operator.token", LOG_S("error", strerror(-err)));
}

static int write_file(const char *file, const char *token)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, token, TOKEN_CHARS) != TOKEN_CHARS || write(fd, "\n", 1) != 1 || fsync(fd))
		err = errno ? -errno : -EIO;
	close(fd);
	return err;
}

int act_operator_token(struct store *store, const char *file, uint8_t hash[static TOKEN_HASH_BYTES])
{
	static uint8_t kept_hash[TOKEN_HASH_BYTES];	/* until the writer has it */
	char token[TOKEN_CHARS + 1];
	size_t n;
	int err = store_meta_get(store, "operator", hash, TOKEN_HASH_BYTES, &n);

	if (err != -ENOENT)
		return err;
	token_make(token);
	token_hash(token, TOKEN_CHARS, hash);
	err = write_file(file, token);
	memset(token, 0, sizeof token);
	if (err)
		return err;
	log_event(LOG_INFO, "operator.token", LOG_S("file", file));
	memcpy(kept_hash, hash, sizeof kept_hash);
	return store_submit(store, run_keep, kept, kept_hash);
}
