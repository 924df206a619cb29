/**
 * @file act/person.c  What is kept about a person, as one JSON file, for who has to answer him. It is collected in small jobs of the store, so
 * that others' writes pass between them, and the asking is in the audit log before the answer.
 */
#include "act/audit.h"
#include "act/room.h"

#include <errno.h>
#include <stdlib.h>

struct exporting {
	struct deed *deed;
	int64_t account;
	struct store_person at;
	struct buf out;
	bool more;
	char address[324];
	char tenant_id[AUDIT_TENANT_BYTES];
	char actor[324];
};

static int run_step(struct store_tx *tx, void *arg)
{
	struct exporting *e = arg;
	char *detail;
	int err = store_person_step(tx, e->account, e->address, e->tenant_id, &e->at, &e->out, &e->more);

	if (err || e->more)
		return err;
	detail = audit_detail("{s:s}", "address", e->address);
	err = detail ? store_audit_add(tx, clock_wall_ms(), e->actor, "person.export", e->tenant_id, detail) : -ENOMEM;
	free(detail);
	return err;
}

static void stepped(void *arg, int err)
{
	struct exporting *e = arg;
	struct outcome outcome = { .reason = REASON_OK, .type = "application/json", .file = "person.json" };

	if (!err && e->out.n > LIMIT_PERSON_BYTES)
		err = -EFBIG;
	if (!err && e->more)
		err = store_submit(e->deed->act->store, run_step, stepped, e);
	else if (!err)
		outcome.text = e->out;
	if (!err && !outcome.text.p)
		return;
	if (err) {
		buf_release(&e->out);
		deed_fault(e->deed, err, "person.export");
	} else {
		deed_done(e->deed, &outcome);
	}
	free(e);
}

static json_t *roles_say(unsigned roles)
{
	json_t *list = json_array();

	for (unsigned bit = 1; bit <= MAY_ROLES; bit <<= 1)
		if (roles & bit)
			json_array_append_new(list, json_string(role_name((enum role)bit)));
	return list;
}

/* The account with its contacts, and what is one row: an object that is left open for the parts behind it. 0 or a negative errno. */
static int head_write(struct exporting *e, const struct account *person)
{
	struct act *act = e->deed->act;
	struct store_preference preference;
	struct store_factor factor;
	struct account_doc doc;
	unsigned roles;
	json_t *head;
	char *text;
	int err = store_roles_get(act->store, e->account, &roles);

	if (!err)
		err = store_preference_get(act->store, e->account, &preference);
	if (!err && (err = store_factor_get(act->store, e->account, &factor)) == -ENOENT)
		err = 0;
	if (!err)
		err = world_account_doc(act->world, person, &doc);
	if (err)
		return err;
	head = json_pack("{s:o, s:o, s:o, s:o, s:b}", "exported", say_time(clock_wall_ms()), "account", account_doc_encode(&doc),
		"roles", roles_say(roles), "preferences", say_preference(&preference), "second_factor", factor.on);
	account_doc_release(&doc);
	text = head ? json_dumps(head, JSON_COMPACT) : NULL;
	json_decref(head);
	err = text ? buf_add(&e->out, text, strlen(text) - 1) : -ENOMEM;
	free(text);
	return err;
}

void act_person_export(struct deed *deed)
{
	const struct tenant *tenant = world_tenant(deed->act->world, str_of(deed->path[0]));
	const struct account *person;
	char address[324], why[128];
	struct exporting *e;
	int err;

	person = tenant && address_canonical(str_of(deed->path[1]), address, why) ? world_account(deed->act->world, str_of(address)) : NULL;
	if (!person || account_tenant(deed->act->world, person) != tenant) {
		deed_refuse(deed, REASON_NOT_FOUND);
		return;
	}
	e = calloc(1, sizeof *e);
	if (!e) {
		deed_fault(deed, -ENOMEM, "person.export");
		return;
	}
	e->deed = deed;
	e->account = account_row(person);
	memcpy(e->address, address, sizeof address);
	audit_tenant_of(deed->act, e->account, e->tenant_id);
	deed_actor(deed, e->actor);
	err = head_write(e, person);
	if (!err)
		err = store_submit(deed->act->store, run_step, stepped, e);
	if (err)
		stepped(e, err);
}
