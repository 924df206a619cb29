/** @file base/json.h  Strict JSON at the edge (RFC 8259 and I-JSON's bans), and reading it with a path in every error. */
#pragma once
#include "base/str.h"

#include <jansson.h>
#include <stdint.h>

/** Where and why a document was refused. The path is a JSON pointer (RFC 6901), "" for the whole. */
struct json_err {
	char path[512];
	char why[256];
};

/**
 * Parse one whole document: UTF-8 only, no duplicate keys, no key above LIMIT_JSON_KEY_BYTES, no NUL inside
 * strings, nothing behind the end, at most `depth` levels; numbers must fit int64 or a finite double. The result is a new reference, or NULL
 * with *err filled.
 */
json_t *json_read(struct str text, unsigned depth, struct json_err *err);

/** Fill an error; `path` is copied, `why` formatted. Returns false, so that a decoder can `return json_bad(…)`. */
bool json_bad(struct json_err *err, const char *path, const char *why, ...) __attribute__((format(printf, 3, 4)));

/** Join a pointer and a key (escaped by RFC 6901) or an index into `out`; a path too long is cut. */
void json_path_key(char out[static 512], const char *path, const char *key);
void json_path_index(char out[static 512], const char *path, size_t index);

/**
 * Field readers for an object at `path`. A missing field leaves *out as it was (its default) unless
 * `required`. A wrong type fills the error. null is a wrong type.
 */
bool json_get_str(json_t *object, const char *path, const char *key, bool required, struct str *out, struct json_err *err);
bool json_get_bool(json_t *object, const char *path, const char *key, bool required, bool *out, struct json_err *err);
bool json_get_int(json_t *object, const char *path, const char *key, bool required, int64_t *out, struct json_err *err);

/** Refuse any key that is not in the NULL-terminated list, naming it. Also refuses what is not an object. */
bool json_only(json_t *object, const char *path, const char *const *keys, struct json_err *err);
