/**
 * @file fuzz/act/join.c  Joining by a link: any order of requests with any bodies, by the host and by whoever has the link, with a real act.
 *
 * An input is lines. The first byte says who asks what: m make, a admit, r refuse, d take back (the host); c check, e enter, w wait,
 * l leave (anybody); 0 or 1, the rules of guests close or open; a dot, what is under way ends first; t, time passes for those who wait.
 * The rest is the body, in which $T stands for the newest link's token, $K for the newest ticket, $V for whoever is at that link's door.
 *
 * Holds: every request ends once; only a wait that was answered with a session gives one, and that is a joined one's, who may reach the
 * host alone; there is one visitor a link at most; who is refused is told why; a joined one has a link, and no link has two.
 */
#include "act/join.h"
#include "ground.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

enum { LINES_MOST = 60 };

static struct ground *ground;
static struct knock {
	char link[24], token[TOKEN_CHARS + 1], ticket[TOKEN_CHARS + 1];
} now;
static unsigned open_deeds;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void take(const json_t *body, const char *key, char *out, size_t most)
{
	const char *text = json_string_value(json_object_get(body, key));

	if (text)
		snprintf(out, most, "%s", text);
}

/* Whoever has this token is let in by one link, and reaches nobody but its host. */
static void expect_joined(const char *token)
{
	const struct account *me, *tess = world_account(ground->act->world, STR("tess@b.example"));
	struct store_join join;
	struct verdict verdict;
	struct who who;

	if (!act_who(ground->act, str_of(token), &who))
		return;
	me = world_account_by_id(ground->act->world, who.account);
	assert(who.joined && me && account_joined(me) && who.roles == 0);
	assert(store_join_of_guest(ground->act->store, who.account, &join) == 0 && join.host == account_row(tess));
	ask_pair(ground->act, me, world_account(ground->act->world, STR("ines@a.example")), ACTION_CALL, &verdict);
	assert(!verdict.allowed);
	ask_pair(ground->act, me, tess, ACTION_CHAT, &verdict);
	assert(!verdict.allowed);
}

static void done(struct deed *deed, struct outcome *outcome, void *arg)
{
	(void)arg;
	open_deeds--;
	if (outcome->reason != REASON_OK) {
		assert(reason_status(outcome->reason) >= 400 && !outcome->token[0]);
		assert(outcome->reason != REASON_FAULT);
		return;
	}
	assert(outcome->status == 204 || json_is_object(outcome->body));
	assert(!outcome->token[0] || deed->run == act_join_wait);
	if (outcome->token[0])
		expect_joined(outcome->token);
	if (deed->run == act_join_make) {
		take(outcome->body, "id", now.link, sizeof now.link);
		snprintf(now.token, sizeof now.token, "%s", json_string_value(json_object_get(outcome->body, "path")) + strlen("/join#"));
	}
	take(outcome->body, "ticket", now.ticket, sizeof now.ticket);
}

static const struct {
	char first;
	bool host;
	deed_run run;
} asks[] = {
	{ 'm', true, act_join_make }, { 'a', true, act_join_admit }, { 'r', true, act_join_refuse }, { 'd', true, act_join_drop },
	{ 'c', false, act_join_check }, { 'e', false, act_join_enter }, { 'w', false, act_join_wait }, { 'l', false, act_join_leave },
};

static void ask(size_t which, json_t *args)
{
	struct who who = { 0 };
	struct deed *deed;

	if (asks[which].host && !act_who(ground->act, str_of(ground->tokens[0]), &who))
		abort();
	deed = deed_new(ground->act, &who);
	assert(deed);
	deed->may = asks[which].host ? MAY_SIGNED_IN : MAY_ANYONE;
	deed->args = args;
	deed->done = done;
	snprintf(deed->path[0], sizeof deed->path[0], "%s", now.link);
	snprintf(deed->peer, sizeof deed->peer, "192.0.2.1");
	open_deeds++;
	deed_start(deed, asks[which].run);
}

/* With what stands for the newest of everything filled in. The caller frees. */
static char *body_of(struct str text)
{
	const struct visitor *visitor = now.link[0] ? visitor_of_link(ground->act, strtoll(now.link, NULL, 10)) : NULL;
	struct buf out = { 0 };
	char *copy;

	for (size_t i = 0; i < text.n; i++) {
		char what = text.p[i] == '$' && i + 1 < text.n ? text.p[i + 1] : '\0';
		const char *put = what == 'T' ? now.token : what == 'K' ? now.ticket : what == 'V' ? (visitor ? visitor->id : "") : NULL;

		if (buf_add(&out, put ? put : text.p + i, put ? strlen(put) : 1))
			abort();
		i += put != NULL;
	}
	copy = str_dup(buf_str(&out));
	buf_release(&out);
	return copy;
}

static void expect_door(void)
{
	list_each (&ground->act->visitors, node, after) {
		const struct visitor *visitor = list_entry(node, struct visitor, node);

		assert(visitor_of_link(ground->act, visitor->link) == visitor || visitor->state == VISITOR_GONE);
		assert(visitor->state != VISITOR_GONE && visitor->name[0] && str_utf8(str_of(visitor->name)) && !strchr(visitor->name, '\n'));
		assert((visitor->state == VISITOR_ADMITTED) == (visitor->token[0] != '\0'));
		json_decref(say_visitor(visitor));
	}
}

static void line(struct str text)
{
	struct json_err err;
	json_t *args;
	char *body;

	if (*text.p == '0' || *text.p == '1')
		ground_guests(ground, *text.p == '1');
	if (*text.p == 't')
		joins_tick(ground->act, clock_mono_ms() + LIMIT_JOIN_AWAY_MS);
	if (*text.p == '.')
		ground_settle(ground);
	for (size_t i = 0; i < sizeof asks / sizeof *asks; i++) {
		if (*text.p != asks[i].first)
			continue;
		body = body_of((struct str){ text.p + 1, text.n - 1 });
		args = json_read(str_of(body), LIMIT_JSON_DEPTH, &err);
		free(body);
		if (args || asks[i].run == act_join_drop)
			ask(i, args);
	}
	expect_door();
}

static int drop_row(void *arg, const struct store_join *join)
{
	(void)arg;
	snprintf(now.link, sizeof now.link, "%lld", (long long)join->id);
	return 1;
}

/* The next input begins at a closed door. */
static void clear(void)
{
	int64_t host = account_row(world_account(ground->act->world, STR("tess@b.example")));

	ground_guests(ground, true);
	ground_settle(ground);
	while (store_join_list(ground->act->store, host, clock_wall_ms(), drop_row, NULL) == 1) {
		ask(3, NULL);
		ground_settle(ground);
	}
	visitors_free(ground->act);
	throttle_free(ground->act->throttle);
	ground->act->throttle = throttle_new();
	assert(ground->act->throttle);
	now = (struct knock){ 0 };
	ground_clear(ground);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str rest = { (const char *)data, n };

	ground = ground_get();
	for (unsigned i = 0; i < LINES_MOST && rest.n; i++) {
		const char *end = memchr(rest.p, '\n', rest.n);
		struct str text = { rest.p, end ? (size_t)(end - rest.p) : rest.n };

		if (text.n)
			line(text);
		rest.p += text.n + (end != NULL);
		rest.n -= text.n + (end != NULL);
	}
	ground_settle(ground);
	assert(open_deeds == 0);
	expect_door();
	clear();
	return 0;
}
