/** @file act/contact.c  One's own contacts: accept, block, take it back. What reaching out writes is reach_out.c. A change of the world (spec 5.7). */
#include "act/contact.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

bool contact_held(const struct account *me, const struct account *other, enum contact_state *state)
{
	return account_contact(me, account_address(other), state) || account_contact(me, account_home(other), state);
}

bool contact_waits(struct act *act, const struct account *from, const struct account *to)
{
	/* A lease or a guest's controls may have no calls; then presence is what waits. */
	static const enum action waiting[] = { ACTION_CALL, ACTION_PRESENCE };
	struct verdict verdict;

	if (account_tenant(act->world, from) == account_tenant(act->world, to))
		return false;
	for (unsigned i = 0; i < sizeof waiting / sizeof *waiting; i++) {
		ask_pair(act, from, to, waiting[i], &verdict);
		if (verdict.reason == REASON_CONTACT_PENDING)
			return true;
	}
	return false;
}

/* The accounts here that are one person: the one of the address, its home, and the guests whose home that is. An array to free. */
struct identities {
	const struct account **v;
	size_t n;
};

static int identity_add(struct identities *all, const struct account *account)
{
	const struct account **more;

	if (!account)
		return 0;
	more = reallocarray(all->v, all->n + 1, sizeof *more);
	if (!more)
		return -ENOMEM;
	all->v = more;
	all->v[all->n++] = account;
	return 0;
}

static int identities_find(const struct world *world, struct str address, struct identities *out)
{
	const struct account *asked = world_account(world, address);
	struct str home = asked && account_home(asked).n ? account_home(asked) : address;
	char guest[324];
	int err;

	*out = (struct identities){ 0 };
	err = identity_add(out, world_account(world, home));
	for (const struct tenant *t = world_tenant_next(world, NULL); t && !err; t = world_tenant_next(world, t))
		if (tenant_domains(t) && guest_address(home, tenant_domain(t, 0), guest))
			err = identity_add(out, world_account(world, str_of(guest)));
	return err;
}

/* What the ends of a conversation that are there see of it: a row {account, conversation, said}. */
static void seen_add(struct act *act, json_t *seen, const struct store_conversation *conversation)
{
	for (unsigned i = 0; i < 2; i++) {
		const struct account *reader = world_account_by_id(act->world, conversation->account[i]);

		if (reader && endpoint_find(&act->lines, conversation->account[i]))
			json_array_append_new(seen, json_pack("{s:I, s:I, s:o}", "account", (json_int_t)conversation->account[i],
				"conversation", (json_int_t)conversation->id, "said", conversation_said(act, reader, conversation)));
	}
}

/* All conversations of one person with the other, as they are seen now. NULL on a fault: then nobody is told, and who comes reads it. */
static json_t *seen_all(struct act *act, const struct identities *mine, const struct identities *theirs)
{
	json_t *seen = json_array();

	for (size_t m = 0; m < mine->n; m++) {
		for (size_t t = 0; t < theirs->n; t++) {
			struct store_conversation conversation;
			int64_t a = account_row(mine->v[m]), b = account_row(theirs->v[t]);

			if (a != b && store_conversation_find(act->store, a, b, &conversation) == 0 && conversation.last_seq)
				seen_add(act, seen, &conversation);
		}
	}
	return seen;
}

/* Who sees a conversation otherwise than before is told; who does not must not learn that anything happened. */
static void retell(struct act *act, json_t *seen)
{
	json_t *row;
	size_t i;

	json_array_foreach(seen, i, row) {
		int64_t account = json_integer_value(json_object_get(row, "account"));
		const struct account *reader = world_account_by_id(act->world, account);
		struct store_conversation conversation;
		json_t *now;

		if (!reader || store_conversation_get(act->store, json_integer_value(json_object_get(row, "conversation")), account, &conversation))
			continue;
		now = conversation_said(act, reader, &conversation);
		if (now && !json_equal(now, json_object_get(row, "said")))
			account_tell(act, account, json_pack("{s:s, s:O}", "ev", "conversation", "conversation", now));
		json_decref(now);
	}
}

