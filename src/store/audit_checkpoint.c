/** @file store/audit_checkpoint.c  Signing what the audit log holds, and the notes kept of it. The file outside is store/outside.c. */
#include "base/note.h"
#include "store/audit_tree.h"
#include "store/inside.h"

#include <errno.h>

static int note_take(struct query *q, char *note)
{
	struct str text = query_text(q, 0);
	int err = !text.p ? -ENOMEM : text.n >= NOTE_CHARS ? -EIO : 0;

	if (!err)
		memcpy(note, text.p, text.n + 1);
	query_close(q);
	return err;
}

static int note_newest(struct db *db, char *note)
{
	struct query q;
	int err = query_first(&q, db, "SELECT note FROM audit_checkpoint ORDER BY size DESC LIMIT 1");

	return err ? err : note_take(&q, note);
}

int store_audit_note(struct store *store, int64_t size, char *note)
{
	struct query q;
	int err;

	if (!size)
		return note_newest(store->reader, note);
	err = query_first(&q, store->reader, "SELECT note FROM audit_checkpoint WHERE size = ?1", DB_I(size));
	return err ? err : note_take(&q, note);
}

int store_audit_checkpoint(struct store_tx *tx, const struct note_signer *signer, time_ms_t at, char *note, int64_t *size)
{
	struct checkpoint_note now = { .at = at }, last = { 0 };
	int err = note_newest(tx->db, note);

	if (!err && !note_open(&signer->key, str_of(note), &last))
		return -EKEYREJECTED;
	if (err && err != -ENOENT)
		return err;
	err = audit_tree_size(tx->db, &now.size);
	if (err || !now.size)
		return err ? err : -ENOENT;
	*size = now.size;
	if (now.size == last.size)
		return 0;
	err = audit_tree_root(tx->db, now.size, &now.root);
	if (err)
		return err == -ENOENT ? -EIO : err;
	note_sign(signer, &now, note);
	return db_run(tx->db, "INSERT INTO audit_checkpoint (size, note) VALUES (?1, ?2)", DB_I(now.size), DB_S(note));
}
