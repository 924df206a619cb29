/**
 * @file act/summary.c  One call that is over, as one of its people has it: his record, whom he met, what was drawn, how good it was for him,
 * and his own note. GET /v1/calls/{}, and PUT of note and quality. Absent and not yours are the same answer.
 */
#include "act/room.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct summary {
	struct act *act;
	json_t *body;
	const char *mine;		/* address; borrowed */
	time_ms_t placed, ended;
};

/* What was still going up when it ended belongs to it. */
enum { UPLOAD_ENDS_MS = 60000 };

static json_t *decoded(const char *text, json_t *absent)
{
	json_t *o = text ? json_loads(text, 0, NULL) : NULL;

	if (!o)
		return absent;
	json_decref(absent);
	return o;
}

static bool met(const struct summary *s, const char *address)
{
	json_t *people = json_object_get(s->body, "people"), *one;
	size_t i;

	json_array_foreach (people, i, one)
		if (address && strcmp(address, json_string_value(json_object_get(one, "address"))) == 0)
			return true;
	return address && strcmp(address, s->mine) == 0;
}

/* In a group one has not met everybody: what they drew among themselves is theirs. */
static json_t *events_of(const struct summary *s, json_t *all)
{
	json_t *seen = json_array(), *event;
	size_t i;

	json_array_foreach (all, i, event) {
		json_t *mark = json_object_get(event, "mark");
		const char *by = json_string_value(json_object_get(mark ? mark : event, "by"));

		if (met(s, by) && (!mark || met(s, json_string_value(json_object_get(mark, "of")))))
			json_array_append(seen, event);
	}
	json_decref(all);
	return seen;
}

static int take_record(void *arg, const struct store_call_record *r)
{
	struct summary *s = arg;
	json_t *first = json_pack("{s:s, s:s?, s:s?, s:s?}", "address", r->address, "name", r->name, "organisation", r->organisation, "door", r->door);

	s->body = say_record(r);
	s->placed = r->placed;
	s->ended = r->ended;
	return !s->body || json_object_set_new(s->body, "people", json_pack("[o]", first)) ? -ENOMEM : 0;
}

static int take_beside(void *arg, const struct store_call_beside *beside)
{
	struct summary *s = arg;
	json_t *others = decoded(beside->people, json_array());
	int err = json_array_extend(json_object_get(s->body, "people"), others);

	json_decref(others);
	err |= json_object_set_new(s->body, "note", json_string(beside->note ? beside->note : ""));
	err |= json_object_set_new(s->body, "quality", decoded(beside->quality, json_null()));
	err |= json_object_set_new(s->body, "drawn", events_of(s, decoded(beside->events, json_array())));
	return err ? -ENOMEM : 0;
}

static int take_file(void *arg, const struct store_message *message)
{
	struct summary *s = arg;

	return json_array_append_new(json_object_get(s->body, "files"), say_message(s->act, message)) ? -ENOMEM : 0;
}

/* What was sent between him and those he met while it went on, as far as it is still his to read. */
static int take_files(struct summary *s, const struct account *me)
{
	json_t *people = json_object_get(s->body, "people"), *one;
	int err = json_object_set_new(s->body, "files", json_array()) ? -ENOMEM : 0;
	size_t i;

	json_array_foreach (people, i, one) {
		const char *address = json_string_value(json_object_get(one, "address"));
		const struct account *other = address ? world_account(s->act->world, str_of(address)) : NULL;

		if (!err && other)
			err = store_file_between(s->act->store, account_row(me), account_row(other), s->placed, s->ended + UPLOAD_ENDS_MS, LIMIT_ROWS_PER_READ, take_file, s);
	}
	return err;
}

