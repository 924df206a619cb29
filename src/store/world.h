/** @file store/world.h  Reading the world's rows back as documents, for store_world_load(). Inside this room only. */
#pragma once
#include "store/nouns.h"
#include "store/sqlite.h"

/** Every tenant in the order in which they were made. A callback's non-zero stops and is returned. */
int tenant_each(struct db *db, int (*row)(void *arg, int64_t tenant_id, const struct tenant_doc *tenant, int64_t access_rev), void *arg);

/** Every account of a tenant in the order in which they were made. A callback's non-zero stops and is returned. */
int account_each(struct db *db, int64_t tenant_id,
	int (*row)(void *arg, int64_t account_id, int64_t tenant_id, const struct account_doc *account), void *arg);
