/** @file act/deed_test.c  A request from its start to its one end; a change as a barrier; a call that a change ends. On a real store. */
#include "ground.h"

#include "act/room.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/** What came of a deed. */
struct heard {
	unsigned times;
	unsigned turn;		/* in which order */
	enum reason reason;
	json_t *body;
};

/** The far end of a line: its newest event of a kind. */
struct page {
	struct line *line;
	json_t *call;		/* of the newest event "call" */
	int code;
};

static struct ground *ground;
static unsigned turns, ids;

static const char description[] =
	"v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\n"
	"a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n"
	"a=fingerprint:sha-256 AC:8B:FE:0A:EF:CC:D2:26:57:D5:ED:4F:99:51:A3:0A:91:D0:45:3F:BF:F2:6E:2E:65:AF:6C:9D:AA:CF:16:80\r\n"
	"a=setup:actpass\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\n";

static void done_h(struct deed *deed, struct outcome *outcome, void *arg)
{
	struct heard *heard = arg;

	(void)deed;
	heard->times++;
	heard->turn = ++turns;
	heard->reason = outcome->reason;
	json_decref(heard->body);
	heard->body = json_incref(outcome->body);
}

static struct who who_is(unsigned person)
{
	struct who who;

	assert_true(act_who(ground->act, str_of(ground->tokens[person]), &who));
	return who;
}

static struct deed *deed_by(const struct who *who, json_t *args, struct heard *heard)
{
	struct deed *deed = deed_new(ground->act, who);

	assert_non_null(deed);
	deed->args = args;
	deed->may = MAY_SIGNED_IN | MAY_OPERATOR;
	deed->done = done_h;
	deed->arg = heard;
	return deed;
}

static struct deed *deed_of(unsigned person, json_t *args, struct heard *heard)
{
	struct who who = who_is(person);

	return deed_by(&who, args, heard);
}

/* Tess writes to ines. */
static struct deed *writing(struct heard *heard)
{
	char id[16];
	struct deed *deed;

	snprintf(id, sizeof id, "m%u", ++ids);
	deed = deed_of(0, json_pack("{s:s, s:s}", "client_id", id, "text", "Hello"), heard);
	strcpy(deed->path[0], "1");
	return deed;
}

static bool send_h(void *arg, struct str frame)
{
	struct page *page = arg;
	json_t *event = json_loadb(frame.p, frame.n, 0, NULL), *call = json_object_get(event, "call");

	if (json_is_object(call)) {
		json_decref(page->call);
		page->call = json_incref(call);
	}
	json_decref(event);
	return true;
}

static void close_h(void *arg, int code)
{
	((struct page *)arg)->code = code;
}

static const struct line_ops page_ops = { send_h, close_h };

static void page_open(struct page *page, unsigned person)
{
	struct who who = who_is(person);
	struct heard heard = { 0 };
	struct deed *deed = deed_of(person, json_object(), &heard);

	*page = (struct page){ 0 };
	page->line = act_line_open(ground->act, &who, &page_ops, page);
	assert_non_null(page->line);
	deed->line = page->line;
	deed->by_line = true;
	deed_start(deed, act_hello);
	assert_int_equal(heard.times, 1);
	assert_int_equal(heard.reason, REASON_OK);
	json_decref(heard.body);
}

static void page_close(struct page *page)
{
	act_line_close(ground->act, page->line);
	json_decref(page->call);
	page->call = NULL;
}

static void page_ask(struct page *page, unsigned person, deed_run run, json_t *args, struct heard *heard)
{
	struct deed *deed = deed_of(person, args, heard);

	deed->line = page->line;
	deed->by_line = true;
	deed_start(deed, run);
}

static int begin(void **state)
{
	(void)state;
	ground = ground_get();
	turns = 0;
	return 0;
}

static int end(void **state)
{
	(void)state;
	ground_clear(ground);
	return 0;
}

static void done_is_heard_once(void **state)
{
	struct heard heard = { 0 };

	(void)state;
	deed_start(writing(&heard), act_message_send);
	assert_int_equal(heard.times, 0);	/* not before it is durable */
	ground_settle(ground);
	assert_int_equal(heard.times, 1);
	assert_int_equal(heard.reason, REASON_OK);
	json_decref(heard.body);
}

/* Who leaves hears nothing; what was not begun is not done, what was is finished. */
static void leaving_is_silent(void **state)
{
	struct heard heard = { 0 }, page = { 0 };
	struct deed *deed = writing(&heard);

	(void)state;
	deed_leave(deed);
	deed = writing(&heard);
	deed_start(deed, act_message_send);
	deed_leave(deed);
	ground_settle(ground);
	assert_int_equal(heard.times, 0);
	deed = deed_of(0, NULL, &page);
	strcpy(deed->path[0], "1");
	strcpy(deed->query[1], "1");
	deed->query_given[1] = true;
	deed_start(deed, act_messages);
	assert_int_equal(page.times, 1);
	/* The second's id stands at the end of the conversation: it was kept. */
	{
		char id[16];

		snprintf(id, sizeof id, "m%u", ids);
		assert_string_equal(json_string_value(json_object_get(json_array_get(json_object_get(page.body, "messages"), 0), "id")), id);
	}
	json_decref(page.body);
}

