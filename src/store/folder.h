/**
 * @file store/folder.h  The folder with the bytes of files: one name for each content, the SHA-256 of it in hexadecimal, and ID.part for
 * each upload that is under way. Which of them count is the database's to say (store/file.c).
 */
#pragma once
#include "base/id.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/** What it is called in the data folder. */
#define FOLDER_NAME "files"

enum { FILE_HASH_CHARS = 64, FOLDER_NAME_CHARS = 64 };

/** The folder, open. Owned by who opened it; any thread may use it. */
struct folder;

/** Open, and make it (mode 0700) when it is not there. 0 and *fp, or a negative errno with `why`. */
int folder_open(struct folder **fp, const char *path, char why[static 256]);
void folder_close(struct folder *folder);

/**
 * Write a piece of an upload at its place and sync it. 0, or a negative errno: -ENOENT when the pieces before it are not there.
 * Blocks: not for the loop.
 */
int folder_part_write(const struct folder *folder, const char *id, int64_t at, struct str piece);

/**
 * Read an upload of so many bytes to its end: its hash, and its first bytes into `head` (*head_bytes of them, at most what it is on
 * entry). 0 or a negative errno; -ENODATA when it is shorter. Blocks.
 */
int folder_part_hash(const struct folder *folder, const char *id, int64_t bytes, char hash[static FILE_HASH_CHARS + 1], void *head, size_t *head_bytes);

/** Give an upload's bytes their content's name, durably; it may have it already. 0 or a negative errno. Blocks. */
int folder_part_name(const struct folder *folder, const char *id, const char *hash);

/** A descriptor to read a content from, which the caller closes; or a negative errno. Blocks. */
int folder_content_open(const struct folder *folder, const char *hash);

/** Remove a name; one that is not there is no fault. Blocks. */
int folder_remove(const struct folder *folder, const char *name);

/** Nothing may be removed while somebody copies the folder (folder_hold). True: nobody does, until folder_release. */
bool folder_claim(const struct folder *folder);
void folder_release(const struct folder *folder);
/** Copy: wait until nothing is being removed, and keep it so. 0 or a negative errno. */
int folder_hold(const struct folder *folder);

/** The names there, each with its NUL, one behind the other; -ENOMEM or another negative errno. The caller frees *out. Blocks. */
int folder_names(const struct folder *folder, char **out, size_t *bytes);

/** Is this the name of a content, of an upload (`id` is filled), or neither? */
enum folder_name { FOLDER_OTHER, FOLDER_CONTENT, FOLDER_PART };
enum folder_name folder_name_read(const char *name, char id[static ID_CHARS + 1]);
