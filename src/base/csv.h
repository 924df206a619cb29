/** @file base/csv.h  Rows of comma-separated values (RFC 4180) that a spreadsheet reads as text and never as a formula. */
#pragma once
#include "base/buf.h"

/**
 * Append one field, quoted, with a comma in front unless it begins a row. Text that a spreadsheet would run (it begins with = + - @,
 * a tab or a carriage return) gets an apostrophe in front (OWASP, "CSV Injection"). 0 or -ENOMEM.
 */
int csv_field(struct buf *out, struct str text);

/** End the row. 0 or -ENOMEM. */
int csv_end(struct buf *out);