/* In the order of asking: before the change allowed, behind it refused, behind the next allowed again. */
static void change_is_a_barrier(void **state)
{
	struct heard heard[4] = { 0 };

	(void)state;
	deed_start(writing(&heard[0]), act_message_send);
	ground_shut(ground, true);
	deed_start(writing(&heard[1]), act_message_send);
	deed_start(writing(&heard[2]), act_message_send);
	ground_shut(ground, false);
	deed_start(writing(&heard[3]), act_message_send);
	ground_settle(ground);
	assert_int_equal(heard[0].reason, REASON_OK);
	assert_int_equal(heard[1].reason, REASON_EXTERNAL_OFF);
	assert_int_equal(heard[2].reason, REASON_EXTERNAL_OFF);
	assert_int_equal(heard[3].reason, REASON_OK);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(heard[i].times, 1);
		assert_int_equal(heard[i].turn, i + 1);
		json_decref(heard[i].body);
	}
}

/* A page that goes while its request waits: nobody is told, nothing is done, nothing leaks. */
static void page_goes_while_it_waits(void **state)
{
	struct heard heard = { 0 };
	struct page page;

	(void)state;
	page_open(&page, 0);
	ground_shut(ground, true);
	page_ask(&page, 0, act_message_send, json_pack("{s:s, s:s, s:s}", "conversation", "1", "client_id", "w", "text", "x"), &heard);
	page_close(&page);
	ground_settle(ground);
	assert_int_equal(heard.times, 0);
}

static const char *call_text(const struct page *page, const char *key)
{
	return json_string_value(json_object_get(page->call, key));
}

static void change_ends_the_call(void **state)
{
	struct heard heard = { 0 };
	struct page pages[PEOPLE];
	char id[64];

	(void)state;
	page_open(&pages[0], 0);
	page_open(&pages[1], 1);
	page_ask(&pages[0], 0, act_call_place, json_pack("{s:s, s:b, s:s}", "to", "ines@a.example", "video", 0, "sdp", description), &heard);
	assert_int_equal(heard.reason, REASON_OK);
	assert_string_equal(call_text(&pages[1], "state"), "ringing");
	snprintf(id, sizeof id, "%s", call_text(&pages[1], "id"));
	page_ask(&pages[1], 1, act_call_answer, json_pack("{s:s, s:b}", "call", id, "video", 0), &heard);
	assert_int_equal(heard.reason, REASON_OK);
	for (unsigned i = 0; i < PEOPLE; i++)
		assert_string_equal(call_text(&pages[i], "state"), "talking");
	ground_shut(ground, true);
	ground_settle(ground);
	for (unsigned i = 0; i < PEOPLE; i++) {
		json_t *ended = json_object_get(pages[i].call, "ended");

		assert_string_equal(call_text(&pages[i], "state"), "ended");
		assert_string_equal(json_string_value(json_object_get(ended, "reason")), "external.off");
		assert_true(json_is_null(json_object_get(ended, "by")));
		assert_string_equal(json_string_value(json_object_get(json_object_get(ended, "answer"), "tenant")), "b");
	}
	assert_true(list_empty(&ground->act->permits.all));
	page_ask(&pages[0], 0, act_call_hangup, json_pack("{s:s}", "call", id), &heard);
	assert_int_equal(heard.reason, REASON_CALL_GONE);
	page_close(&pages[0]);
	page_close(&pages[1]);
	json_decref(heard.body);
}

/* An answer that meets nobody is kept for the caller, who hears it when he is back; it is one all the same. */
static void answer_to_who_is_away(void **state)
{
	struct heard heard = { 0 };
	struct page caller, callee;
	char id[64];

	(void)state;
	page_open(&caller, 0);
	page_open(&callee, 1);
	page_ask(&caller, 0, act_call_place, json_pack("{s:s, s:b, s:s}", "to", "ines@a.example", "video", 0, "sdp", description), &heard);
	snprintf(id, sizeof id, "%s", call_text(&callee, "id"));
	page_ask(&callee, 1, act_call_answer, json_pack("{s:s, s:b}", "call", id, "video", 0), &heard);
	page_close(&caller);
	page_ask(&callee, 1, act_call_sdp, json_pack("{s:s, s:s, s:s}", "call", id, "kind", "answer", "sdp", description), &heard);
	assert_int_equal(heard.reason, REASON_OK);
	page_open(&caller, 0);
	page_ask(&callee, 1, act_call_sdp, json_pack("{s:s, s:s, s:s}", "call", id, "kind", "answer", "sdp", description), &heard);
	assert_int_equal(heard.reason, REASON_CALL_STATE);
	page_ask(&callee, 1, act_call_hangup, json_pack("{s:s}", "call", id), &heard);
	page_close(&caller);
	page_close(&callee);
	json_decref(heard.body);
}

