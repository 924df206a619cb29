/** @file model/domain_list.h  Lists of domains in the world document, inside this room. */
#pragma once
#include "model/world_doc.h"

/** Read a list of domains, "*.domain" included; absent leaves `out` empty. Repeated entries are kept once. */
bool domain_list_decode(json_t *object, const char *path, const char *key, struct texts *out, struct json_err *err);

/** A new reference; NULL when memory is out. */
json_t *texts_encode(const struct texts *texts);
