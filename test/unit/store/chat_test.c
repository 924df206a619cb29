/** @file test/unit/store/chat_test.c  Conversations and messages: once each, numbered without gaps, drained by cursor. */
#include "rig.h"

#include "base/limits.h"

#include <errno.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { ANN = 1, AMY = 2, BOB = 3, BEN = 4, NOBODY = 99, ABC = 1, CONTOSO = 2 };

static int begin(void **state)
{
	static struct rig rig;

	rig_init(&rig);
	rig_people(&rig);
	*state = &rig;
	return 0;
}

static int end(void **state)
{
	rig_release(*state);
	return 0;
}

struct meet {
	int64_t a, b;
	struct store_conversation got;
	bool made;
};

static int meet_run(struct store_tx *tx, void *arg)
{
	struct meet *m = arg;

	return store_conversation_open(tx, m->a, m->b, 1000, &m->got, &m->made);
}

static int64_t meet(struct rig *rig, int64_t a, int64_t b)
{
	struct meet m = { .a = a, .b = b };

	assert_int_equal(rig_write(rig, meet_run, &m), 0);
	return m.got.id;
}

struct said {
	struct store_message message;
	bool again;
	int then;	/* what the job returns behind a stored message */
};

static int say_run(struct store_tx *tx, void *arg)
{
	struct said *s = arg;
	int err = store_message_add(tx, &s->message, &s->again);

	return err ? err : s->then;
}

static struct said said_of(int64_t conversation, int64_t sender, const char *client_id, const char *text)
{
	return (struct said){ .message = { .conversation = conversation, .sender = sender, .client_id = client_id,
		.text = text, .text_bytes = strlen(text) } };
}

static struct store_message say(struct rig *rig, int64_t conversation, int64_t sender, const char *client_id, const char *text)
{
	struct said s = said_of(conversation, sender, client_id, text);

	assert_int_equal(rig_write(rig, say_run, &s), 0);
	assert_false(s.again);
	return s.message;
}

/* What a read handed out, as one line of text. */
struct seen {
	char text[4096];
	int64_t last;
	unsigned rows;
	unsigned stop_after;
};

static int message_seen(void *arg, const struct store_message *message)
{
	struct seen *s = arg;
	size_t n = strlen(s->text);

	snprintf(s->text + n, sizeof s->text - n, "%s%lld:%s", s->rows ? " " : "", (long long)message->seq, message->text);
	assert_int_equal(strlen(message->text), message->text_bytes);
	assert_true(message->pos > s->last || s->rows == 0);
	s->last = message->pos;
	s->rows++;
	return s->rows == s->stop_after ? -ECANCELED : 0;
}

static void conversation_is_made_once_for_either_order(void **state)
{
	struct rig *rig = *state;
	struct meet one = { .a = BOB, .b = ANN }, two = { .a = ANN, .b = BOB }, nobody = { .a = ANN, .b = NOBODY };
	struct store_conversation got;

	assert_int_equal(store_conversation_find(rig->store, ANN, BOB, &got), -ENOENT);
	assert_int_equal(rig_write(rig, meet_run, &one), 0);
	assert_true(one.made);
	assert_int_equal(rig_write(rig, meet_run, &two), 0);
	assert_false(two.made);
	assert_int_equal(one.got.id, two.got.id);
	assert_int_equal(one.got.account[0], ANN);
	assert_int_equal(one.got.account[1], BOB);
	assert_int_equal(rig_write(rig, meet_run, &nobody), -ENOENT);

	assert_int_equal(store_conversation_find(rig->store, BOB, ANN, &got), 0);
	assert_int_equal(got.id, one.got.id);
	assert_int_equal(got.last_seq, 0);
	assert_int_equal(store_conversation_get(rig->store, got.id, BOB, &got), 0);
	assert_int_equal(store_conversation_get(rig->store, got.id, AMY, &got), -ENOENT);
	assert_int_equal(store_conversation_get(rig->store, got.id + 1, ANN, &got), -ENOENT);
}

