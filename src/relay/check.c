/** @file relay/check.c  ICE checks: who may, what they are answered, and which of them moves a leg. */
#include "relay/board.h"

static struct str credential_pwd(const struct credential *credential)
{
	return (struct str){ credential->text.pwd, RELAY_PWD_CHARS };
}

/* The credential that signed the check. Two legs may share a user fragment by chance: the password tells. */
static struct credential *credential_find(struct board *board, const struct stun_check *check)
{
	struct table_node *node = NULL;
	bool known = false;

	if (check->ufrag.n == RELAY_UFRAG_CHARS)
		node = table_first(&board->credentials, board_hash(board, check->ufrag.p, check->ufrag.n));
	for (; node; node = table_next(node)) {
		struct credential *credential = table_entry(node, struct credential, node);

		if (memcmp(credential->text.ufrag, check->ufrag.p, RELAY_UFRAG_CHARS) != 0)
			continue;
		if (stun_signed_by(check, credential_pwd(credential)))
			return credential;
		known = true;
	}
	if (known)
		board->totals.stun_forged++;
	else
		board->totals.stun_unknown++;
	return NULL;
}

static void answer(struct board *board, const struct stun_check *check, enum stun_code code, const struct flow *flow,
		   const struct credential *credential)
{
	uint8_t out[STUN_ANSWER_BYTES];
	size_t n = stun_answer(out, check, code, flow, credential_pwd(credential));

	if (n == 0)
		return;
	board->totals.packets_out++;
	board->send(board->out_arg, flow, out, n);
}

/* A free place, or that of the path which has been silent longest and is not selected. */
static struct path *path_place(struct leg *leg)
{
	struct path *oldest = NULL;

	for (unsigned i = 0; i < LIMIT_PATHS_PER_LEG; i++) {
		struct path *path = &leg->paths[i];

		if (!path->leg)
			return path;
		if (path != leg->selected && (!oldest || path->heard_at < oldest->heard_at))
			oldest = path;
	}
	return oldest;
}

/*
 * The leg's path for the flow, made if need be. NULL while another leg is heard over the same flow: it was there first. A TCP
 * connection is its first leg's until it ends.
 */
static struct path *path_take(struct board *board, int64_t now, struct leg *leg, const struct flow *flow)
{
	struct path *path = board_path(board, flow);

	if (path && path->leg == leg)
		return path;
	if (path) {
		if (flow->stream || now - path->heard_at < PATH_QUIET_MS)
			return NULL;
		board_path_drop(board, path);
	}
	path = path_place(leg);
	board_path_drop(board, path);
	path->leg = leg;
	path->flow = *flow;
	table_add(&board->paths, &path->node, board_hash(board, flow, sizeof *flow));
	return path;
}

/*
 * The source address of a check is not signed, so a check alone may not divert a leg that is well. The browser's word may
 * (USE-CANDIDATE); so may any check once the selected path is silent, since Firefox does not repeat its word.
 */
static bool may_move(const struct leg *leg, int64_t now, const struct stun_check *check)
{
	const struct path *selected = leg->selected;

	return !selected || check->use_candidate || now - selected->heard_at >= PATH_QUIET_MS || !path_consents(selected, now);
}

static void check_counts(struct board *board, int64_t now, const struct stun_check *check, const struct flow *flow,
			 struct credential *credential)
{
	struct leg *leg = credential->leg;
	bool move = may_move(leg, now, check);
	struct path *path = path_take(board, now, leg, flow);

	if (!path) {
		leg->counters.dropped++;
		return;
	}
	path->heard_at = path->checked_at = now;
	if (move)
		leg->selected = path;
	leg->counters.checks++;
	answer(board, check, STUN_SUCCESS, flow, credential);
	early_deliver(board, now, leg);
}

void board_check(struct board *board, int64_t now, const struct flow *flow, const uint8_t *p, size_t n)
{
	struct stun_check check;
	enum stun_kind kind = stun_read(p, n, &check);
	struct credential *credential;
	const struct path *path;
	enum seen_answer seen;

	if (kind == STUN_BAD)
		board->totals.stun_bad++;
	if (kind != STUN_CHECK)
		return;
	credential = credential_find(board, &check);
	if (!credential)
		return;
	seen = seen_note(&credential->seen, board_hash(board, stun_id(&check), STUN_ID_BYTES), board_hash(board, flow, sizeof *flow));
	if (seen == SEEN_ELSEWHERE)
		board->totals.stun_replayed++;
	if (seen == SEEN_ELSEWHERE || seen == SEEN_FULL)
		return;
	if (credential->leg->pair->cut) {
		answer(board, &check, STUN_FORBIDDEN, flow, credential);
		return;
	}
	if (check.n_unknown) {
		answer(board, &check, STUN_UNKNOWN_ATTRIBUTE, flow, credential);
		return;
	}
	if (check.controlled) {
		board->totals.conflicts++;
		answer(board, &check, STUN_ROLE_CONFLICT, flow, credential);
		return;
	}
	if (seen == SEEN_NEW) {
		check_counts(board, now, &check, flow, credential);
		return;
	}
	/* A retransmission is answered again and changes nothing, so that an old check can't bring an old path back. */
	path = board_path(board, flow);
	if (path && path->leg == credential->leg)
		answer(board, &check, STUN_SUCCESS, flow, credential);
}
