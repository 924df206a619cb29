/**
 * @file act/still.c  A sharp picture is asked of another's camera: what passes in a video is smaller and compressed. His page takes it and
 * sends it as a file of the chat, where the rules are asked again; here it is only decided whether to ask.
 */
#include "act/call.h"

/* Only of a picture that the asker sees now anyway. */
static bool seen(const struct party *mine, const struct party *theirs)
{
	const struct pair *pair = call_pair(mine->call, mine->seat, theirs->seat);

	return pair && pair->open && pair->video && mine->state == PARTY_TALKING && theirs->state == PARTY_TALKING && theirs->line && theirs->camera;
}

static bool still_due(struct party *mine)
{
	int64_t now = clock_mono_ms();

	if (mine->still && now - mine->still < LIMIT_STILL_EVERY_MS)
		return false;
	mine->still = now;
	return true;
}

/* He will send it to the asker. */
static bool may_send(struct deed *deed, const struct party *theirs)
{
	struct act *act = deed->act;
	const struct account *me = world_account_by_id(act->world, deed->who.account);
	const struct account *from = world_account_by_id(act->world, theirs->account);
	struct verdict verdict;

	if (!me || !from) {
		deed_refuse(deed, REASON_UNREACHABLE);
		return false;
	}
	ask_pair(act, from, me, ACTION_FILE, &verdict);
	if (!verdict.allowed)
		deed_refuse_verdict(deed, me, from, account_address(me), ACTION_FILE, &verdict);
	return verdict.allowed;
}

void act_call_still(struct deed *deed)
{
	static const char *const keys[] = { "id", "op", "call", "with", "client_id", NULL };
	struct party *mine = call_read(deed), *theirs;
	struct str message;

	if (!mine || !deed_only(deed, keys))
		return;
	theirs = call_with(deed, mine);
	if (!theirs || !deed_str(deed, "client_id", 64, &message) || !client_id_ok(deed, message))
		return;
	if (mine->line != deed->line || !seen(mine, theirs)) {
		deed_refuse(deed, REASON_CALL_STATE);
		return;
	}
	if (!may_send(deed, theirs))
		return;
	if (!still_due(mine)) {
		deed_refuse(deed, REASON_TOO_MANY);
		return;
	}
	line_tell(theirs->line, json_pack("{s:s, s:s, s:s, s:s%}", "ev", "still", "call", mine->call->id, "by", mine->address, "client_id", message.p, message.n));
	deed_ok(deed, json_object());
}
