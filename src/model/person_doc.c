/** @file model/person_doc.c  What an account of the world document says about the person: attributes and contacts; and what guests have besides. */
#include "model/person_doc.h"

#include "base/limits.h"
#include "model/domain_list.h"
#include "model/filter.h"
#include "model/read.h"
#include "model/text_map.h"

#include <errno.h>
#include <stdlib.h>

static const char *const contact_states[] = { "pending", "accepted", "blocked", NULL };
static const char *const guest_states[] = { "pending", "accepted", NULL };

static bool plain(json_t *v)
{
	return json_is_string(v) || json_is_number(v) || json_is_boolean(v);
}

static bool attribute_valid(json_t *v, const char *path, struct json_err *err)
{
	json_t *element;
	size_t i;

	if (plain(v))
		return true;
	if (!json_is_array(v))
		return json_bad(err, path, "must be text, a number, true, false or a list of them");
	json_array_foreach(v, i, element) {
		char each[512];

		json_path_index(each, path, i);
		if (!plain(element))
			return json_bad(err, each, "must be text, a number, true or false");
	}
	return true;
}

bool attributes_decode(json_t *object, const char *path, struct account_doc *out, struct json_err *err)
{
	json_t *attributes = json_object_get(object, "attributes"), *v;
	char at[512], each[512];
	const char *key;

	if (!attributes)
		return true;
	json_path_key(at, path, "attributes");
	if (!json_is_object(attributes))
		return json_bad(err, at, "must be an object");
	json_object_foreach(attributes, key, v) {
		json_path_key(each, at, key);
		if (!filter_attribute_valid(str_of(key)))
			return json_bad(err, each, "must be letters, digits, '-' and '_', begin with a letter, and be none of kind, address, name, title, enabled");
		if (!attribute_valid(v, each, err))
			return false;
	}
	if (json_object_size(attributes))
		out->attributes = json_incref(attributes);
	return true;
}

struct contact_reading {
	struct account_doc *out;
	struct text_map seen;
};

static bool contact_take(json_t *v, const char *path, void *arg, struct json_err *err)
{
	static const char *const keys[] = { "address", "state", NULL };
	struct contact_reading *r = arg;
	struct contact_doc *contacts, *contact;
	unsigned state = CONTACT_PENDING;
	char at[512];

	if (!json_only(v, path, keys, err))
		return false;
	contacts = array_room(r->out->contacts, r->out->n_contacts, sizeof *contacts);
	if (!contacts)
		return json_bad(err, path, "out of memory");
	r->out->contacts = contacts;
	contact = &contacts[r->out->n_contacts++];
	*contact = (struct contact_doc){ 0 };
	if (!read_address(v, path, "address", &contact->address, err))
		return false;
	json_path_key(at, path, "address");
	if (text_map_find(&r->seen, str_of(contact->address), NULL))
		return json_bad(err, at, "is given twice");
	if (text_map_add(&r->seen, str_of(contact->address), 0))
		return json_bad(err, at, "out of memory");
	json_path_key(at, path, "state");
	if (!json_object_get(v, "state"))
		return json_bad(err, at, "is missing");
	if (!read_choice(v, path, "state", contact_states, &state, err))
		return false;
	contact->state = (enum contact_state)state;
	return true;
}

bool contacts_decode(json_t *object, const char *path, struct account_doc *out, struct json_err *err)
{
	struct contact_reading r = { .out = out };
	bool ok = read_list(object, path, "contacts", LIMIT_ACCOUNTS_PER_TENANT, contact_take, &r, err);

	text_map_release(&r.seen);
	return ok;
}

