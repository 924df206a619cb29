/** @file act/ground.c  The tests' and fuzz targets' act. Its folder is in /dev/shm, and goes at exit. */
#include "ground.h"

#include "act/room.h"

#include <errno.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { PATIENCE_MS = 30000, MESSAGES_MOST = 300, INPUTS_MOST = 3000 };

static const char world[] =
	"{\"tenants\": ["
	"{\"id\": \"a\", \"domains\": [\"a.example\"], \"licences\": [{\"sku\": \"connect\"}],"
	" \"accounts\": [{\"address\": \"ines@a.example\", \"name\": \"Ines\", \"licences\": [{\"sku\": \"connect\"}]}]},"
	"{\"id\": \"b\", \"domains\": [\"b.example\"], \"licences\": [{\"sku\": \"remote-assist\"}],"
	" \"accounts\": [{\"address\": \"tess@b.example\", \"name\": \"Tess\", \"licences\": [{\"sku\": \"remote-assist\"}]}]},"
	"{\"id\": \"c\", \"domains\": [\"c.example\"], \"licences\": [{\"sku\": \"connect\"}], \"external_access\": {\"mode\": \"off\"},"
	" \"accounts\": [{\"address\": \"zoe@c.example\", \"name\": \"Zoe\", \"licences\": [{\"sku\": \"connect\"}]}]}]}";

static const char *const addresses[PEOPLE] = { "tess@b.example", "ines@a.example" };

static struct ground ground;
static uv_loop_t loop;
static struct store *store;
static struct relay *relay;
static int wake_fd = -1;
static char folder[64], path[80];
static unsigned inputs;

static void wake(void *arg)
{
	(void)arg;
	if (eventfd_write(wake_fd, 1) != 0)
		abort();
}

static void turn(void)
{
	struct pollfd pollfd = { .fd = wake_fd, .events = POLLIN };
	eventfd_t count;
	int ready;

	/* libFuzzer has an alarm going. */
	do
		ready = poll(&pollfd, 1, PATIENCE_MS);
	while (ready < 0 && errno == EINTR);
	if (ready != 1 || eventfd_read(wake_fd, &count) != 0) {
		fprintf(stderr, "something asked for never ends\n");
		abort();
	}
	store_reap(store);
}

void ground_settle(struct ground *g)
{
	while (g->changes || !list_empty(&g->act->deeds) || !list_empty(&g->act->waiting))
		turn();
}

static void changed(struct deed *deed, struct outcome *outcome, void *arg)
{
	struct ground *g = arg;

	(void)deed;
	assert(outcome->reason == REASON_OK);
	g->changes--;
}

static struct deed *operator_deed(struct ground *g)
{
	struct who who = { .operator_ = true };
	struct deed *deed = deed_new(g->act, &who);

	assert(deed);
	deed->done = changed;
	deed->arg = g;
	deed->seen = -2;
	deed->may = MAY_OPERATOR;
	g->changes++;
	return deed;
}

void ground_shut(struct ground *g, bool shut)
{
	struct deed *deed = operator_deed(g);

	g->shut = shut;
	deed->path[0][0] = 'b';
	deed->args = json_pack("{s:s}", "mode", shut ? "off" : "open");
	deed_start(deed, act_access_put);
}

void ground_guests(struct ground *g, bool open)
{
	static const char *const documents[] = {
		"{\"tenants\": [{\"id\": \"b\", \"domains\": [\"b.example\"], \"licences\": [{\"sku\": \"remote-assist\"}], \"guest_access\": {\"enabled\": false}, \"accounts\": []}]}",
		"{\"tenants\": [{\"id\": \"b\", \"domains\": [\"b.example\"], \"licences\": [{\"sku\": \"remote-assist\"}], \"accounts\": []}]}",
	};
	struct deed *deed = operator_deed(g);

	deed->text = str_of(documents[open]);
	deed_start(deed, act_world_put);
}

void ground_unpace(struct ground *g)
{
	throttle_free(g->act->paces);
	g->act->paces = throttle_new();
	assert(g->act->paces);
}

struct people {
	struct ground *ground;
	int64_t account[PEOPLE], zoe;
	bool done;
};

