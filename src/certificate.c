/** @file certificate.c  The certificate's files. */
#include "certificate.h"

#include <stdio.h>
#include <unistd.h>

enum { NAMES_MOST = 16 };

static void file_choose(char out[static 4096], const struct config *config, const char *key, const char *fallback)
{
	const char *given = config_text(config, key);

	if (*given)
		snprintf(out, 4096, "%s", given);
	else
		snprintf(out, 4096, "%.3900s/%s", config_text(config, "data"), fallback);
}

int certificate_init(struct certificate *certificate, const struct config *config)
{
	const char *names[NAMES_MOST + 1];
	char text[1024];

	file_choose(certificate->chain, config, "tls.certificate", "tls.pem");
	file_choose(certificate->key, config, "tls.key", "tls.key");
	certificate->own = !*config_text(config, "tls.certificate");
	if (!certificate->own || access(certificate->chain, F_OK) == 0)
		return 0;
	snprintf(text, sizeof text, "%s", config_text(config, "tls.names"));
	config_words(text, names, NAMES_MOST);
	return net_tls_self_signed(certificate->chain, certificate->key, names);
}

SSL_CTX *certificate_read(const struct certificate *certificate, char why[static 256])
{
	return net_tls_new(certificate->chain, certificate->key, why);
}
