/** @file relay/board_test.c  The board under a clock that the test moves: what takes half a minute, and what must be exact. */
#include "ice.h"
#include "relay/board.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { AUDIO = 111, SENT_MOST = 64 };

static const struct relay_cred creds[2] = {
	{ "aaaaaaaa", "00000000000000000000000000000001" },
	{ "bbbbbbbb", "00000000000000000000000000000002" },
};

/** The board, what it sent, and the time. */
struct scene {
	struct board board;
	relay_pair pair;
	int64_t now;
	uint64_t id;
	unsigned n_sent;
	struct {
		unsigned port;
		size_t n;
		uint8_t p[LIMIT_DATAGRAM_BYTES];
	} sent[SENT_MOST];
};

static void note_sent(void *arg, const struct flow *flow, const void *p, size_t n)
{
	struct scene *s = arg;

	assert_true(s->n_sent < SENT_MOST);
	assert_true(n > 0 && n <= LIMIT_DATAGRAM_BYTES);
	s->sent[s->n_sent].port = flow->port;
	s->sent[s->n_sent].n = n;
	memcpy(s->sent[s->n_sent++].p, p, n);
}

static struct flow flow_of(unsigned port)
{
	struct flow flow = { .port = (uint16_t)port };

	flow.remote = flow_mapped((struct in_addr){ htonl(0xc0000201) });
	flow.local = flow_mapped((struct in_addr){ htonl(0xc6336401) });
	return flow;
}

static void give(struct scene *s, unsigned port, const void *p, size_t n)
{
	struct flow flow = flow_of(port);

	s->n_sent = 0;
	board_receive(&s->board, s->now, &flow, p, n);
}

/* A check, and its answer's code; -1 for silence. */
static int check_as(struct scene *s, unsigned port, const struct relay_cred *cred, uint64_t id, unsigned flags)
{
	uint8_t p[ICE_BYTES];

	give(s, port, p, ice_write(p, &(struct ice_check){ cred->ufrag, cred->pwd, id, flags }));
	return s->n_sent ? ice_answer(s->sent[0].p, s->sent[0].n, id, cred->pwd) : -1;
}

static int check(struct scene *s, unsigned port, unsigned leg, unsigned flags)
{
	return check_as(s, port, &creds[leg], ++s->id, flags);
}

static void rtp(struct scene *s, unsigned port, size_t n)
{
	uint8_t p[LIMIT_DATAGRAM_BYTES] = { 0x80, AUDIO };

	give(s, port, p, n);
}

/* Where one media packet goes: a port, or 0. */
static unsigned goes_to(struct scene *s, unsigned port)
{
	rtp(s, port, 100);
	assert_true(s->n_sent <= 1);
	return s->n_sent ? s->sent[0].port : 0;
}

static struct relay_counters counters(struct scene *s, unsigned leg)
{
	struct relay_counters out[2];

	assert_true(board_pair_counters(&s->board, s->now, s->pair, out));
	return out[leg];
}

static int scene_open(void **state)
{
	struct relay_types audio = { { 0, (uint64_t)1 << (AUDIO - 64) } };
	struct scene *s = calloc(1, sizeof *s);

	s->now = 1000000;
	assert_int_equal(board_init(&s->board, 4, note_sent, NULL, s), 0);
	assert_int_equal(board_pair_add(&s->board, creds, &s->pair), 0);
	board_leg_allow(&s->board, s->pair, 0, audio);
	board_leg_allow(&s->board, s->pair, 1, audio);
	*state = s;
	return 0;
}

static int scene_connect(void **state)
{
	scene_open(state);
	assert_int_equal(check(*state, 1, 0, ICE_USE_CANDIDATE), 0);
	assert_int_equal(check(*state, 2, 1, ICE_USE_CANDIDATE), 0);
	return 0;
}

static int scene_close(void **state)
{
	struct scene *s = *state;

	board_release(&s->board);
	free(s);
	return 0;
}

static void consent_lapses_and_comes_back(void **state)
{
	struct scene *s = *state;

	for (int i = 0; i < 29; i++) {
		s->now += 1000;
		assert_int_equal(goes_to(s, 1), 2);	/* media is no consent */
		assert_int_equal(goes_to(s, 2), 1);
	}
	s->now += 999;
	assert_int_equal(goes_to(s, 1), 2);
	assert_true(counters(s, 0).connected);
	s->now += 1;
	assert_int_equal(goes_to(s, 1), 0);
	assert_int_equal(goes_to(s, 2), 0);
	assert_false(counters(s, 0).connected);
	assert_int_equal(check(s, 1, 0, 0), 0);
	assert_int_equal(goes_to(s, 1), 0);		/* the other has not come back */
	assert_int_equal(check(s, 2, 1, 0), 0);
	assert_int_equal(goes_to(s, 1), 2);
	assert_int_equal(goes_to(s, 2), 1);
}

