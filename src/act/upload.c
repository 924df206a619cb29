/** @file act/upload.c  Files on their way up, begun, looked at, cancelled. Their pieces are append.c; a message takes the whole one along (message.c). */
#include "act/upload.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static json_t *say_size(unsigned size)
{
	return size ? json_integer(size) : json_null();
}

static json_t *say_file(const struct store_file *f)
{
	return json_pack("{s:s, s:s, s:s, s:I, s:o, s:o}", "id", f->id, "name", f->name, "type", f->type, "size", (json_int_t)f->bytes,
		"width", say_size(f->width), "height", say_size(f->height));
}

json_t *say_upload(const struct store_upload *u)
{
	return json_pack("{s:s, s:o, s:s, s:I, s:I, s:i, s:o}", "id", u->file.id, "conversation", json_sprintf("%lld", (long long)u->conversation),
		"name", u->file.name, "size", (json_int_t)u->file.bytes, "offset", (json_int_t)u->got, "chunk", LIMIT_CHUNK_BYTES,
		"file", u->file.hash[0] ? say_file(&u->file) : json_null());
}

bool file_may_go(struct deed *deed, const struct account *me, const struct store_conversation *conversation)
{
	struct act *act = deed->act;
	const struct account *other = world_account_by_id(act->world, conversation->account[conversation->account[0] == account_row(me)]);
	struct verdict verdict;

	if (!other) {
		deed_refuse(deed, REASON_UNREACHABLE);
		return false;
	}
	ask_pair(act, me, other, ACTION_FILE, &verdict);
	if (!verdict.allowed)
		deed_refuse_verdict(deed, me, me, account_address(other), ACTION_FILE, &verdict);
	return verdict.allowed;
}

bool upload_given(struct deed *deed, struct store_upload *out)
{
	int err = deed->act->parts.folder ? store_upload_get(deed->act->store, deed->path[0], deed->who.account, out) : -ENOENT;

	if (err == -ENOENT)
		deed_refuse(deed, REASON_NOT_FOUND);
	else if (err)
		deed_fault(deed, err, "upload");
	return err == 0;
}

/* Begin */

struct beginning {
	struct deed *deed;
	struct store_upload upload;
	bool again;
};

static int run_begin(struct store_tx *tx, void *arg)
{
	struct beginning *b = arg;

	return store_upload_begin(tx, &b->upload, b->deed->act->parts.files_bytes, &b->again);
}

static void begun(void *arg, int err)
{
	struct beginning *b = arg;
	struct outcome outcome = { .reason = REASON_OK, .status = b->again ? 200 : 201 };

	switch (err) {
	case 0:
		outcome.body = say_upload(&b->upload);
		deed_done(b->deed, &outcome);
		break;
	case -EEXIST:
		deed_refuse_field(b->deed, REASON_BAD_FIELD, "/client_id", "was used for another file");
		break;
	case -EDQUOT:
		deed_refuse(b->deed, REASON_FILE_QUOTA);
		break;
	case -EMFILE:
		deed_refuse(b->deed, REASON_FILE_TOO_MANY);
		break;
	default:
		deed_fault(b->deed, err, "upload.begin");
	}
	free(b);
}

/* What turns the direction of what stands behind it, or breaks a line (UAX 9, UAX 14): "gpj.exe" must not be shown as "exe.jpg". */
static bool turns(const char *p)
{
	static const char *const marks[] = { "\u061c", "\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e",
		"\u2066", "\u2067", "\u2068", "\u2069" };

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (strncmp(p, marks[i], strlen(marks[i])) == 0)
			return true;
	return false;
}

/* A name and no path. False: the deed is over. */
static bool name_ok(struct deed *deed, struct str name)
{
	if (!text_ok(deed, "/name", name))
		return false;
	for (size_t i = 0; i < name.n; i++) {
		if (!strchr("/\\\n\t", name.p[i]) && !turns(name.p + i))
			continue;
		deed_refuse_field(deed, REASON_BAD_FIELD, "/name", "takes no slash, no tab, no end of a line and no mark that turns the direction of writing");
		return false;
	}
	if (strspn(name.p, ".") < name.n)
		return true;
	deed_refuse_field(deed, REASON_BAD_FIELD, "/name", "must not be dots alone");
	return false;
}

static bool size_read(struct deed *deed, int64_t *out)
{
	int64_t most = deed->act->parts.file_bytes;
	struct outcome outcome = { .reason = REASON_FILE_TOO_LARGE, .field = "/size" };
	struct json_err err;

	if (!json_get_int(deed->args, "", "size", true, out, &err)) {
		deed_refuse_field(deed, REASON_BAD_FIELD, err.path, err.why);
		return false;
	}
	if (*out < 1) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "/size", "must be the file's bytes, at least 1");
		return false;
	}
	if (*out <= most)
		return true;
	snprintf(outcome.detail, sizeof outcome.detail, "must be at most %lld bytes", (long long)most);
	deed_done(deed, &outcome);
	return false;
}

static int begin(struct deed *deed, const struct account *me, int64_t conversation, struct str client_id, struct str name, int64_t bytes)
{
	struct beginning *b = calloc(1, sizeof *b);
	struct store_upload *u;
	int err;

	if (!b)
		return -ENOMEM;
	u = &b->upload;
	b->deed = deed;
	u->account = account_row(me);
	u->tenant = tenant_row(account_tenant(deed->act->world, me));
	u->conversation = conversation;
	u->file.bytes = bytes;
	id_make(u->file.id);
	snprintf(u->client_id, sizeof u->client_id, "%s", client_id.p);
	snprintf(u->file.name, sizeof u->file.name, "%s", name.p);
	err = store_submit(deed->act->store, run_begin, begun, b);
	if (err)
		free(b);
	return err;
}

void act_upload_begin(struct deed *deed)
{
	static const char *const keys[] = { "client_id", "name", "size", NULL };
	const struct account *me = deed_account(deed);
	struct store_conversation conversation;
	struct str client_id, name;
	int64_t bytes;
	int err;

	if (!me || !deed_only(deed, keys) || !deed_str(deed, "client_id", 64, &client_id) || !client_id_ok(deed, client_id))
		return;
	if (!deed_str(deed, "name", LIMIT_FILE_NAME_BYTES, &name) || !name_ok(deed, name) || !size_read(deed, &bytes))
		return;
	if (!conversation_given(deed, &conversation) || !file_may_go(deed, me, &conversation))
		return;
	err = deed->act->parts.folder ? begin(deed, me, conversation.id, client_id, name, bytes) : -ENOSPC;
	if (err)
		deed_fault(deed, err, "upload.begin");
}

void act_upload(struct deed *deed)
{
	struct store_upload upload;

	if (deed_account(deed) && upload_given(deed, &upload))
		deed_ok(deed, say_upload(&upload));
}

/* Cancel */

static int run_drop(struct store_tx *tx, void *arg)
{
	struct deed *deed = arg;

	return store_upload_drop(tx, deed->path[0], deed->who.account);
}

static void dropped(void *arg, int err)
{
	struct deed *deed = arg;
	struct outcome outcome = { .reason = REASON_OK, .status = 204 };

	if (err == -ENOENT) {
		deed_refuse(deed, REASON_NOT_FOUND);
	} else if (err) {
		deed_fault(deed, err, "upload.drop");
	} else {
		sweep_due(deed->act);
		deed_done(deed, &outcome);
	}
}

void act_upload_drop(struct deed *deed)
{
	int err;

	if (!deed_account(deed))
		return;
	err = store_submit(deed->act->store, run_drop, dropped, deed);
	if (err)
		deed_fault(deed, err, "upload.drop");
}
