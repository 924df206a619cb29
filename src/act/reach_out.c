/** @file act/reach_out.c  Writing to somebody outside, or ringing him, writes `accepted` into one's own contacts (spec 5.7). */
#include "act/contact.h"

#include <errno.h>
#include <stdlib.h>

bool contact_needs(struct act *act, const struct account *me, const struct account *other)
{
	enum contact_state kept;

	/* Among colleagues nothing waits. Who was blocked stays so until it is taken back by hand. */
	return account_tenant(act->world, me) != account_tenant(act->world, other) && account_contacts(me) < LIMIT_CONTACTS
		&& (!contact_held(me, other, &kept) || kept == CONTACT_PENDING);
}

int contact_reach_out(struct contact_change *c, struct act *act, const struct account *me, const struct account *other)
{
	static const enum contact_state accepted = CONTACT_ACCEPTED;

	return contact_change_init(c, act, me, account_home(other).n ? account_home(other) : account_address(other), &accepted);
}

/* Behind the ringing, as a change: a call back that is asked for meanwhile waits, and is decided with it. */

struct reaching {
	struct act *act;
	struct contact_change change;
};

static int run_reaching(struct store_tx *tx, void *arg)
{
	struct reaching *r = arg;

	return contact_change_run(tx, &r->change);
}

static void reached(void *arg, int err)
{
	struct reaching *r = arg;
	struct act *act = r->act;

	if (err)
		log_event(LOG_ERROR, "contact.unkept", LOG_S("error", strerror(-err)));
	else
		contact_change_swap(act, &r->change);
	contact_change_release(&r->change);
	free(r);
	change_end(act);
}

void contact_rang(struct act *act, const struct account *me, const struct account *other)
{
	struct reaching *r;
	int err;

	if (!contact_needs(act, me, other))
		return;
	r = calloc(1, sizeof *r);
	err = r ? contact_reach_out(&r->change, act, me, other) : -ENOMEM;
	if (err) {
		log_event(LOG_ERROR, "contact.unkept", LOG_S("error", strerror(-err)));
		free(r);
		return;
	}
	r->act = act;
	change_begin(act);
	err = store_submit(act->store, run_reaching, reached, r);
	if (err)
		reached(r, err);
}
