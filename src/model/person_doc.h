/** @file model/person_doc.h  Parts of an account of the world document, inside this room. */
#pragma once
#include "model/world_doc.h"

bool attributes_decode(json_t *object, const char *path, struct account_doc *out, struct json_err *err);
bool contacts_decode(json_t *object, const char *path, struct account_doc *out, struct json_err *err);
json_t *contacts_encode(const struct account_doc *account);

/** The keys that only guests have: home, state, expires, controls, reach_list. */
bool guest_decode(json_t *object, const char *path, struct account_doc *out, struct json_err *err);
json_t *guest_encode(const struct account_doc *account);
