/** @file act/access.c  A tenant's external access: read, change (at once, for what is live too), and what a change would do. */
#include "act/room.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* The tenant of the path. Who is not its admin does not come here, be it there or not. */
static const struct tenant *tenant_read(struct deed *deed)
{
	const struct tenant *tenant = world_tenant(deed->act->world, str_of(deed->path[0]));

	if (!tenant)
		deed_refuse(deed, REASON_NOT_FOUND);
	return tenant;
}

static void answer_access(struct deed *deed, const struct tenant *tenant)
{
	struct outcome outcome = { .reason = REASON_OK, .versioned = true, .revision = tenant_access_rev(tenant) };

	outcome.body = external_access_encode(tenant_access(tenant));
	deed_done(deed, &outcome);
}

void act_access(struct deed *deed)
{
	const struct tenant *tenant = tenant_read(deed);

	if (tenant)
		answer_access(deed, tenant);
}

/** A change of one tenant's external access, from its decision to its answer. */
struct changing {
	struct deed *deed;
	struct external_access access;
	struct world *world;		/* compiled before the commit: after it nothing can fail */
	int64_t tenant, seen, seen_world;
	char tenant_id[LIMIT_NAME_CHARS * 4 + 1];
	char actor[324];
};

static void changing_free(struct changing *c)
{
	external_access_release(&c->access);
	free(c);
}

static int run_put(struct store_tx *tx, void *arg)
{
	struct changing *c = arg;
	int64_t revision, access_rev;
	char detail[64];
	int err = store_revision_next(tx, c->seen_world, &revision);

	if (!err)
		err = store_access_put(tx, c->tenant, &c->access, c->seen, &access_rev);
	if (err)
		return err;
	snprintf(detail, sizeof detail, "{\"revision\":%lld}", (long long)access_rev);
	return store_audit_add(tx, clock_wall_ms(), c->actor, "external_access.set", c->tenant_id, detail);
}

static void tell_admins(struct act *act, const struct tenant *tenant)
{
	list_each (&act->lines.all, node, after) {
		struct line *line = list_entry(node, struct line, everywhere);
		const struct account *me = world_account_by_id(act->world, line->endpoint->account);
		unsigned roles = 0;

		if (!me || account_tenant(act->world, me) != tenant || store_roles_get(act->store, line->endpoint->account, &roles))
			continue;
		if (roles & (ROLE_OWNER | ROLE_ACCESS_ADMIN))
			line_tell(line, json_pack("{s:s, s:s#, s:I}", "ev", "access", "tenant", tenant_id(tenant).p, (int)tenant_id(tenant).n,
				"revision", (json_int_t)tenant_access_rev(tenant)));
	}
}

static void put(void *arg, int err)
{
	struct changing *c = arg;
	struct deed *deed = c->deed;
	struct act *act = deed->act;

	if (err) {
		world_unref(c->world);
		if (err == -ESTALE)
			deed_refuse(deed, REASON_STALE);
		else
			deed_fault(deed, err, "access.put");
	} else {
		const struct tenant *tenant;

		change_swap(act, c->world, &c->tenant, 1);
		tenant = world_tenant(act->world, str_of(c->tenant_id));
		tell_admins(act, tenant);
		answer_access(deed, tenant);
	}
	changing_free(c);
	change_end(act);
}

static struct changing *changing_new(struct deed *deed, const struct tenant *tenant)
{
	struct changing *c = calloc(1, sizeof *c);

	if (!c)
		return NULL;
	c->deed = deed;
	c->tenant = tenant_row(tenant);
	c->seen = tenant_access_rev(tenant);
	c->seen_world = world_revision(deed->act->world);
	snprintf(c->tenant_id, sizeof c->tenant_id, "%.*s", (int)tenant_id(tenant).n, tenant_id(tenant).p);
	deed_actor(deed, c->actor);
	return c;
}

static bool access_read(struct deed *deed, struct external_access *out)
{
	struct json_err err;

	if (external_access_decode(deed->args, "", out, &err))
		return true;
	deed_refuse_field(deed, REASON_BAD_FIELD, err.path, err.why);
	return false;
}

/* A save that breaks a promise is refused and names it; in whose words it was made is the operator's to read. False: the deed is over, unless *err. */
static bool promises_kept(struct deed *deed, const struct world *world, int *err)
{
	struct json_err why;
	json_t *promises;
	bool kept;

	*err = promises_load(deed->act, &promises);
	if (*err)
		return true;
	kept = reach_promises_kept(world, promises, clock_wall_ms(), &why);
	json_decref(promises);
	if (!kept)
		deed_refuse_field(deed, REASON_BAD_FIELD, why.path, deed->who.operator_ ? why.why : "is a promise that this would break");
	return kept;
}

