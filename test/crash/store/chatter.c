/**
 * @file test/crash/store/chatter.c  Stores messages until it is killed, and says of each that it was stored; or reads them all back.
 *
 *   chatter write DATABASE RUN MOST     "ack CLIENT_ID CONVERSATION SEQ POS" a line, once stored
 *   chatter read DATABASE               "page …" and "drain …" lines of the same fields, then "sound"
 *   chatter old DATABASE STEPS          a database as it was after so many steps of the schema, with something in each table
 *
 * SHADOW in the environment puts a disk that fails under it: shadow.h.
 */
#include "shadow.h"

#include "base/limits.h"
#include "store/migrate.h"
#include "store/nouns.h"

#include <errno.h>
#include <poll.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { PEOPLE = 4, CHATS = PEOPLE - 1, WINDOW = 40, TEXT_BYTES = 4000, PATIENCE_MS = 30000 };

struct chatter {
	struct store *store;
	int wake_fd;
	int64_t person[PEOPLE];		/* the first one talks with each of the others */
	int64_t chat[CHATS];
	const char *run;
	unsigned sent, most, open;
};

/* One message on its way. */
struct sent {
	struct chatter *chatter;
	struct store_message message;
	bool again;
	bool doomed, audited;
	char client_id[32];
	char text[TEXT_BYTES + 1];
};

static void die(const char *what, int err)
{
	fprintf(stderr, "chatter: %s: %s\n", what, strerror(-err));
	exit(1);
}

static void must(const char *what, int err)
{
	if (err)
		die(what, err);
}

static void wake_h(void *arg)
{
	const struct chatter *c = arg;

	if (eventfd_write(c->wake_fd, 1) != 0)
		abort();
}

static void turn(struct chatter *c)
{
	struct pollfd pollfd = { .fd = c->wake_fd, .events = POLLIN };
	eventfd_t count;

	if (poll(&pollfd, 1, PATIENCE_MS) != 1 || eventfd_read(c->wake_fd, &count) != 0)
		die("the writer sleeps", -ETIMEDOUT);
	store_reap(c->store);
}

/* The same id gives the same text, so that a reader can tell a torn one. */
static void text_make(const char *client_id, char out[static TEXT_BYTES + 1])
{
	size_t n = strlen(client_id), bytes = 0;
	unsigned seed = 7;

	for (size_t i = 0; i < n; i++)
		seed = seed * 31 + (unsigned char)client_id[i];
	for (; bytes < seed % TEXT_BYTES; bytes++)
		out[bytes] = client_id[bytes % n];
	out[bytes] = '\0';
}

static int setting_run(struct store_tx *tx, void *arg)
{
	struct chatter *c = arg;
	struct tenant_doc tenant = { .id = (char[]){ "abc" }, .name = (char[]){ "" }, .verified = true };
	int64_t tenant_id, access_rev;
	int err = store_tenant_put(tx, &tenant, &tenant_id, &access_rev);

	for (int i = 0; !err && i < PEOPLE; i++) {
		char address[32];
		struct account_doc account = { .address = address, .name = tenant.name, .title = tenant.name, .enabled = true };

		snprintf(address, sizeof address, "p%d@abc.example", i);
		err = store_account_put(tx, tenant_id, &account, &c->person[i]);
	}
	for (int i = 0; !err && i < CHATS; i++) {
		struct store_conversation made;
		bool new;

		err = store_conversation_open(tx, c->person[0], c->person[i + 1], 1, &made, &new);
		c->chat[i] = made.id;
	}
	return err;
}

static void setting_done(void *arg, int err)
{
	struct chatter *c = arg;

	must("setting", err);
	c->open--;
}

static int message_run(struct store_tx *tx, void *arg)
{
	struct sent *s = arg;
	/* A row of the audit log goes with some, as it does with a change. */
	int err = s->audited ? store_audit_add(tx, 1, s->client_id, "message", NULL, NULL) : 0;

	if (!err)
		err = store_message_add(tx, &s->message, &s->again);

	return err ? err : s->doomed ? -ECANCELED : 0;
}