json_t *contacts_encode(const struct account_doc *account)
{
	json_t *list = json_array();

	for (size_t i = 0; i < account->n_contacts; i++) {
		const struct contact_doc *contact = &account->contacts[i];

		if (json_array_append_new(list, json_pack("{s:s, s:s}", "address", contact->address, "state", contact_states[contact->state]))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

const char *contact_state_name(enum contact_state state)
{
	return contact_states[state];
}

static struct contact_doc *contact_of(struct account_doc *account, const char *address)
{
	for (size_t i = 0; i < account->n_contacts; i++)
		if (strcmp(account->contacts[i].address, address) == 0)
			return &account->contacts[i];
	return NULL;
}

int account_doc_contact_put(struct account_doc *account, const char *address, enum contact_state state)
{
	struct contact_doc *contact = contact_of(account, address), *contacts;
	char *kept;

	if (contact) {
		contact->state = state;
		return 0;
	}
	/* To the size: the list may be a copy, made without room to grow. */
	contacts = reallocarray(account->contacts, account->n_contacts + 1, sizeof *contacts);
	if (!contacts)
		return -ENOMEM;
	account->contacts = contacts;
	kept = str_dup(str_of(address));
	if (!kept)
		return -ENOMEM;
	contacts[account->n_contacts++] = (struct contact_doc){ kept, state };
	return 0;
}

bool account_doc_contact_drop(struct account_doc *account, const char *address)
{
	struct contact_doc *contact = contact_of(account, address), *end = account->contacts + account->n_contacts;

	if (!contact)
		return false;
	free(contact->address);
	memmove(contact, contact + 1, (size_t)(end - contact - 1) * sizeof *contact);
	account->n_contacts--;
	return true;
}

bool guest_decode(json_t *object, const char *path, struct account_doc *out, struct json_err *err)
{
	unsigned state = 0;
	char at[512];

	if (!read_address(object, path, "home", &out->home, err) || !read_choice(object, path, "state", guest_states, &state, err))
		return false;
	out->accepted = state;
	json_path_key(at, path, "controls");
	if (json_object_get(object, "controls") && !controls_decode(json_object_get(object, "controls"), at, &out->controls, err))
		return false;
	return read_instant(object, path, "expires", &out->expires, err) && read_circle(object, path, "reach_list", &out->reach_list, err);
}

json_t *guest_encode(const struct account_doc *account)
{
	return json_pack("{s:s, s:s, s:o, s:o, s:o}",
		"home", account->home,
		"state", guest_states[account->accepted],
		"expires", write_instant(&account->expires),
		"controls", controls_encode(&account->controls),
		"reach_list", texts_encode(&account->reach_list));
}

int account_doc_copy_rest(struct account_doc *out, const struct account_doc *from)
{
	out->attributes = json_incref(from->attributes);
	out->accepted = from->accepted;
	out->controls = from->controls;
	if (from->home && !(out->home = str_dup(str_of(from->home))))
		return -ENOMEM;
	if (from->n_contacts && !(out->contacts = calloc(from->n_contacts, sizeof *out->contacts)))
		return -ENOMEM;
	for (size_t i = 0; i < from->n_contacts; i++) {
		out->contacts[i] = (struct contact_doc){ str_dup(str_of(from->contacts[i].address)), from->contacts[i].state };
		out->n_contacts++;
		if (!out->contacts[i].address)
			return -ENOMEM;
	}
	if (instant_copy(&out->expires, &from->expires))
		return -ENOMEM;
	return texts_copy(&out->reach_list, &from->reach_list);
}

json_t *account_doc_rest_encode(const struct account_doc *account)
{
	json_t *rest = account->kind == KIND_GUEST ? guest_encode(account) : json_object();

	if (account->attributes && json_object_set(rest, "attributes", account->attributes))
		goto fail;
	if (account->n_contacts && json_object_set_new(rest, "contacts", contacts_encode(account)))
		goto fail;
	return rest;
fail:
	json_decref(rest);
	return NULL;
}

bool account_doc_rest_decode(json_t *rest, struct account_doc *out, struct json_err *err)
{
	if (out->kind == KIND_GUEST && !guest_decode(rest, "", out, err))
		return false;
	return attributes_decode(rest, "", out, err) && contacts_decode(rest, "", out, err);
}