static void a_leg_without_consent_is_not_heard(void **state)
{
	struct scene *s = *state;

	s->now += 20000;
	assert_int_equal(check(s, 2, 1, 0), 0);
	s->now += 10000;
	assert_int_equal(goes_to(s, 1), 0);
	assert_int_equal(counters(s, 0).dropped, 1);
	assert_false(counters(s, 0).connected);
	assert_true(counters(s, 1).connected);
}

static void a_cut_pair_is_forgotten(void **state)
{
	struct scene *s = *state;
	struct relay_counters out[2];

	board_pair_cut(&s->board, s->now, s->pair);
	s->now += 29999;
	board_tidy(&s->board, s->now);
	assert_int_equal(check(s, 1, 0, 0), 403);
	assert_int_equal(check(s, 2, 1, 0), 403);
	assert_int_equal(goes_to(s, 1), 0);
	s->now += 1;
	board_tidy(&s->board, s->now);
	assert_int_equal(check(s, 1, 0, 0), -1);
	assert_false(board_pair_counters(&s->board, s->now, s->pair, out));
}

static void a_replay_at_a_cut_leg_is_not_answered_elsewhere(void **state)
{
	struct scene *s = *state;

	board_pair_cut(&s->board, s->now, s->pair);
	assert_int_equal(check_as(s, 1, &creds[0], 777, 0), 403);
	assert_int_equal(check_as(s, 9, &creds[0], 777, 0), -1);
	assert_int_equal(check_as(s, 1, &creds[0], 777, 0), 403);
}

static void old_credentials_retire(void **state)
{
	struct scene *s = *state;
	const struct relay_cred next = { "cccccccc", "00000000000000000000000000000003" };
	const struct relay_cred third = { "dddddddd", "00000000000000000000000000000004" };
	const struct relay_cred fourth = { "eeeeeeee", "00000000000000000000000000000005" };

	board_leg_restart(&s->board, s->now, s->pair, 0, &next);
	board_leg_restart(&s->board, s->now, s->pair, 0, &next);	/* the same again is none */
	assert_int_equal(check_as(s, 1, &next, 900, 0), 0);
	assert_int_equal(check(s, 1, 0, 0), 0);
	s->now += 29999;
	board_tidy(&s->board, s->now);
	assert_int_equal(check(s, 1, 0, 0), 0);
	s->now += 1;
	board_tidy(&s->board, s->now);
	assert_int_equal(check(s, 1, 0, 0), -1);
	assert_int_equal(check_as(s, 1, &next, 901, 0), 0);

	/* Three generations at most: a third restart within the time drops the oldest early. */
	board_leg_restart(&s->board, s->now, s->pair, 0, &third);
	board_leg_restart(&s->board, s->now, s->pair, 0, &fourth);
	assert_int_equal(check_as(s, 1, &next, 902, 0), 0);
	board_leg_restart(&s->board, s->now, s->pair, 0, &creds[0]);
	assert_int_equal(check_as(s, 1, &next, 903, 0), -1);
	assert_int_equal(check_as(s, 1, &third, 904, 0), 0);
	assert_int_equal(check_as(s, 1, &fourth, 905, 0), 0);
	assert_int_equal(check(s, 1, 0, 0), 0);
}

static void an_old_check_brings_no_old_path_back(void **state)
{
	struct scene *s = *state;

	assert_int_equal(check_as(s, 1, &creds[0], 500, ICE_USE_CANDIDATE), 0);
	assert_int_equal(check_as(s, 5, &creds[0], 501, ICE_USE_CANDIDATE), 0);
	assert_int_equal(goes_to(s, 2), 5);
	s->now += 2000;
	assert_int_equal(check_as(s, 1, &creds[0], 500, ICE_USE_CANDIDATE), 0);	/* the same id, the same source */
	assert_int_equal(goes_to(s, 2), 5);
	assert_int_equal(counters(s, 0).checks, 3);
}

