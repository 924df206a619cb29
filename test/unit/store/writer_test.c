/** @file test/unit/store/writer_test.c  Group commit: order, neighbours, a full queue, a failing disk, the end. */
#include "disk.h"
#include "rig.h"

#include "base/limits.h"
#include "store/writer.h"

#include <errno.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Jobs write facts named by their number, and completions append to a list. */
enum { JOBS = LIMIT_WRITE_QUEUE + 8, LATE = JOBS - 1 };

struct work {
	struct rig rig;
	sem_t gate;			/* a job that holds the writer waits here */
	sem_t held;
	struct job_of {
		struct work *work;
		int number;
		int result;
	} jobs[JOBS];
	int told[JOBS];			/* numbers in the order of completion */
	int err[JOBS];			/* by number */
	int told_n;
	int late;			/* what a completion got when it submitted */
};

static struct work *work_new(void)
{
	struct work *w = calloc(1, sizeof *w);

	assert_non_null(w);
	rig_init(&w->rig);
	sem_init(&w->gate, 0, 0);
	sem_init(&w->held, 0, 0);
	for (int i = 0; i < JOBS; i++)
		w->jobs[i] = (struct job_of){ w, i, 0 };
	return w;
}

static int begin(void **state)
{
	*state = work_new();
	return 0;
}

static int end(void **state)
{
	struct work *w = *state;

	disk_write_fails(SQLITE_OK);
	rig_release(&w->rig);
	sem_destroy(&w->gate);
	sem_destroy(&w->held);
	free(w);
	return 0;
}

static int fact_run(struct store_tx *tx, void *arg)
{
	const struct job_of *j = arg;
	char name[16];
	int err;

	snprintf(name, sizeof name, "%d", j->number);
	err = store_meta_put(tx, name, name, strlen(name));
	return err ? err : j->result;
}

static int hold_run(struct store_tx *tx, void *arg)
{
	struct job_of *j = arg;

	sem_post(&j->work->held);
	sem_wait(&j->work->gate);
	return fact_run(tx, arg);
}

static void told_done(void *arg, int err)
{
	struct job_of *j = arg;

	j->work->told[j->work->told_n++] = j->number;
	j->work->err[j->number] = err;
}

static void submit(struct work *w, store_run run, int number, int result)
{
	w->jobs[number].result = result;
	assert_int_equal(store_submit(w->rig.store, run, told_done, &w->jobs[number]), 0);
}

/* Job 0 stands in the writer until let_go(), so that what is submitted meanwhile waits. */
static void hold(struct work *w)
{
	submit(w, hold_run, 0, 0);
	sem_wait(&w->held);
}

static void let_go(struct work *w, int jobs)
{
	sem_post(&w->gate);
	while (w->told_n < jobs)
		rig_turn(&w->rig);
	for (int i = 0; i < jobs; i++)
		assert_int_equal(w->told[i], i);
}

static bool kept(struct work *w, int number)
{
	char name[16], value[16];
	size_t n;

	snprintf(name, sizeof name, "%d", number);
	return store_meta_get(w->rig.store, name, value, sizeof value, &n) == 0;
}

static uint64_t commits(struct work *w)
{
	struct store_counts counts;

	store_counts(w->rig.store, &counts);
	return counts.commits;
}

static void what_waits_shares_a_commit(void **state)
{
	struct work *w = *state;

	hold(w);
	for (int i = 1; i <= 600; i++)
		submit(w, fact_run, i, 0);
	let_go(w, 601);
	/* The held one alone, then 256, 256 and 88. */
	assert_int_equal(commits(w), 4);
	for (int i = 0; i <= 600; i++)
		assert_true(kept(w, i) && w->err[i] == 0);
}

static void failed_job_leaves_its_neighbours(void **state)
{
	struct work *w = *state;

	hold(w);
	for (int i = 1; i <= 9; i++)
		submit(w, fact_run, i, i % 3 == 0 ? -ECANCELED : 0);
	let_go(w, 10);
	assert_int_equal(commits(w), 2);
	for (int i = 1; i <= 9; i++) {
		assert_int_equal(w->err[i], i % 3 == 0 ? -ECANCELED : 0);
		assert_true(kept(w, i) == (i % 3 != 0));
	}
}

static void large_job_is_a_commit_of_its_own(void **state)
{
	struct work *w = *state;

	hold(w);
	for (int i = 1; i <= 9; i++) {
		w->jobs[i].result = i == 6 ? -ECANCELED : 0;
		assert_int_equal((i % 3 ? store_submit : store_submit_large)(w->rig.store, fact_run, told_done, &w->jobs[i]), 0);
	}
	let_go(w, 10);
	/* The held one; 1 and 2; 3; 4 and 5; 7 and 8; 9. The sixth wrote nothing. */
	assert_int_equal(commits(w), 6);
	for (int i = 1; i <= 9; i++)
		assert_true(kept(w, i) == (i != 6) && w->err[i] == (i == 6 ? -ECANCELED : 0));
}

static int rollback_run(struct store_tx *tx, void *arg)
{
	(void)arg;
	/* What SQLite does by itself on some faults. */
	return sqlite3_exec(db_handle(tx->db), "ROLLBACK", NULL, NULL, NULL) == SQLITE_OK ? 0 : -EINVAL;
}

