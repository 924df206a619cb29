/** @file ctl/audit.h  The audit log of a folder that holds farhand.db. */
#pragma once

/**
 * Check it whole and print what was found. `key_path` NULL: the folder's audit.pub; `checkpoints` NULL: the folder's audit.checkpoints, if it
 * is there. EXIT_OK when it is sound.
 */
int audit_folder_verify(const char *folder, const char *key_path, const char *checkpoints);
