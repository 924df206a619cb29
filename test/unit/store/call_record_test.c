/** @file test/unit/store/call_record_test.c  Records of calls: one's own, newest first, the oldest go. */
#include "rig.h"

#include "base/limits.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { ANN = 1, BOB = 3, NOBODY = 99 };

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

struct batch {
	int64_t account, placed;
	unsigned n;
};

static struct store_call_record record_of(int64_t account, int64_t placed)
{
	return (struct store_call_record){ .account = account, .call = "c", .outgoing = true, .address = "bob@contoso.example",
		.name = "Bob", .organisation = "Contoso", .domain = "contoso.example", .door = "federation", .video = true,
		.placed = placed, .answered = placed + 1, .ended = placed + 2, .reason = "call.hangup", .tenant = "abc", .by = 1 };
}

static int batch_run(struct store_tx *tx, void *arg)
{
	struct batch *b = arg;

	for (unsigned i = 0; i < b->n; i++) {
		struct store_call_record record = record_of(b->account, b->placed + i);
		int err = store_call_record_add(tx, &record);

		if (err)
			return err;
	}
	return 0;
}

static void add(struct rig *rig, int64_t account, int64_t placed, unsigned n)
{
	struct batch b = { account, placed, n };

	assert_int_equal(rig_write(rig, batch_run, &b), 0);
}

struct page {
	unsigned n;
	struct store_call_record first;	/* its numbers */
	int64_t last_id, last_placed;
	char text[256];			/* of the first */
};

static int row(void *arg, const struct store_call_record *record)
{
	struct page *p = arg;

	if (p->n++ == 0) {
		p->first = *record;
		snprintf(p->text, sizeof p->text, "%s %s %s %s %s %s %s %s", record->call ? record->call : "-", record->address,
			record->name ? record->name : "-", record->organisation ? record->organisation : "-",
			record->domain ? record->domain : "-", record->door ? record->door : "-", record->reason,
			record->tenant ? record->tenant : "-");
	} else {
		assert_true(record->id < p->last_id);
	}
	p->last_id = record->id;
	p->last_placed = record->placed;
	return 0;
}

static struct page page_of(struct rig *rig, int64_t account, int64_t before, unsigned most)
{
	struct page p = { 0 };

	assert_int_equal(store_call_record_page(rig->store, account, before, most, row, &p), 0);
	return p;
}

static void what_goes_in_comes_out(void **state)
{
	struct page p;

	add(*state, ANN, 1000, 1);
	p = page_of(*state, ANN, 0, 10);
	assert_int_equal(p.n, 1);
	assert_string_equal(p.text, "c bob@contoso.example Bob Contoso contoso.example federation call.hangup abc");
	assert_true(p.first.outgoing && p.first.video);
	assert_int_equal(p.first.placed, 1000);
	assert_int_equal(p.first.answered, 1001);
	assert_int_equal(p.first.ended, 1002);
	assert_int_equal(p.first.by, 1);
	assert_int_equal(page_of(*state, BOB, 0, 10).n, 0);
}

static int refused_run(struct store_tx *tx, void *arg)
{
	struct store_call_record record = { .account = ANN, .address = "x@y.example", .placed = 5, .ended = 5, .reason = "unreachable", .by = -1 };

	(void)arg;
	return store_call_record_add(tx, &record);
}

static void what_is_not_told_is_null(void **state)
{
	struct page p;

	assert_int_equal(rig_write(*state, refused_run, NULL), 0);
	p = page_of(*state, ANN, 0, 10);
	assert_string_equal(p.text, "- x@y.example - - - - unreachable -");
	assert_false(p.first.outgoing || p.first.video);
	assert_int_equal(p.first.answered, 0);
	assert_int_equal(p.first.by, -1);
}