static void message_twice_is_stored_once(void **state)
{
	struct rig *rig = *state;
	int64_t chat = meet(rig, ANN, BOB), other = meet(rig, ANN, BEN);
	struct store_message first = say(rig, chat, ANN, "c1", "hello");
	struct said again = said_of(chat, ANN, "c1", "hello");
	struct said bent = said_of(chat, ANN, "c1", "hullo");
	struct said moved = said_of(other, ANN, "c1", "hello");
	struct store_conversation got;

	assert_int_equal(first.seq, 1);
	assert_true(first.pos > 0 && first.at > 0);
	assert_int_equal(rig_write(rig, say_run, &again), 0);
	assert_true(again.again);
	assert_int_equal(again.message.pos, first.pos);
	assert_int_equal(again.message.seq, first.seq);
	assert_int_equal(again.message.at, first.at);
	assert_int_equal(rig_write(rig, say_run, &bent), -EEXIST);
	assert_int_equal(rig_write(rig, say_run, &moved), -EEXIST);
	assert_int_equal(moved.message.conversation, chat);
	/* Ids are the sender's own: two people may use the same. */
	assert_int_equal(say(rig, chat, BOB, "c1", "hello").seq, 2);
	assert_int_equal(store_conversation_get(rig->store, chat, ANN, &got), 0);
	assert_int_equal(got.last_seq, 2);
}

static void stranger_adds_nothing(void **state)
{
	struct rig *rig = *state;
	int64_t chat = meet(rig, ANN, BOB);
	struct said stranger = said_of(chat, AMY, "c1", "let me in");
	struct said nowhere = said_of(chat + 1, ANN, "c1", "hello?");

	assert_int_equal(rig_write(rig, say_run, &stranger), -ENOENT);
	assert_int_equal(rig_write(rig, say_run, &nowhere), -ENOENT);
	assert_int_equal(say(rig, chat, ANN, "c1", "alone").seq, 1);
}

static void seq_has_no_gap_behind_jobs_that_failed(void **state)
{
	struct rig *rig = *state;
	int64_t chat = meet(rig, ANN, BOB);
	struct said failed = said_of(chat, ANN, "c2", "never");
	struct seen seen = { 0 };

	say(rig, chat, ANN, "c1", "a");
	failed.then = -ECANCELED;
	assert_int_equal(rig_write(rig, say_run, &failed), -ECANCELED);
	say(rig, chat, ANN, "c3", "b");
	failed.then = 0;
	assert_int_equal(rig_write(rig, say_run, &failed), 0);
	assert_false(failed.again);
	assert_int_equal(store_message_page(rig->store, chat, 0, 0, 10, message_seen, &seen), 0);
	assert_string_equal(seen.text, "1:a 2:b 3:never");
}

static void page_goes_back_in_time_and_reads_forward(void **state)
{
	struct rig *rig = *state;
	int64_t chat = meet(rig, ANN, BOB), other = meet(rig, ANN, BEN);
	static const char *const texts[] = { "a", "b", "c", "d", "e" };
	struct seen newest = { 0 }, older = { 0 }, none = { 0 }, cut = { .stop_after = 1 };

	for (unsigned i = 0; i < 5; i++) {
		char id[8];

		snprintf(id, sizeof id, "c%u", i);
		say(rig, chat, i % 2 ? ANN : BOB, id, texts[i]);
		snprintf(id, sizeof id, "o%u", i);
		say(rig, other, BEN, id, "elsewhere");
	}
	assert_int_equal(store_message_page(rig->store, chat, 0, 0, 2, message_seen, &newest), 0);
	assert_string_equal(newest.text, "4:d 5:e");
	assert_int_equal(store_message_page(rig->store, chat, 0, 4, 100, message_seen, &older), 0);
	assert_string_equal(older.text, "1:a 2:b 3:c");
	assert_int_equal(store_message_page(rig->store, chat, 0, 1, 100, message_seen, &none), 0);
	assert_int_equal(none.rows, 0);
	assert_int_equal(store_message_page(rig->store, chat, 0, 0, 100, message_seen, &cut), -ECANCELED);
	assert_int_equal(cut.rows, 1);
}

