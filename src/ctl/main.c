/** @file ctl/main.c  farhandctl: the table of commands. */
#include "ctl/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static command_run help_command, version_command;

static const struct {
	const char *name;
	const char *words;
	const char *what;
	command_run *run;
} commands[] = {
	{ "reach", "--world FILE [--brief|--explain]", "answer asks, JSON lines on standard input, without a server", reach_command },
	{ "check", "FILE", "is FILE a world document that keeps its own promises? for a company's CI", check_command },
	{ "apply", "FILE [--prune] [--force]", "make the tenants in FILE as it says; --prune disables accounts that it omits", apply_command },
	{ "export", "", "print the server's world document", export_command },
	{ "password", "ADDRESS [--must-change]", "set a password, read from standard input; --must-change asks for another at the next sign-in", password_command },
	{ "password-link", "ADDRESS", "print a link that sets the account's password, once", password_link_command },
	{ "invite", "ADDRESS", "mail the account a link that sets its password, once", invite_command },
	{ "second-factor", "reset ADDRESS", "switch off the second factor of somebody who lost the device", second_factor_command },
	{ "role", "grant|revoke ADDRESS ROLE", "owner, access_admin, licence_admin or auditor", role_command },
	{ "person", "export|erase TENANT ADDRESS [--yes]", "print what is kept about somebody; erase him for good: --yes", person_command },
	{ "calls", "list|end TENANT CALL|report TENANT", "those under way; end one; print an organisation's as CSV: --from TIME, --to TIME", calls_command },
	{ "audit", "verify|export|proof ID|check FILE", "check, print or prove the audit log; --data FOLDER, --key FILE, --checkpoints FILE", audit_command },
	{ "backup", "FOLDER [--data FOLDER]", "copy a data folder, also of a running server, and check the copy", backup_command },
	{ "restore", "FOLDER [--data FOLDER]", "make a data folder of a backup; all sessions end", restore_command },
	{ "help", "", "this", help_command },
	{ "version", "", "the version", version_command },
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

void complain(const char *format, ...)
{
	char line[2048];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	/* What comes from files and servers must not steer a terminal. */
	for (char *c = line; *c; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	}
	fprintf(stderr, "farhandctl: %s\n", line);
}

static int help_command(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	printf("farhandctl COMMAND …\n\n");
	for (unsigned i = 0; i < COMMANDS; i++)
		printf("  %-13s %-34s %s\n", commands[i].name, commands[i].words, commands[i].what);
	printf("\nCommands that talk to a server take (or find in the environment):\n"
		"  --server URL       FARHAND_SERVER      https://localhost:8443\n"
		"  --token-file FILE  FARHAND_TOKEN_FILE  the operator's or an owner's token\n"
		"  --ca FILE          FARHAND_CA          trust this certificate instead of the system's\n"
		"\nExit status: 0 done, 1 refused, 2 the command line or a document can't be read, 3 no server.\n");
	return EXIT_OK;
}

static int version_command(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	printf("farhandctl %s\n", FARHAND_VERSION);
	return EXIT_OK;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "help";

	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		name = "help";
	if (strcmp(name, "--version") == 0)
		name = "version";
	for (unsigned i = 0; i < COMMANDS; i++) {
		if (strcmp(name, commands[i].name) == 0)
			return commands[i].run(argc > 1 ? argc - 2 : 0, argv + (argc > 1 ? 2 : 1));
	}
	complain("there is no command %s; try farhandctl help", name);
	return EXIT_MALFORMED;
}
