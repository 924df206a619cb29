/** @file act/deed.c  One request under way, from its start to its one end. */
#include "act/room.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct deed *deed_new(struct act *act, const struct who *who)
{
	struct deed *deed = calloc(1, sizeof *deed);

	if (!deed)
		return NULL;
	deed->act = act;
	if (who)
		deed->who = *who;
	deed->seen = deed->offset = -1;
	id_make(deed->trail);
	list_add(&act->deeds, &deed->node);
	return deed;
}

void deed_start(struct deed *deed, deed_run run)
{
	struct act *act = deed->act;

	deed->run = run;
	if (act->ending) {
		deed_refuse(deed, REASON_STOPPING);
		return;
	}
	if (act->changing) {
		list_del(&deed->node);
		list_add(&act->waiting, &deed->node);
		return;
	}
	deed_run_again(deed);
}

void deed_run_again(struct deed *deed)
{
	enum reason refusal = REASON_SIGN_IN;

	/* A line ends with its session. */
	if (deed->by_line)
		refusal = deed->who.joined && !(deed->may & MAY_JOINED) ? REASON_FORBIDDEN : REASON_OK;
	else if (act_who_again(deed->act, &deed->who))
		refusal = act_may(deed->act, &deed->who, deed->may, deed->path[0]);
	if (refusal == REASON_OK)
		deed->run(deed);
	else
		deed_refuse(deed, refusal);
}

static void deed_free(struct deed *deed)
{
	list_del(&deed->node);
	json_decref(deed->args);
	buf_release(&deed->body);
	free(deed);
}

void deed_leave(struct deed *deed)
{
	deed->done = NULL;
	deed->line = NULL;
	if (!deed->run)
		deed_free(deed);
}

static void outcome_release(struct outcome *outcome)
{
	json_decref(outcome->body);
	json_decref(outcome->answer);
	download_free(outcome->download);
	buf_release(&outcome->text);
	json_decref(outcome->between);
	memset(outcome->token, 0, sizeof outcome->token);
}

/* An answer that memory could not hold is a fault, whatever was done. */
static void outcome_check(const struct deed *deed, struct outcome *outcome)
{
	if (outcome->reason != REASON_OK || outcome->body || outcome->type || outcome->download || outcome->status == 204)
		return;
	log_event(LOG_ERROR, "deed.fault", LOG_S("trail", deed->trail), LOG_S("where", "answer"), LOG_S("error", strerror(ENOMEM)));
	*outcome = (struct outcome){ .reason = REASON_BUSY };
}

void deed_done(struct deed *deed, struct outcome *outcome)
{
	outcome_check(deed, outcome);
	if (outcome->reason != REASON_OK)
		log_event(LOG_INFO, "deed.refused", LOG_S("trail", deed->trail), LOG_S("reason", reason_slug(outcome->reason)),
			LOG_I("account", deed->who.account), LOG_S("field", outcome->field));
	if (deed->done)
		deed->done(deed, outcome, deed->arg);
	outcome_release(outcome);
	deed_free(deed);
}

void deed_refuse(struct deed *deed, enum reason reason)
{
	struct outcome outcome = { .reason = reason };

	deed_done(deed, &outcome);
}

void deed_refuse_field(struct deed *deed, enum reason reason, const char *field, const char *why)
{
	struct outcome outcome = { .reason = reason };

	snprintf(outcome.field, sizeof outcome.field, "%s", field);
	snprintf(outcome.detail, sizeof outcome.detail, "%s", why);
	deed_done(deed, &outcome);
}

void deed_fault(struct deed *deed, int err, const char *where)
{
	bool later = err == -EAGAIN || err == -ENOSPC || err == -ENOMEM;

	log_event(LOG_ERROR, "deed.fault", LOG_S("trail", deed->trail), LOG_S("where", where), LOG_S("error", strerror(-err)));
	deed_refuse(deed, later ? REASON_BUSY : REASON_FAULT);
}

void deed_ok(struct deed *deed, json_t *body)
{
	struct outcome outcome = { .reason = REASON_OK, .body = body };

	deed_done(deed, &outcome);
}

const struct account *deed_account(struct deed *deed)
{
	const struct account *me = deed->who.account ? world_account_by_id(deed->act->world, deed->who.account) : NULL;

	/* Signed in a moment ago, and disabled or gone since. */
	if (!me || !account_enabled(me)) {
		deed_refuse(deed, deed->who.operator_ ? REASON_FORBIDDEN : REASON_SIGN_IN);
		return NULL;
	}
	return me;
}

void deed_actor(const struct deed *deed, char out[static 324])
{
	const struct account *me = world_account_by_id(deed->act->world, deed->who.account);
	struct str name = me ? account_address(me) : STR("operator");

	snprintf(out, 324, "%.*s", (int)name.n, name.p);
}

const struct account *deed_target(struct deed *deed)
{
	struct act *act = deed->act;
	const struct account *target;
	char address[324], why[128];

	target = address_canonical(str_of(deed->path[0]), address, why) ? world_account(act->world, str_of(address)) : NULL;
	if (!target)
		deed_refuse_field(deed, REASON_NOT_FOUND, "", "there is no such account");
	return target;
}

bool deed_str(struct deed *deed, const char *key, size_t most, struct str *out)
{
	struct json_err err;

	if (!json_get_str(deed->args, "", key, true, out, &err)) {
		deed_refuse_field(deed, REASON_BAD_FIELD, err.path, err.why);
		return false;
	}
	if (out->n > most) {
		char field[512], why[80];

		json_path_key(field, "", key);
		snprintf(why, sizeof why, "is longer than %zu bytes", most);
		deed_refuse_field(deed, REASON_BAD_FIELD, field, why);
		return false;
	}
	return true;
}

bool deed_only(struct deed *deed, const char *const *keys)
{
	struct json_err err;

	if (json_only(deed->args, "", keys, &err))
		return true;
	deed_refuse_field(deed, REASON_BAD_FIELD, err.path, err.why);
	return false;
}

bool deed_number(struct deed *deed, int which, const char *name, int64_t most, int64_t *out)
{
	char *end;
	long long v;

	if (!deed->query_given[which])
		return true;
	v = strtoll(deed->query[which], &end, 10);
	if (deed->query[which][0] >= '0' && deed->query[which][0] <= '9' && !*end && v >= 1 && v <= most) {
		*out = v;
		return true;
	}
	deed_refuse_field(deed, REASON_BAD_FIELD, name, "must be a whole number in range");
	return false;
}
