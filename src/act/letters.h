/** @file act/letters.h  What mails say, and when they go. Inside of the room. */
#pragma once
#include "act/act.h"

/** What is filled in where a text asks for it. Borrowed. */
struct letter_facts {
	struct str name, address, organisation;
	char link[400];			/* "" where there is none */
	char when[40], until[40];
	const char *url;
};

/** The subject and the text of a kind; `first`: of a link that sets a first password. The text is appended. 0 or -ENOMEM. */
int letter_write(struct buf *out, const char **subject, enum mail_kind kind, bool first, const struct letter_facts *facts);
/** "24 November 2026, 01:10 UTC" */
void letter_time(time_ms_t at, char out[static 40]);

/* mail.c */

/** Start; harmless without a mail process. 0 or a negative errno. */
int mail_open(struct act *act);
/** Send what is due, when the last letter's end is known. */
void mail_tick(struct act *act);
void mail_free(struct act *act);
/** Queue a mail in the transaction of what it tells; nothing where no mail is sent. From the writer's thread. 0 or a fault. */
int mail_queue(struct store_tx *tx, const struct act *act, int64_t account, enum mail_kind kind);
