/** @file relay/board.c  Pairs come, restart, are cut and forgotten. */
#include "relay/board.h"

#include "base/id.h"
#include "relay/packet.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>

_Static_assert(crypto_shorthash_KEYBYTES == sizeof ((struct board *)0)->key, "the key fits SipHash");

uint64_t board_hash(const struct board *board, const void *p, size_t n)
{
	uint64_t hash;

	crypto_shorthash((uint8_t *)&hash, p, n, board->key);
	return hash;
}

int board_init(struct board *board, unsigned legs, board_send_f *send, board_leave_f *leave, void *out_arg)
{
	int err;

	*board = (struct board){ .most_pairs = legs / 2, .send = send, .leave = leave, .out_arg = out_arg };
	id_random(board->key, sizeof board->key);
	list_init(&board->live);
	list_init(&board->ended);
	list_init(&board->retiring);
	err = table_init(&board->pairs, legs / 2);
	if (!err)
		err = table_init(&board->credentials, legs);
	if (!err)
		err = table_init(&board->paths, (size_t)legs * 2);
	if (err)
		board_release(board);
	return err;
}

static void credential_use(struct board *board, struct leg *leg, unsigned place, const struct relay_cred *cred)
{
	struct credential *credential = &leg->credentials[place];

	assert(!credential->leg);
	assert(strnlen(cred->ufrag, sizeof cred->ufrag) == RELAY_UFRAG_CHARS);
	assert(strnlen(cred->pwd, sizeof cred->pwd) == RELAY_PWD_CHARS);
	credential->leg = leg;
	credential->text = *cred;
	table_add(&board->credentials, &credential->node, board_hash(board, cred->ufrag, RELAY_UFRAG_CHARS));
	leg->newest = place;
}

static void credential_drop(struct board *board, struct credential *credential)
{
	if (!credential->leg)
		return;
	table_del(&board->credentials, &credential->node);
	list_del(&credential->retiring);
	seen_release(&credential->seen);
	sodium_memzero(credential, sizeof *credential);
}

static void pair_silence(struct board *board, struct pair *pair)
{
	for (unsigned i = 0; i < 2; i++) {
		struct leg *leg = &pair->legs[i];

		for (unsigned j = 0; j < LIMIT_PATHS_PER_LEG; j++)
			board_path_drop(board, &leg->paths[j]);
		early_free(leg);
	}
}

static void pair_forget(struct board *board, struct pair *pair)
{
	pair_silence(board, pair);
	for (unsigned i = 0; i < 2; i++) {
		for (unsigned j = 0; j < LEG_GENERATIONS; j++)
			credential_drop(board, &pair->legs[i].credentials[j]);
	}
	table_del(&board->pairs, &pair->node);
	list_del(&pair->ending);
	if (pair->cut)
		board->n_ended--;
	else
		board->n_live--;
	free(pair);
}

static void pair_forget_oldest(struct board *board)
{
	pair_forget(board, list_entry(board->ended.next, struct pair, ending));
}

static void forget_all(struct board *board, struct list *pairs)
{
	list_each(pairs, node, after)
		pair_forget(board, list_entry(node, struct pair, ending));
}

void board_release(struct board *board)
{
	forget_all(board, &board->live);
	forget_all(board, &board->ended);
	table_release(&board->pairs);
	table_release(&board->credentials);
	table_release(&board->paths);
	sodium_memzero(board, sizeof *board);
}

/* Ids are counted, so they need no hash to spread. */
static struct pair *pair_find(const struct board *board, relay_pair id)
{
	struct table_node *node = table_first(&board->pairs, id);

	return node ? table_entry(node, struct pair, node) : NULL;
}

int board_pair_add(struct board *board, const struct relay_cred cred[2], relay_pair *id)
{
	struct pair *pair;

	if (board->n_live >= board->most_pairs)
		return -ENOSPC;
	pair = calloc(1, sizeof *pair);
	if (!pair)
		return -ENOMEM;
	pair->id = ++board->last_id;
	for (unsigned i = 0; i < 2; i++) {
		pair->legs[i].pair = pair;
		credential_use(board, &pair->legs[i], 0, &cred[i]);
	}
	table_add(&board->pairs, &pair->node, pair->id);
	list_add(&board->live, &pair->ending);
	board->n_live++;
	*id = pair->id;
	return 0;
}

