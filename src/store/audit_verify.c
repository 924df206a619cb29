/** @file store/audit_verify.c  Checking an audit log as somebody who trusts nothing in it but a key. */
#include "store/audit_verify.h"

#include "store/audit_entry.h"
#include "store/audit_tree.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct audit_reader {
	struct db *db;
};

int audit_reader_open(struct audit_reader **rp, const char *path, char why[static 256])
{
	struct audit_reader *reader = calloc(1, sizeof *reader);
	int err = reader ? db_open_still(&reader->db, path, why) : -ENOMEM;

	if (err) {
		free(reader);
		return err;
	}
	*rp = reader;
	return 0;
}

void audit_reader_close(struct audit_reader *reader)
{
	db_close(reader->db);
	free(reader);
}

/** A check under way. */
struct check {
	struct db *db;
	const struct note_key *key;
	struct audit_report *report;
	struct merkle_edge edge;
	struct query kept;		/* the database's checkpoints in order; `next` is the one it stands on */
	bool kept_left;
	struct checkpoint_note next;
	struct checkpoint_note *outside;
	size_t outside_n, outside_at;
	int64_t good;			/* rows that a checkpoint has been found to fit */
	int fault;
};

/* The first finding stays. */
__attribute__((format(printf, 3, 4))) static void bad(struct check *c, int64_t row, const char *format, ...)
{
	va_list args;

	if (!c->report->sound)
		return;
	c->report->sound = false;
	c->report->bad_row = row;
	va_start(args, format);
	vsnprintf(c->report->why, sizeof c->report->why, format, args);
	va_end(args);
}

/* Step to the database's next checkpoint. */
static int kept_step(struct check *c)
{
	int got = query_step(&c->kept);
	struct str text;

	c->kept_left = got == 1;
	if (got != 1)
		return got;
	text = query_text(&c->kept, 1);
	c->report->kept++;
	if (!text.p || !note_open(c->key, text, &c->next) || c->next.size != query_int(&c->kept, 0)) {
		bad(c, 0, "the database's checkpoint of %lld rows is not signed by %s", (long long)query_int(&c->kept, 0), c->key->name);
		c->kept_left = false;
	}
	return 0;
}

static int by_size(const void *a, const void *b)
{
	const struct checkpoint_note *x = a, *y = b;

	return (x->size > y->size) - (x->size < y->size);
}

/* Every byte of the file belongs to a checkpoint of this key, but for a piece at the end that a power cut may have left. */
static int outside_read(struct check *c, struct str text)
{
	struct str rest = text, one;
	const char *end = text.p;
	size_t room = 0;

	while (note_next(&rest, &one)) {
		struct checkpoint_note note;

		if (one.p != end + 1 || *end != '\n' || !note_open(c->key, one, &note)) {
			bad(c, 0, "the file of checkpoints has something behind byte %zu that %s did not sign", (size_t)(end - text.p), c->key->name);
			return 0;
		}
		end = one.p + one.n;
		if (c->outside_n == room) {
			struct checkpoint_note *more = realloc(c->outside, (room = room * 2 + 64) * sizeof *more);

			if (!more)
				return -ENOMEM;
			c->outside = more;
		}
		c->outside[c->outside_n++] = note;
	}
	if (rest.n > NOTE_CHARS)
		bad(c, 0, "the file of checkpoints ends with something that %s did not sign", c->key->name);
	if (c->outside_n)
		qsort(c->outside, c->outside_n, sizeof *c->outside, by_size);
	c->report->outside = (int64_t)c->outside_n;
	return 0;
}

static void node_h(void *arg, int level, int64_t place, const struct merkle *hash)
{
	struct check *c = arg;
	struct merkle kept;
	int err = audit_tree_hash(c->db, level, place, &kept);

	if (err && err != -ENOENT)
		c->fault = err;
	else if (level == 0 && (err || !merkle_same(&kept, hash)))
		bad(c, place + 1, "row %lld is not what was recorded", (long long)place + 1);
	else if (err || !merkle_same(&kept, hash))
		bad(c, (place << level) + 1, "the tree over the rows %lld to %lld was changed", (long long)(place << level) + 1, (long long)((place + 1) << level));
}

static void checkpoint_compare(struct check *c, const struct checkpoint_note *note, const struct merkle *root, const char *where)
{
	if (merkle_same(&note->root, root))
		return;
	if (c->good + 1 == note->size)
		bad(c, note->size, "row %lld is not what was signed (%s)", (long long)note->size, where);
	else
		bad(c, c->good + 1, "one of the rows %lld to %lld is not what was signed (%s)", (long long)c->good + 1, (long long)note->size, where);
}

/* Is there a checkpoint of just these rows? */
static int checkpoints_meet(struct check *c)
{
	int64_t size = c->edge.size;
	struct merkle root;
	bool met = false;
	int err = 0;

	if (!(c->kept_left && c->next.size == size) && !(c->outside_at < c->outside_n && c->outside[c->outside_at].size == size))
		return 0;
	merkle_root(&c->edge, &root);
	for (; c->outside_at < c->outside_n && c->outside[c->outside_at].size == size; met = true)
		checkpoint_compare(c, &c->outside[c->outside_at++], &root, "the file of checkpoints");
	if (c->kept_left && c->next.size == size) {
		checkpoint_compare(c, &c->next, &root, "the database's checkpoint");
		err = kept_step(c);
		met = true;
	}
	if (met)
		c->good = size;
	return err;
}