static void tokens_are_people(void **state)
{
	char token[TOKEN_CHARS + 1];
	struct who who = who_is(0);

	(void)state;
	assert_false(who.operator_);
	assert_true(who.roles == ROLE_OWNER);
	memcpy(token, ground->tokens[0], sizeof token);
	token[5] ^= 1;
	assert_false(act_who(ground->act, str_of(token), &who));
	assert_false(act_who(ground->act, (struct str){ ground->tokens[0], TOKEN_CHARS - 1 }, &who));
	assert_int_equal(who.account, 0);
}

static void role_set(deed_run run)
{
	struct who operator = { .operator_ = true };
	struct heard heard = { 0 };
	struct deed *deed = deed_by(&operator, NULL, &heard);

	strcpy(deed->path[0], "ines@a.example");
	strcpy(deed->path[1], "access_admin");
	deed_start(deed, run);
	ground_settle(ground);
	assert_int_equal(heard.times, 1);
	assert_int_equal(heard.reason, REASON_OK);
}

/* A body may take half a minute to arrive: what was taken away meanwhile counts. */
static void role_lost_on_the_way(void **state)
{
	struct heard heard[2] = { 0 };
	struct who admitted;

	(void)state;
	role_set(act_role_put);
	admitted = who_is(1);
	for (unsigned i = 0; i < 2; i++) {
		struct deed *deed = deed_by(&admitted, json_object(), &heard[i]);

		strcpy(deed->path[0], "a");
		deed->may = ROLE_ACCESS_ADMIN | MAY_OF_TENANT;
		deed_start(deed, act_access);
		if (i == 0)
			role_set(act_role_drop);
	}
	assert_int_equal(heard[0].reason, REASON_OK);
	assert_int_equal(heard[1].reason, REASON_FORBIDDEN);
	json_decref(heard[0].body);
}

struct second {
	int64_t account, session;
	uint8_t hash[TOKEN_HASH_BYTES];
	bool kept;
};

static int run_second(struct store_tx *tx, void *arg)
{
	struct second *s = arg;

	return store_session_add(tx, s->hash, s->account, clock_wall_ms(), clock_wall_ms() + 60000, &s->session);
}

static void second_kept(void *arg, int err)
{
	assert_int_equal(err, 0);
	((struct second *)arg)->kept = true;
}

static void session_lost_on_the_way(void **state)
{
	struct heard heard[2] = { 0 }, out = { 0 };
	struct second second = { .account = who_is(1).account };
	struct who who;
	char token[TOKEN_CHARS + 1];

	(void)state;
	token_make(token);
	token_hash(token, TOKEN_CHARS, second.hash);
	assert_int_equal(store_submit(ground->act->store, run_second, second_kept, &second), 0);
	/* Jobs end in their order. */
	deed_start(writing(&heard[0]), act_message_send);
	ground_settle(ground);
	json_decref(heard[0].body);
	heard[0] = (struct heard){ 0 };
	assert_true(second.kept);
	assert_true(act_who(ground->act, str_of(token), &who));
	/* Signed out before the change, asked while it was under way. */
	deed_start(deed_by(&who, NULL, &out), act_session_close);
	ground_shut(ground, true);
	deed_start(deed_by(&who, NULL, &heard[0]), act_me);
	ground_settle(ground);
	deed_start(deed_by(&who, NULL, &heard[1]), act_me);
	assert_int_equal(out.reason, REASON_OK);
	assert_int_equal(heard[0].reason, REASON_SIGN_IN);
	assert_int_equal(heard[1].reason, REASON_SIGN_IN);
	assert_true(act_who_again(ground->act, &(struct who){ .operator_ = true }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(role_lost_on_the_way, begin, end),
		cmocka_unit_test_setup_teardown(session_lost_on_the_way, begin, end),
		cmocka_unit_test_setup_teardown(done_is_heard_once, begin, end),
		cmocka_unit_test_setup_teardown(leaving_is_silent, begin, end),
		cmocka_unit_test_setup_teardown(change_is_a_barrier, begin, end),
		cmocka_unit_test_setup_teardown(page_goes_while_it_waits, begin, end),
		cmocka_unit_test_setup_teardown(change_ends_the_call, begin, end),
		cmocka_unit_test_setup_teardown(answer_to_who_is_away, begin, end),
		cmocka_unit_test_setup_teardown(tokens_are_people, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
