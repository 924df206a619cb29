/** @file store/audit_tree.c  The tree over the audit log's rows: every whole subtree's hash is kept, so nothing costs more than O(log n). */
#include "store/audit_tree.h"

#include "store/audit_entry.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>

#define YEAR_10000_MS 253402300800000

int audit_row_of(struct query *q, struct audit_row *out)
{
	struct str actor = query_text(q, 2), what = query_text(q, 3), tenant = query_text(q, 4), detail = query_text(q, 5);

	if (!actor.p || !what.p || !detail.p || (!tenant.p && !query_null(q, 4)))
		return -ENOMEM;
	*out = (struct audit_row){ query_int(q, 0), query_int(q, 1), actor.p, what.p, tenant.p, detail.p };
	/* Text ends where it ends, and a time that can't be written has no text: two rows never are the same bytes. */
	if (strlen(actor.p) != actor.n || strlen(what.p) != what.n || (tenant.p && strlen(tenant.p) != tenant.n) || strlen(detail.p) != detail.n)
		return -EBADMSG;
	return out->at < 0 || out->at >= YEAR_10000_MS ? -EBADMSG : 0;
}

int audit_tree_size(struct db *db, int64_t *out)
{
	struct query q;
	int err = query_first(&q, db, "SELECT coalesce(max(place) + 1, 0) FROM audit_node WHERE level = 0");

	if (err)
		return err;
	*out = query_int(&q, 0);
	query_close(&q);
	return 0;
}

int audit_tree_hash(struct db *db, int level, int64_t place, struct merkle *out)
{
	struct query q;
	struct str hash;
	int err = query_first(&q, db, "SELECT hash FROM audit_node WHERE level = ?1 AND place = ?2", DB_I(level), DB_I(place));

	if (err)
		return err;
	hash = query_blob(&q, 0);
	if (hash.p && hash.n == MERKLE_BYTES)
		memcpy(out->hash, hash.p, MERKLE_BYTES);
	else
		err = -EIO;
	query_close(&q);
	return err;
}

static int node_put(struct db *db, int level, int64_t place, const struct merkle *hash)
{
	return db_run(db, "INSERT INTO audit_node (level, place, hash) VALUES (?1, ?2, ?3)", DB_I(level), DB_I(place),
		DB_B(hash->hash, MERKLE_BYTES));
}

int audit_tree_add(struct db *db, const struct audit_row *row)
{
	int64_t place = row->id - 1;
	struct merkle hash, left;
	struct buf entry = { 0 };
	int err = audit_entry(&entry, row);

	if (!err)
		merkle_leaf(entry.p, entry.n, &hash);
	buf_release(&entry);
	if (!err)
		err = node_put(db, 0, place, &hash);
	for (int level = 0; !err && (place & 1); level++, place >>= 1) {
		err = audit_tree_hash(db, level, place - 1, &left);
		if (err)
			break;
		merkle_node(&left, &hash, &hash);
		err = node_put(db, level + 1, place >> 1, &hash);
	}
	return err;
}

/* Of n leaves from `first`, which is a multiple of the power of two at or above n: so every whole part is a kept node. */
static int range_hash(struct db *db, int64_t first, int64_t n, struct merkle *out)
{
	struct merkle left, right;
	int64_t cut;
	int err;

	if ((n & (n - 1)) == 0) {
		int level = __builtin_ctzll((unsigned long long)n);

		return audit_tree_hash(db, level, first >> level, out);
	}
	cut = merkle_cut(n);
	err = range_hash(db, first, cut, &left);
	if (!err)
		err = range_hash(db, first + cut, n - cut, &right);
	if (!err)
		merkle_node(&left, &right, out);
	return err;
}

int audit_tree_root(struct db *db, int64_t size, struct merkle *out)
{
	if (size)
		return range_hash(db, 0, size, out);
	merkle_empty(out);
	return 0;
}

int audit_tree_proof(struct db *db, int64_t place, int64_t size, struct merkle path[static MERKLE_PATH], size_t *n)
{
	struct { int64_t first, n; } other[MERKLE_PATH];
	int64_t first = 0;
	int err = 0;

	assert(place >= 0 && place < size);
	/* From the root down to the leaf; a proof is written from the leaf up. */
	*n = 0;
	while (size > 1) {
		int64_t cut = merkle_cut(size);
		bool left = place - first < cut;

		other[*n].first = left ? first + cut : first;
		other[*n].n = left ? size - cut : cut;
		first = left ? first : first + cut;
		size = left ? cut : size - cut;
		(*n)++;
	}
	for (size_t i = 0; !err && i < *n; i++)
		err = range_hash(db, other[*n - 1 - i].first, other[*n - 1 - i].n, &path[i]);
	return err;
}

static int rows_take(struct db *db)
{
	struct query q;
	int err = query_open(&q, db, "SELECT " AUDIT_COLUMNS " FROM audit ORDER BY id"), got = 0;

	if (err)
		return err;
	while (!err && (got = query_step(&q)) == 1) {
		struct audit_row row;

		err = audit_row_of(&q, &row);
		if (!err)
			err = audit_tree_add(db, &row);
	}
	query_close(&q);
	return err ? err : got;
}

static int tree_make(struct db *db)
{
	int err = db_run(db, "BEGIN IMMEDIATE");

	if (err)
		return err;
	err = rows_take(db);
	if (!err)
		err = db_run(db, "COMMIT");
	if (err && !db_idle(db))
		db_run(db, "ROLLBACK");
	return err;
}

static int rows_last(struct db *db, int64_t *out)
{
	struct query q;
	int err = query_first(&q, db, "SELECT coalesce(max(id), 0) FROM audit");

	if (err)
		return err;
	*out = query_int(&q, 0);
	query_close(&q);
	return 0;
}

int audit_settle(struct db *db, char why[static 256])
{
	int64_t leaves = 0, last = 0;
	int err = audit_tree_size(db, &leaves);

	if (!err)
		err = rows_last(db, &last);
	if (!err && !leaves && last) {
		err = tree_make(db);
		leaves = last;
	}
	if (!err && leaves != last)
		err = -EBADMSG;
	if (err == -EBADMSG)
		snprintf(why, 256, "the audit log was changed by somebody else: it has %lld rows, its tree %lld; run farhandctl audit verify",
			(long long)last, (long long)leaves);
	else if (err)
		snprintf(why, 256, "the audit log can't be read: %s", strerror(-err));
	return err;
}