static void the_newest_are_kept_of_each(void **state)
{
	struct page p;
	unsigned n = 0;

	add(*state, BOB, 1, 3);
	add(*state, ANN, 1, LIMIT_CALL_RECORDS + 25);
	for (int64_t before = 0;; before = p.last_id) {
		p = page_of(*state, ANN, before, LIMIT_ROWS_PER_READ);
		if (p.n == 0)
			break;
		n += p.n;
		if (n == p.n)
			assert_int_equal(p.first.placed, LIMIT_CALL_RECORDS + 25);
		if (n == LIMIT_CALL_RECORDS)
			assert_int_equal(p.last_placed, 26);
	}
	assert_int_equal(n, LIMIT_CALL_RECORDS);
	assert_int_equal(page_of(*state, BOB, 0, 10).n, 3);
}

static void who_is_not_there_keeps_none(void **state)
{
	add(*state, NOBODY, 1, 1);
	assert_int_equal(page_of(*state, NOBODY, 0, 10).n, 0);
	assert_int_equal(rig_number(*state, "SELECT count(*) FROM call_record"), 0);
}

static int hidden_run(struct store_tx *tx, void *arg)
{
	struct store_call_record record = { .account = ANN, .address = "x@y.example", .placed = *(int64_t *)arg, .ended = 5, .reason = "external.off", .hidden = true, .by = -1 };

	return store_call_record_add(tx, &record);
}

struct told {
	unsigned n;
	int64_t placed[8], id[8];
	unsigned hidden;
	char first[64];
};

static int told(void *arg, const struct store_call_record *record)
{
	struct told *t = arg;

	assert_true(t->n < 8);
	if (t->n == 0)
		snprintf(t->first, sizeof t->first, "%s %s", record->own_address, record->own_name);
	t->placed[t->n] = record->placed;
	t->hidden += record->hidden;
	t->id[t->n++] = record->id;
	return 0;
}

static struct told report_of(struct rig *rig, int64_t tenant, struct store_call_range range, unsigned most)
{
	struct told t = { 0 };

	assert_int_equal(store_call_report_page(rig->store, tenant, &range, most, told, &t), 0);
	return t;
}

static void a_report_has_all_of_one_tenant(void **state)
{
	enum { AMY = 2 };
	const struct store_call_range all = { 0, INT64_MAX, INT64_MAX, INT64_MAX };
	struct store_call_range range = all;
	struct told t;
	int64_t at = 25;

	add(*state, ANN, 10, 2);	/* 10, 11 */
	add(*state, BOB, 12, 1);
	add(*state, AMY, 11, 1);
	assert_int_equal(rig_write(*state, hidden_run, &at), 0);
	t = report_of(*state, 1, all, 8);
	assert_int_equal(t.n, 4);
	assert_int_equal(t.hidden, 1);
	assert_int_equal(t.placed[0], 25);
	assert_string_equal(t.first, "ann@abc.example Ann");
	assert_int_equal(report_of(*state, 2, all, 8).n, 1);
	/* Nobody's history has it. */
	assert_int_equal(page_of(*state, ANN, 0, 10).n, 2);
	/* Two were placed at the same time: the number tells them apart. */
	range.before_placed = t.placed[1];
	range.before_id = t.id[1];
	assert_int_equal(t.placed[1], t.placed[2]);
	t = report_of(*state, 1, range, 8);
	assert_int_equal(t.n, 2);
	assert_int_equal(t.placed[1], 10);
	t = report_of(*state, 1, (struct store_call_range){ 11, 25, INT64_MAX, INT64_MAX }, 8);
	assert_int_equal(t.n, 2);
	assert_int_equal(report_of(*state, 1, (struct store_call_range){ 11, 25, INT64_MAX, INT64_MAX }, 1).n, 1);
}

