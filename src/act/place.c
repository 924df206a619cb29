/** @file act/place.c  What somebody does with his own place in a call: hold it, take it to another device, say what his devices do. */
#include "act/call.h"

static bool flag_read(struct deed *deed, const char *key, bool needed, bool *out)
{
	struct json_err err;

	if (json_get_bool(deed->args, "", key, needed, out, &err))
		return true;
	deed_refuse_field(deed, REASON_BAD_FIELD, err.path, err.why);
	return false;
}

/* The asker's party, present, and carried by this line unless it is to be taken. NULL: refused. */
static struct party *place_read(struct deed *deed, const char *const *keys, bool carried)
{
	struct party *mine = call_read(deed);

	if (!mine || !deed_only(deed, keys))
		return NULL;
	if (mine->call->state == CALL_TALKING && party_present(mine) && (!carried || mine->line == deed->line))
		return mine;
	deed_refuse(deed, REASON_CALL_STATE);
	return NULL;
}

static void locks_turn(struct act *act, const struct party *mine)
{
	list_each (&mine->call->pairs, node, after) {
		struct pair *pair = list_entry(node, struct pair, node);

		if (pair->open && (pair->seat[0] == mine->seat || pair->seat[1] == mine->seat))
			media_allow(act, pair);
	}
}

static void place_said(struct deed *deed, const struct party *mine)
{
	struct act *act = deed->act;

	deed_ok(deed, json_pack("{s:o}", "call", say_call(act, world_account_by_id(act->world, mine->account), mine->call, mine->line)));
}

void act_call_hold(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "call", "on", NULL };
	struct act *act = deed->act;
	struct party *mine = place_read(deed, keys, true);
	bool on = false;

	if (!mine || !flag_read(deed, "on", true, &on))
		return;
	if (!on && call_talks(act, mine)) {
		deed_refuse(deed, REASON_CALL_BUSY);
		return;
	}
	/* Twice the same is no error, and nothing new. */
	if (party_step(mine, on ? PARTY_EV_HOLD : PARTY_EV_RESUME)) {
		locks_turn(act, mine);
		call_tell(act, mine->call);
	}
	place_said(deed, mine);
}

void act_call_take(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "call", NULL };
	struct act *act = deed->act;
	struct party *mine = place_read(deed, keys, false);

	if (!mine)
		return;
	if (call_talks(act, mine)) {
		deed_refuse(deed, REASON_CALL_BUSY);
		return;
	}
	party_step(mine, PARTY_EV_TAKE);
	mine->line = deed->line;
	mine->session = deed->who.session;
	mine->away_since = 0;
	locks_turn(act, mine);
	call_log(mine, "call.taken");
	call_tell(act, mine->call);
	media_tell_again(act, mine);
	place_said(deed, mine);
}

void act_call_status(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "call", "muted", "camera", "frozen", NULL };
	struct party *mine = place_read(deed, keys, true);
	bool muted, camera, frozen;

	if (!mine)
		return;
	muted = mine->muted;
	camera = mine->camera;
	frozen = mine->frozen;
	if (!flag_read(deed, "muted", false, &muted) || !flag_read(deed, "camera", false, &camera) || !flag_read(deed, "frozen", false, &frozen))
		return;
	if (muted != mine->muted || camera != mine->camera || frozen != mine->frozen) {
		mine->muted = muted;
		mine->camera = camera;
		mine->frozen = frozen;
		call_tell(deed->act, mine->call);
	}
	deed_ok(deed, json_object());
}
