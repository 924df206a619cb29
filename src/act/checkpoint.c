/** @file act/checkpoint.c  When the audit log is signed, and that the note gets outside: durable in the database first, then in the file. */
#include "act/audit.h"
#include "act/room.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/** One checkpoint on its way. */
struct sealing {
	uv_work_t work;
	struct act *act;
	char note[NOTE_CHARS];
	int64_t size;
	int err;
};

static int run_sign(struct store_tx *tx, void *arg)
{
	struct sealing *s = arg;

	return store_audit_checkpoint(tx, s->act->parts.audit.signer, clock_wall_ms(), s->note, &s->size);
}

static void sealed(struct sealing *s, int err)
{
	struct act *act = s->act;

	act->sealing = false;
	act->sealed_at = clock_mono_ms();
	if (!err)
		act->sealed = s->size;
	else if (err != -ENOENT)
		log_event(LOG_ERROR, "audit.checkpoint_failed", LOG_S("error", strerror(-err)));
	free(s);
}

/* The disk that the file is on must not hold up the loop. */
static void in_pool(uv_work_t *work)
{
	struct sealing *s = work->data;

	s->err = outside_add(s->act->parts.audit.outside, s->note, s->size);
}

static void added(uv_work_t *work, int status)
{
	struct sealing *s = work->data;

	sealed(s, status ? -EIO : s->err);
}

static void is_signed(void *arg, int err)
{
	struct sealing *s = arg;

	if (err) {
		sealed(s, err);
		return;
	}
	s->work.data = s;
	/* At the very end there is no loop to come back to, and nobody who waits. */
	if (s->act->ending || uv_queue_work(s->act->parts.loop, &s->work, in_pool, added))
		sealed(s, outside_add(s->act->parts.audit.outside, s->note, s->size));
}

static void seal(struct act *act)
{
	struct sealing *s = calloc(1, sizeof *s);

	if (!s)
		return;
	s->act = act;
	if (store_submit(act->store, run_sign, is_signed, s) == 0)
		act->sealing = true;
	else
		free(s);
}

void checkpoint_tick(struct act *act, int64_t now)
{
	int64_t size;

	if (!act->parts.audit.signer || act->sealing || act->ending || store_audit_size(act->store, &size) || size == act->sealed)
		return;
	if (size - act->sealed >= LIMIT_CHECKPOINT_ROWS || now - act->sealed_at >= act->parts.audit.every_ms)
		seal(act);
}

void act_audit_end(struct act *act)
{
	tally_flush(act, true);
	if (act->parts.audit.signer)
		seal(act);
}

/* What the file says last must be what the database has kept under that number of rows. */
static int notes_compare(struct store *store, int64_t size, const char *note, char why[static 256])
{
	char kept[NOTE_CHARS];
	int err = store_audit_note(store, size, kept);

	if (err && err != -ENOENT)
		return err;
	if (!err && strcmp(kept, note) == 0)
		return 0;
	snprintf(why, 256, "the audit log %s what was signed outside for %lld rows: it was changed, or is of an older backup; see doc/operate.md, Audit",
		err ? "does not have" : "differs from", (long long)size);
	return -EBADMSG;
}

int act_audit_check(struct store *store, const struct act_audit *audit, char why[static 256])
{
	const struct note_key *key = &audit->signer->key;
	char newest[NOTE_CHARS], last[NOTE_CHARS];
	struct checkpoint_note kept = { 0 }, outside = { 0 };
	int err = store_audit_note(store, 0, newest);

	if (err && err != -ENOENT)
		return err;
	if (!err && !note_open(key, str_of(newest), &kept)) {
		snprintf(why, 256, "audit.key is not the key that signed this audit log: put back the one that did");
		return -EKEYREJECTED;
	}
	err = outside_last(audit->outside, key, &outside, last, why);
	if (err == -ENOENT && kept.size)
		log_event(LOG_WARN, "audit.outside_empty", LOG_I("kept", kept.size));
	else if (!err)
		err = notes_compare(store, outside.size, last, why);
	if (err && err != -ENOENT)
		return err;
	/* Killed between the database and the file. */
	return kept.size > outside.size ? outside_add(audit->outside, newest, kept.size) : 0;
}
