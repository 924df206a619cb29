/** @file act/presence.c  Presence: told only to those who may know, withdrawn when they may not any more. */
#include "act/room.h"

#include <errno.h>
#include <stdlib.h>

static json_t *say_state(int state)
{
	static const char *const names[] = { [PRESENCE_OFFLINE] = "offline", [PRESENCE_AVAILABLE] = "available", [PRESENCE_IN_CALL] = "in_call",
		[PRESENCE_BUSY] = "busy", [PRESENCE_AWAY] = "away" };

	return state == PRESENCE_UNTOLD ? json_null() : json_string(names[state]);
}

static int state_for(struct act *act, const struct line *line, const struct watch *watch)
{
	const struct account *me = world_account_by_id(act->world, line->endpoint->account);
	const struct account *other = watch->target ? world_account_by_id(act->world, watch->target->account) : NULL;
	struct verdict verdict;

	if (!me || !other)
		return PRESENCE_UNTOLD;
	ask_pair(act, me, other, ACTION_PRESENCE, &verdict);
	return verdict.allowed ? (int)endpoint_presence(watch->target) : PRESENCE_UNTOLD;
}

static void retell(struct act *act, struct watch *watch)
{
	int state = state_for(act, watch->line, watch);

	if (state == watch->state)
		return;
	watch->state = state;
	line_tell(watch->line, json_pack("{s:s, s:s, s:o}", "ev", "presence", "address", watch->address, "state", say_state(state)));
}

void presence_changed(struct act *act, int64_t account)
{
	struct endpoint *endpoint = endpoint_find(&act->lines, account);

	if (!endpoint)
		return;
	list_each (&endpoint->watchers, node, after)
		retell(act, list_entry(node, struct watch, node));
}

void presence_recheck(struct act *act)
{
	list_each (&act->lines.all, node, after) {
		struct line *line = list_entry(node, struct line, everywhere);

		for (size_t i = 0; i < line->n_watches; i++)
			retell(act, &line->watches[i]);
	}
}

void act_idle(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "idle", NULL };
	struct json_err err;
	bool idle = false;

	if (!deed_account(deed) || !deed_only(deed, keys))
		return;
	if (!json_get_bool(deed->args, "", "idle", true, &idle, &err)) {
		deed_refuse_field(deed, REASON_BAD_FIELD, err.path, err.why);
		return;
	}
	if (deed->line->idle != idle) {
		deed->line->idle = idle;
		presence_changed(deed->act, deed->who.account);
	}
	deed_ok(deed, json_object());
}

static bool addresses_read(struct deed *deed, struct str *out, int64_t *accounts, char (*text)[324], size_t *np)
{
	json_t *list = json_object_get(deed->args, "addresses"), *v;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) > LIMIT_WATCHED) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "/addresses", "must be a list of at most 200 addresses");
		return false;
	}
	*np = 0;
	json_array_foreach(list, i, v) {
		const struct account *a;
		char why[128], field[512];

		if (!json_is_string(v) || !address_canonical((struct str){ json_string_value(v), json_string_length(v) }, text[i], why)) {
			json_path_index(field, "/addresses", i);
			deed_refuse_field(deed, REASON_BAD_FIELD, field, json_is_string(v) ? why : "must be an address");
			return false;
		}
		a = world_account(deed->act->world, str_of(text[i]));
		accounts[i] = a ? account_row(a) : 0;
		out[i] = str_of(text[i]);
		*np = i + 1;
	}
	return true;
}

void act_watch(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "addresses", NULL };
	struct act *act = deed->act;
	struct line *line = deed->line;
	struct str addresses[LIMIT_WATCHED];
	int64_t accounts[LIMIT_WATCHED];
	char (*text)[324] = calloc(LIMIT_WATCHED, sizeof *text);
	json_t *states = json_array();
	size_t n;
	int err;

	if (!text || !states) {
		free(text);
		json_decref(states);
		deed_fault(deed, -ENOMEM, "watch");
		return;
	}
	if (!deed_account(deed) || !deed_only(deed, keys) || !addresses_read(deed, addresses, accounts, text, &n)) {
		free(text);
		json_decref(states);
		return;
	}
	err = line_watch(&act->lines, line, addresses, accounts, n);
	free(text);
	for (size_t i = 0; i < line->n_watches; i++) {
		struct watch *watch = &line->watches[i];

		watch->state = state_for(act, line, watch);
		json_array_append_new(states, json_pack("{s:s, s:o}", "address", watch->address, "state", say_state(watch->state)));
	}
	if (err) {
		json_decref(states);
		deed_fault(deed, err, "watch");
		return;
	}
	deed_ok(deed, json_pack("{s:o}", "presence", states));
}
