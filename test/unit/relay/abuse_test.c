/**
 * @file relay/abuse_test.c  A board between a call that goes on and strangers who send whatever they can think of: forged,
 * replayed, mangled and random datagrams, from addresses that are not theirs. Nothing goes to an address that has proved
 * nothing, no answer is larger than its question, the call neither stops nor moves, and nothing grows.
 */
#include "ice.h"
#include "relay/board.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { AUDIO = 111, A = 1, B = 2, STRANGERS = 100, FLOOD = 50000,
       ANSWER_BYTES = 76 };	/* of a success to an IPv6 address */

static const struct relay_cred creds[2] = {
	{ "aaaaaaaa", "00000000000000000000000000000001" },
	{ "bbbbbbbb", "00000000000000000000000000000002" },
};

struct scene {
	struct board board;
	relay_pair pair;
	int64_t now;
	uint64_t id, random;
	unsigned last_to;		/* port of what was sent last */
	size_t sent, strangers_got;	/* bytes: of the datagram being given; to anybody but A and B, ever */
};

static void note_sent(void *arg, const struct flow *flow, const void *p, size_t n)
{
	struct scene *s = arg;

	(void)p;
	s->last_to = flow->port;
	s->sent += n;
	if (flow->port != A && flow->port != B)
		s->strangers_got += n;
}

static struct flow flow_of(unsigned port)
{
	struct flow flow = { .port = (uint16_t)port };

	flow.remote.s6_addr[15] = flow.local.s6_addr[15] = 1;
	return flow;
}

/* How many bytes were sent for it. */
static size_t give(struct scene *s, unsigned port, const void *p, size_t n)
{
	struct flow flow = flow_of(port);

	s->sent = 0;
	board_receive(&s->board, s->now, &flow, p, n);
	return s->sent;
}

/* The same in every run (SplitMix64). */
static uint64_t any(struct scene *s)
{
	uint64_t v = s->random += 0x9e3779b97f4a7c15u;

	v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9u;
	v = (v ^ v >> 27) * 0x94d049bb133111ebu;
	return v ^ v >> 31;
}

static size_t check_write(struct scene *s, uint8_t out[static ICE_BYTES], unsigned leg, unsigned flags)
{
	return ice_write(out, &(struct ice_check){ creds[leg].ufrag, creds[leg].pwd, ++s->id, flags });
}

static size_t rtp_write(uint8_t *p, size_t n)
{
	memset(p, 0, n);
	p[0] = 0x80;
	p[1] = AUDIO;
	return n;
}

/* The call is where it was, and well. */
static void expect_well(struct scene *s)
{
	uint8_t p[200];

	rtp_write(p, sizeof p);
	assert_int_equal(give(s, A, p, sizeof p), sizeof p);
	assert_int_equal(s->last_to, B);
	assert_int_equal(give(s, B, p, sizeof p), sizeof p);
	assert_int_equal(s->last_to, A);
}

static int scene_open(void **state)
{
	struct relay_types audio = { { 0, (uint64_t)1 << (AUDIO - 64) } };
	struct scene *s = calloc(1, sizeof *s);
	uint8_t p[ICE_BYTES];

	s->now = 1000000;
	assert_int_equal(board_init(&s->board, 4, note_sent, NULL, s), 0);
	assert_int_equal(board_pair_add(&s->board, creds, &s->pair), 0);
	board_leg_allow(&s->board, s->pair, 0, audio);
	board_leg_allow(&s->board, s->pair, 1, audio);
	assert_true(give(s, A, p, check_write(s, p, 0, ICE_USE_CANDIDATE)) > 0);
	assert_true(give(s, B, p, check_write(s, p, 1, ICE_USE_CANDIDATE)) > 0);
	*state = s;
	return 0;
}

static int scene_close(void **state)
{
	struct scene *s = *state;

	expect_well(s);
	assert_int_equal(s->strangers_got, 0);
	board_release(&s->board);
	free(s);
	return 0;
}