static int row_check(struct check *c, const struct audit_row *row)
{
	struct buf entry = { 0 };
	struct merkle leaf;
	int err;

	if (row->id != c->edge.size + 1) {
		bad(c, c->edge.size + 1, "row %lld is missing", (long long)c->edge.size + 1);
		return 0;
	}
	err = audit_entry(&entry, row);
	if (!err)
		merkle_leaf(entry.p, entry.n, &leaf);
	buf_release(&entry);
	if (err)
		return err;
	merkle_push(&c->edge, &leaf, node_h, c);
	c->report->rows = c->edge.size;
	return c->fault ? c->fault : checkpoints_meet(c);
}

static int rows_check(struct check *c)
{
	struct query q;
	int err = query_open(&q, c->db, "SELECT " AUDIT_COLUMNS " FROM audit ORDER BY id -- check"), got = 0;

	if (err)
		return err;
	while (!err && c->report->sound && (got = query_step(&q)) == 1) {
		struct audit_row row;

		err = audit_row_of(&q, &row);
		if (err == -EBADMSG)
			bad(c, row.id, "row %lld can't be one of ours", (long long)row.id);
		if (err == -EBADMSG)
			err = 0;
		else if (!err)
			err = row_check(c, &row);
	}
	query_close(&q);
	return err ? err : got < 0 ? got : 0;
}

/* What speaks for more rows than there are. */
static int ends_check(struct check *c)
{
	int64_t most = c->edge.size, leaves, newest;
	int err = audit_tree_size(c->db, &leaves);

	if (err)
		return err;
	newest = c->outside_n ? c->outside[c->outside_n - 1].size : 0;
	if (newest > most)
		bad(c, most + 1, "row %lld is missing: the file of checkpoints speaks for %lld rows", (long long)most + 1, (long long)newest);
	if (c->kept_left)
		bad(c, most + 1, "row %lld is missing: a checkpoint of the database speaks for %lld rows", (long long)most + 1, (long long)c->next.size);
	if (leaves > most)
		bad(c, most + 1, "row %lld is missing: its hash is there", (long long)most + 1);
	c->report->proved = c->good;
	return 0;
}

static int check_run(struct check *c, struct str outside)
{
	int err = outside_read(c, outside);

	if (err)
		return err;
	err = query_open(&c->kept, c->db, "SELECT size, note FROM audit_checkpoint ORDER BY size");
	if (err)
		return err;
	err = kept_step(c);
	if (!err)
		err = rows_check(c);
	if (!err)
		err = ends_check(c);
	query_close(&c->kept);
	return err;
}

int audit_verify(struct audit_reader *reader, const struct note_key *key, struct str outside, struct audit_report *out)
{
	struct check c = { .db = reader->db, .key = key, .report = out };
	int err = db_run(c.db, "BEGIN");	/* one snapshot */

	*out = (struct audit_report){ .sound = true };
	if (err)
		return err;
	err = check_run(&c, outside);
	free(c.outside);
	if (!db_idle(c.db))
		db_run(c.db, "COMMIT");
	return err;
}

int audit_export(struct audit_reader *reader, int (*line)(void *arg, struct str entry), void *arg)
{
	struct buf entry = { 0 };
	struct query q;
	int err = query_open(&q, reader->db, "SELECT " AUDIT_COLUMNS " FROM audit ORDER BY id -- export"), got = 0;

	if (err)
		return err;
	while (!err && (got = query_step(&q)) == 1) {
		struct audit_row row;

		err = audit_row_of(&q, &row);
		entry.n = 0;
		if (!err)
			err = audit_entry(&entry, &row);
		if (!err)
			err = line(arg, buf_str(&entry));
	}
	query_close(&q);
	buf_release(&entry);
	return err ? err : got;
}

static int entry_read(struct db *db, int64_t id, struct buf *out)
{
	struct audit_row row;
	struct query q;
	int err = query_first(&q, db, "SELECT " AUDIT_COLUMNS " FROM audit WHERE id = ?1", DB_I(id));

	if (err)
		return err;
	err = audit_row_of(&q, &row);
	if (!err)
		err = audit_entry(out, &row);
	query_close(&q);
	return err;
}

static int newest_read(struct db *db, struct audit_proof *out)
{
	struct query q;
	struct str note;
	int err = query_first(&q, db, "SELECT size, note FROM audit_checkpoint ORDER BY size DESC LIMIT 1");

	if (err)
		return err == -ENOENT ? -EAGAIN : err;
	out->size = query_int(&q, 0);
	note = query_text(&q, 1);
	if (note.p && note.n < sizeof out->note)
		memcpy(out->note, note.p, note.n + 1);
	else
		err = -EIO;
	query_close(&q);
	return err;
}

int audit_prove(struct audit_reader *reader, int64_t id, struct audit_proof *out)
{
	int err;

	*out = (struct audit_proof){ .place = id - 1 };
	err = entry_read(reader->db, id, &out->entry);
	if (!err)
		err = newest_read(reader->db, out);
	if (!err && id > out->size)
		err = -EAGAIN;
	if (!err)
		err = audit_tree_proof(reader->db, out->place, out->size, out->path, &out->n);
	if (err)
		buf_release(&out->entry);
	return err;
}
