/**
 * @file act/retention.c  How long an organisation keeps its side of messages and calls: read, set, what that would let go of; and the sweep,
 * in small steps behind everything else, at the start, when it was set, and every quarter of an hour.
 */
#include "act/room.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { SWEEP_EVERY_MS = 15 * 60 * 1000 };

/* The sweep. */

struct sweeping {
	struct act *act;
	struct store_sweep at;
	bool more;
};

static void step_submit(struct sweeping *s);

static void stepped(void *arg, int err)
{
	struct sweeping *s = arg;

	if (err)
		log_event(LOG_ERROR, "retention.unswept", LOG_S("error", strerror(-err)));
	if (!err && s->more && !s->act->ending) {
		step_submit(s);
		return;
	}
	s->act->sweep_busy = false;
	free(s);
}

static int run_step(struct store_tx *tx, void *arg)
{
	struct sweeping *s = arg;

	return store_retention_step(tx, clock_wall_ms(), &s->at, &s->more);
}

static void step_submit(struct sweeping *s)
{
	/* The queue is full, or closes: the next sweep begins anew. */
	if (store_submit(s->act->store, run_step, stepped, s) == 0)
		return;
	s->act->sweep_busy = false;
	free(s);
}

void retention_tick(struct act *act, int64_t now)
{
	struct sweeping *s;

	if (act->sweep_busy || act->ending || now < act->sweep_at)
		return;
	s = calloc(1, sizeof *s);
	if (!s)
		return;
	s->act = act;
	act->sweep_busy = true;
	act->sweep_at = now + SWEEP_EVERY_MS;
	step_submit(s);
}

/* Read. */

static json_t *days_say(int64_t days)
{
	return days ? json_integer(days) : json_null();
}

static const struct tenant *tenant_read(struct deed *deed)
{
	const struct tenant *tenant = world_tenant(deed->act->world, str_of(deed->path[0]));

	if (!tenant)
		deed_refuse(deed, REASON_NOT_FOUND);
	return tenant;
}

static void answer(struct deed *deed, const struct store_retention *retention)
{
	struct outcome outcome = { .reason = REASON_OK, .versioned = true, .revision = retention->revision };

	outcome.body = json_pack("{s:o, s:o}", "messages_days", days_say(retention->messages_days), "calls_days", days_say(retention->calls_days));
	deed_done(deed, &outcome);
}

void act_retention(struct deed *deed)
{
	const struct tenant *tenant = tenant_read(deed);
	struct store_retention retention;
	int err;

	if (!tenant)
		return;
	err = store_retention_get(deed->act->store, tenant_row(tenant), &retention);
	if (err)
		deed_fault(deed, err, "retention");
	else
		answer(deed, &retention);
}

/* Null is for good; both are said, so that nothing is let go of by leaving it out. */
static bool days_read(struct deed *deed, const char *key, int64_t *out)
{
	json_t *v = json_object_get(deed->args, key);
	char field[64];

	*out = json_is_integer(v) ? json_integer_value(v) : 0;
	if (json_is_null(v) || (json_is_integer(v) && *out >= 1 && *out <= LIMIT_RETENTION_DAYS))
		return true;
	snprintf(field, sizeof field, "/%s", key);
	deed_refuse_field(deed, REASON_BAD_FIELD, field, v ? "must be 1 to 36500 days, or null to keep for good" : "is missing");
	return false;
}

static bool retention_read(struct deed *deed, struct store_retention *out)
{
	static const char *const keys[] = { "messages_days", "calls_days", NULL };

	*out = (struct store_retention){ 0 };
	return deed_only(deed, keys) && days_read(deed, "messages_days", &out->messages_days) && days_read(deed, "calls_days", &out->calls_days);
}

/* Set and preview: jobs of the store. */

struct keeping {
	struct deed *deed;
	struct store_retention retention;
	int64_t tenant, messages, calls;
	char tenant_id[LIMIT_NAME_CHARS * 4 + 1];
	char actor[324];
};

static void keeping_submit(struct deed *deed, store_run run, store_done done)
{
	const struct tenant *tenant = tenant_read(deed);
	struct store_retention retention, kept;
	struct keeping *k;
	int err;

	if (!tenant || !retention_read(deed, &retention))
		return;
	err = store_retention_get(deed->act->store, tenant_row(tenant), &kept);
	k = err ? NULL : calloc(1, sizeof *k);
	if (!k) {
		deed_fault(deed, err ? err : -ENOMEM, "retention");
		return;
	}
	*k = (struct keeping){ .deed = deed, .retention = retention, .tenant = tenant_row(tenant) };
	k->retention.revision = deed->seen >= 0 ? deed->seen : kept.revision;
	snprintf(k->tenant_id, sizeof k->tenant_id, "%.*s", (int)tenant_id(tenant).n, tenant_id(tenant).p);
	deed_actor(deed, k->actor);
	err = store_submit(deed->act->store, run, done, k);
	if (err) {
		free(k);
		deed_fault(deed, err, "retention");
	}
}

static int run_put(struct store_tx *tx, void *arg)
{
	struct keeping *k = arg;
	int err = store_retention_put(tx, k->tenant, &k->retention);
	json_t *detail;
	char *text;

	if (err)
		return err;
	detail = json_pack("{s:I, s:o, s:o}", "revision", (json_int_t)k->retention.revision, "messages_days", days_say(k->retention.messages_days),
		"calls_days", days_say(k->retention.calls_days));
	text = detail ? json_dumps(detail, JSON_COMPACT) : NULL;
	err = text ? store_audit_add(tx, clock_wall_ms(), k->actor, "retention.set", k->tenant_id, text) : -ENOMEM;
	free(text);
	json_decref(detail);
	return err;
}

static void put(void *arg, int err)
{
	struct keeping *k = arg;

	if (err == -ESTALE) {
		deed_refuse(k->deed, REASON_STALE);
	} else if (err) {
		deed_fault(k->deed, err, "retention.put");
	} else {
		k->deed->act->sweep_at = 0;
		answer(k->deed, &k->retention);
	}
	free(k);
}

void act_retention_put(struct deed *deed)
{
	if (deed->seen == -1)
		deed_refuse(deed, REASON_NO_REVISION);
	else
		keeping_submit(deed, run_put, put);
}

static int run_count(struct store_tx *tx, void *arg)
{
	struct keeping *k = arg;

	return store_retention_count(tx, k->tenant, clock_wall_ms(), &k->retention, LIMIT_RETENTION_COUNT, &k->messages, &k->calls);
}

static void counted(void *arg, int err)
{
	struct keeping *k = arg;

	if (err)
		deed_fault(k->deed, err, "retention.preview");
	else
		deed_ok(k->deed, json_pack("{s:I, s:I}", "messages", (json_int_t)k->messages, "calls", (json_int_t)k->calls));
	free(k);
}

void act_retention_preview(struct deed *deed)
{
	keeping_submit(deed, run_count, counted);
}