static void what_others_try_washes_no_call_away(void **state)
{
	int64_t at = 1;

	add(*state, ANN, 1, 1);
	for (unsigned i = 0; i < 30; i++)
		assert_int_equal(rig_write(*state, hidden_run, &at), 0);
	add(*state, ANN, 2, LIMIT_CALL_RECORDS - 1);
	assert_int_equal(rig_number(*state, "SELECT count(*) FROM call_record WHERE hidden = 0"), LIMIT_CALL_RECORDS);
	assert_int_equal(rig_number(*state, "SELECT count(*) FROM call_record WHERE hidden"), 30);
}

static void a_report_reads_by_its_index(void **state)
{
	assert_int_equal(rig_number(*state,
		"SELECT count(*) FROM sqlite_schema WHERE name = 'call_record_home' AND sql LIKE '%(home, placed, id)'"), 1);
}

static int beside_run(struct store_tx *tx, void *arg)
{
	int err = store_call_note_put(tx, ANN, "c", "a note");

	(void)arg;
	if (!err)
		err = store_call_quality_put(tx, ANN, "c", "{}");
	if (!err)
		err = store_call_note_put(tx, ANN, "c", "another");
	return err ? err : store_call_marks_put(tx, "c", "[]");
}

static int nobodys_run(struct store_tx *tx, void *arg)
{
	return *(int *)arg ? store_call_note_put(tx, BOB, "c", "x") : store_call_marks_put(tx, "d", "[]");
}

static int beside(void *arg, const struct store_call_beside *b)
{
	snprintf(arg, 64, "%s %s %s", b->note ? b->note : "-", b->quality ? b->quality : "-", b->events ? b->events : "-");
	return 0;
}

static void what_is_kept_beside_goes_with_the_record(void **state)
{
	struct rig *rig = *state;
	int note = 1, marks = 0;
	char text[64];

	add(rig, ANN, 1, 1);
	assert_int_equal(rig_write(rig, beside_run, NULL), 0);
	assert_int_equal(store_call_beside(rig->store, ANN, "c", beside, text), 0);
	assert_string_equal(text, "another {} []");
	/* Who was not in it has nothing, and nothing is kept of what nobody was in. */
	assert_int_equal(store_call_beside(rig->store, BOB, "c", beside, text), -ENOENT);
	assert_int_equal(rig_write(rig, nobodys_run, &note), -ENOENT);
	assert_int_equal(rig_write(rig, nobodys_run, &marks), 0);
	assert_int_equal(rig_number(rig, "SELECT count(*) FROM call_marks"), 1);
	/* Bob's record keeps the marks; with it they go. */
	add(rig, BOB, 1, 1);
	assert_int_equal(rig_sql(rig, "DELETE FROM call_record WHERE account = 1"), 0);
	assert_int_equal(rig_number(rig, "SELECT count(*) FROM call_side"), 0);
	assert_int_equal(rig_number(rig, "SELECT count(*) FROM call_marks"), 1);
	assert_int_equal(store_call_beside(rig->store, BOB, "c", beside, text), 0);
	assert_string_equal(text, "- - []");
	assert_int_equal(rig_sql(rig, "DELETE FROM call_record"), 0);
	assert_int_equal(rig_number(rig, "SELECT count(*) FROM call_marks"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_goes_in_comes_out, begin, end),
		cmocka_unit_test_setup_teardown(what_is_not_told_is_null, begin, end),
		cmocka_unit_test_setup_teardown(the_newest_are_kept_of_each, begin, end),
		cmocka_unit_test_setup_teardown(who_is_not_there_keeps_none, begin, end),
		cmocka_unit_test_setup_teardown(a_report_has_all_of_one_tenant, begin, end),
		cmocka_unit_test_setup_teardown(what_others_try_washes_no_call_away, begin, end),
		cmocka_unit_test_setup_teardown(a_report_reads_by_its_index, begin, end),
		cmocka_unit_test_setup_teardown(what_is_kept_beside_goes_with_the_record, begin, end),
	};

	return cmocka_run_group_tests_name("store/call_record", tests, NULL, NULL);
}