static void message_done(void *arg, int err)
{
	struct sent *s = arg;
	char line[128];
	int n;

	s->chatter->open--;
	if (err != (s->doomed ? -ECANCELED : 0))
		die("message", err ? err : -EPROTO);
	if (!s->doomed) {
		n = snprintf(line, sizeof line, "ack %s %lld %lld %lld\n", s->client_id, (long long)s->message.conversation,
			(long long)s->message.seq, (long long)s->message.pos);
		if (write(STDOUT_FILENO, line, (size_t)n) != n)
			exit(0);	/* nobody listens any more */
	}
	free(s);
}

/* Every seventh is undone behind the insert, every fifth was sent before. */
static void message_send(struct chatter *c)
{
	struct sent *s = calloc(1, sizeof *s);
	unsigned number = c->sent % 5 == 4 ? c->sent - 3 : c->sent;

	if (!s)
		die("memory", -ENOMEM);
	s->chatter = c;
	s->audited = c->sent % 3 == 0;
	s->doomed = c->sent % 7 == 6 && number == c->sent;
	snprintf(s->client_id, sizeof s->client_id, "%s-%s%u", s->doomed ? "doomed" : "m", c->run, number);
	text_make(s->client_id, s->text);
	s->message = (struct store_message){
		.conversation = c->chat[number % CHATS],
		.sender = number % 2 ? c->person[0] : c->person[number % CHATS + 1],
		.client_id = s->client_id, .text = s->text, .text_bytes = strlen(s->text),
	};
	must("submit", store_submit(c->store, message_run, message_done, s));
	c->sent++;
	c->open++;
}

static void chatter_write(struct chatter *c)
{
	must("submit", store_submit(c->store, setting_run, setting_done, c));
	for (c->open = 1; c->open;)
		turn(c);
	while (c->sent < c->most || c->open) {
		/* A window that breathes, so that groups of many sizes are cut. */
		while (c->sent < c->most && c->open < 1 + c->sent % WINDOW)
			message_send(c);
		turn(c);
	}
}

struct walk {
	const char *kind;
	int64_t low;		/* seq of the page's first */
	int64_t last;		/* pos of the drain's last */
	unsigned rows;
};

static int row_h(void *arg, const struct store_message *message)
{
	struct walk *w = arg;
	char text[TEXT_BYTES + 1];

	text_make(message->client_id, text);
	if (message->client_id[0] == 'o')
		strcpy(text, "said long ago");
	if (!str_eq(str_of(text), (struct str){ message->text, message->text_bytes }))
		die("a text was torn", -EIO);
	if (w->rows++ == 0)
		w->low = message->seq;
	w->last = message->pos;
	printf("%s %s %lld %lld %lld\n", w->kind, message->client_id, (long long)message->conversation, (long long)message->seq,
		(long long)message->pos);
	return 0;
}

static int64_t number_of(const char *path, const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *stmt = NULL;
	int64_t number;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK || sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK ||
	    sqlite3_step(stmt) != SQLITE_ROW)
		die(sqlite3_errmsg(db), -EIO);
	number = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return number;
}

