/** @file act/device.c  What kind of device a User-Agent says it is, in two words. For its owner's eyes only: anybody can say anything. */
#include "act/device.h"

struct mark {
	const char *token;
	const char *word;
};

/* The order counts: a browser names its ancestors too. */
static const struct mark browsers[] = {
	{ "farhandctl/", "farhandctl" }, { "Edg/", "Edge" }, { "EdgA/", "Edge" }, { "OPR/", "Opera" }, { "SamsungBrowser/", "Samsung Internet" },
	{ "OculusBrowser/", "Meta Quest Browser" }, { "Firefox/", "Firefox" }, { "FxiOS/", "Firefox" }, { "CriOS/", "Chrome" }, { "HeadlessChrome/", "Chrome" },
	{ "Chrome/", "Chrome" }, { "Safari/", "Safari" },
};

static const struct mark systems[] = {
	{ "Android", "Android" }, { "iPhone", "iPhone" }, { "iPad", "iPad" }, { "Windows", "Windows" }, { "CrOS", "ChromeOS" },
	{ "Mac OS X", "macOS" }, { "Linux", "Linux" },
};

static const char *word_of(const struct mark *marks, size_t n, struct str agent)
{
	for (size_t i = 0; i < n; i++)
		if (memmem(agent.p, agent.n, marks[i].token, strlen(marks[i].token)))
			return marks[i].word;
	return "";
}

struct device device_of(struct str agent)
{
	return (struct device){
		.browser = word_of(browsers, sizeof browsers / sizeof *browsers, agent),
		.system = word_of(systems, sizeof systems / sizeof *systems, agent),
	};
}