void act_summary(struct deed *deed)
{
	const struct account *me = deed_account(deed);
	char mine[LIMIT_ADDRESS_BYTES + 1];
	struct summary s = { .act = deed->act, .mine = mine };
	int err;

	if (!me)
		return;
	snprintf(mine, sizeof mine, "%.*s", (int)account_address(me).n, account_address(me).p);
	err = store_call_record_get(deed->act->store, deed->who.account, deed->path[0], take_record, &s);
	if (!err && !s.body)
		err = -ENOENT;
	if (!err)
		err = store_call_beside(deed->act->store, deed->who.account, deed->path[0], take_beside, &s);
	if (!err)
		err = take_files(&s, me);
	if (!err) {
		deed_ok(deed, s.body);
		return;
	}
	json_decref(s.body);
	if (err == -ENOENT)
		deed_refuse(deed, REASON_NOT_FOUND);
	else
		deed_fault(deed, err, "summary");
}

static int run_note(struct store_tx *tx, void *arg)
{
	struct deed *deed = arg;

	return store_call_note_put(tx, deed->who.account, deed->path[0], json_string_value(json_object_get(deed->args, "text")));
}

/* It was checked: kept as it was said, without spaces. */
static int run_quality(struct store_tx *tx, void *arg)
{
	struct deed *deed = arg;

	return store_call_quality_put(tx, deed->who.account, deed->path[0], deed->body.p);
}

static void kept(void *arg, int err)
{
	struct deed *deed = arg;
	struct outcome outcome = { .reason = REASON_OK, .status = 204 };

	if (err == -ENOENT)
		deed_refuse(deed, REASON_NOT_FOUND);
	else if (err)
		deed_fault(deed, err, "summary.put");
	else
		deed_done(deed, &outcome);
}

static void keep(struct deed *deed, store_run run)
{
	int err = store_submit(deed->act->store, run, kept, deed);

	if (err)
		deed_fault(deed, err, "summary.put");
}

void act_note_put(struct deed *deed)
{
	static const char *const keys[] = { "text", NULL };
	struct str text;

	if (!deed_account(deed) || !deed_only(deed, keys) || !deed_str(deed, "text", LIMIT_NOTE_BYTES, &text))
		return;
	/* Empty takes it back. */
	if (!text.n || text_ok(deed, "/text", text))
		keep(deed, run_note);
}

static bool number_ok(struct deed *deed, json_t *v, const char *path, json_int_t most)
{
	bool ok = json_is_integer(v) && json_integer_value(v) >= 0 && json_integer_value(v) <= most;

	if (!ok)
		deed_refuse_field(deed, REASON_BAD_FIELD, path, "must be a whole number in range");
	return ok;
}

static bool range_ok(struct deed *deed, const char *key, const char *const path[2], json_int_t most)
{
	json_t *range = json_object_get(deed->args, key);

	if (json_array_size(range) == 2)
		return number_ok(deed, json_array_get(range, 0), path[0], most) && number_ok(deed, json_array_get(range, 1), path[1], most);
	deed_refuse_field(deed, REASON_BAD_FIELD, path[0], "must be two numbers: in the middle, and at worst");
	return false;
}

void act_quality_put(struct deed *deed)
{
	enum { KBPS_MOST = 1000000, RTT_MOST_MS = 60000, LOSS_MOST = 100 };
	static const char *const keys[] = { "kbps", "rtt_ms", "loss_percent", NULL };
	static const char *const rtt[2] = { "/rtt_ms/0", "/rtt_ms/1" }, *const loss[2] = { "/loss_percent/0", "/loss_percent/1" };
	json_t *kbps = json_object_get(deed->args, "kbps"), *v;
	char *text;
	size_t i;

	if (!deed_account(deed) || !deed_only(deed, keys))
		return;
	if (json_array_size(kbps) < 1 || json_array_size(kbps) > LIMIT_QUALITY_SAMPLES) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "/kbps", "must be an array of 1 to 60 numbers");
		return;
	}
	json_array_foreach (kbps, i, v)
		if (!number_ok(deed, v, "/kbps", KBPS_MOST))
			return;
	if (!range_ok(deed, "rtt_ms", rtt, RTT_MOST_MS) || !range_ok(deed, "loss_percent", loss, LOSS_MOST))
		return;
	text = json_dumps(deed->args, JSON_COMPACT);
	if (!text || buf_add(&deed->body, text, strlen(text) + 1))
		deed_fault(deed, -ENOMEM, "summary.put");
	else
		keep(deed, run_quality);
	free(text);
}