static unsigned stranger(struct scene *s)
{
	return 1000 + (unsigned)(any(s) % STRANGERS);
}

static void whoever_guesses_hears_nothing(void **state)
{
	struct scene *s = *state;
	struct relay_cred guess = creds[0];
	uint8_t p[ICE_BYTES];

	for (unsigned i = 0; i < FLOOD; i++) {
		bool wrong_fragment = i % 2;

		guess = creds[0];
		(wrong_fragment ? guess.ufrag : guess.pwd)[any(s) % 8] = (char)('g' + any(s) % 20);
		assert_int_equal(give(s, stranger(s), p, ice_write(p, &(struct ice_check){ guess.ufrag, guess.pwd, ++s->id, ICE_USE_CANDIDATE })), 0);
	}
	assert_int_equal(s->board.totals.stun_forged, FLOOD / 2);
	assert_int_equal(s->board.totals.stun_unknown, FLOOD / 2);
}

/* A recorded check with any one bit turned, from the right address and from a wrong one. */
static void no_bit_can_be_turned(void **state)
{
	struct scene *s = *state;
	uint8_t good[ICE_BYTES], p[ICE_BYTES];
	size_t n = check_write(s, good, 0, ICE_USE_CANDIDATE);

	for (size_t bit = 0; bit < 8 * n; bit++) {
		memcpy(p, good, n);
		p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(give(s, stranger(s), p, n), 0);
		/* From its own address a first byte of DTLS is media, and goes on as such; nothing comes back. */
		assert_true(give(s, A, p, n) == 0 || (p[0] == 0x20 && s->last_to == B));
	}
	for (size_t cut = 0; cut < n; cut++)
		assert_int_equal(give(s, A, good, cut), 0);
	assert_int_equal(give(s, A, good, n), ANSWER_BYTES);
}

static void what_was_recorded_is_worth_nothing_elsewhere(void **state)
{
	struct scene *s = *state;
	static uint8_t checks[64][ICE_BYTES];
	size_t sizes[64];

	for (unsigned i = 0; i < 64; i++) {
		sizes[i] = check_write(s, checks[i], i % 2, ICE_USE_CANDIDATE);
		assert_true(give(s, i % 2 ? B : A, checks[i], sizes[i]) > 0);
	}
	/* The path falls silent, so that any new check would move it. */
	s->now += 2 * PATH_QUIET_MS;
	for (unsigned i = 0; i < FLOOD; i++)
		assert_int_equal(give(s, stranger(s), checks[i % 64], sizes[i % 64]), 0);
	assert_int_equal(s->board.totals.stun_replayed, FLOOD);
}

static void noise_gets_no_byte_back(void **state)
{
	struct scene *s = *state;
	uint8_t p[LIMIT_DATAGRAM_BYTES + 1];
	uint64_t sum, was = s->board.totals.stun_bad + s->board.totals.unknown;

	for (unsigned i = 0; i < FLOOD; i++) {
		size_t n = any(s) % 120;

		for (size_t at = 0; at < sizeof p && at < n; at++)
			p[at] = (uint8_t)any(s);
		/* All kinds of first bytes, and often what looks like a check. */
		if (i % 3 == 0 && n >= 20) {
			memcpy(p, "\x00\x01\x00\x00\x21\x12\xa4\x42", 8);
			p[3] = (uint8_t)(n - 20);
		}
		assert_int_equal(give(s, stranger(s), p, n), 0);
	}
	sum = s->board.totals.stun_bad + s->board.totals.unknown + s->board.totals.stun_unknown - was;
	/* Indications alone are passed over uncounted: chance makes one in thousands. */
	assert_in_range(sum, FLOOD - FLOOD / 1000, FLOOD);
	assert_int_equal(s->board.totals.conflicts, 0);
}