static void a_path_that_is_heard_stays(void **state)
{
	struct scene *s = *state;

	s->now += 900;
	rtp(s, 1, 100);
	s->now += 999;
	assert_int_equal(check(s, 5, 0, 0), 0);
	assert_int_equal(goes_to(s, 2), 1);
	s->now += 1;
	assert_int_equal(check(s, 5, 0, 0), 0);
	assert_int_equal(goes_to(s, 2), 5);
}

static void the_oldest_path_makes_room(void **state)
{
	struct scene *s = *state;

	/* Port 1 is selected and the oldest; 10 to 16 fill the leg, and 17 takes the place of 10. */
	for (unsigned port = 10; port <= 17; port++) {
		s->now += 10;
		assert_int_equal(check(s, port, 0, 0), 0);
	}
	assert_int_equal(goes_to(s, 10), 0);
	assert_int_equal(goes_to(s, 11), 2);
	assert_int_equal(goes_to(s, 17), 2);
	assert_int_equal(goes_to(s, 1), 2);
	assert_int_equal(goes_to(s, 2), 1);
}

static void a_flow_is_not_taken_from_a_leg_that_uses_it(void **state)
{
	struct scene *s = *state;

	assert_int_equal(check(s, 1, 1, ICE_USE_CANDIDATE), -1);
	assert_int_equal(goes_to(s, 1), 2);
	assert_int_equal(counters(s, 1).dropped, 1);
	s->now += 1000;
	assert_int_equal(check(s, 1, 1, ICE_USE_CANDIDATE), 0);
	assert_int_equal(goes_to(s, 1), 0);		/* it is leg 1 now, and leg 0 has no path */
	assert_int_equal(check(s, 7, 0, 0), 0);
	assert_int_equal(goes_to(s, 1), 7);
	assert_int_equal(goes_to(s, 7), 1);
}

static void two_legs_may_share_a_user_fragment(void **state)
{
	struct scene *s = *state;
	const struct relay_cred twins[2] = {
		{ "aaaaaaaa", "10000000000000000000000000000001" },
		{ "aaaaaaaa", "10000000000000000000000000000002" },
	};
	relay_pair pair;

	assert_int_equal(board_pair_add(&s->board, twins, &pair), 0);
	assert_int_equal(check_as(s, 20, &twins[0], 1, 0), 0);
	assert_int_equal(check_as(s, 21, &twins[1], 2, 0), 0);
	assert_int_equal(check(s, 1, 0, 0), 0);
	board_pair_cut(&s->board, s->now, pair);
	assert_int_equal(check_as(s, 20, &twins[0], 3, 0), 403);
	assert_int_equal(check(s, 1, 0, 0), 0);
	assert_int_equal(s->board.totals.stun_forged, 0);
}

static void early_handshakes_are_bounded(void **state)
{
	struct scene *s = *state;
	uint8_t hello[LIMIT_DATAGRAM_BYTES] = { 0x2f };

	assert_int_equal(check(s, 1, 0, 0), 0);
	for (unsigned i = 0; i < 20; i++)
		give(s, 1, hello, sizeof hello);
	rtp(s, 1, 100);					/* media does not wait */
	assert_int_equal(check(s, 2, 1, 0), 0);
	assert_int_equal(s->n_sent, 1 + 8);
	assert_int_equal(counters(s, 1).packets_out, 8);
	give(s, 1, hello, sizeof hello);
	assert_int_equal(s->n_sent, 1);
	assert_int_equal(check(s, 2, 1, 0), 0);
	assert_int_equal(s->n_sent, 1);
}

static void early_handshakes_do_not_survive_a_cut(void **state)
{
	struct scene *s = *state;
	const uint8_t hello[] = { 0x2f, 1, 2, 3 };

	assert_int_equal(check(s, 1, 0, 0), 0);
	give(s, 1, hello, sizeof hello);
	board_pair_cut(&s->board, s->now, s->pair);
	assert_int_equal(check(s, 2, 1, 0), 403);
	assert_int_equal(s->n_sent, 1);
}

static unsigned burst(struct scene *s, unsigned packets, size_t n)
{
	unsigned passed = 0;

	for (unsigned i = 0; i < packets; i++) {
		rtp(s, 1, n);
		passed += s->n_sent;
	}
	return passed;
}

