/** @file mail_process.c  The mail process: its configuration, and what it gives up for good. */
#include "mail_process.h"

#include "sandbox.h"

#include <errno.h>
#include <stdio.h>

static int confine(const struct post_config *config, bool worker)
{
	/* Names are looked up; a certificate is checked. */
	static const char *const alone[] = { "/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/host.conf", "/etc/services",
		"/etc/ssl/openssl.cnf", "/etc/localtime", NULL };
	const char *const read[] = { config->ca, NULL };
	struct sandbox sandbox = { .read = read, .alone = alone, .port = config->port, .out = true };
	int err = worker ? 0 : sandbox_files(&sandbox);

	/* A kernel without Landlock: the filter of system calls holds alone, as it does for the server. */
	return err < 0 ? err : sandbox_mail_calls(worker);
}

static int not_confined(const struct post_config *config, bool worker)
{
	(void)config;
	(void)worker;
	return 0;
}

static bool url_ok(const char *url)
{
	size_t n = strlen(url);

	return n < 200 && strncmp(url, "https://", 8) == 0 && url[8] && url[n - 1] != '/' &&
		strspn(url, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:/[]") == n;
}

int mail_process_open(struct post **pp, const struct config *config, char why[static 256])
{
	static const char *const tls[] = { [POST_STARTTLS] = "starttls", [POST_TLS] = "tls", [POST_PLAIN] = "off" };
	struct post_config c = { .server = config_text(config, "mail.server"), .port = (uint16_t)config_number(config, "mail.port"),
		.from = config_text(config, "mail.from"), .user = config_text(config, "mail.user"), .password_file = config_text(config, "mail.password_file"),
		.ca = config_text(config, "mail.ca"), .confine = strcmp(config_text(config, "sandbox"), "on") == 0 ? confine : not_confined };

	if (!*c.server)
		return 0;
	if (!url_ok(config_text(config, "web.url"))) {
		snprintf(why, 256, "mail needs web.url: https:// and how people reach this server, without a slash at the end");
		return -EINVAL;
	}
	for (unsigned i = 0; i < sizeof tls / sizeof tls[0]; i++)
		if (strcmp(config_text(config, "mail.tls"), tls[i]) == 0)
			c.tls = i;
	return post_open(pp, &c, why);
}
