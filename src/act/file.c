/** @file act/file.c  A file of a message goes out. What was delivered stays its conversation's members' to read, as the words do. */
#include "act/room.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

void download_free(struct download *download)
{
	if (download && download->fd >= 0)
		close(download->fd);
	free(download);
}

struct opening {
	uv_work_t work;
	struct deed *deed;
	struct download *download;
	int err;
};

static void in_pool(uv_work_t *work)
{
	struct opening *o = work->data;
	int fd = folder_content_open(o->deed->act->parts.folder, o->download->file.hash);

	if (fd < 0)
		o->err = fd;
	else
		o->download->fd = fd;
}

static void opened(uv_work_t *work, int status)
{
	struct opening *o = work->data;
	struct outcome outcome = { .reason = REASON_OK, .download = o->download };
	int err = status ? -EAGAIN : o->err;
	struct deed *deed = o->deed;

	free(o);
	if (!err) {
		deed_done(deed, &outcome);
		return;
	}
	download_free(outcome.download);
	deed_fault(deed, err, "file");
}

static int open_start(struct deed *deed, const struct store_file *file)
{
	struct opening *o = calloc(1, sizeof *o);
	struct download *download = malloc(sizeof *download);
	int err = o && download ? 0 : -ENOMEM;

	if (!err) {
		*download = (struct download){ .fd = -1, .file = *file };
		*o = (struct opening){ .deed = deed, .download = download };
		o->work.data = o;
		err = uv_queue_work(deed->act->parts.loop, &o->work, in_pool, opened);
	}
	if (err) {
		free(download);
		free(o);
	}
	return err;
}

void act_file(struct deed *deed)
{
	struct store_file file;
	int err;

	if (!deed_account(deed))
		return;
	/* Absent and not yours are the same answer. */
	err = deed->act->parts.folder ? store_file_get(deed->act->store, deed->path[0], deed->who.account, &file) : -ENOENT;
	if (!err)
		err = open_start(deed, &file);
	if (err == -ENOENT)
		deed_refuse(deed, REASON_NOT_FOUND);
	else if (err)
		deed_fault(deed, err, "file");
}
