/** @file reach/guest.c  Gate 4: what a guest may do in its host, and whom it may reach (spec 5.4). */
#include "reach/gates.h"

enum control_value control_of(const struct end *guest, enum control control, const char **where)
{
	const struct rules *rules = guest->tenant->rules;
	enum control_value value = guest->account->more->doc.controls.value[control];
	uint32_t at;

	*where = "guest.controls";
	if (value != CONTROL_UNSET)
		return value;
	*where = "guest_access.by_domain";
	if (text_map_find(&rules->by_domain, address_domain(guest->home_address), &at))
		value = rules->guests.by_domain[at].controls.value[control];
	if (value != CONTROL_UNSET)
		return value;
	*where = "guest_access.controls";
	value = rules->guests.controls.value[control];
	return value != CONTROL_UNSET ? value : CONTROL_ON;
}

/* Which control an action has, and how its stop is told; find and presence have none. */
static const struct {
	bool has;
	enum control control;
	enum reason reason;
} by_action[ACTION_COUNT] = {
	[ACTION_CHAT] = { true, CONTROL_CHAT, REASON_GUEST_CHAT_OFF },
	[ACTION_CALL] = { true, CONTROL_CALL, REASON_GUEST_CALL_OFF },
	[ACTION_VIDEO] = { true, CONTROL_VIDEO, REASON_GUEST_VIDEO_OFF },
	[ACTION_SCREEN] = { true, CONTROL_SCREEN, REASON_GUEST_SCREEN_OFF },
	[ACTION_ANNOTATE] = { true, CONTROL_ANNOTATE, REASON_GUEST_ANNOTATE_OFF },
	[ACTION_FILE] = { true, CONTROL_FILE, REASON_GUEST_FILE_OFF },
};

static bool controls_pass(const struct attempt *try, unsigned i, struct stop *stop)
{
	const enum action wanted[] = { action_needs(try->ask->action), try->ask->action };
	const struct end *end = &try->ends[i];
	const char *where;

	for (unsigned w = 0; w < 2; w++) {
		if (!by_action[wanted[w]].has || control_of(end, by_action[wanted[w]].control, &where) != CONTROL_OFF)
			continue;
		*stop = (struct stop){ by_action[wanted[w]].reason, side_of(i), end->tenant, where, str_of(control_name(by_action[wanted[w]].control)) };
		return false;
	}
	return true;
}

static bool end_pass(const struct attempt *try, unsigned i, struct stop *stop)
{
	const struct end *end = &try->ends[i], *other = &try->ends[!i];
	const char *where;

	if (!end_is(end, KIND_GUEST))
		return true;
	if (end->home_tenant && end->home_tenant->outside->access.outbound_guests_off) {
		*stop = (struct stop){ REASON_GUEST_HOME_FORBIDS, side_of(i), end->home_tenant, "external_access.outbound_guests", end->home_address };
		return false;
	}
	if (!controls_pass(try, i, stop))
		return false;
	if (!other->account || control_of(end, CONTROL_REACH, &where) != CONTROL_OFF
			|| circle_holds(&end->account->more->reach, end->tenant->roster, other->account))
		return true;
	*stop = (struct stop){ REASON_GUEST_NOT_NAMED, side_of(i), end->tenant, "guest.reach_list", end->address };
	return false;
}

bool guest_pass(const struct attempt *try, struct stop *stop)
{
	return end_pass(try, 0, stop) && end_pass(try, 1, stop);
}