static void chatter_read(struct chatter *c, const char *path)
{
	int64_t chats = number_of(path, "SELECT count(*) FROM conversation");
	struct walk drain = { .kind = "drain" };

	for (int64_t chat = 1; chat <= chats; chat++) {
		struct walk page = { .kind = "page" };

		do {
			page.rows = 0;
			must("page", store_message_page(c->store, chat, 0, page.low, LIMIT_ROWS_PER_READ, row_h, &page));
		} while (page.rows);
	}
	/* The first account is a member of every conversation. */
	do {
		drain.rows = 0;
		must("drain", store_message_drain(c->store, 1, drain.last, LIMIT_ROWS_PER_READ, row_h, &drain));
	} while (drain.rows);
	if (number_of(path, "SELECT (SELECT count(*) FROM audit) <> (SELECT count(*) FROM audit_node WHERE level = 0)") ||
	    number_of(path, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'") ||
	    number_of(path, "SELECT count(*) FROM pragma_foreign_key_check") ||
	    number_of(path, "SELECT count(*) FROM conversation c WHERE last_seq <> (SELECT count(*) FROM message m WHERE m.conversation = c.id)") ||
	    number_of(path, "SELECT count(*) FROM member r WHERE last_pos <>"
		" (SELECT coalesce(max(pos), 0) FROM message m WHERE m.conversation = r.conversation)"))
		die("the database is not sound", -EIO);
	printf("sound\n");
}

/* Two people who said something, and the log of it, by SQL of that time. */
static void chatter_old(const char *path, unsigned steps)
{
	static const char rows[] =
		"INSERT INTO tenant (id, slug, name, verified, disclose, connect_listed, remote_assist_listed) VALUES (1, 'abc', '', 1, 1, 0, 0);"
		"INSERT INTO access VALUES (1, 1, '{}');"
		"INSERT INTO account (id, tenant, address, kind, name, title, enabled, in_house, connect_held, remote_assist_held) VALUES"
		" (1, 1, 'p0@abc.example', 0, '', '', 1, 0, 0, 0), (2, 1, 'p1@abc.example', 0, '', '', 1, 0, 0, 0);"
		"INSERT INTO conversation (id, a, b, low, high, made, last_seq) VALUES (1, 1, 2, 1, 1, 1, 40);"
		"INSERT INTO member (account, conversation, last_pos) VALUES (1, 1, 40), (2, 1, 40);"
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)"
		" INSERT INTO message (pos, conversation, seq, sender, at, client_id, text) SELECT i, 1, i, 1, i, 'o' || i, 'said long ago' FROM n;"
		"INSERT INTO inbox (account, pos) SELECT 1, pos FROM message UNION ALL SELECT 2, pos FROM message;";
	static const char log_rows[] =
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)"
		" INSERT INTO audit SELECT i, i, 'operator', 'old', NULL, '{}' FROM n;";
	char sign[96];
	sqlite3 *db;

	if (steps < 1 || steps > schema_steps_n || sqlite3_open(path, &db) != SQLITE_OK)
		die("old", -EINVAL);
	for (unsigned i = 0; i < steps; i++)
		if (sqlite3_exec(db, schema_steps[i], NULL, NULL, NULL) != SQLITE_OK)
			die(sqlite3_errmsg(db), -EIO);
	snprintf(sign, sizeof sign, "PRAGMA application_id = %d; PRAGMA user_version = %u", 0x46415248, steps);
	if (sqlite3_exec(db, sign, NULL, NULL, NULL) != SQLITE_OK || sqlite3_exec(db, rows, NULL, NULL, NULL) != SQLITE_OK ||
	    (number_of(path, "SELECT count(*) FROM sqlite_schema WHERE name = 'audit_node'") == 0 && sqlite3_exec(db, log_rows, NULL, NULL, NULL) != SQLITE_OK))
		die(sqlite3_errmsg(db), -EIO);
	sqlite3_close(db);
	printf("steps %u of %u\n", steps, schema_steps_n);
}

int main(int argc, char **argv)
{
	struct chatter c = { .wake_fd = eventfd(0, EFD_CLOEXEC) };
	char why[256] = "";
	bool writes = argc == 5 && strcmp(argv[1], "write") == 0;

	if (argc == 4 && strcmp(argv[1], "old") == 0) {
		chatter_old(argv[2], (unsigned)strtoul(argv[3], NULL, 10));
		return 0;
	}
	shadow_init();
	if (!writes && (argc != 3 || strcmp(argv[1], "read") != 0)) {
		fprintf(stderr, "usage: chatter write DATABASE RUN MOST | read DATABASE\n");
		return 2;
	}
	if (store_open(&c.store, argv[2], wake_h, &c, why)) {
		fprintf(stderr, "chatter: %s\n", why);
		return 1;
	}
	if (writes) {
		c.run = argv[3];
		c.most = (unsigned)strtoul(argv[4], NULL, 10);
		chatter_write(&c);
	} else {
		chatter_read(&c, argv[2]);
	}
	store_close(c.store);
	close(c.wake_fd);
	return 0;
}
