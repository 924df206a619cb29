/**
 * @file relay/datagram.c  Fuzz: a board without sockets is given datagrams, checks, commands and time, as the input says.
 * Whatever comes: media goes only over flows that a success was answered on, and never after its pair's cut; an answer
 * goes where the question came from, and is no longer than it.
 *
 * Input: records of a kind, a flow, an argument, and, for raw datagrams, a length and that many bytes.
 */
#include "ice.h"
#include "relay/board.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { PAIRS = 2, FLOWS = 16 };
enum { STREAMS_FROM = 12 };	/* these flows and the ones above are TCP connections */
enum kind { RAW, RTP, CHECK, CUT, RESTART, ALLOW, RATE, WAIT, GONE, KINDS };

struct yard {
	struct board board;
	relay_pair pairs[PAIRS];
	struct relay_cred cred[PAIRS][2];
	bool cut[PAIRS];
	int owner[FLOWS];		/* the pair + 1 whose check was last answered with success */
	int64_t now;
	/* The datagram that is being given. */
	unsigned from;
	size_t n;
	int checking;			/* pair + 1 of a check that we made */
};

static struct flow flow_of(unsigned i)
{
	struct flow flow = { .port = (uint16_t)(1000 + i), .stream = (uint16_t)(i >= STREAMS_FROM ? i : 0) };

	flow.remote.s6_addr[0] = 0x20;
	flow.local.s6_addr[15] = 1;
	return flow;
}

static void on_send(void *arg, const struct flow *flow, const void *p, size_t n)
{
	struct yard *yard = arg;
	const uint8_t *bytes = p;
	unsigned to = flow->port - 1000u;

	assert(to < FLOWS && n > 0 && n <= LIMIT_DATAGRAM_BYTES);
	if (bytes[0] <= 3) {
		assert(to == yard->from && n <= yard->n && yard->checking);
		if (bytes[0] == 1 && bytes[1] == 1) {
			assert(!yard->cut[yard->checking - 1]);
			yard->owner[to] = yard->checking;
		}
		return;
	}
	assert(yard->owner[to] && !yard->cut[yard->owner[to] - 1]);
	/* Media stays inside its pair; what waited for a first check comes with the check. */
	assert(yard->owner[yard->from] == yard->owner[to]);
}

/* A connection that is left may serve again, as a new one in its place would; but nothing of before holds. */
static void on_leave(void *arg, const struct flow *flow)
{
	struct yard *yard = arg;

	assert(flow->stream);
	yard->owner[flow->port - 1000u] = 0;
}

static void give(struct yard *yard, unsigned from, const uint8_t *p, size_t n)
{
	struct flow flow = flow_of(from);

	yard->from = from;
	yard->n = n;
	board_receive(&yard->board, yard->now, &flow, p, n);
	yard->checking = 0;
}

static void give_check(struct yard *yard, unsigned from, uint8_t argument)
{
	static const unsigned flags[] = { 0, ICE_USE_CANDIDATE, ICE_CONTROLLED, ICE_UNKNOWN, ICE_SHORT, ICE_BAD_PRINT, ICE_AFTER, ICE_NO_INTEGRITY };
	unsigned pair = argument & 1, leg = argument >> 1 & 1;
	uint8_t p[ICE_BYTES];
	size_t n;

	/* Ids repeat, so that replays are tried. */
	n = ice_write(p, &(struct ice_check){ yard->cred[pair][leg].ufrag, yard->cred[pair][leg].pwd,
					      (uint64_t)(argument >> 5) + (uint64_t)yard->now / 500, flags[argument >> 2 & 7] });
	yard->checking = (int)pair + 1;
	give(yard, from, p, n);
}

static void gone(struct yard *yard, unsigned i)
{
	struct flow flow = flow_of(i);

	board_flow_gone(&yard->board, &flow);
	assert(!yard->owner[i]);
}

static void command(struct yard *yard, enum kind kind, uint8_t argument)
{
	unsigned pair = argument & 1, leg = argument >> 1 & 1;

	switch (kind) {
	case CUT:
		board_pair_cut(&yard->board, yard->now, yard->pairs[pair]);
		yard->cut[pair] = true;
		break;
	case RESTART:
		yard->cred[pair][leg].ufrag[7] = (char)('a' + (argument >> 2) % 26);
		board_leg_restart(&yard->board, yard->now, yard->pairs[pair], leg, &yard->cred[pair][leg]);
		break;
	case ALLOW:
		board_leg_allow(&yard->board, yard->pairs[pair], leg, (struct relay_types){ { argument, ~0ull } });
		break;
	case GONE:
		gone(yard, STREAMS_FROM + argument % (FLOWS - STREAMS_FROM));
		break;
	case RATE:
		board_leg_rate(&yard->board, yard->now, yard->pairs[pair], leg, (uint64_t)(argument >> 2) << 10);
		break;
	default:
		yard->now += (int64_t)argument * argument;
		board_tidy(&yard->board, yard->now);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	uint8_t media[100] = { 0x80 };
	struct yard yard = { .now = 1000 };

	if (board_init(&yard.board, 2 * PAIRS, on_send, on_leave, &yard))
		return 0;
	for (unsigned i = 0; i < PAIRS; i++) {
		for (unsigned leg = 0; leg < 2; leg++) {
			memset(yard.cred[i][leg].ufrag, hex[2 * i + leg], RELAY_UFRAG_CHARS);
			memset(yard.cred[i][leg].pwd, hex[2 * i + leg], RELAY_PWD_CHARS);
		}
		assert(board_pair_add(&yard.board, yard.cred[i], &yard.pairs[i]) == 0);
		for (unsigned leg = 0; leg < 2; leg++)
			board_leg_allow(&yard.board, yard.pairs[i], leg, (struct relay_types){ { 0, ~0ull } });
	}
	while (n >= 3) {
		enum kind kind = data[0] % KINDS;
		unsigned from = data[1] % FLOWS;
		uint8_t argument = data[2];

		data += 3;
		n -= 3;
		if (kind == RAW) {
			size_t raw = argument < n ? argument : n;

			give(&yard, from, data, raw);
			data += raw;
			n -= raw;
		} else if (kind == RTP) {
			media[1] = argument;
			give(&yard, from, media, sizeof media);
		} else if (kind == CHECK) {
			give_check(&yard, from, argument);
		} else {
			command(&yard, kind, argument);
		}
	}
	board_release(&yard.board);
	return 0;
}
