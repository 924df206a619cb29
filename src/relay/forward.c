/** @file relay/forward.c  Media: from any path of a leg that consents, through the leg's locks, to the partner's selected path. */
#include "relay/board.h"
#include "relay/packet.h"

enum { RATE_MOST = 1 << 30, REFILL_MOST_MS = 3600000 };

static bool type_allowed(const struct relay_types *types, unsigned type)
{
	return types->allowed[type / 64] >> type % 64 & 1;
}

/* A token bucket in thousandths of a byte, so that slow rates lose nothing between milliseconds. It holds at least one whole datagram. */
static bool rate_take(struct leg *leg, int64_t now, size_t n)
{
	uint64_t rate = leg->rate < RATE_MOST ? leg->rate : RATE_MOST;
	uint64_t most = rate * RATE_BURST_MS;
	int64_t since = now - leg->refilled_at;

	if (leg->rate == 0)
		return true;
	if (most < (uint64_t)LIMIT_DATAGRAM_BYTES * 1000)
		most = (uint64_t)LIMIT_DATAGRAM_BYTES * 1000;
	leg->tokens += rate * (uint64_t)(since < REFILL_MOST_MS ? since : REFILL_MOST_MS);
	if (leg->tokens > most)
		leg->tokens = most;
	leg->refilled_at = now;
	if (leg->tokens < n * 1000)
		return false;
	leg->tokens -= n * 1000;
	return true;
}

static bool may_pass(struct leg *leg, int64_t now, enum packet packet, const uint8_t *p, size_t n)
{
	if (packet == PACKET_RTP && !type_allowed(&leg->types, packet_rtp_type(p)))
		return false;
	return rate_take(leg, now, n);
}

void board_leg_send(struct board *board, int64_t now, struct leg *leg, const uint8_t *p, size_t n)
{
	if (!leg->selected || !path_consents(leg->selected, now))
		return;
	leg->counters.packets_out++;
	leg->counters.bytes_out += n;
	board->totals.packets_out++;
	board->totals.bytes_out += n;
	board->send(board->out_arg, &leg->selected->flow, p, n);
}

static void media_drop(struct board *board, struct leg *leg)
{
	leg->counters.dropped++;
	board->totals.dropped++;
}

void board_forward(struct board *board, int64_t now, const struct flow *flow, const uint8_t *p, size_t n)
{
	enum packet packet = packet_tell(p, n);
	struct path *path = board_path(board, flow);
	struct leg *leg, *partner;

	if (!path) {
		board->totals.unknown++;
		return;
	}
	leg = path->leg;
	partner = leg_partner(leg);
	if (!path_consents(path, now) || packet == PACKET_NONE || n > LIMIT_DATAGRAM_BYTES) {
		media_drop(board, leg);
		return;
	}
	path->heard_at = now;
	if (!may_pass(leg, now, packet, p, n)) {
		media_drop(board, leg);
		return;
	}
	leg->counters.packets_in++;
	leg->counters.bytes_in += n;
	board->totals.bytes_in += n;
	if (!partner->selected && packet == PACKET_DTLS) {
		early_keep(partner, p, n);
		return;
	}
	board_leg_send(board, now, partner, p, n);
}
