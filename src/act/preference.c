/** @file act/preference.c  What a person chose for himself: whether others see what he has read, and how he is shown to be. */
#include "act/room.h"

#include <errno.h>
#include <stdlib.h>

static const char *const statuses[] = { [STATUS_AVAILABLE] = "available", [STATUS_BUSY] = "busy", [STATUS_AWAY] = "away" };
enum { STATUSES = sizeof statuses / sizeof *statuses };

json_t *say_preference(const struct store_preference *preference)
{
	return json_pack("{s:b, s:s}", "read_receipts", preference->read_receipts, "status", statuses[preference->status % STATUSES]);
}

struct preferring {
	struct deed *deed;
	int64_t account;
	struct store_preference preference;
};

static int run_put(struct store_tx *tx, void *arg)
{
	struct preferring *p = arg;

	return store_preference_put(tx, p->account, &p->preference);
}

static void put(void *arg, int err)
{
	struct preferring *p = arg;
	struct act *act = p->deed->act;
	struct endpoint *endpoint = endpoint_find(&act->lines, p->account);

	if (err) {
		deed_fault(p->deed, err, "preference.put");
	} else {
		deed_ok(p->deed, say_preference(&p->preference));
		if (endpoint)
			endpoint->status = (enum status)p->preference.status;
		account_tell(act, p->account, json_pack("{s:s, s:o}", "ev", "preferences", "preferences", say_preference(&p->preference)));
		presence_changed(act, p->account);
	}
	free(p);
}

static bool status_read(struct deed *deed, int *out)
{
	struct str text;

	if (!json_object_get(deed->args, "status"))
		return true;
	if (!deed_str(deed, "status", 16, &text))
		return false;
	for (int i = 0; i < STATUSES; i++) {
		if (str_eq(text, str_of(statuses[i]))) {
			*out = i;
			return true;
		}
	}
	deed_refuse_field(deed, REASON_BAD_FIELD, "/status", "must be available, busy or away");
	return false;
}

void act_preference_put(struct deed *deed)
{
	static const char *const keys[] = { "read_receipts", "status", NULL };
	const struct account *me = deed_account(deed);
	struct store_preference preference;
	struct preferring *p;
	struct json_err why;
	int err;

	if (!me || !deed_only(deed, keys))
		return;
	err = store_preference_get(deed->act->store, account_row(me), &preference);
	if (err) {
		deed_fault(deed, err, "preference.put");
		return;
	}
	if (!json_get_bool(deed->args, "", "read_receipts", false, &preference.read_receipts, &why)) {
		deed_refuse_field(deed, REASON_BAD_FIELD, why.path, why.why);
		return;
	}
	if (!status_read(deed, &preference.status))
		return;
	p = calloc(1, sizeof *p);
	if (p)
		*p = (struct preferring){ deed, account_row(me), preference };
	err = p ? store_submit(deed->act->store, run_put, put, p) : -ENOMEM;
	if (err) {
		free(p);
		deed_fault(deed, err, "preference.put");
	}
}