/* Sessions, a role and two conversations, as signing in and writing would leave them. */
static int run_people(struct store_tx *tx, void *arg)
{
	struct people *p = arg;
	struct store_conversation conversation;
	int64_t session;
	bool made;
	int err = 0;

	for (unsigned i = 0; i < PEOPLE && !err; i++) {
		uint8_t hash[TOKEN_HASH_BYTES];

		token_make(p->ground->tokens[i]);
		token_hash(p->ground->tokens[i], TOKEN_CHARS, hash);
		err = store_session_add(tx, hash, p->account[i], clock_wall_ms(), clock_wall_ms() + 86400000, &session);
	}
	if (!err)
		err = store_role_put(tx, p->account[0], ROLE_OWNER);
	if (!err)
		err = store_conversation_open(tx, p->account[0], p->account[1], clock_wall_ms(), &conversation, &made);
	return err ? err : store_conversation_open(tx, p->account[0], p->zoe, clock_wall_ms(), &conversation, &made);
}

static void people_kept(void *arg, int err)
{
	struct people *p = arg;

	assert(err == 0);
	p->done = true;
}

static void people_add(struct ground *g)
{
	struct people p = { .ground = g };
	struct deed *deed = operator_deed(g);

	deed->text = str_of(world);
	deed_start(deed, act_world_put);
	ground_settle(g);
	for (unsigned i = 0; i < PEOPLE; i++)
		p.account[i] = account_row(world_account(g->act->world, str_of(addresses[i])));
	p.zoe = account_row(world_account(g->act->world, STR("zoe@c.example")));
	if (store_submit(store, run_people, people_kept, &p))
		abort();
	while (!p.done)
		turn();
}

static void open_all(void)
{
	struct relay_config config = { .addresses = { "127.0.0.1" }, .legs = LIMIT_LEGS };
	struct act_parts parts = { .loop = &loop, .session_ms = 86400000 };
	char why[256] = "";

	snprintf(folder, sizeof folder, "%s/live-XXXXXX", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
	if (sodium_init() < 0 || !mkdtemp(folder))
		abort();
	snprintf(path, sizeof path, "%s/db", folder);
	wake_fd = eventfd(0, EFD_CLOEXEC);
	uv_loop_init(&loop);
	if (store_open(&store, path, wake, NULL, why) || relay_open(&relay, &config))
		abort();
	parts.store = store;
	parts.relay = relay;
	ground = (struct ground){ 0 };
	if (act_open(&ground.act, &parts, why))
		abort();
	people_add(&ground);
	inputs = 0;
}

static void on_act_closed(void *arg)
{
	(void)arg;
	store_close(store);
}

static void close_all(void)
{
	static const char *const tails[] = { "", "-wal", "-shm", "-lock" };
	char name[96];

	act_goodbye(ground.act);
	/* The loop alone would wait for ever for what our own wake-ups bring. */
	while (ground.act->n_records)
		turn();
	act_end(ground.act, on_act_closed, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	act_free(ground.act);
	relay_close(relay);
	if (uv_loop_close(&loop))
		abort();
	close(wake_fd);
	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
		snprintf(name, sizeof name, "%s%s", path, tails[i]);
		unlink(name);
	}
	rmdir(folder);
}

struct ground *ground_get(void)
{
	if (!ground.act) {
		/* Thousands of refusals are the point here. */
		log_level_set(LOG_ERROR + 1);
		open_all();
		atexit(close_all);
	}
	return &ground;
}

void ground_clear(struct ground *g)
{
	int64_t pos;

	if (g->shut)
		ground_shut(g, false);
	ground_settle(g);
	assert(list_empty(&g->act->lines.all));
	/* A ring is over, both ends are away: no call outlives this. */
	calls_tick(g->act, INT64_MAX / 2);
	assert(list_empty(&g->act->calls) && list_empty(&g->act->calls_over) && list_empty(&g->act->permits.all));
	assert(g->act->lines.n == 0);
	if (store_message_pos(store, &pos))
		abort();
	/* So that one more input costs what the first did: the store's rows, and the relay's memory of pairs. */
	if (pos < MESSAGES_MOST && ++inputs < INPUTS_MOST)
		return;
	close_all();
	open_all();
}
