/** @file main.c  The command line and the configuration; then the server. */
#include "base/log.h"
#include "server.h"

#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

static const struct config_key keys[] = {
	{ "data", CONFIG_TEXT, "/var/lib/farhand", 0, 0, NULL, "The data folder: database, certificate, operator token. Made if absent, mode 0700." },
	{ "listen.address", CONFIG_TEXT, "::", 0, 0, NULL, "Numeric address to listen on for HTTPS; :: is every address, IPv4 too." },
	{ "listen.port", CONFIG_NUMBER, "8443", 0, 65535, NULL, "Port for HTTPS; 0 lets the kernel choose." },
	{ "tls.certificate", CONFIG_TEXT, "", 0, 0, NULL, "PEM file of the certificate chain. Empty: tls.pem in the data folder, self-signed if absent." },
	{ "tls.key", CONFIG_TEXT, "", 0, 0, NULL, "PEM file of its key. Empty: tls.key in the data folder." },
	{ "tls.names", CONFIG_TEXT, "localhost 127.0.0.1 ::1", 0, 0, NULL, "Names and addresses for a self-signed certificate, with spaces between." },
	{ "relay.address", CONFIG_TEXT, "", 0, 0, NULL, "Numeric addresses at which browsers reach the media relay, with spaces between. Empty: every local one." },
	{ "relay.port", CONFIG_NUMBER, "8443", 0, 65535, NULL, "UDP port of the media relay; 0 lets the kernel choose." },
	{ "audit.checkpoints", CONFIG_TEXT, "", 0, 0, NULL, "File for the audit log's signed checkpoints, better on another disk. Empty: audit.checkpoints in the data folder." },
	{ "audit.seconds", CONFIG_NUMBER, "60", 1, 86400, NULL, "The longest that rows of the audit log wait for a checkpoint, in seconds." },
	{ "session.days", CONFIG_NUMBER, "7", 1, 365, NULL, "How long a sign-in lasts, in days." },
	{ "requests.second", CONFIG_NUMBER, "50", 4, 10000, NULL, "Requests that an account may make in a second, and ten times as many at once. Half of it for an address without sign-in, 20 times for an organisation." },
	{ "password.length", CONFIG_NUMBER, "8", 8, 64, NULL, "The least number of characters of a new password. Nothing else is asked of it but the next." },
	{ "password.breached", CONFIG_TEXT, "", 0, 0, NULL, "File of known passwords that are refused: SHA-1 hashes in order, one a line (haveibeenpwned.com). Empty: none." },
	{ "link.hours", CONFIG_NUMBER, "48", 1, 720, NULL, "How long a link to set a password can be used, in hours." },
	{ "file.megabytes", CONFIG_NUMBER, "100", 1, 100000, NULL, "The most that one file in a conversation may have, in megabytes." },
	{ "file.tenant_megabytes", CONFIG_NUMBER, "20000", 1, 1000000000, NULL, "The most that the files of one organisation's people may have together, in megabytes." },
	{ "web.url", CONFIG_TEXT, "", 0, 0, NULL, "How people reach this server, such as https://farhand.example.com: for links in mails. Needed with mail.server." },
	{ "mail.server", CONFIG_TEXT, "", 0, 0, NULL, "Host that takes our mail by SMTP. Empty: no mail is sent, and links are shown to copy." },
	{ "mail.port", CONFIG_NUMBER, "587", 1, 65535, NULL, "Its port: 587 for starttls, 465 for tls." },
	{ "mail.tls", CONFIG_CHOICE, "starttls", 0, 0, "starttls tls off", "Encryption, which must succeed; off only for a relay on this machine, without mail.user." },
	{ "mail.ca", CONFIG_TEXT, "/etc/ssl/certs/ca-certificates.crt", 0, 0, NULL, "PEM file of the authorities that may vouch for it." },
	{ "mail.from", CONFIG_TEXT, "", 0, 0, NULL, "Address that our mail comes from." },
	{ "mail.user", CONFIG_TEXT, "", 0, 0, NULL, "User to sign in as. Empty: without signing in." },
	{ "mail.password_file", CONFIG_TEXT, "", 0, 0, NULL, "File whose first line is the password. Read at the start by the mail process, never by the server." },
	{ "sandbox", CONFIG_CHOICE, "on", 0, 0, "on off", "Give up, after the start, files, ports and system calls that serving does not need. Off is for debugging." },
	{ "log.level", CONFIG_CHOICE, "info", 0, 0, "debug info warn error", "What is logged, to standard error, one JSON object a line." },
};

enum { KEYS = sizeof keys / sizeof keys[0] };

static void harden(void)
{
	struct rlimit none = { 0, 0 }, files;

	/* A core would hold keys, passwords and messages. */
	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	signal(SIGPIPE, SIG_IGN);
	umask(0077);
}

static int usage(FILE *out)
{
	fputs("usage: farhandd [--config FILE] [--set KEY=VALUE]...\n"
		"       farhandd --document   print every key with its default\n"
		"       farhandd --version\n", out);
	return out == stdout ? 0 : 2;
}

static int arguments(struct config *config, int argc, char **argv)
{
	char why[512];

	for (int i = 1; i + 1 < argc; i += 2) {
		bool ok;

		if (strcmp(argv[i], "--config") == 0)
			ok = config_read(config, argv[i + 1], why);
		else if (strcmp(argv[i], "--set") == 0)
			ok = config_set(config, argv[i + 1], why);
		else
			return usage(stderr);
		if (!ok) {
			fprintf(stderr, "farhandd: %s\n", why);
			return 2;
		}
	}
	return argc % 2 ? 0 : usage(stderr);
}

int main(int argc, char **argv)
{
	static const char *const levels[] = { "debug", "info", "warn", "error" };
	struct config config;
	int status;

	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return usage(stdout);
	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return printf("farhandd %s\n", FARHAND_VERSION) < 0;
	if (argc == 2 && strcmp(argv[1], "--document") == 0) {
		config_document(keys, KEYS);
		return 0;
	}
	if (sodium_init() < 0 || config_init(&config, keys, KEYS))
		return fputs("farhandd: out of memory\n", stderr) < 0 ? 2 : 1;
	status = arguments(&config, argc, argv);
	if (status == 0) {
		for (int i = 0; i < 4; i++)
			if (strcmp(config_text(&config, "log.level"), levels[i]) == 0)
				log_level_set((enum log_level)i);
		harden();
		status = server_run(&config);
	}
	config_release(&config);
	return status;
}
