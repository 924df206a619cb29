/**
 * @file seed.c  A data folder for a benchmark: one organisation, its people, sessions with known tokens, conversations of two.
 *
 * usage: seed FOLDER ACCOUNTS SESSIONS PAIRS
 * Account N is uN@load.example; the first SESSIONS have the token bench-N; 2N and 2N + 1 share conversation N + 1, for the first PAIRS.
 */
#include "store/nouns.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

struct seed {
	unsigned accounts, sessions, pairs;
	int64_t *rows;
	int err;
};

static int tenant_seed(struct store_tx *tx, int64_t *tenant)
{
	char *domains[] = { (char[]){ "load.example" } };
	struct tenant_doc doc = { .id = (char[]){ "load" }, .name = (char[]){ "Load" }, .verified = true };
	int64_t access_rev;

	doc.domains = (struct texts){ .v = domains, .n = 1 };
	doc.licences[SKU_CONNECT] = (struct licence_seats){ .listed = true };
	return store_tenant_put(tx, &doc, tenant, &access_rev);
}

static int account_seed(struct store_tx *tx, int64_t tenant, unsigned n, int64_t *row)
{
	static const char *const first[] = { "Anna", "Bilal", "Carla", "Dmitri", "Eve", "Femi", "Grace", "Hiro", "Ines", "Jo", "Kofi", "Lea", "Mai" };
	static const char *const last[] = { "Lee", "Novak", "Okafor", "Silva", "Berg", "Tanaka", "Weiss", "Haddad", "Moreau", "Singh", "Keller" };
	char address[64], name[64];
	struct account_doc doc = { .address = address, .name = name, .title = (char[]){ "Pump technician" }, .enabled = true };

	snprintf(address, sizeof address, "u%u@load.example", n);
	snprintf(name, sizeof name, "%s %s", first[n % 13], last[n / 13 % 11]);
	doc.licences[SKU_CONNECT].held = true;
	return store_account_put(tx, tenant, &doc, row);
}

static int session_seed(struct store_tx *tx, unsigned n, int64_t account)
{
	time_ms_t now = clock_wall_ms();
	uint8_t hash[TOKEN_HASH_BYTES];
	char token[32];
	int64_t session;
	int length = snprintf(token, sizeof token, "bench-%u", n);

	token_hash(token, (size_t)length, hash);
	return store_session_add(tx, hash, account, now, now + INT64_C(86400000), &session);
}

static int run(struct store_tx *tx, void *arg)
{
	struct seed *s = arg;
	struct store_conversation conversation;
	int64_t tenant, revision;
	bool made;
	int err = tenant_seed(tx, &tenant);

	for (unsigned n = 0; n < s->accounts && !err; n++)
		err = account_seed(tx, tenant, n, &s->rows[n]);
	for (unsigned n = 0; n < s->sessions && !err; n++)
		err = session_seed(tx, n, s->rows[n]);
	for (unsigned n = 0; n < s->pairs && !err; n++) {
		err = store_conversation_open(tx, s->rows[2 * n], s->rows[2 * n + 1], clock_wall_ms(), &conversation, &made);
		if (!err && conversation.id != n + 1)
			err = -EEXIST;
	}
	/* The world's first revision is 0, or 1 once it was loaded. */
	if (!err && (err = store_revision_next(tx, 0, &revision)) == -ESTALE)
		err = store_revision_next(tx, 1, &revision);
	return err;
}

static void done(void *arg, int err)
{
	((struct seed *)arg)->err = err;
}

static void wake(void *arg)
{
	(void)arg;
}

int main(int argc, char **argv)
{
	struct seed s = { .err = -EIO };
	struct store *store;
	char path[4096], why[256];
	int failed;

	if (argc != 5)
		errx(2, "usage: seed FOLDER ACCOUNTS SESSIONS PAIRS");
	s.accounts = (unsigned)atoi(argv[2]);
	s.sessions = (unsigned)atoi(argv[3]);
	s.pairs = (unsigned)atoi(argv[4]);
	if (s.sessions > s.accounts || 2 * s.pairs > s.accounts)
		errx(2, "more sessions or pairs than accounts");
	s.rows = calloc(s.accounts + 1, sizeof *s.rows);
	if (mkdir(argv[1], 0700) && errno != EEXIST)
		err(1, "%s", argv[1]);
	snprintf(path, sizeof path, "%s/farhand.db", argv[1]);
	if (!s.rows || store_open(&store, path, wake, NULL, why))
		errx(1, "%s", s.rows ? why : "out of memory");
	failed = store_submit_large(store, run, done, &s);
	store_close(store);
	free(s.rows);
	if (failed || s.err)
		errx(1, "the store refused: %s", strerror(-(failed ? failed : s.err)));
	return 0;
}
