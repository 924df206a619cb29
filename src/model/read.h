/** @file model/read.h  Reading the kinds of fields that the world document repeats, inside this room. Every refusal names its path. */
#pragma once
#include "model/world_doc.h"

/** Call `take` for each element of the list at `key`, if it is there. */
typedef bool read_element(json_t *value, const char *path, void *arg, struct json_err *err);
bool read_list(json_t *object, const char *path, const char *key, size_t most, read_element *take, void *arg, struct json_err *err);

/** One of the names, by its place; absent leaves *out. `names` ends with NULL. */
bool read_choice(json_t *object, const char *path, const char *key, const char *const *names, unsigned *out, struct json_err *err);

/** A time; absent and null leave *out. */
bool read_instant(json_t *object, const char *path, const char *key, struct instant *out, struct json_err *err);

/** A canonical address, owned by the caller. The key has to be there. */
bool read_address(json_t *object, const char *path, const char *key, char **out, struct json_err *err);

/** A list of addresses, each once. */
bool read_addresses(json_t *object, const char *path, const char *key, struct texts *out, struct json_err *err);

/** A list of texts, each once: names of segments. */
bool read_texts(json_t *object, const char *path, const char *key, struct texts *out, struct json_err *err);

/** A list of "segment:NAME" and addresses, each once. */
bool read_circle(json_t *object, const char *path, const char *key, struct texts *out, struct json_err *err);

/** A name of 1 to LIMIT_NAME_CHARS characters, owned by the caller. The key has to be there. */
bool read_name(json_t *object, const char *path, const char *key, char **out, struct json_err *err);

/** A set of actions as bits, from a list of their names; only those in `may` are taken. Absent leaves *out. */
bool read_actions(json_t *object, const char *path, const char *key, unsigned may, const char *which, unsigned *out, struct json_err *err);

/** New references; NULL when memory is out. */
json_t *write_instant(const struct instant *at);
json_t *write_actions(unsigned actions);

/** Make room for one more in an array of n elements that grows by doubling. NULL when memory is out. */
void *array_room(void *array, size_t n, size_t size);
