/** @file act/append.c  One piece of an upload: written in the pool, decided again, kept. The last one makes it a file. */
#include "act/upload.h"

#include "model/media_type.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static void append_keep(struct deed *deed);

struct appending {
	uv_work_t work;
	struct deed *deed;
	struct store_upload upload;	/* got: with this piece */
	int err;
};

static void type_read(struct store_file *file, struct str head)
{
	struct media_type type;

	media_type_read(head, &type);
	snprintf(file->type, sizeof file->type, "%s", type.name);
	file->width = type.width;
	file->height = type.height;
}

static void in_pool(uv_work_t *work)
{
	struct appending *a = work->data;
	const struct folder *folder = a->deed->act->parts.folder;
	struct store_file *file = &a->upload.file;
	struct str piece = a->deed->text;
	size_t head_bytes = MEDIA_HEAD_BYTES;
	char *head;

	a->err = folder_part_write(folder, file->id, a->upload.got - (int64_t)piece.n, piece);
	if (a->err || a->upload.got < file->bytes)
		return;
	head = malloc(head_bytes);
	a->err = head ? folder_part_hash(folder, file->id, file->bytes, file->hash, head, &head_bytes) : -ENOMEM;
	if (!a->err)
		type_read(file, (struct str){ head, head_bytes });
	free(head);
}

static void written(uv_work_t *work, int status)
{
	struct appending *a = work->data;
	struct deed *deed = a->deed;
	int err = status ? -EAGAIN : a->err;

	/* What it needs over the wait: the piece has gone to the disk. */
	buf_release(&deed->body);
	if (!err)
		err = buf_add(&deed->body, &a->upload, sizeof a->upload);
	free(a);
	if (err == -ENOENT)
		deed_refuse(deed, REASON_FILE_OFFSET);
	else if (err)
		deed_fault(deed, err, "upload.append");
	else
		deed_start(deed, append_keep);
}

struct keeping {
	struct deed *deed;
	struct store_upload upload;
	int64_t from;
};

static int run_keep(struct store_tx *tx, void *arg)
{
	struct keeping *k = arg;

	if (k->upload.file.hash[0])
		return store_upload_whole(tx, k->deed->act->parts.folder, &k->upload);
	return store_upload_got(tx, &k->upload, k->from, k->upload.got);
}

static int run_lost(struct store_tx *tx, void *arg)
{
	return store_upload_lost(tx, ((struct keeping *)arg)->upload.file.id);
}

static void lost(void *arg, int err)
{
	struct keeping *k = arg;

	sweep_due(k->deed->act);
	if (err)
		deed_fault(k->deed, err, "upload.append");
	else
		deed_refuse(k->deed, REASON_NOT_FOUND);
	free(k);
}

static void kept(void *arg, int err)
{
	struct keeping *k = arg;

	/* Cancelled meanwhile, and what was written here may have made the file anew. */
	if (err == -ENOENT && store_submit(k->deed->act->store, run_lost, lost, k) == 0)
		return;
	if (err == -ENOENT)
		deed_refuse(k->deed, REASON_NOT_FOUND);
	else if (err)
		deed_fault(k->deed, err, "upload.append");
	else
		deed_ok(k->deed, say_upload(&k->upload));
	free(k);
}

static bool still_may(struct deed *deed, const struct store_upload *upload)
{
	const struct account *me = deed_account(deed);
	struct store_conversation conversation;
	int err;

	if (!me)
		return false;
	err = store_conversation_get(deed->act->store, upload->conversation, account_row(me), &conversation);
	if (err == -ENOENT)
		deed_refuse(deed, REASON_NOT_FOUND);
	else if (err)
		deed_fault(deed, err, "upload");
	return !err && file_may_go(deed, me, &conversation);
}

static void append_keep(struct deed *deed)
{
	struct keeping *k = calloc(1, sizeof *k);
	int err = -ENOMEM;

	if (k) {
		k->deed = deed;
		k->from = deed->offset;
		memcpy(&k->upload, deed->body.p, sizeof k->upload);
		if (!still_may(deed, &k->upload)) {
			free(k);
			return;
		}
		err = store_submit(deed->act->store, run_keep, kept, k);
	}
	if (!err)
		return;
	free(k);
	deed_fault(deed, err, "upload.append");
}

static bool in_list(const struct list *deeds, const struct deed *than, bool begun_only)
{
	for (struct list *node = deeds->next; node != deeds; node = node->next) {
		const struct deed *deed = list_entry(node, struct deed, node);
		bool appends = deed->run == append_keep || (!begun_only && deed->run == act_upload_append);

		if (deed != than && appends && strcmp(deed->path[0], than->path[0]) == 0)
			return true;
	}
	return false;
}

/* Two at once would write into each other, and into what has its hash already: a deed under way is the upload's lock. */
static bool under_way(const struct deed *deed)
{
	return in_list(&deed->act->deeds, deed, false) || in_list(&deed->act->waiting, deed, true);
}

static bool piece_ok(struct deed *deed, const struct store_upload *upload)
{
	char why[64];

	if (deed->offset != upload->got || upload->file.hash[0] || under_way(deed)) {
		deed_refuse(deed, REASON_FILE_OFFSET);
		return false;
	}
	if (deed->text.n && (int64_t)deed->text.n <= upload->file.bytes - upload->got)
		return true;
	snprintf(why, sizeof why, "takes 1 to %lld bytes more", (long long)(upload->file.bytes - upload->got));
	deed_refuse_field(deed, REASON_BAD_REQUEST, "", why);
	return false;
}

void act_upload_append(struct deed *deed)
{
	struct store_upload upload;
	struct appending *a;
	int err = -ENOMEM;

	if (!deed_account(deed) || !upload_given(deed, &upload) || !piece_ok(deed, &upload) || !still_may(deed, &upload))
		return;
	a = calloc(1, sizeof *a);
	if (a) {
		*a = (struct appending){ .deed = deed, .upload = upload };
		a->upload.got += (int64_t)deed->text.n;
		a->work.data = a;
		err = uv_queue_work(deed->act->parts.loop, &a->work, in_pool, written);
	}
	if (!err)
		return;
	free(a);
	deed_fault(deed, err, "upload.append");
}
