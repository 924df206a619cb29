/**
 * @file base/config.c  Fuzz: a configuration file. What it takes fits its table, and the values written as a file again give the same
 * values; what it refuses, it says why in one line.
 */
#include "base/config.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const struct config_key keys[] = {
	{ "data", CONFIG_TEXT, "/var/lib/x", 0, 0, NULL, "A folder." },
	{ "listen.port", CONFIG_NUMBER, "8443", 0, 65535, NULL, "A port." },
	{ "far", CONFIG_NUMBER, "0", -5, 5, NULL, "A number below nothing too." },
	{ "log.level", CONFIG_CHOICE, "info", 0, 0, "debug info warn", "A level." },
};

enum { KEYS = sizeof keys / sizeof *keys };

/* A real file, in memory. */
static bool read_bytes(struct config *config, const void *p, size_t n, char why[static 512])
{
	static int fd = -1;
	char file[32];

	if (fd < 0)
		fd = memfd_create("config", MFD_CLOEXEC);
	assert(fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, p, n, 0) == (ssize_t)n);
	snprintf(file, sizeof file, "/proc/self/fd/%d", fd);
	return config_read(config, file, why);
}

static void expect_table(const struct config *config)
{
	const char *level = config_text(config, "log.level");
	int64_t port = config_number(config, "listen.port"), far = config_number(config, "far");

	assert(port >= 0 && port <= 65535 && far >= -5 && far <= 5);
	assert(strcmp(level, "debug") == 0 || strcmp(level, "info") == 0 || strcmp(level, "warn") == 0);
}

static void expect_same_again(const struct config *config)
{
	char *text = NULL, why[512] = "";
	struct config again;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	assert(f && config_init(&again, keys, KEYS) == 0);
	for (size_t i = 0; i < KEYS; i++)
		fprintf(f, "%s = %s\n", keys[i].name, config->values[i]);
	fclose(f);
	if (!read_bytes(&again, text, n, why)) {
		/* A value that just fitted its own line. */
		assert(strstr(why, "is longer than"));
	} else {
		for (size_t i = 0; i < KEYS; i++)
			assert(strcmp(config->values[i], again.values[i]) == 0);
	}
	config_release(&again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct config config;
	char why[512] = "";
	char *line = malloc(n + 1);

	assert(line && config_init(&config, keys, KEYS) == 0);
	if (read_bytes(&config, data, n, why))
		expect_same_again(&config);
	else
		assert(why[0] && memchr(why, '\0', sizeof why));
	expect_table(&config);
	/* And as it comes from a command line. */
	memcpy(line, data, n);
	line[n] = '\0';
	if (config_set(&config, line, why))
		expect_table(&config);
	free(line);
	config_release(&config);
	return 0;
}
