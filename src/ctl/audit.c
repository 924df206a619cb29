/** @file ctl/audit.c  farhandctl audit: check, export and prove the log of a data folder or of a backup, without the server. */
#include "ctl/audit.h"
#include "ctl/command.h"
#include "ctl/options.h"
#include "store/audit_key.h"
#include "store/audit_verify.h"

#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct audit_words {
	const char *data, *key, *checkpoints;
};

static bool path_in(const char *folder, const char *name, char out[static PATH_MAX])
{
	if (snprintf(out, PATH_MAX, "%s/%s", folder, name) < PATH_MAX)
		return true;
	complain("%s: the name is too long", folder);
	return false;
}

static struct audit_reader *reader_open(const char *folder)
{
	struct audit_reader *reader;
	char path[PATH_MAX], why[256];

	if (!path_in(folder, "farhand.db", path))
		return NULL;
	if (audit_reader_open(&reader, path, why)) {
		complain("%s", why);
		return NULL;
	}
	return reader;
}

/* The file of checkpoints: the one named must be there; the folder's own may be elsewhere. */
static bool outside_read(const char *folder, const char *named, struct buf *out)
{
	char path[PATH_MAX];

	if (named)
		return file_read(named, out);
	if (!path_in(folder, "audit.checkpoints", path))
		return false;
	if (access(path, F_OK) == 0)
		return file_read(path, out);
	fprintf(stderr, "farhandctl: %s is not there: only the database's own checkpoints are compared; name the file with --checkpoints\n", path);
	return true;
}

static int report_tell(const struct audit_report *report, const struct note_key *key)
{
	if (!report->sound) {
		printf("broken: %s\n", report->why);
		if (report->bad_row)
			printf("first bad row: %lld\n", (long long)report->bad_row);
		return EXIT_REFUSED;
	}
	printf("sound: %lld rows; %lld of them signed by %s (checkpoints: %lld in the database, %lld outside)\n", (long long)report->rows,
		(long long)report->proved, key->name, (long long)report->kept, (long long)report->outside);
	return EXIT_OK;
}

int audit_folder_verify(const char *folder, const char *key_path, const char *checkpoints)
{
	struct audit_reader *reader;
	struct audit_report report;
	struct buf outside = { 0 };
	struct note_key key;
	char path[PATH_MAX], why[256];
	int err;

	if (!path_in(folder, "audit.pub", path))
		return EXIT_MALFORMED;
	if (audit_key_read(&key, key_path ? key_path : path, why)) {
		complain("%s", why);
		return EXIT_MALFORMED;
	}
	reader = reader_open(folder);
	if (!reader)
		return EXIT_MALFORMED;
	if (!outside_read(folder, checkpoints, &outside)) {
		audit_reader_close(reader);
		return EXIT_MALFORMED;
	}
	err = audit_verify(reader, &key, buf_str(&outside), &report);
	buf_release(&outside);
	audit_reader_close(reader);
	if (err) {
		complain("the log can't be read: %s", strerror(-err));
		return EXIT_REFUSED;
	}
	return report_tell(&report, &key);
}

static int line_h(void *arg, struct str entry)
{
	(void)arg;
	return fwrite(entry.p, 1, entry.n, stdout) == entry.n && putchar('\n') != EOF ? 0 : -EIO;
}

static int export_run(const char *folder)
{
	struct audit_reader *reader = reader_open(folder);
	int err;

	if (!reader)
		return EXIT_MALFORMED;
	err = audit_export(reader, line_h, NULL);
	audit_reader_close(reader);
	if (!err && fflush(stdout))
		err = -errno;
	if (err)
		complain("the log was not exported whole: %s", strerror(-err));
	return err ? EXIT_REFUSED : EXIT_OK;
}

static json_t *path_say(const struct audit_proof *proof)
{
	json_t *list = json_array();
	char text[64];

	for (size_t i = 0; i < proof->n; i++) {
		sodium_bin2base64(text, sizeof text, proof->path[i].hash, MERKLE_BYTES, sodium_base64_VARIANT_ORIGINAL);
		json_array_append_new(list, json_string(text));
	}
	return list;
}

static int proof_tell(const struct audit_proof *proof)
{
	json_t *o = json_pack("{s:s#, s:I, s:I, s:o, s:s}", "entry", proof->entry.p, (int)proof->entry.n, "leaf_index", (json_int_t)proof->place, "tree_size",
		(json_int_t)proof->size, "inclusion_path", path_say(proof), "checkpoint", proof->note);
	int err = o ? json_dumpf(o, stdout, JSON_INDENT(1)) : -1;

	json_decref(o);
	if (err || putchar('\n') == EOF || fflush(stdout)) {
		complain("the proof can't be written");
		return EXIT_REFUSED;
	}
	return EXIT_OK;
}

