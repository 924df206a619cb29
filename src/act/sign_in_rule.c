/**
 * @file act/sign_in_rule.c  What an organisation wants of its people's sign-in: a second factor. Read, set, whom it would concern; and what
 * becomes of those who are signed in without: their requests wait until they have set one up, their lines end, but for a call under way.
 */
#include "act/factor.h"
#include "act/join.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { LOOKED_AT_MOST = 100 };

/* Lines that have to be looked at. */

void factor_doubt(struct act *act, int64_t tenant, int64_t account)
{
	list_each (&act->lines.all, node, after) {
		struct line *line = list_entry(node, struct line, everywhere);
		const struct account *who = world_account_by_id(act->world, line->endpoint->account);

		if (account ? line->endpoint->account == account : who && tenant_row(account_tenant(act->world, who)) == tenant)
			line->doubted = act->doubts = true;
	}
}

/* Whoever came by a link has no password, and nothing to set up: as act_may. */
static bool line_stays(struct act *act, const struct line *line)
{
	const struct account *who = world_account_by_id(act->world, line->endpoint->account);
	bool due;

	return who && (account_joined(who) || (store_factor_due(act->store, line->endpoint->account, &due) == 0 && !due));
}

void factor_tick(struct act *act)
{
	unsigned looked = 0;

	if (!act->doubts)
		return;
	act->doubts = false;
	list_each (&act->lines.all, node, after) {
		struct line *line = list_entry(node, struct line, everywhere);

		if (!line->doubted)
			continue;
		if (looked == LOOKED_AT_MOST || !list_empty(&line->endpoint->parties)) {
			act->doubts = true;
			continue;
		}
		looked++;
		line->doubted = false;
		if (!line_stays(act, line))
			line_end(line, reason_slug(REASON_FACTOR_REQUIRED), LINE_FACTOR_REQUIRED);
	}
}

/* Read. */

static const struct tenant *tenant_read(struct deed *deed)
{
	const struct tenant *tenant = world_tenant(deed->act->world, str_of(deed->path[0]));

	if (!tenant)
		deed_refuse(deed, REASON_NOT_FOUND);
	return tenant;
}

static void answer(struct deed *deed, const struct store_sign_in_rule *rule)
{
	struct outcome outcome = { .reason = REASON_OK, .versioned = true, .revision = rule->revision };

	outcome.body = json_pack("{s:s}", "second_factor", rule->factor ? "required" : "optional");
	deed_done(deed, &outcome);
}

void act_sign_in_rule(struct deed *deed)
{
	const struct tenant *tenant = tenant_read(deed);
	struct store_sign_in_rule rule;
	int err;

	if (!tenant)
		return;
	err = store_sign_in_rule_get(deed->act->store, tenant_row(tenant), &rule);
	if (err)
		deed_fault(deed, err, "sign_in_rule");
	else
		answer(deed, &rule);
}

/* Set and preview: jobs of the store. */

struct ruling {
	struct deed *deed;
	struct store_sign_in_rule rule;
	int64_t tenant, people, without;
	char tenant_id[LIMIT_NAME_CHARS * 4 + 1];
	char actor[324];
};

static bool rule_read(struct deed *deed, bool *factor)
{
	static const char *const keys[] = { "second_factor", NULL };
	struct str word;

	if (!deed_only(deed, keys) || !deed_str(deed, "second_factor", LIMIT_NAME_CHARS, &word))
		return false;
	*factor = str_eq(word, STR("required"));
	if (*factor || str_eq(word, STR("optional")))
		return true;
	deed_refuse_field(deed, REASON_BAD_FIELD, "/second_factor", "must be optional or required");
	return false;
}

/* Whoever requires it has it: he can't shut himself out, and knows what he asks for. */
static bool asker_has(struct deed *deed)
{
	struct store_factor factor = { .on = true };
	int err = deed->who.account ? store_factor_get(deed->act->store, deed->who.account, &factor) : 0;

	if (err && err != -ENOENT)
		deed_fault(deed, err, "sign_in_rule");
	else if (!factor.on)
		deed_refuse(deed, REASON_FACTOR_FIRST);
	return factor.on && !err;
}

static void ruling_submit(struct deed *deed, bool sets, store_run run, store_done done)
{
	const struct tenant *tenant = tenant_read(deed);
	struct store_sign_in_rule kept;
	struct ruling *r;
	bool factor;
	int err;

	if (!tenant || !rule_read(deed, &factor) || (sets && factor && !asker_has(deed)))
		return;
	err = store_sign_in_rule_get(deed->act->store, tenant_row(tenant), &kept);
	r = err ? NULL : calloc(1, sizeof *r);
	if (!r) {
		deed_fault(deed, err ? err : -ENOMEM, "sign_in_rule");
		return;
	}
	*r = (struct ruling){ .deed = deed, .tenant = tenant_row(tenant), .rule = { factor, deed->seen >= 0 ? deed->seen : kept.revision } };
	snprintf(r->tenant_id, sizeof r->tenant_id, "%.*s", (int)tenant_id(tenant).n, tenant_id(tenant).p);
	deed_actor(deed, r->actor);
	err = store_submit(deed->act->store, run, done, r);
	if (err) {
		free(r);
		deed_fault(deed, err, "sign_in_rule");
	}
}

static int run_put(struct store_tx *tx, void *arg)
{
	struct ruling *r = arg;
	int err = store_sign_in_rule_put(tx, r->tenant, &r->rule);
	char *detail;

	if (err)
		return err;
	detail = audit_detail("{s:I, s:s}", "revision", (json_int_t)r->rule.revision, "second_factor", r->rule.factor ? "required" : "optional");
	err = detail ? store_audit_add(tx, clock_wall_ms(), r->actor, "sign_in_rule.set", r->tenant_id, detail) : -ENOMEM;
	free(detail);
	return err;
}

static void put(void *arg, int err)
{
	struct ruling *r = arg;

	if (err == -ESTALE) {
		deed_refuse(r->deed, REASON_STALE);
	} else if (err) {
		deed_fault(r->deed, err, "sign_in_rule.put");
	} else {
		if (r->rule.factor)
			factor_doubt(r->deed->act, r->tenant, 0);
		answer(r->deed, &r->rule);
	}
	free(r);
}

void act_sign_in_rule_put(struct deed *deed)
{
	if (deed->seen == -1)
		deed_refuse(deed, REASON_NO_REVISION);
	else
		ruling_submit(deed, true, run_put, put);
}

static int run_count(struct store_tx *tx, void *arg)
{
	struct ruling *r = arg;

	return store_sign_in_rule_count(tx, r->tenant, LIMIT_PEOPLE_COUNT, &r->people, &r->without);
}

static void counted(void *arg, int err)
{
	struct ruling *r = arg;

	if (err)
		deed_fault(r->deed, err, "sign_in_rule.preview");
	else
		deed_ok(r->deed, json_pack("{s:I, s:I}", "people", (json_int_t)r->people, "without", (json_int_t)(r->rule.factor ? r->without : 0)));
	free(r);
}

void act_sign_in_rule_preview(struct deed *deed)
{
	ruling_submit(deed, false, run_count, counted);
}
