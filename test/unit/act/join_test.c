/** @file act/join_test.c  At the door, with time in the test's own hands: who does not ask again waits no more; whose link ends, too. */
#include "act/join.h"
#include "ground.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct ground *ground;
static enum reason reason;
static int status;
static json_t *body;
static char session[TOKEN_CHARS + 1];

static void done(struct deed *deed, struct outcome *outcome, void *arg)
{
	(void)deed;
	(void)arg;
	reason = outcome->reason;
	status = outcome->status;
	json_decref(body);
	body = json_incref(outcome->body);
	memcpy(session, outcome->token, sizeof session);
}

/* Ask as tess (or as nobody), and wait for the end. Takes the arguments. */
static void ask(bool tess, deed_run run, const char *path, json_t *args)
{
	struct who who = { 0 };
	struct deed *deed;

	if (tess)
		assert_true(act_who(ground->act, str_of(ground->tokens[0]), &who));
	deed = deed_new(ground->act, &who);
	assert_non_null(deed);
	deed->may = tess ? MAY_SIGNED_IN : MAY_ANYONE;
	deed->args = args;
	deed->done = done;
	snprintf(deed->path[0], sizeof deed->path[0], "%s", path);
	snprintf(deed->peer, sizeof deed->peer, "192.0.2.1");
	deed_start(deed, run);
	ground_settle(ground);
}

static const char *said(const char *key)
{
	const char *text = json_string_value(json_object_get(body, key));

	assert_non_null(text);
	return text;
}

struct knock {
	char link[24], token[TOKEN_CHARS + 1], ticket[TOKEN_CHARS + 1], visitor[ID_CHARS + 1];
};

static void knock(struct knock *k)
{
	const struct visitor *visitor;

	ask(true, act_join_make, "", json_object());
	assert_int_equal(reason, REASON_OK);
	snprintf(k->link, sizeof k->link, "%s", said("id"));
	snprintf(k->token, sizeof k->token, "%s", said("path") + strlen("/join#"));
	ask(false, act_join_enter, "", json_pack("{s:s, s:s}", "token", k->token, "name", "Sam"));
	assert_int_equal(reason, REASON_OK);
	snprintf(k->ticket, sizeof k->ticket, "%s", said("ticket"));
	visitor = visitor_of_link(ground->act, strtoll(k->link, NULL, 10));
	assert_non_null(visitor);
	assert_int_equal(visitor->state, VISITOR_WAITING);
	snprintf(k->visitor, sizeof k->visitor, "%s", visitor->id);
}

static void wait(const struct knock *k)
{
	ask(false, act_join_wait, "", json_pack("{s:s}", "ticket", k->ticket));
}

static int begin(void **state)
{
	(void)state;
	ground = ground_get();
	/* How often one may knock is the throttle's test. */
	throttle_free(ground->act->throttle);
	ground->act->throttle = throttle_new();
	return ground->act->throttle ? 0 : -1;
}

static void who_asks_again_waits_on(void **state)
{
	struct visitor *visitor;
	struct knock k;

	(void)state;
	knock(&k);
	visitor = visitor_find(ground->act, k.visitor);
	visitor->seen -= LIMIT_JOIN_AWAY_MS - 1;
	joins_tick(ground->act, visitor->seen + LIMIT_JOIN_AWAY_MS - 1);
	wait(&k);
	assert_int_equal(status, 202);
	visitor = visitor_find(ground->act, k.visitor);
	assert_non_null(visitor);
	joins_tick(ground->act, visitor->seen + LIMIT_JOIN_AWAY_MS);
	assert_null(visitor_find(ground->act, k.visitor));
	wait(&k);
	assert_int_equal(reason, REASON_JOIN_GONE);
	/* The place is free again. */
	ask(false, act_join_enter, "", json_pack("{s:s, s:s}", "token", k.token, "name", "Kim"));
	assert_int_equal(reason, REASON_OK);
}

