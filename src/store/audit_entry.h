/** @file store/audit_entry.h  A row of the audit log as the bytes that are hashed, and exported. */
#pragma once
#include "base/buf.h"
#include "store/nouns.h"

/**
 * Append the row's one and only text, without a line's end:
 *
 *   {"id":7,"at":"2026-11-23T17:35:00.123Z","actor":"operator","what":"role.grant","tenant":"aldous","detail":{"role":"owner"}}
 *
 * `detail` stands as it was kept. In strings only '"', '\' and what is below U+0020 are escaped, the latter as \u00xx. 0 or -ENOMEM.
 */
int audit_entry(struct buf *out, const struct audit_row *row);