static void drain_gives_each_message_once_from_the_cursor(void **state)
{
	struct rig *rig = *state;
	int64_t with_bob = meet(rig, ANN, BOB), with_ben = meet(rig, ANN, BEN), without = meet(rig, AMY, BOB);
	int64_t cursor = 0, pos;
	unsigned rows = 0, pages = 0;
	struct seen seen;

	assert_int_equal(store_message_pos(rig->store, &pos), 0);
	assert_int_equal(pos, 0);
	for (unsigned i = 0; i < 250; i++) {
		char id[8];

		snprintf(id, sizeof id, "c%u", i);
		say(rig, i % 3 == 0 ? with_bob : i % 3 == 1 ? with_ben : without, i % 3 == 0 ? ANN : i % 3 == 1 ? BEN : BOB, id, "x");
	}
	do {
		seen = (struct seen){ .last = cursor };
		assert_int_equal(store_message_drain(rig->store, ANN, cursor, LIMIT_ROWS_PER_READ, message_seen, &seen), 0);
		assert_true(seen.rows == 0 || seen.last > cursor);
		cursor = seen.last;
		rows += seen.rows;
		pages++;
	} while (seen.rows);
	assert_int_equal(rows, 167);
	assert_int_equal(pages, 3);
	assert_int_equal(store_message_pos(rig->store, &pos), 0);
	assert_int_equal(pos, 250);

	seen = (struct seen){ 0 };
	assert_int_equal(store_message_drain(rig->store, NOBODY, 0, LIMIT_ROWS_PER_READ, message_seen, &seen), 0);
	assert_int_equal(seen.rows, 0);
}

static void text_comes_back_byte_for_byte(void **state)
{
	struct rig *rig = *state;
	int64_t chat = meet(rig, ANN, BOB);
	static char longest[LIMIT_MESSAGE_BYTES + 1];
	struct seen seen = { 0 };

	memset(longest, 'x', sizeof longest - 1);
	say(rig, chat, ANN, "empty", "");
	say(rig, chat, ANN, "quotes", "'; DROP TABLE message; --");
	say(rig, chat, ANN, "wide", "\xe2\x98\x83 \xf0\x9f\x94\xa7");
	assert_int_equal(store_message_page(rig->store, chat, 0, 0, 10, message_seen, &seen), 0);
	assert_string_equal(seen.text, "1: 2:'; DROP TABLE message; -- 3:\xe2\x98\x83 \xf0\x9f\x94\xa7");
	assert_int_equal(say(rig, chat, BOB, "longest", longest).seq, 4);
}

static int conversation_seen(void *arg, const struct store_conversation *conversation, const struct store_message *last)
{
	struct seen *s = arg;
	size_t n = strlen(s->text);
	int64_t other = conversation->account[conversation->account[0] == ANN ? 1 : 0];

	snprintf(s->text + n, sizeof s->text - n, "%s%lld=%s", s->rows ? " " : "", (long long)other, last->text ? last->text : "(none)");
	assert_int_equal(last->seq, conversation->last_seq);
	s->rows++;
	return 0;
}

static void conversations_are_listed_newest_first(void **state)
{
	struct rig *rig = *state;
	int64_t amy = meet(rig, ANN, AMY), bob = meet(rig, ANN, BOB);
	struct seen all = { 0 }, two = { 0 }, moved = { 0 }, older = { 0 }, rest = { 0 };

	meet(rig, ANN, BEN);
	meet(rig, AMY, BEN);
	say(rig, amy, AMY, "c1", "one");
	say(rig, bob, ANN, "c2", "two");
	assert_int_equal(store_conversation_list(rig->store, ANN, 0, 100, conversation_seen, &all), 0);
	assert_string_equal(all.text, "3=two 2=one 4=(none)");
	say(rig, amy, ANN, "c3", "three");
	assert_int_equal(store_conversation_list(rig->store, ANN, 0, 2, conversation_seen, &two), 0);
	assert_string_equal(two.text, "2=three 3=two");
	/* The next page begins behind what was said second: in the other's conversation. */
	assert_int_equal(store_conversation_list(rig->store, ANN, 3, 100, conversation_seen, &older), 0);
	assert_string_equal(older.text, "3=two 4=(none)");
	assert_int_equal(store_conversation_list(rig->store, ANN, 2, 100, conversation_seen, &rest), 0);
	assert_string_equal(rest.text, "4=(none)");
	assert_int_equal(store_conversation_list(rig->store, AMY, 0, 1, conversation_seen, &moved), 0);
	assert_int_equal(moved.rows, 1);
}

