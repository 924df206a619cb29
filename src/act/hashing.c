/** @file act/hashing.c  Passwords in the pool: argon2id, and the list of those that everybody knows. */
#include "act/hashing.h"

#include "act/breached.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>

enum { HASHING_MOST = 32 };

struct hashing *hashing_new(struct deed *deed, struct str password, struct str fresh)
{
	struct hashing *h = calloc(1, sizeof *h);

	if (!h)
		return NULL;
	h->deed = deed;
	h->work.data = h;
	h->password = password.p ? str_dup(password) : NULL;
	h->fresh = fresh.p ? str_dup(fresh) : NULL;
	if ((h->password || !password.p) && (h->fresh || !fresh.p))
		return h;
	hashing_free(h);
	return NULL;
}

static void secret_free(char *secret)
{
	if (secret)
		sodium_memzero(secret, strlen(secret));
	free(secret);
}

void hashing_free(struct hashing *h)
{
	secret_free(h->password);
	secret_free(h->fresh);
	sodium_memzero(h->token, sizeof h->token);
	free(h);
}

static void in_pool(uv_work_t *work)
{
	struct hashing *h = work->data;
	struct breached *breached = h->deed->act->parts.breached;
	int known = 0;

	h->right = !h->password || crypto_pwhash_str_verify(h->encoded, h->password, strlen(h->password)) == 0;
	if (!h->right || !h->fresh)
		return;
	if (breached)
		known = breached_has(breached, str_of(h->fresh));
	h->breached = known == 1;
	h->err = known < 0 ? known : 0;
	/* argon2id, libsodium's interactive cost: 64 MiB and two passes. The one thing that it can miss is memory. */
	if (known == 0 && crypto_pwhash_str(h->hashed, h->fresh, strlen(h->fresh), crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE))
		h->err = -ENOMEM;
}

static void on_pool(uv_work_t *work, int status)
{
	struct hashing *h = work->data;

	h->deed->act->hashing--;
	if (status)
		h->err = -EAGAIN;
	h->right = h->right && !status;
	h->done(h);
}

int hashing_start(struct hashing *h, void (*done)(struct hashing *h))
{
	struct act *act = h->deed->act;
	int err;

	if (act->hashing >= HASHING_MOST)
		return -EAGAIN;
	h->done = done;
	err = uv_queue_work(act->parts.loop, &h->work, in_pool, on_pool);
	if (err == 0)
		act->hashing++;
	return err;
}

void hashing_nobody(char out[static ENCODED_BYTES])
{
	/* Of a random password that was never kept, at the same cost. */
	static const char nobodys[] = "$argon2id$v=19$m=65536,t=2,p=1$XeulQ4erhnGxSKJ7e1LJmA$/0zYtjDI8wm15iC5QM7CzKKUvyKGpJygaKAxMLuhu5Y";

	memcpy(out, nobodys, sizeof nobodys);
}
