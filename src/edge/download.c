/** @file edge/download.c  A file goes out: read in the pool, a piece at a time, while its reader takes what came before. */
#include "edge/inside.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PIECE_BYTES = 131072 };

/** Lives until the answer is over and the pool has let go of it. */
struct sending {
	uv_work_t work;
	struct edge *edge;
	struct http_req *req;		/* NULL: over, or its reader has gone */
	struct who who;
	struct download *download;
	int64_t at, end;		/* what is still to be read */
	char piece[PIECE_BYTES];
	size_t n;			/* in it */
	int err;
	bool reading;
};

static void sending_free(struct sending *s)
{
	download_free(s->download);
	free(s);
}

static void in_pool(uv_work_t *work)
{
	struct sending *s = work->data;
	size_t want = s->end - s->at < PIECE_BYTES ? (size_t)(s->end - s->at) : PIECE_BYTES;
	ssize_t n = pread(s->download->fd, s->piece, want, s->at);

	s->n = n > 0 ? (size_t)n : 0;
	s->err = n > 0 ? 0 : n < 0 ? -errno : -ENODATA;
}

static void on_read(uv_work_t *work, int status)
{
	struct sending *s = work->data;

	s->reading = false;
	if (!s->req) {
		sending_free(s);
		return;
	}
	/* A session that ended meanwhile ends its downloads. */
	if (status || s->err || !act_who_again(s->edge->act, &s->who) || s->who.due) {
		if (s->err)
			log_event(LOG_ERROR, "file.read", LOG_S("error", strerror(-s->err)));
		http_reply_cut(s->req);
		sending_free(s);
		return;
	}
	s->at += (int64_t)s->n;
	if (http_reply_put(s->req, (struct str){ s->piece, s->n }))
		sending_free(s);
}

static void on_room(struct http_req *req, void *arg)
{
	struct sending *s = arg;

	s->reading = uv_queue_work(s->work.loop, &s->work, in_pool, on_read) == 0;
	if (s->reading)
		return;
	http_reply_cut(req);
	sending_free(s);
}

static void on_gone(struct http_req *req, void *arg)
{
	struct sending *s = arg;

	(void)req;
	s->req = NULL;
	if (!s->reading)
		sending_free(s);
}

static const struct http_ops sending_ops = { .on_gone = on_gone, .on_room = on_room };

/* Kept, not shown; an <img> of our own pages shows them all the same. */
static void fields_own(struct http_field own[8], const struct store_file *file, char text[2][DISPOSITION_CHARS])
{
	size_t n = 0;

	disposition_write(file->name, text[0]);
	snprintf(text[1], DISPOSITION_CHARS, "\"%s\"", file->id);
	own[n++] = (struct http_field){ "Content-Disposition", text[0] };
	own[n++] = (struct http_field){ "ETag", text[1] };
	own[n++] = (struct http_field){ "Accept-Ranges", "bytes" };
	own[n] = (struct http_field){ 0 };
}

static void reply_unmatched(struct http_req *req, int64_t bytes)
{
	char text[40];
	const struct http_field own[] = { { "Content-Range", text }, { 0 } };
	struct http_field fields[EDGE_FIELDS];

	snprintf(text, sizeof text, "bytes */%lld", (long long)bytes);
	fields_fill(fields, own, false);
	http_reply(req, 416, NULL, fields, STR(""));
}

static bool begin(struct http_req *req, struct sending *s, bool part)
{
	const struct store_file *file = &s->download->file;
	char text[2][DISPOSITION_CHARS], range[80];
	struct http_field own[8], fields[EDGE_FIELDS];
	size_t n = 0;

	fields_own(own, file, text);
	while (own[n].name)
		n++;
	snprintf(range, sizeof range, "bytes %lld-%lld/%lld", (long long)s->at, (long long)s->end - 1, (long long)file->bytes);
	if (part)
		own[n++] = (struct http_field){ "Content-Range", range };
	own[n] = (struct http_field){ 0 };
	fields_fill_file(fields, own);
	http_take_over(req, &sending_ops, s);
	return http_reply_begin(req, part ? 206 : 200, file->type, fields, (uint64_t)(s->end - s->at));
}

static void reply_same(struct http_req *req, const struct store_file *file)
{
	char text[2][DISPOSITION_CHARS];
	struct http_field own[8], fields[EDGE_FIELDS];

	fields_own(own, file, text);
	fields_fill_file(fields, own);
	http_reply(req, 304, NULL, fields, STR(""));
}

/* A range of an older file would be joined to this one: If-Range must name it, if it is there (RFC 9110 section 13.1.5). */
static int range_asked(struct http_req *req, const struct store_file *file, int64_t *first, int64_t *last)
{
	struct str if_range = http_header(req, "if-range");
	char tag[ID_CHARS + 3];

	snprintf(tag, sizeof tag, "\"%s\"", file->id);
	return if_range.n && !str_eq(if_range, str_of(tag)) ? 0 : range_read(http_header(req, "range"), file->bytes, first, last);
}

void download_reply(struct edge *edge, struct http_req *req, const struct who *who, struct download *download)
{
	const struct store_file *file = &download->file;
	char tag[ID_CHARS + 3];
	int64_t first = 0, last = file->bytes - 1;
	int part = range_asked(req, file, &first, &last);
	struct sending *s;

	snprintf(tag, sizeof tag, "\"%s\"", file->id);
	if (str_eq(http_header(req, "if-none-match"), str_of(tag))) {
		reply_same(req, file);
		download_free(download);
		return;
	}
	if (part < 0) {
		reply_unmatched(req, file->bytes);
		download_free(download);
		return;
	}
	s = malloc(sizeof *s);
	if (!s) {
		download_free(download);
		problem_reply(req, REASON_BUSY);
		return;
	}
	*s = (struct sending){ .edge = edge, .req = req, .who = *who, .download = download, .at = part ? first : 0, .end = part ? last + 1 : file->bytes };
	s->work.data = s;
	s->work.loop = edge->sweep.loop;
	if (begin(req, s, part))
		sending_free(s);
}
