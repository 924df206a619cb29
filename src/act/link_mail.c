/** @file act/link_mail.c  Links that go by mail: asked for by who lost a password, or sent by an owner. The link itself is made when the mail goes. */
#include "act/audit.h"
#include "act/letters.h"
#include "act/room.h"

#include <errno.h>
#include <stdlib.h>

void act_sign_in_ways(struct deed *deed)
{
	deed_ok(deed, json_pack("{s:b}", "mail", deed->act->parts.post != NULL));
}

struct asking {
	struct deed *deed;
	int64_t account;		/* 0: nobody's */
	const char *what;
	char actor[324], of[AUDIT_TENANT_BYTES], *detail;
};

static void asking_free(struct asking *a)
{
	free(a->detail);
	free(a);
}

/* For nobody's address too, a row is written and made durable: the answer takes the same time. */
static int run_ask(struct store_tx *tx, void *arg)
{
	struct asking *a = arg;
	int err = store_mail_put(tx, a->account, MAIL_LINK, clock_wall_ms());

	return err ? err : store_audit_add(tx, clock_wall_ms(), a->actor, a->what, a->account ? a->of : NULL, a->detail);
}

static void asked(void *arg, int err)
{
	struct asking *a = arg;
	struct outcome outcome = { .reason = REASON_OK, .status = 204 };

	if (err)
		deed_fault(a->deed, err, "password.mail");
	else
		deed_done(a->deed, &outcome);
	asking_free(a);
}

static void ask(struct deed *deed, const struct account *account, const char *actor, const char *what)
{
	struct asking *a = calloc(1, sizeof *a);
	int err = -ENOMEM;

	if (a) {
		*a = (struct asking){ .deed = deed, .account = account ? account_row(account) : 0, .what = what };
		snprintf(a->actor, sizeof a->actor, "%s", actor);
		audit_tenant_of(deed->act, a->account, a->of);
		/* Of an address that is nobody's nothing is kept: people type other things into such fields. */
		a->detail = account ? audit_detail("{s:s#, s:s}", "address", account_address(account).p, (int)account_address(account).n, "peer", deed->peer) :
			audit_detail("{s:s}", "peer", deed->peer);
		err = a->detail ? store_submit(deed->act->store, run_ask, asked, a) : -ENOMEM;
	}
	if (!err)
		return;
	if (a)
		asking_free(a);
	deed_fault(deed, err, "password.mail");
}

void act_link_request(struct deed *deed)
{
	static const char *const keys[] = { "address", NULL };
	struct outcome late = { .reason = REASON_SIGN_IN_THROTTLED };
	const struct account *account;
	char address[324] = "", why[128];
	struct str typed;

	if (!deed_only(deed, keys) || !deed_str(deed, "address", LIMIT_ADDRESS_BYTES, &typed))
		return;
	if (!deed->act->parts.post) {
		deed_refuse(deed, REASON_MAIL_OFF);
		return;
	}
	account = address_canonical(typed, address, why) ? world_account(deed->act->world, str_of(address)) : NULL;
	late.retry_s = throttle_lost(deed->act->throttle, str_of(address), str_of(deed->peer), clock_mono_ms());
	if (late.retry_s)
		deed_done(deed, &late);
	else
		ask(deed, account && account_enabled(account) ? account : NULL, "anonymous", "password.lost");
}

void act_link_send(struct deed *deed)
{
	const struct account *target = deed_target(deed);
	char actor[324];

	if (!target)
		return;
	if (!deed->act->parts.post || !account_enabled(target)) {
		deed_refuse(deed, deed->act->parts.post ? REASON_IDENTITY_DISABLED : REASON_MAIL_OFF);
		return;
	}
	deed_actor(deed, actor);
	ask(deed, target, actor, "password.mail");
}