static int border_seen(void *arg, const struct store_conversation *conversation)
{
	struct seen *s = arg;
	size_t n = strlen(s->text);

	snprintf(s->text + n, sizeof s->text - n, "%s%lld-%lld", s->rows++ ? " " : "", (long long)conversation->account[0],
		(long long)conversation->account[1]);
	return 0;
}

static void border_lists_each_conversation_across_it_once(void **state)
{
	struct rig *rig = *state;
	struct seen across = { 0 }, back = { 0 }, inside = { 0 }, nowhere = { 0 };

	meet(rig, ANN, BOB);
	meet(rig, ANN, AMY);
	meet(rig, BEN, AMY);
	assert_int_equal(store_conversation_between(rig->store, ABC, CONTOSO, border_seen, &across), 0);
	assert_string_equal(across.text, "1-3 2-4");
	assert_int_equal(store_conversation_between(rig->store, CONTOSO, ABC, border_seen, &back), 0);
	assert_string_equal(back.text, across.text);
	assert_int_equal(store_conversation_between(rig->store, ABC, ABC, border_seen, &inside), 0);
	assert_string_equal(inside.text, "1-2");
	assert_int_equal(store_conversation_between(rig->store, CONTOSO, CONTOSO, border_seen, &nowhere), 0);
	assert_int_equal(nowhere.rows, 0);
}

static int contact_seen(void *arg, int64_t other_tenant, int64_t people)
{
	struct seen *s = arg;
	size_t n = strlen(s->text);

	snprintf(s->text + n, sizeof s->text - n, "%s%lld:%lld", s->rows++ ? " " : "", (long long)other_tenant, (long long)people);
	return 0;
}

static void contacts_are_people_who_were_written_with(void **state)
{
	struct rig *rig = *state;
	struct seen none = { 0 }, abc = { 0 }, contoso = { 0 };

	assert_int_equal(rig_sql(rig,
		"INSERT INTO tenant (id, slug, name, verified, disclose, connect_listed, connect_seats, remote_assist_listed, remote_assist_seats) VALUES (3, 'third', '', 1, 1, 0, NULL, 0, NULL);"
		"INSERT INTO account (id, tenant, address, kind, name, title, enabled, in_house, connect_held, connect_assigned, remote_assist_held, remote_assist_assigned)"
		" VALUES (5, 3, 'cy@third.example', 0, 'Cy', '', 1, 0, 0, NULL, 0, NULL)"), SQLITE_OK);
	meet(rig, ANN, BEN);	/* no word between them */
	say(rig, meet(rig, ANN, AMY), ANN, "c1", "a colleague");
	assert_int_equal(store_contacts(rig->store, ABC, contact_seen, &none), 0);
	assert_int_equal(none.rows, 0);
	say(rig, meet(rig, ANN, 5), ANN, "c2", "x");
	say(rig, meet(rig, ANN, BOB), ANN, "c3", "x");
	say(rig, meet(rig, AMY, BOB), AMY, "c4", "x");
	say(rig, meet(rig, AMY, BEN), AMY, "c5", "x");
	assert_int_equal(store_contacts(rig->store, ABC, contact_seen, &abc), 0);
	assert_string_equal(abc.text, "2:2 3:1");
	assert_int_equal(store_contacts(rig->store, CONTOSO, contact_seen, &contoso), 0);
	assert_string_equal(contoso.text, "1:2");
}

struct editing {
	int64_t conversation, seq, sender;
	const char *text;
	bool changed;
};

static int edit_run(struct store_tx *tx, void *arg)
{
	struct editing *e = arg;

	return store_message_change(tx, e->conversation, e->seq, e->sender, e->text, e->text ? strlen(e->text) : 0, &e->changed);
}

