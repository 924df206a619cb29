/** @file act/calls.c  GET /v1/calls, how many calls join two tenants, and the calls of other sessions. */
#include "act/media.h"
#include "act/room.h"

static bool joins(const struct act *act, const struct call *call, int64_t tenant_a, int64_t tenant_b)
{
	const struct account *from = world_account_by_id(act->world, call->party[CALL_FROM].account);
	const struct account *to = world_account_by_id(act->world, call->party[CALL_TO].account);
	int64_t a, b;

	if (!from || !to)
		return false;
	a = tenant_row(account_tenant(act->world, from));
	b = tenant_row(account_tenant(act->world, to));
	return (a == tenant_a && b == tenant_b) || (a == tenant_b && b == tenant_a);
}

size_t calls_between(struct act *act, int64_t tenant_a, int64_t tenant_b)
{
	size_t n = 0;

	list_each (&act->calls, node, after)
		n += joins(act, list_entry(node, struct call, node), tenant_a, tenant_b);
	return n;
}

void calls_end_others(struct act *act, int64_t account, int64_t session)
{
	list_each (&act->calls, node, after) {
		struct call *call = list_entry(node, struct call, node);

		for (int i = 0; i < 2; i++) {
			const struct party *party = &call->party[i];

			if (party->account != account || !party->session || party->session == session)
				continue;
			call_end(act, call, REASON_CALL_HANGUP, i, NULL);
			break;
		}
	}
}

static json_t *say_leg(const struct relay_counters *c)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:b}", "packets_in", (json_int_t)c->packets_in, "packets_out", (json_int_t)c->packets_out,
		"bytes_in", (json_int_t)c->bytes_in, "bytes_out", (json_int_t)c->bytes_out, "dropped", (json_int_t)c->dropped, "connected", c->connected);
}

static json_t *say_counted(struct act *act, const struct call *call, enum reason why)
{
	static const char *const states[] = { [CALL_RINGING] = "ringing", [CALL_TALKING] = "talking", [CALL_ENDED] = "ended" };
	struct relay_counters legs[2];

	media_counters(act, call, legs);
	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:[o, o]}", "id", call->id, "state", states[call->state], "from", call->party[CALL_FROM].address,
		"to", call->party[CALL_TO].address, "since", call->since ? say_time(call->since) : json_null(),
		"reason", call->state == CALL_ENDED ? json_string(reason_slug(why)) : json_null(), "legs", say_leg(&legs[0]), say_leg(&legs[1]));
}

static void list_calls(struct deed *deed, struct list *calls, const struct tenant *mine, json_t *out)
{
	struct act *act = deed->act;

	list_each (calls, node, after) {
		const struct call *call = list_entry(node, struct call, node);
		const struct account *from = world_account_by_id(act->world, call->party[CALL_FROM].account);
		const struct account *to = world_account_by_id(act->world, call->party[CALL_TO].account);

		if (deed->who.operator_)
			json_array_append_new(out, say_counted(act, call, call->why));
		else if (from && account_tenant(act->world, from) == mine)
			json_array_append_new(out, say_counted(act, call, call->told[CALL_FROM]));
		else if (to && account_tenant(act->world, to) == mine)
			json_array_append_new(out, say_counted(act, call, call->told[CALL_TO]));
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