static void the_rate_holds(void **state)
{
	struct scene *s = *state;
	unsigned passed = 0;

	board_leg_rate(&s->board, s->now, s->pair, 0, 50000);
	assert_int_equal(burst(s, 100, 1000), 10);	/* 200 ms' worth at once */
	s->now += 10;
	assert_int_equal(burst(s, 100, 500), 1);
	for (unsigned i = 0; i < 1000; i++) {
		s->now += 7;
		passed += burst(s, 3, 1000);
	}
	assert_int_equal(passed, 350);			/* 7 s of 50 packets */
	s->now += 20000;
	assert_int_equal(burst(s, 100, 1000), 10);	/* silence saves nothing up */
	board_leg_rate(&s->board, s->now, s->pair, 0, 50000);
	assert_int_equal(burst(s, 1, 1000), 0);		/* the same rate again is no new burst */
	board_leg_rate(&s->board, s->now, s->pair, 0, 0);
	assert_int_equal(burst(s, 100, 1500), 100);
	assert_int_equal(check(s, 1, 0, 0), 0);
}

static void a_slow_rate_still_passes_whole_datagrams(void **state)
{
	struct scene *s = *state;

	board_leg_rate(&s->board, s->now, s->pair, 0, 100);
	s->now += 14799;
	assert_int_equal(burst(s, 2, 1500), 0);
	s->now += 1;
	assert_int_equal(burst(s, 2, 1500), 1);
	board_leg_rate(&s->board, s->now, s->pair, 0, UINT64_MAX);
	s->now += INT64_MAX / 4;
	assert_int_equal(check(s, 1, 0, 0), 0);
	assert_int_equal(check(s, 2, 1, 0), 0);
	assert_int_equal(burst(s, 50, 1500), 50);
}

static void cut_pairs_do_not_pile_up(void **state)
{
	struct scene *s = *state;
	struct relay_counters out[2];
	relay_pair ids[6] = { s->pair };

	for (unsigned i = 1; i < 6; i++) {
		assert_int_equal(board_pair_add(&s->board, creds, &ids[i]), 0);
		board_pair_cut(&s->board, s->now, ids[i - 1]);
	}
	/* Room for two pairs: two cut ones are remembered beside the live one. */
	assert_false(board_pair_counters(&s->board, s->now, ids[2], out));
	assert_true(board_pair_counters(&s->board, s->now, ids[3], out));
	assert_true(board_pair_counters(&s->board, s->now, ids[4], out));
	assert_true(board_pair_counters(&s->board, s->now, ids[5], out));
}

static void locks_before_any_allowance(void **state)
{
	struct scene *s = *state;
	const struct relay_cred other[2] = {
		{ "cccccccc", "00000000000000000000000000000003" },
		{ "dddddddd", "00000000000000000000000000000004" },
	};
	const uint8_t rtcp[8] = { 0x80, 201 };
	relay_pair pair;

	assert_int_equal(board_pair_add(&s->board, other, &pair), 0);
	assert_int_equal(check_as(s, 30, &other[0], 1, 0), 0);
	assert_int_equal(check_as(s, 31, &other[1], 2, 0), 0);
	assert_int_equal(goes_to(s, 30), 0);
	give(s, 30, rtcp, sizeof rtcp);
	assert_int_equal(s->n_sent, 1);
	assert_int_equal(goes_to(s, 1), 2);
}

int main(void)
{
#define OPEN(f) cmocka_unit_test_setup_teardown(f, scene_open, scene_close)
#define CONNECTED(f) cmocka_unit_test_setup_teardown(f, scene_connect, scene_close)
	const struct CMUnitTest tests[] = {
		CONNECTED(consent_lapses_and_comes_back),
		CONNECTED(a_leg_without_consent_is_not_heard),
		CONNECTED(a_cut_pair_is_forgotten),
		CONNECTED(a_replay_at_a_cut_leg_is_not_answered_elsewhere),
		CONNECTED(old_credentials_retire),
		CONNECTED(an_old_check_brings_no_old_path_back),
		CONNECTED(a_path_that_is_heard_stays),
		CONNECTED(the_oldest_path_makes_room),
		CONNECTED(a_flow_is_not_taken_from_a_leg_that_uses_it),
		CONNECTED(two_legs_may_share_a_user_fragment),
		OPEN(early_handshakes_are_bounded),
		OPEN(early_handshakes_do_not_survive_a_cut),
		CONNECTED(the_rate_holds),
		CONNECTED(a_slow_rate_still_passes_whole_datagrams),
		OPEN(cut_pairs_do_not_pile_up),
		CONNECTED(locks_before_any_allowance),
	};

	return cmocka_run_group_tests_name("relay/board", tests, NULL, NULL);
}