static int edit(struct rig *rig, int64_t conversation, int64_t seq, int64_t sender, const char *text)
{
	struct editing e = { conversation, seq, sender, text, false };

	return rig_write(rig, edit_run, &e);
}

static int words_run(struct store_tx *tx, void *arg)
{
	return store_words_step(tx, arg);
}

static void words(struct rig *rig)
{
	bool more = true;

	while (more)
		assert_int_equal(rig_write(rig, words_run, &more), 0);
}

static int told_seen(void *arg, const struct store_message *message)
{
	struct seen *s = arg;
	size_t n = strlen(s->text);

	assert_true(message->told > s->last);
	snprintf(s->text + n, sizeof s->text - n, "%s%lld%s%s", s->rows++ ? " " : "", (long long)message->seq,
		message->told == message->pos ? ":" : "!", message->deleted ? "-" : message->text);
	s->last = message->told;
	return 0;
}

static void edits_are_told_by_places_of_their_own(void **state)
{
	struct rig *rig = *state;
	int64_t chat = meet(rig, ANN, BOB), newest;
	struct store_message one = say(rig, chat, ANN, "c1", "one"), two = say(rig, chat, BOB, "c2", "two");
	struct seen all = { 0 }, later = { .last = two.pos }, other = { 0 };

	assert_int_equal(edit(rig, chat, one.seq, BOB, "mine"), -ENOENT);
	assert_int_equal(edit(rig, chat, one.seq, ANN, "uno"), 0);
	assert_int_equal(edit(rig, chat, one.seq, ANN, "eins"), 0);
	assert_int_equal(edit(rig, chat, two.seq, BOB, NULL), 0);
	assert_int_equal(edit(rig, chat, two.seq, BOB, "back"), -ENOENT);
	say(rig, chat, ANN, "c3", "three");
	assert_int_equal(store_message_drain(rig->store, ANN, 0, 100, told_seen, &all), 0);
	assert_string_equal(all.text, "1:eins 2:- 1!eins 2!- 3:three");
	assert_int_equal(store_message_drain(rig->store, BOB, two.pos, 100, told_seen, &later), 0);
	assert_string_equal(later.text, "1!eins 2!- 3:three");
	assert_int_equal(store_message_drain(rig->store, AMY, 0, 100, told_seen, &other), 0);
	assert_int_equal(other.rows, 0);
	assert_int_equal(store_message_pos(rig->store, &newest), 0);
	assert_int_equal(newest, all.last);
	/* The words are gone from the file's rows too. */
	assert_int_equal(rig_number(rig, "SELECT count(*) FROM message WHERE text = 'two'"), 0);
	assert_int_equal(rig_number(rig, "SELECT count(*) FROM change"), 4);
}

static void an_edited_message_is_known_by_its_id(void **state)
{
	struct rig *rig = *state;
	int64_t chat = meet(rig, ANN, BOB);
	struct store_message one = say(rig, chat, ANN, "c1", "one");
	struct said again = said_of(chat, ANN, "c1", "one");

	assert_int_equal(edit(rig, chat, one.seq, ANN, "uno"), 0);
	assert_int_equal(rig_write(rig, say_run, &again), 0);
	assert_true(again.again);
	assert_int_equal(again.message.seq, one.seq);
}

static void find(struct rig *rig, int64_t account, const char *text, const char *wanted)
{
	struct seen found = { 0 };

	assert_int_equal(store_message_search(rig->store, account, str_of(text), 0, 100, message_seen, &found), 0);
	assert_string_equal(found.text, wanted);
}

