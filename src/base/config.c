/** @file base/config.c  The configuration file. */
#include "base/config.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { LINE_MOST = 4096 };

int config_init(struct config *config, const struct config_key *keys, size_t n)
{
	*config = (struct config){ .keys = keys, .n = n, .values = calloc(n, sizeof(char *)) };
	if (!config->values)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		config->values[i] = strdup(keys[i].fallback);
		if (!config->values[i]) {
			config_release(config);
			return -ENOMEM;
		}
	}
	return 0;
}

void config_release(struct config *config)
{
	for (size_t i = 0; config->values && i < config->n; i++)
		free(config->values[i]);
	free(config->values);
	*config = (struct config){ 0 };
}

__attribute__((format(printf, 2, 3))) static bool bad(char why[static 512], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, 512, format, args);
	va_end(args);
	return false;
}

static unsigned least_of(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Levenshtein distance, one row at a time. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[64];
	size_t nb = strlen(b);

	if (nb >= 64)
		return 64;
	for (size_t j = 0; j <= nb; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; a[i - 1]; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= nb; j++) {
			unsigned above = row[j];

			row[j] = least_of(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[nb];
}

static const char *nearest(const struct config *config, const char *name)
{
	const char *best = config->keys[0].name;

	for (size_t i = 1; i < config->n; i++)
		if (distance(name, config->keys[i].name) < distance(name, best))
			best = config->keys[i].name;
	return best;
}

static bool choice_ok(const char *choices, const char *value)
{
	size_t n = strlen(value);

	for (const char *c = choices; *c; c += strcspn(c, " "), c += *c == ' ')
		if (strcspn(c, " ") == n && strncmp(c, value, n) == 0)
			return true;
	return false;
}

static bool value_ok(const struct config_key *key, const char *value, char why[static 512])
{
	char *end;
	long long number;

	if (key->type == CONFIG_CHOICE)
		return choice_ok(key->choices, value) || bad(why, "%s must be one of: %s", key->name, key->choices);
	if (key->type == CONFIG_TEXT)
		return true;
	errno = 0;
	number = strtoll(value, &end, 10);
	if (!errno && end != value && !*end && number >= key->least && number <= key->most)
		return true;
	return bad(why, "%s must be a whole number from %lld to %lld", key->name, (long long)key->least, (long long)key->most);
}

static char *trim(char *s)
{
	size_t n;

	s += strspn(s, " \t");
	n = strlen(s);
	while (n && strchr(" \t\r\n", s[n - 1]))
		s[--n] = '\0';
	return s;
}

static bool assign(struct config *config, char *line, bool *given, char why[static 512])
{
	char *equals = strchr(line, '='), *name, *value, *copy;
	size_t i = 0;

	if (!equals)
		return bad(why, "expected key = value");
	*equals = '\0';
	name = trim(line);
	value = trim(equals + 1);
	while (i < config->n && strcmp(config->keys[i].name, name) != 0)
		i++;
	if (i == config->n)
		return bad(why, "there is no key \"%.60s\"; did you mean \"%s\"?", name, nearest(config, name));
	if (given && given[i])
		return bad(why, "%s is given twice; remove one", name);
	if (!value_ok(&config->keys[i], value, why))
		return false;
	copy = strdup(value);
	if (!copy)
		return bad(why, "out of memory");
	free(config->values[i]);
	config->values[i] = copy;
	if (given)
		given[i] = true;
	return true;
}

static bool read_line(struct config *config, char *line, size_t n, bool *given, char why[static 512])
{
	char *text;

	if (n > LINE_MOST)
		return bad(why, "is longer than %d bytes", LINE_MOST);
	if (strlen(line) != n)
		return bad(why, "has a NUL byte");
	text = trim(line);
	return !*text || *text == '#' || assign(config, text, given, why);
}

static bool read_lines(struct config *config, FILE *f, const char *file, bool *given, char why[static 512])
{
	char *line = NULL, reason[512];
	size_t room = 0;
	ssize_t n;
	bool ok = true;

	for (unsigned number = 1; ok && (n = getline(&line, &room, f)) >= 0; number++) {
		ok = read_line(config, line, (size_t)n, given, reason);
		if (!ok)
			bad(why, "%s:%u: %.400s", file, number, reason);
	}
	free(line);
	if (ok && ferror(f))
		return bad(why, "%s: %s", file, strerror(errno));
	return ok;
}

bool config_read(struct config *config, const char *file, char why[static 512])
{
	FILE *f = fopen(file, "re");
	bool *given, ok;

	if (!f)
		return bad(why, "%s: %s", file, strerror(errno));
	given = calloc(config->n, sizeof *given);
	ok = given ? read_lines(config, f, file, given, why) : bad(why, "out of memory");
	free(given);
	fclose(f);
	return ok;
}

bool config_set(struct config *config, const char *assignment, char why[static 512])
{
	char line[LINE_MOST];

	if (strlen(assignment) >= sizeof line)
		return bad(why, "the setting is too long");
	memcpy(line, assignment, strlen(assignment) + 1);
	return assign(config, line, NULL, why);
}

const char *config_text(const struct config *config, const char *key)
{
	size_t i = 0;

	while (i < config->n && strcmp(config->keys[i].name, key) != 0)
		i++;
	assert(i < config->n);
	return config->values[i];
}

int64_t config_number(const struct config *config, const char *key)
{
	return strtoll(config_text(config, key), NULL, 10);
}

void config_words(char *text, const char **out, size_t most)
{
	char *rest = text;
	size_t n = 0;

	for (char *word = strtok_r(text, " \t", &rest); word && n < most; word = strtok_r(NULL, " \t", &rest))
		out[n++] = word;
	out[n] = NULL;
}

void config_document(const struct config_key *keys, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		printf("# %s\n", keys[i].doc);
		if (keys[i].type == CONFIG_NUMBER)
			printf("# A whole number from %lld to %lld.\n", (long long)keys[i].least, (long long)keys[i].most);
		if (keys[i].type == CONFIG_CHOICE)
			printf("# One of: %s.\n", keys[i].choices);
		printf("#%s = %s\n\n", keys[i].name, keys[i].fallback);
	}
}