static void media_from_strangers_reaches_nobody(void **state)
{
	struct scene *s = *state;
	uint8_t p[LIMIT_DATAGRAM_BYTES];
	struct relay_counters before[2], after[2];

	assert_true(board_pair_counters(&s->board, s->now, s->pair, before));
	for (unsigned i = 0; i < FLOOD; i++) {
		size_t n = 12 + any(s) % (sizeof p - 12);

		rtp_write(p, n);
		if (i % 2)
			p[0] = (uint8_t)(20 + any(s) % 44);
		assert_int_equal(give(s, stranger(s), p, n), 0);
	}
	assert_int_equal(s->board.totals.unknown, FLOOD);
	assert_true(board_pair_counters(&s->board, s->now, s->pair, after));
	assert_memory_equal(before, after, sizeof before);
}

/* Whatever a participant sends without having proved its address, less comes back than it sent; also behind a cut. */
static void no_answer_is_worth_forging(void **state)
{
	struct scene *s = *state;
	uint8_t p[ICE_BYTES];

	board_pair_cut(&s->board, s->now, s->pair);
	for (unsigned flags = 0; flags < 2 * ICE_NO_PRIORITY; flags++) {
		size_t n = check_write(s, p, flags % 2, flags), got = give(s, stranger(s), p, n);

		assert_true(got <= n);
	}
	/* What follows the test wants a call that is well. */
	s->strangers_got = 0;
	s->now += FORGET_MS;
	board_tidy(&s->board, s->now);
	assert_int_equal(board_pair_add(&s->board, creds, &s->pair), 0);
	board_leg_allow(&s->board, s->pair, 0, (struct relay_types){ { 0, (uint64_t)1 << (AUDIO - 64) } });
	board_leg_allow(&s->board, s->pair, 1, (struct relay_types){ { 0, (uint64_t)1 << (AUDIO - 64) } });
	assert_int_equal(give(s, A, p, check_write(s, p, 0, 0)), ANSWER_BYTES);
	assert_int_equal(give(s, B, p, check_write(s, p, 1, 0)), ANSWER_BYTES);
}

/* A leg's own flood: its memory of checks and its paths have an end, and its call goes on. */
static void a_leg_can_not_make_itself_large(void **state)
{
	struct scene *s = *state;
	uint8_t p[ICE_BYTES];
	struct credential *credential = NULL;
	struct path *path;
	struct flow flow = flow_of(A);

	for (unsigned i = 0; i < 3 * SEEN_MOST; i++) {
		s->now++;
		give(s, 5000 + i % 64, p, check_write(s, p, 0, 0));
		if (i % 100 == 0)
			give(s, A, p, check_write(s, p, 0, ICE_USE_CANDIDATE));
	}
	give(s, A, p, check_write(s, p, 0, ICE_USE_CANDIDATE));
	give(s, B, p, check_write(s, p, 1, ICE_USE_CANDIDATE));
	path = board_path(&s->board, &flow);
	assert_non_null(path);
	credential = &path->leg->credentials[path->leg->newest];
	assert_true(credential->seen.n <= SEEN_MOST && credential->seen.cap <= SEEN_MOST);
	/* These were its own checks: answered, each by less than it was. */
	s->strangers_got = 0;
}

int main(void)
{
#define SCENE(f) cmocka_unit_test_setup_teardown(f, scene_open, scene_close)
	const struct CMUnitTest tests[] = {
		SCENE(whoever_guesses_hears_nothing),
		SCENE(no_bit_can_be_turned),
		SCENE(what_was_recorded_is_worth_nothing_elsewhere),
		SCENE(noise_gets_no_byte_back),
		SCENE(media_from_strangers_reaches_nobody),
		SCENE(no_answer_is_worth_forging),
		SCENE(a_leg_can_not_make_itself_large),
	};

	return cmocka_run_group_tests_name("relay/abuse", tests, NULL, NULL);
}