static void words_follow_what_is_said_now(void **state)
{
	struct rig *rig = *state;
	int64_t chat = meet(rig, ANN, BOB);

	say(rig, chat, ANN, "c1", "a pump hums");
	words(rig);
	say(rig, chat, BOB, "c2", "a valve leaks");
	find(rig, BOB, "valve", "");
	/* Edited before and behind the index. */
	assert_int_equal(edit(rig, chat, 2, BOB, "a gasket leaks"), 0);
	assert_int_equal(edit(rig, chat, 1, ANN, "a motor hums"), 0);
	words(rig);
	find(rig, BOB, "valve", "");
	find(rig, BOB, "pump", "");
	find(rig, BOB, "motor", "1:a motor hums");
	find(rig, ANN, "LEAKS gask", "2:a gasket leaks");
	find(rig, AMY, "motor", "");
	assert_int_equal(edit(rig, chat, 2, BOB, NULL), 0);
	find(rig, ANN, "gasket", "");
	assert_int_equal(rig_number(rig, "SELECT count(*) FROM word WHERE word MATCH 'who : a1 AND text : motor'"), 1);
	assert_int_equal(rig_number(rig, "SELECT count(*) FROM word WHERE word MATCH 'text : gasket OR text : pump OR text : valve'"), 0);
	assert_int_equal(rig_sql(rig, "INSERT INTO word (word) VALUES ('integrity-check')"), SQLITE_OK);
}

struct receiving {
	int64_t conversation, account, delivered, read;
	bool tell_delivered, tell_read;
	struct store_receipt now;
};

static int receipt_run(struct store_tx *tx, void *arg)
{
	struct receiving *r = arg;

	return store_receipt_put(tx, r->conversation, r->account, r->delivered, r->read, r->tell_delivered, r->tell_read, &r->now);
}

static void receipts_only_grow_and_are_told_apart(void **state)
{
	struct rig *rig = *state;
	int64_t chat = meet(rig, ANN, BOB);
	struct receiving first = { chat, BOB, 2, 1, true, false, { 0 } }, less = { chat, BOB, 1, 0, true, true, { 0 } }, stranger = { chat, AMY, 1, 1, true, true, { 0 } };
	struct store_conversation got;

	for (int i = 0; i < 3; i++)
		say(rig, chat, ANN, (const char *[]){ "c1", "c2", "c3" }[i], "x");
	assert_int_equal(rig_write(rig, receipt_run, &first), 0);
	assert_int_equal(first.now.told_delivered, 2);
	assert_int_equal(first.now.told_read, 0);
	assert_int_equal(rig_write(rig, receipt_run, &less), 0);
	assert_int_equal(less.now.delivered, 2);
	assert_int_equal(less.now.read, 1);
	assert_int_equal(less.now.told_read, 1);
	assert_int_equal(rig_write(rig, receipt_run, &stranger), -ENOENT);
	assert_int_equal(store_conversation_get(rig->store, chat, ANN, &got), 0);
	assert_int_equal(got.receipt[0].read, 3);	/* who wrote has read */
	assert_int_equal(got.receipt[1].read, 1);
	assert_int_equal(got.receipt[1].told_delivered, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(conversation_is_made_once_for_either_order, begin, end),
		cmocka_unit_test_setup_teardown(message_twice_is_stored_once, begin, end),
		cmocka_unit_test_setup_teardown(stranger_adds_nothing, begin, end),
		cmocka_unit_test_setup_teardown(seq_has_no_gap_behind_jobs_that_failed, begin, end),
		cmocka_unit_test_setup_teardown(page_goes_back_in_time_and_reads_forward, begin, end),
		cmocka_unit_test_setup_teardown(drain_gives_each_message_once_from_the_cursor, begin, end),
		cmocka_unit_test_setup_teardown(text_comes_back_byte_for_byte, begin, end),
		cmocka_unit_test_setup_teardown(conversations_are_listed_newest_first, begin, end),
		cmocka_unit_test_setup_teardown(contacts_are_people_who_were_written_with, begin, end),
		cmocka_unit_test_setup_teardown(border_lists_each_conversation_across_it_once, begin, end),
		cmocka_unit_test_setup_teardown(edits_are_told_by_places_of_their_own, begin, end),
		cmocka_unit_test_setup_teardown(an_edited_message_is_known_by_its_id, begin, end),
		cmocka_unit_test_setup_teardown(words_follow_what_is_said_now, begin, end),
		cmocka_unit_test_setup_teardown(receipts_only_grow_and_are_told_apart, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