void account_tell(struct act *act, int64_t account, json_t *event)
{
	struct endpoint *endpoint = endpoint_find(&act->lines, account);

	if (endpoint) {
		list_each (&endpoint->lines, node, after)
			line_tell(list_entry(node, struct line, node), json_copy(event));
	}
	json_decref(event);
}

int contact_change_init(struct contact_change *c, struct act *act, const struct account *me, struct str about, const enum contact_state *state)
{
	const struct tenant *tenant = account_tenant(act->world, me);
	struct json_err why;
	int err;

	*c = (struct contact_change){ .tenant = tenant_row(tenant), .account = account_row(me), .seen = world_revision(act->world) };
	snprintf(c->about, sizeof c->about, "%.*s", (int)about.n, about.p);
	c->set = state != NULL;
	c->state = state ? *state : CONTACT_PENDING;
	err = world_account_doc(act->world, me, &c->doc);
	if (!err && state)
		err = account_doc_contact_put(&c->doc, c->about, *state);
	else if (!err)
		account_doc_contact_drop(&c->doc, c->about);
	if (!err)
		err = world_with_account(act->world, tenant, c->account, &c->doc, c->seen + 1, &c->world, &why);
	if (err)
		contact_change_release(c);
	return err;
}

void contact_change_release(struct contact_change *c)
{
	account_doc_release(&c->doc);
	world_unref(c->world);
	c->world = NULL;
}

int contact_change_run(struct store_tx *tx, struct contact_change *c)
{
	int64_t revision, account;
	int err = store_revision_next(tx, c->seen, &revision);

	return err ? err : store_account_put(tx, c->tenant, &c->doc, &account);
}

void contact_change_swap(struct act *act, struct contact_change *c)
{
	/* Held: the people below are found in it. */
	struct world *before = world_ref(act->world);
	struct identities mine, theirs;
	int err = identities_find(before, account_address(world_account_by_id(before, c->account)), &mine);
	json_t *seen;

	err = identities_find(before, str_of(c->about), &theirs) || err;
	seen = err ? NULL : seen_all(act, &mine, &theirs);
	change_swap_account(act, c->world);
	c->world = NULL;
	for (size_t i = 0; i < mine.n; i++)
		presence_changed(act, account_row(mine.v[i]));
	retell(act, seen);
	account_tell(act, c->account, json_pack("{s:s, s:s, s:o}", "ev", "contact", "address", c->about,
		"state", c->set ? json_string(contact_state_name(c->state)) : json_null()));
	json_decref(seen);
	free(mine.v);
	free(theirs.v);
	world_unref(before);
}

/* PUT and DELETE. */

struct putting {
	struct deed *deed;
	struct contact_change change;
	bool report;
	char address[324];		/* as it was asked about */
	char tenant_id[LIMIT_NAME_CHARS * 4 + 1];
	char actor[324];
	char *detail;			/* of the report */
};

static int run_put(struct store_tx *tx, void *arg)
{
	struct putting *p = arg;
	int err = contact_change_run(tx, &p->change);

	if (err || !p->report)
		return err;
	return store_audit_add(tx, clock_wall_ms(), p->actor, "contact.report", p->tenant_id, p->detail);
}

static void put_free(struct putting *p)
{
	contact_change_release(&p->change);
	free(p->detail);
	free(p);
}

static void answer(struct deed *deed, const char *address, const enum contact_state *state)
{
	struct outcome outcome = { .reason = REASON_OK, .status = state ? 200 : 204 };

	if (state)
		outcome.body = json_pack("{s:s, s:s}", "address", address, "state", contact_state_name(*state));
	deed_done(deed, &outcome);
}

static void put_done(void *arg, int err)
{
	struct putting *p = arg;
	struct act *act = p->deed->act;

	if (err) {
		deed_fault(p->deed, err, "contact.put");
	} else {
		contact_change_swap(act, &p->change);
		answer(p->deed, p->address, p->change.set ? &p->change.state : NULL);
	}
	put_free(p);
	change_end(act);
}