static void nobody_waits_longer_than_the_link(void **state)
{
	struct visitor *visitor;
	struct knock k;

	(void)state;
	knock(&k);
	visitor = visitor_find(ground->act, k.visitor);
	visitor->until = clock_wall_ms();
	joins_tick(ground->act, clock_mono_ms());
	assert_null(visitor_find(ground->act, k.visitor));
}

static json_t *the_visitor(const struct knock *k)
{
	return json_pack("{s:s}", "visitor", k->visitor);
}

static void let_in_he_is_a_guest_for_a_time(void **state)
{
	const struct account *guest;
	struct account_doc doc;
	struct store_join join;
	struct verdict verdict;
	struct who who;
	struct knock k;

	(void)state;
	knock(&k);
	ask(true, act_join_admit, k.link, the_visitor(&k));
	assert_int_equal(reason, REASON_OK);
	guest = world_account(ground->act->world, str_of(said("address")));
	assert_non_null(guest);
	assert_true(account_joined(guest));
	assert_int_equal(world_account_doc(ground->act->world, guest, &doc), 0);
	assert_true(doc.accepted && doc.expires.given && doc.enabled);
	assert_int_equal(doc.reach_list.n, 1);
	assert_string_equal(doc.reach_list.v[0], "tess@b.example");
	assert_in_range(doc.expires.seconds, (uint64_t)clock_wall_ms() / 1000 + LIMIT_JOIN_STAY_MS / 1000 - 60, (uint64_t)clock_wall_ms() / 1000 + LIMIT_JOIN_STAY_MS / 1000);
	ask_pair(ground->act, guest, world_account(ground->act->world, STR("tess@b.example")), ACTION_CALL, &verdict);
	assert_true(verdict.allowed && verdict.until_given);
	ask_pair(ground->act, guest, world_account(ground->act->world, STR("tess@b.example")), ACTION_CHAT, &verdict);
	assert_int_equal(verdict.reason, REASON_GUEST_CHAT_OFF);
	account_doc_release(&doc);

	/* His session can be asked for again until he is forgotten, and is no more than he is. */
	for (unsigned i = 0; i < 2; i++) {
		wait(&k);
		assert_int_equal(reason, REASON_OK);
		assert_true(act_who(ground->act, str_of(session), &who));
		assert_true(who.joined);
		assert_int_equal(act_may(ground->act, &who, MAY_SIGNED_IN, ""), REASON_FORBIDDEN);
		assert_int_equal(act_may(ground->act, &who, MAY_SIGNED_IN | MAY_JOINED, ""), REASON_OK);
	}
	assert_int_equal(store_join_of_guest(ground->act->store, account_row(guest), &join), 0);

	/* His call is over: with the next tick so is his stay. */
	join_left(ground->act, account_row(guest));
	joins_tick(ground->act, clock_mono_ms());
	ask(false, act_join_check, "", json_pack("{s:s}", "token", k.token));
	assert_int_equal(reason, REASON_LINK_GONE);
	assert_false(act_who(ground->act, str_of(session), &who));
	assert_int_equal(store_join_of_guest(ground->act->store, join.guest, &join), -ENOENT);
	wait(&k);
	assert_int_equal(reason, REASON_JOIN_GONE);
}

static void others_are_not_asked_to_leave(void **state)
{
	(void)state;
	join_left(ground->act, account_row(world_account(ground->act->world, STR("tess@b.example"))));
	assert_true(list_empty(&ground->act->joined_over));
}

static int end(void **state)
{
	(void)state;
	json_decref(body);
	body = NULL;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(who_asks_again_waits_on, begin),
		cmocka_unit_test_setup(nobody_waits_longer_than_the_link, begin),
		cmocka_unit_test_setup(let_in_he_is_a_guest_for_a_time, begin),
		cmocka_unit_test_setup(others_are_not_asked_to_leave, begin),
	};

	return cmocka_run_group_tests(tests, NULL, end);
}
