/** @file ctl/command.h  The commands of farhandctl, and how they end. */
#pragma once
#include "base/buf.h"
#include "base/json.h"

/** Exit codes: scripts go by them. */
enum {
	EXIT_OK = 0,
	EXIT_REFUSED = 1,	/* the server said no; an "expect" did not hold; this machine failed */
	EXIT_MALFORMED = 2,	/* the command line, the world or an ask can't be read */
	EXIT_NO_SERVER = 3,	/* the server was not reached */
};

/** A command gets the words behind its name and returns an exit code. */
typedef int command_run(int argc, char **argv);

command_run reach_command, check_command;
command_run apply_command;
command_run export_command;
command_run password_command, password_link_command, invite_command, second_factor_command;
command_run role_command, person_command;
command_run calls_command;
command_run audit_command;
command_run backup_command, restore_command;

/** One line on standard error, "farhandctl: …". */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Read a whole file; the caller releases. False has complained. */
bool file_read(const char *path, struct buf *out);