void act_access_put(struct deed *deed)
{
	struct act *act = deed->act;
	const struct tenant *tenant = tenant_read(deed);
	struct external_access access;
	struct changing *c;
	int err;

	if (!tenant)
		return;
	if (deed->seen == -1 || (deed->seen >= 0 && deed->seen != tenant_access_rev(tenant))) {
		deed_refuse(deed, deed->seen == -1 ? REASON_NO_REVISION : REASON_STALE);
		return;
	}
	if (!access_read(deed, &access))
		return;
	c = changing_new(deed, tenant);
	if (!c) {
		external_access_release(&access);
		deed_fault(deed, -ENOMEM, "access.put");
		return;
	}
	c->access = access;
	err = world_with_access(act->world, tenant, &c->access, c->seen + 1, c->seen_world + 1, &c->world);
	if (!err && !promises_kept(deed, c->world, &err)) {
		world_unref(c->world);
		changing_free(c);
		return;
	}
	if (!err) {
		change_begin(act);
		err = store_submit(act->store, run_put, put, c);
		if (err) {
			world_unref(c->world);
			deed_fault(deed, err, "access.put");
			changing_free(c);
			change_end(act);
		}
		return;
	}
	world_unref(c->world);
	deed_fault(deed, err, "access.put");
	changing_free(c);
}

/* The preview: every organisation on a list or in contact, as it is and as it would be. */

enum { ROWS_MOST = 500 };

struct preview {
	struct act *act;
	const struct tenant *mine;
	const struct external_access *draft;
	json_t *rows;
	json_t *seen;		/* names of rows there already */
	int64_t gain, lose, calls;
};

static bool border_open(enum border border)
{
	return border == BORDER_OPEN || border == BORDER_LISTED;
}

/* What they are to us is told only by who discloses it (section 8); else our own gate alone is drawn. */
static void row_add(struct preview *p, struct str domain, const struct tenant *other, int64_t contacts)
{
	struct str own = tenant_domains(p->mine) ? tenant_domain(p->mine, 0) : STR("");
	bool verified = !other || tenant_verified(other), told = other && tenant_discloses(other);
	enum border was = reach_border(p->mine, tenant_access(p->mine), domain, verified);
	enum border ours = reach_border(p->mine, p->draft, domain, verified);
	enum border theirs = told ? reach_border(other, tenant_access(other), own, tenant_verified(p->mine)) : BORDER_OPEN;
	bool was_open = border_open(was) && border_open(theirs), open = border_open(ours) && border_open(theirs);
	int64_t calls = other ? (int64_t)calls_between(p->act, tenant_row(p->mine), tenant_row(other)) : 0;

	if (json_array_size(p->rows) >= ROWS_MOST)
		return;
	if (was_open && !open) {
		p->lose += contacts;
		p->calls += calls;
	} else if (!was_open && open) {
		p->gain += contacts;
	}
	json_array_append_new(p->rows, json_pack("{s:s#, s:o, s:s, s:o, s:{s:s}, s:I, s:I, s:b, s:b}", "domain", domain.p, (int)domain.n,
		"tenant", other ? say_tenant(other) : json_null(), "ours", border_slug(ours), "theirs", told ? json_string(border_slug(theirs)) : json_null(),
		"was", "ours", border_slug(was), "contacts", (json_int_t)contacts, "calls", (json_int_t)calls, "open", open, "was_open", was_open));
}

static bool first_time(struct preview *p, struct str name)
{
	if (json_object_getn(p->seen, name.p, name.n))
		return false;
	json_object_setn_new(p->seen, name.p, name.n, json_true());
	return true;
}

static int contact_row(void *arg, int64_t other_tenant, int64_t people)
{
	struct preview *p = arg;

	for (const struct tenant *t = world_tenant_next(p->act->world, NULL); t; t = world_tenant_next(p->act->world, t))
		if (tenant_row(t) == other_tenant && tenant_domains(t) && first_time(p, tenant_id(t)))
			row_add(p, tenant_domain(t, 0), t, people);
	return 0;
}

static void list_rows(struct preview *p, const struct texts *list)
{
	for (size_t i = 0; i < list->n && json_array_size(p->rows) < ROWS_MOST; i++) {
		struct str domain = str_of(list->v[i]);
		const struct tenant *other = world_tenant_by_domain(p->act->world, domain);

		if (other != p->mine && first_time(p, other ? tenant_id(other) : domain))
			row_add(p, domain, other, 0);
	}
}

void act_access_preview(struct deed *deed)
{
	struct act *act = deed->act;
	const struct tenant *tenant = tenant_read(deed);
	struct external_access draft;
	struct preview p = { .act = act, .mine = tenant, .draft = &draft };
	int err;

	if (!tenant || !access_read(deed, &draft))
		return;
	p.rows = json_array();
	p.seen = json_object();
	err = p.rows && p.seen ? store_contacts(deed->act->store, tenant_row(tenant), contact_row, &p) : -ENOMEM;
	if (!err) {
		list_rows(&p, &draft.allow);
		list_rows(&p, &draft.block);
		list_rows(&p, &tenant_access(tenant)->allow);
		list_rows(&p, &tenant_access(tenant)->block);
	}
	external_access_release(&draft);
	json_decref(p.seen);
	if (err) {
		json_decref(p.rows);
		deed_fault(deed, err, "access.preview");
		return;
	}
	deed_ok(deed, json_pack("{s:o, s:I, s:I, s:I, s:I}", "organisations", p.rows, "gain", (json_int_t)p.gain, "lose", (json_int_t)p.lose,
		"calls", (json_int_t)p.calls, "people", (json_int_t)tenant_people(tenant)));
}