static int proof_run(const char *folder, const char *text)
{
	struct audit_reader *reader;
	struct audit_proof proof;
	char *end;
	long long id = strtoll(text, &end, 10);
	int err, code;

	if (*end || id < 1) {
		complain("%s is not the number of a row", text);
		return EXIT_MALFORMED;
	}
	reader = reader_open(folder);
	if (!reader)
		return EXIT_MALFORMED;
	err = audit_prove(reader, id, &proof);
	audit_reader_close(reader);
	if (err) {
		complain("row %lld: %s", id, err == -ENOENT ? "there is none" : err == -EAGAIN ? "no checkpoint speaks for it yet" : strerror(-err));
		return EXIT_REFUSED;
	}
	code = proof_tell(&proof);
	buf_release(&proof.entry);
	return code;
}

/* What `audit proof` printed, as read back: the root that it leads to. */
static bool proof_root(json_t *proof, struct merkle *root, int64_t *size, struct str *note, struct json_err *err)
{
	static const char *const keys[] = { "entry", "leaf_index", "tree_size", "inclusion_path", "checkpoint", NULL };
	struct merkle leaf, path[MERKLE_PATH];
	struct str entry;
	int64_t place;
	json_t *list = json_object_get(proof, "inclusion_path"), *v;
	size_t i;

	if (!json_only(proof, "", keys, err) || !json_get_str(proof, "", "entry", true, &entry, err) || !json_get_int(proof, "", "leaf_index", true, &place, err) ||
		!json_get_int(proof, "", "tree_size", true, size, err) || !json_get_str(proof, "", "checkpoint", true, note, err))
		return false;
	if (!json_is_array(list) || json_array_size(list) > MERKLE_PATH)
		return json_bad(err, "/inclusion_path", "must be a list of at most %d hashes", MERKLE_PATH);
	json_array_foreach(list, i, v) {
		const char *text = json_string_value(v);
		size_t n;

		if (!text || sodium_base642bin(path[i].hash, MERKLE_BYTES, text, strlen(text), NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) || n != MERKLE_BYTES)
			return json_bad(err, "/inclusion_path", "must be hashes in base64");
	}
	merkle_leaf(entry.p, entry.n, &leaf);
	return merkle_proof_root(&leaf, place, *size, path, json_array_size(list), root) || json_bad(err, "/inclusion_path", "is not as long as the tree is high");
}

static int proof_check(const char *file, const char *key_path)
{
	struct checkpoint_note signed_;
	struct json_err err = { .why = "does not lead to the checkpoint, or the checkpoint is not signed by the key" };
	struct buf text = { 0 };
	struct note_key key;
	struct merkle root;
	struct str note;
	json_t *proof;
	int64_t size;
	char why[256];
	bool ok;

	if (!key_path || audit_key_read(&key, key_path, why)) {
		complain("%s", key_path ? why : "audit check needs --key: a proof is checked with a key that was kept elsewhere");
		return EXIT_MALFORMED;
	}
	if (!file_read(file, &text))
		return EXIT_MALFORMED;
	proof = json_read(buf_str(&text), 4, &err);
	ok = proof && proof_root(proof, &root, &size, &note, &err);
	if (ok) {
		snprintf(err.why, sizeof err.why, "does not lead to its checkpoint, or that is not signed by %s", key.name);
		ok = note_open(&key, note, &signed_) && signed_.size == size && merkle_same(&signed_.root, &root);
	}
	if (ok)
		printf("proved: the entry is in the log that %s signed\n", key.name);
	else
		complain("%s: %s%s%s", file, err.path, err.path[0] ? ": " : "", err.why);
	json_decref(proof);
	buf_release(&text);
	return ok ? EXIT_OK : EXIT_REFUSED;
}

int audit_command(int argc, char **argv)
{
	struct audit_words words = { .data = "/var/lib/farhand" };
	const struct option_row rows[] = { { "--data", &words.data, NULL }, { "--key", &words.key, NULL }, { "--checkpoints", &words.checkpoints, NULL }, { 0 } };
	const char *rest[2];
	int n = options_read(argc, argv, rows, rest, 2);

	if (n < 0)
		return EXIT_MALFORMED;
	if (sodium_init() < 0)
		return EXIT_REFUSED;
	if (n == 1 && strcmp(rest[0], "verify") == 0)
		return audit_folder_verify(words.data, words.key, words.checkpoints);
	if (n == 1 && strcmp(rest[0], "export") == 0)
		return export_run(words.data);
	if (n == 2 && strcmp(rest[0], "proof") == 0)
		return proof_run(words.data, rest[1]);
	if (n == 2 && strcmp(rest[0], "check") == 0)
		return proof_check(rest[1], words.key);
	complain("audit needs verify, export, proof ID, or check FILE");
	return EXIT_MALFORMED;
}
