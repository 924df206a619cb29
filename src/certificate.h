/** @file certificate.h  Which certificate the server shows: the configuration's, or a self-signed one of its own. */
#pragma once
#include "base/config.h"
#include "net/http.h"

struct certificate {
	char chain[4096], key[4096];	/* the two files */
	bool own;			/* in the data folder, because the configuration names none */
};

/** Find the files; make a self-signed pair where there is none and none is named. 0, or a negative errno. */
int certificate_init(struct certificate *certificate, const struct config *config);
/** Read them as they are now. NULL with `why`; owned by the caller. */
SSL_CTX *certificate_read(const struct certificate *certificate, char why[static 256]);