void board_pair_cut(struct board *board, int64_t now, relay_pair id)
{
	struct pair *pair = pair_find(board, id);

	if (!pair || pair->cut)
		return;
	pair_silence(board, pair);
	pair->cut = true;
	pair->forget_at = now + FORGET_MS;
	list_del(&pair->ending);
	list_add(&board->ended, &pair->ending);
	board->n_live--;
	/* Calls that come and go fast may not pile up: as many cut pairs as live ones, then the oldest falls silent early. */
	if (++board->n_ended > board->most_pairs)
		pair_forget_oldest(board);
}

/* The leg of a pair that is not cut, or NULL. */
static struct leg *board_leg(const struct board *board, relay_pair id, unsigned leg)
{
	struct pair *pair = pair_find(board, id);

	assert(leg < 2);
	return pair && !pair->cut ? &pair->legs[leg] : NULL;
}

void board_leg_restart(struct board *board, int64_t now, relay_pair id, unsigned which, const struct relay_cred *cred)
{
	struct leg *leg = board_leg(board, id, which);
	struct credential *last;
	unsigned place;

	if (!leg)
		return;
	last = &leg->credentials[leg->newest];
	/* Twice the same would give it a second memory of seen ids, and so let each check count twice. */
	if (memcmp(last->text.ufrag, cred->ufrag, sizeof cred->ufrag) == 0)
		return;
	last->until = now + RETIRE_MS;
	list_add(&board->retiring, &last->retiring);
	place = (leg->newest + 1) % LEG_GENERATIONS;
	credential_drop(board, &leg->credentials[place]);
	credential_use(board, leg, place, cred);
}

void board_leg_allow(struct board *board, relay_pair id, unsigned which, struct relay_types types)
{
	struct leg *leg = board_leg(board, id, which);

	if (leg)
		leg->types = types;
}

void board_leg_rate(struct board *board, int64_t now, relay_pair id, unsigned which, uint64_t bytes_per_second)
{
	struct leg *leg = board_leg(board, id, which);

	/* The same again is no new burst. */
	if (!leg || leg->rate == bytes_per_second)
		return;
	leg->rate = bytes_per_second;
	leg->tokens = 0;
	leg->refilled_at = now - RATE_BURST_MS;
}

bool board_pair_counters(const struct board *board, int64_t now, relay_pair id, struct relay_counters out[2])
{
	struct pair *pair = pair_find(board, id);

	if (!pair)
		return false;
	for (unsigned i = 0; i < 2; i++) {
		const struct path *selected = pair->legs[i].selected;

		out[i] = pair->legs[i].counters;
		out[i].connected = selected && path_consents(selected, now);
	}
	return true;
}

struct path *board_path(const struct board *board, const struct flow *flow)
{
	struct table_node *node = table_first(&board->paths, board_hash(board, flow, sizeof *flow));

	for (; node; node = table_next(node)) {
		struct path *path = table_entry(node, struct path, node);

		if (flow_eq(&path->flow, flow))
			return path;
	}
	return NULL;
}

void board_path_drop(struct board *board, struct path *path)
{
	if (!path->leg)
		return;
	if (path->leg->selected == path)
		path->leg->selected = NULL;
	table_del(&board->paths, &path->node);
	if (path->flow.stream)
		board->leave(board->out_arg, &path->flow);
	*path = (struct path){ 0 };
}

void board_flow_gone(struct board *board, const struct flow *flow)
{
	struct path *path = board_path(board, flow);

	if (path)
		board_path_drop(board, path);
}

void board_tidy(struct board *board, int64_t now)
{
	while (!list_empty(&board->retiring)) {
		struct credential *oldest = list_entry(board->retiring.next, struct credential, retiring);

		if (oldest->until > now)
			break;
		credential_drop(board, oldest);
	}
	while (!list_empty(&board->ended) && list_entry(board->ended.next, struct pair, ending)->forget_at <= now)
		pair_forget_oldest(board);
}

void board_receive(struct board *board, int64_t now, const struct flow *flow, const uint8_t *p, size_t n)
{
	board->totals.packets_in++;
	if (packet_tell(p, n) == PACKET_STUN)
		board_check(board, now, flow, p, n);
	else
		board_forward(board, now, flow, p, n);
}