/* The address of the path, and whom an entry about it names: a guest whom one may find is his home, wherever he stands. */
static bool address_read(struct deed *deed, const struct account *me, char address[static 324], struct str *about)
{
	const struct account *other;
	struct verdict verdict;
	char why[128];

	if (!address_canonical(str_of(deed->path[0]), address, why)) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "address", why);
		return false;
	}
	if (str_eq(str_of(address), account_address(me)) || str_eq(str_of(address), account_home(me))) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "address", "is your own");
		return false;
	}
	*about = str_of(address);
	other = world_account(deed->act->world, *about);
	if (!other || !account_home(other).n)
		return true;
	ask_address(deed->act, me, address, ACTION_FIND, NULL, &verdict);
	if (verdict.allowed)
		*about = account_home(other);
	return true;
}

static bool state_read(struct deed *deed, enum contact_state *state, struct str *report)
{
	static const char *const keys[] = { "state", "report", NULL };
	json_t *given = json_object_get(deed->args, "report");
	struct str text;

	*report = (struct str){ 0 };
	if (!deed_only(deed, keys) || !deed_str(deed, "state", 16, &text))
		return false;
	if (!str_eq(text, STR("accepted")) && !str_eq(text, STR("blocked"))) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "/state", "must be accepted or blocked");
		return false;
	}
	*state = str_eq(text, STR("blocked")) ? CONTACT_BLOCKED : CONTACT_ACCEPTED;
	if (!given || json_is_null(given))
		return true;
	if (*state != CONTACT_BLOCKED) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "/report", "goes with blocked only");
		return false;
	}
	return deed_str(deed, "report", LIMIT_REPORT_BYTES, report) && (report->n == 0 || text_ok(deed, "/report", *report));
}

/* What a report says, for the admins of one's own organisation. */
static char *report_write(const char *about, struct str report)
{
	json_t *detail = json_pack("{s:s, s:s#}", "about", about, "text", report.p, (int)report.n);
	char *text = detail ? json_dumps(detail, JSON_COMPACT) : NULL;

	json_decref(detail);
	return text;
}

static struct putting *putting_new(struct deed *deed, const struct account *me, const char *address, struct str report)
{
	struct str tenant = tenant_id(account_tenant(deed->act->world, me));
	struct putting *p = calloc(1, sizeof *p);

	if (!p)
		return NULL;
	p->deed = deed;
	p->report = report.p != NULL;
	snprintf(p->address, sizeof p->address, "%s", address);
	snprintf(p->tenant_id, sizeof p->tenant_id, "%.*s", (int)tenant.n, tenant.p);
	deed_actor(deed, p->actor);
	if (p->report && !(p->detail = report_write(address, report))) {
		free(p);
		return NULL;
	}
	return p;
}

static void put(struct deed *deed, const struct account *me, const char *address, struct str about, const enum contact_state *state, struct str report)
{
	struct act *act = deed->act;
	struct putting *p = putting_new(deed, me, address, report);
	int err = p ? contact_change_init(&p->change, act, me, about, state) : -ENOMEM;

	if (err) {
		free(p ? p->detail : NULL);
		free(p);
		deed_fault(deed, err, "contact.put");
		return;
	}
	change_begin(act);
	err = store_submit(act->store, run_put, put_done, p);
	if (err)
		put_done(p, err);
}

void act_contact_put(struct deed *deed)
{
	const struct account *me = deed_account(deed);
	enum contact_state state, kept = CONTACT_PENDING;
	struct str about, report;
	char address[324];
	bool known;

	if (!me || !address_read(deed, me, address, &about) || !state_read(deed, &state, &report))
		return;
	known = account_contact(me, about, &kept);
	if (known && kept == state && !report.p)
		answer(deed, address, &state);
	else if (!known && account_contacts(me) >= LIMIT_CONTACTS)
		deed_refuse_field(deed, REASON_BAD_FIELD, "address", "would be one contact too many: you keep 5,000");
	else
		put(deed, me, address, about, &state, report);
}

void act_contact_drop(struct deed *deed)
{
	const struct account *me = deed_account(deed);
	enum contact_state kept;
	char address[324];
	struct str about;

	if (!me || !address_read(deed, me, address, &about))
		return;
	if (account_contact(me, about, &kept))
		put(deed, me, address, about, NULL, (struct str){ 0 });
	else
		answer(deed, address, NULL);
}
