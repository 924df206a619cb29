/** @file act/letters.c  The catalogue of mails. A text names its facts in braces; everything else is said as it stands here. */
#include "act/letters.h"

#include <stdio.h>
#include <time.h>

struct text {
	enum mail_kind kind;
	bool first;
	const char *subject;
	const char *text;
};

#define NOT_ME "\nIf that was not you, somebody else knows your password or has your device: set another password at once at\n" \
	"{url}/forgotten and tell an administrator of {organisation}.\n"

static const struct text texts[] = {
	{ MAIL_LINK, true, "Your account on Farhand",
		"Hello {name},\n\n"
		"{organisation} has an account for you on Farhand, for remote help by chat, video and marks on the picture.\n"
		"You sign in as {address}. Choose your password here, until {until}:\n\n"
		"{link}\n\n"
		"The link works once. If you expected none, leave it: without it nothing happens.\n" },
	{ MAIL_LINK, false, "A new password for Farhand",
		"Hello {name},\n\n"
		"a new password was asked for {address}. Choose it here, until {until}:\n\n"
		"{link}\n\n"
		"The link works once, and ends all sessions that are open. Did you not ask for it? Then leave it: your password stays as it is.\n" },
	{ MAIL_PASSWORD_CHANGED, false, "Your Farhand password was changed",
		"Hello {name},\n\nthe password of {address} was changed on {when}.\n" NOT_ME },
	{ MAIL_FACTOR_ON, false, "Farhand asks you for codes from now on",
		"Hello {name},\n\nthe second factor of {address} was switched on on {when}: signing in asks for a code of your authenticator app too.\n" NOT_ME },
	{ MAIL_FACTOR_OFF, false, "Farhand asks you for no codes any more",
		"Hello {name},\n\nthe second factor of {address} was switched off on {when}: signing in asks for your password alone.\n" NOT_ME },
};

static const struct text *text_of(enum mail_kind kind, bool first)
{
	const struct text *found = NULL;

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (texts[i].kind == kind && (!found || texts[i].first == first))
			found = &texts[i];
	assert(found);
	return found;
}

static struct str fact_of(struct str name, const struct letter_facts *facts)
{
	const struct {
		const char *name;
		struct str fact;
	} all[] = { { "name", facts->name }, { "address", facts->address }, { "organisation", facts->organisation }, { "link", str_of(facts->link) },
		{ "when", str_of(facts->when) }, { "until", str_of(facts->until) }, { "url", str_of(facts->url) } };

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (str_eq(name, str_of(all[i].name)))
			return all[i].fact;
	assert(!"a text asks for a fact that is none");
	return STR("");
}

int letter_write(struct buf *out, const char **subject, enum mail_kind kind, bool first, const struct letter_facts *facts)
{
	const struct text *text = text_of(kind, first);
	const char *c = text->text;
	int err = 0;

	*subject = text->subject;
	while (*c && !err) {
		size_t n = strcspn(c, "{");

		err = buf_add(out, c, n);
		c += n;
		if (*c && !err) {
			struct str fact = fact_of((struct str){ c + 1, strcspn(c + 1, "}") }, facts);

			err = buf_add(out, fact.p, fact.n);
			c += strcspn(c, "}") + 1;
		}
	}
	return err ? err : buf_add(out, "", 1);
}

void letter_time(time_ms_t at, char out[static 40])
{
	static const char *const months[] = { "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
		"November", "December" };
	time_t seconds = (time_t)(at / 1000);
	struct tm tm;

	gmtime_r(&seconds, &tm);
	snprintf(out, 40, "%d %s %d, %02d:%02d UTC", tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min);
}