static void lost_transaction_fails_all_who_believed_in_it(void **state)
{
	struct work *w = *state;

	hold(w);
	submit(w, fact_run, 1, 0);
	submit(w, fact_run, 2, -ECANCELED);
	submit(w, rollback_run, 3, 0);
	submit(w, fact_run, 4, 0);
	let_go(w, 5);
	assert_int_equal(w->err[0], 0);
	assert_int_equal(w->err[1], -EIO);
	assert_int_equal(w->err[2], -ECANCELED);
	assert_int_equal(w->err[3], -EIO);
	assert_int_equal(w->err[4], -EIO);
	assert_true(kept(w, 0) && !kept(w, 1) && !kept(w, 2) && !kept(w, 4));
	assert_int_equal(commits(w), 1);
	submit(w, fact_run, 5, 0);
	while (w->told_n < 6)
		rig_turn(&w->rig);
	assert_true(kept(w, 5));
}

static void queue_has_an_end(void **state)
{
	struct work *w = *state;

	hold(w);
	for (int i = 1; i < LIMIT_WRITE_QUEUE; i++)
		submit(w, fact_run, i, 0);
	assert_int_equal(store_submit(w->rig.store, fact_run, told_done, &w->jobs[LIMIT_WRITE_QUEUE]), -EAGAIN);
	let_go(w, LIMIT_WRITE_QUEUE);
	submit(w, fact_run, LIMIT_WRITE_QUEUE, 0);
	while (w->told_n <= LIMIT_WRITE_QUEUE)
		rig_turn(&w->rig);
	assert_true(kept(w, LIMIT_WRITE_QUEUE));
}

static void disk_fault_fails_the_group(struct work *w, int code, int err)
{
	hold(w);
	for (int i = 1; i <= 3; i++)
		submit(w, fact_run, i, i == 2 ? -ECANCELED : 0);
	disk_write_fails(code);
	let_go(w, 4);
	assert_int_equal(w->err[0], err);
	assert_int_equal(w->err[1], err);
	assert_int_equal(w->err[2], -ECANCELED);
	assert_int_equal(w->err[3], err);
	assert_int_equal(commits(w), 0);

	/* Reading goes on, and so does writing when there is room again. */
	assert_false(kept(w, 1));
	disk_write_fails(SQLITE_OK);
	submit(w, fact_run, 4, 0);
	while (w->told_n < 5)
		rig_turn(&w->rig);
	assert_int_equal(w->err[4], 0);
	assert_true(kept(w, 4) && !kept(w, 0) && !kept(w, 1) && !kept(w, 3));
	rig_close(&w->rig);
	rig_open(&w->rig);
	assert_true(kept(w, 4) && !kept(w, 0));
	assert_int_equal(rig_number(&w->rig, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"), 0);
}

static void full_disk_fails_the_group(void **state)
{
	disk_fault_fails_the_group(*state, SQLITE_FULL, -ENOSPC);
}

static void failed_write_fails_the_group(void **state)
{
	disk_fault_fails_the_group(*state, SQLITE_IOERR_WRITE, -EIO);
}

static void failed_sync_ends_the_process(void **state)
{
	struct work *w = *state;
	int status;
	pid_t child;

	rig_close(&w->rig);	/* no threads over a fork */
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
		signal(SIGABRT, SIG_DFL);
		rig_open(&w->rig);
		hold(w);
		disk_sync_fails(SQLITE_IOERR_FSYNC);
		let_go(w, 1);
		_exit(0);	/* told as stored: the parent sees it */
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
	rig_open(&w->rig);
	assert_int_equal(rig_number(&w->rig, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"), 0);
}

static void late_done(void *arg, int err)
{
	struct job_of *j = arg;

	told_done(arg, err);
	j->work->late = store_submit(j->work->rig.store, fact_run, told_done, &j->work->jobs[LATE]);
}

static void completion_may_submit(void **state)
{
	struct work *w = *state;

	assert_int_equal(store_submit(w->rig.store, fact_run, late_done, &w->jobs[0]), 0);
	while (w->told_n < 2)
		rig_turn(&w->rig);
	assert_int_equal(w->late, 0);
	assert_true(kept(w, LATE));
}

static void close_runs_what_was_queued_and_takes_no_more(void **state)
{
	struct work *w = *state;

	hold(w);
	for (int i = 1; i <= 300; i++)
		submit(w, fact_run, i, 0);
	assert_int_equal(store_submit(w->rig.store, fact_run, late_done, &w->jobs[301]), 0);
	sem_post(&w->gate);
	rig_close(&w->rig);
	assert_int_equal(w->told_n, 302);
	for (int i = 0; i <= 301; i++)
		assert_true(w->told[i] == i && w->err[i] == 0);
	assert_int_equal(w->late, -ESHUTDOWN);
	rig_open(&w->rig);
	assert_true(kept(w, 300) && kept(w, 301) && !kept(w, LATE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(failed_sync_ends_the_process, begin, end),
		cmocka_unit_test_setup_teardown(what_waits_shares_a_commit, begin, end),
		cmocka_unit_test_setup_teardown(failed_job_leaves_its_neighbours, begin, end),
		cmocka_unit_test_setup_teardown(large_job_is_a_commit_of_its_own, begin, end),
		cmocka_unit_test_setup_teardown(lost_transaction_fails_all_who_believed_in_it, begin, end),
		cmocka_unit_test_setup_teardown(queue_has_an_end, begin, end),
		cmocka_unit_test_setup_teardown(full_disk_fails_the_group, begin, end),
		cmocka_unit_test_setup_teardown(failed_write_fails_the_group, begin, end),
		cmocka_unit_test_setup_teardown(completion_may_submit, begin, end),
		cmocka_unit_test_setup_teardown(close_runs_what_was_queued_and_takes_no_more, begin, end),
	};

	disk_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
