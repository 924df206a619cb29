/** @file act/calls.c  GET /v1/calls, and how many calls join two tenants. */
#include "act/call.h"

static int64_t tenant_of(const struct act *act, const struct party *party)
{
	const struct account *account = world_account_by_id(act->world, party->account);

	return account ? tenant_row(account_tenant(act->world, account)) : 0;
}

static bool joins(const struct act *act, const struct call *call, int64_t tenant_a, int64_t tenant_b)
{
	for (struct list *node = call->pairs.next; node != &call->pairs; node = node->next) {
		const struct pair *pair = list_entry(node, struct pair, node);
		int64_t a = tenant_of(act, pair_party(pair, 0)), b = tenant_of(act, pair_party(pair, 1));

		if (pair->open && ((a == tenant_a && b == tenant_b) || (a == tenant_b && b == tenant_a)))
			return true;
	}
	return false;
}

size_t calls_between(struct act *act, int64_t tenant_a, int64_t tenant_b)
{
	size_t n = 0;

	list_each (&act->calls, node, after)
		n += joins(act, list_entry(node, struct call, node), tenant_a, tenant_b);
	return n;
}

static json_t *say_leg(const struct relay_counters *c)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:b}", "packets_in", (json_int_t)c->packets_in, "packets_out", (json_int_t)c->packets_out,
		"bytes_in", (json_int_t)c->bytes_in, "bytes_out", (json_int_t)c->bytes_out, "dropped", (json_int_t)c->dropped, "connected", c->connected);
}

static json_t *say_pairs(struct act *act, const struct call *call)
{
	json_t *pairs = json_array();

	for (struct list *node = call->pairs.next; pairs && node != &call->pairs; node = node->next) {
		const struct pair *pair = list_entry(node, struct pair, node);
		struct relay_counters legs[2];

		media_counters(act, pair, legs);
		json_array_append_new(pairs, json_pack("{s:[s, s], s:b, s:[o, o]}", "between", pair_party(pair, 0)->address, pair_party(pair, 1)->address,
			"open", pair->open, "legs", say_leg(&legs[0]), say_leg(&legs[1])));
	}
	return pairs;
}

/* The first two, as they were before there were groups, and then all pairs. */
static json_t *say_counted(struct act *act, const struct call *call, enum reason why)
{
	static const char *const states[] = { [CALL_RINGING] = "ringing", [CALL_TALKING] = "talking", [CALL_ENDED] = "ended" };
	const struct pair *first = list_entry(call->pairs.next, struct pair, node);
	struct relay_counters legs[2];

	media_counters(act, first, legs);
	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:[o, o], s:o}", "id", call->id, "state", states[call->state], "from", call->party[CALL_FROM]->address,
		"to", call->party[CALL_TO]->address, "since", call->since ? say_time(call->since) : json_null(),
		"reason", call->state == CALL_ENDED ? json_string(reason_slug(why)) : json_null(), "legs", say_leg(&legs[0]), say_leg(&legs[1]),
		"pairs", say_pairs(act, call));
}

static void list_calls(struct deed *deed, struct list *calls, const struct tenant *mine, json_t *out)
{
	struct act *act = deed->act;

	list_each (calls, node, after) {
		const struct call *call = list_entry(node, struct call, node);

		if (deed->who.operator_) {
			json_array_append_new(out, say_counted(act, call, call->why));
			continue;
		}
		for (unsigned i = 0; i < call->n_parties; i++) {
			if (!mine || tenant_of(act, call->party[i]) != tenant_row(mine))
				continue;
			json_array_append_new(out, say_counted(act, call, call->party[i]->why_admin));
			break;
		}
	}
}

void act_calls(struct deed *deed)
{
	const struct account *me = world_account_by_id(deed->act->world, deed->who.account);
	const struct tenant *mine = me ? account_tenant(deed->act->world, me) : NULL;
	json_t *list = json_array();

	list_calls(deed, &deed->act->calls, mine, list);
	list_calls(deed, &deed->act->calls_over, mine, list);
	deed_ok(deed, json_pack("{s:o}", "calls", list));
}
