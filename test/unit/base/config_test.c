/** @file base/config_test.c  The configuration file: what is read, and how what is wrong is said. Real files. */
#include "base/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct config_key keys[] = {
	{ "data", CONFIG_TEXT, "/var/lib/x", 0, 0, NULL, "A folder." },
	{ "listen.port", CONFIG_NUMBER, "8443", 0, 65535, NULL, "A port." },
	{ "session.days", CONFIG_NUMBER, "7", 1, 365, NULL, "Days." },
	{ "log.level", CONFIG_CHOICE, "info", 0, 0, "debug info warn", "A level." },
};

enum { KEYS = sizeof keys / sizeof *keys };

/* Read a file of this text; an empty why is success. */
static const char *read_text(struct config *config, const char *text, size_t n)
{
	static char why[512];
	char file[64] = "/tmp/config-XXXXXX";
	int fd = mkstemp(file);
	bool ok;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), n);
	close(fd);
	why[0] = '\0';
	ok = config_read(config, file, why);
	unlink(file);
	assert_int_equal(ok, why[0] == '\0');
	return ok ? "" : strchr(why, ':');	/* behind the file's name */
}

static const struct {
	const char *text;
	const char *why;	/* behind "FILE", or "" */
} files[] = {
	{ "", "" },
	{ "\n\n   \n# comment = x\n  # another", "" },
	{ "data = /srv/x\nlisten.port=1\n\tlog.level =warn\r\n", "" },
	{ "data =\n", "" },
	{ "data = a = b # no comment\n", "" },
	{ "listen.port = 0\n", "" },
	{ "listen.port = 65535\n", "" },
	{ "data", ":1: expected key = value" },
	{ "# fine\n\ndata /srv\n", ":3: expected key = value" },
	{ "listen.prot = 1\n", ":1: there is no key \"listen.prot\"; did you mean \"listen.port\"?" },
	{ "dta = 1\n", ":1: there is no key \"dta\"; did you mean \"data\"?" },
	{ "sessiondays = 1\n", ":1: there is no key \"sessiondays\"; did you mean \"session.days\"?" },
	{ "Data = x\n", ":1: there is no key \"Data\"; did you mean \"data\"?" },
	{ "data = 1\nlog.level = info\ndata = 1\n", ":3: data is given twice; remove one" },
	{ "listen.port = 65536\n", ":1: listen.port must be a whole number from 0 to 65535" },
	{ "listen.port = -1\n", ":1: listen.port must be a whole number from 0 to 65535" },
	{ "listen.port = 80x\n", ":1: listen.port must be a whole number from 0 to 65535" },
	{ "listen.port = 8 0\n", ":1: listen.port must be a whole number from 0 to 65535" },
	{ "listen.port = 1.5\n", ":1: listen.port must be a whole number from 0 to 65535" },
	{ "listen.port = 0x50\n", ":1: listen.port must be a whole number from 0 to 65535" },
	{ "listen.port =\n", ":1: listen.port must be a whole number from 0 to 65535" },
	{ "listen.port = 99999999999999999999\n", ":1: listen.port must be a whole number from 0 to 65535" },
	{ "session.days = 0\n", ":1: session.days must be a whole number from 1 to 365" },
	{ "log.level = loud\n", ":1: log.level must be one of: debug info warn" },
	{ "log.level = inf\n", ":1: log.level must be one of: debug info warn" },
	{ "log.level = info warn\n", ":1: log.level must be one of: debug info warn" },
	{ "log.level =\n", ":1: log.level must be one of: debug info warn" },
};

static void files_are_judged(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct config config;

		assert_int_equal(config_init(&config, keys, KEYS), 0);
		assert_string_equal(read_text(&config, files[i].text, strlen(files[i].text)), files[i].why);
		config_release(&config);
	}
}

static void values_are_kept(void **state)
{
	static const char text[] = "data =  a = b \nlisten.port = 1\nlog.level = warn";
	struct config config;
	char why[512];

	(void)state;
	assert_int_equal(config_init(&config, keys, KEYS), 0);
	assert_string_equal(config_text(&config, "data"), "/var/lib/x");
	assert_int_equal(config_number(&config, "listen.port"), 8443);
	assert_string_equal(read_text(&config, text, sizeof text - 1), "");
	assert_string_equal(config_text(&config, "data"), "a = b");
	assert_int_equal(config_number(&config, "listen.port"), 1);
	assert_int_equal(config_number(&config, "session.days"), 7);
	assert_string_equal(config_text(&config, "log.level"), "warn");
	/* The command line comes behind the file, and may say it again. */
	assert_true(config_set(&config, "listen.port=2", why));
	assert_true(config_set(&config, "listen.port = 3", why));
	assert_int_equal(config_number(&config, "listen.port"), 3);
	assert_false(config_set(&config, "listen.port", why));
	assert_false(config_set(&config, "listen.port=x", why));
	assert_int_equal(config_number(&config, "listen.port"), 3);
	config_release(&config);
	config_release(&config);
}

static void absent_file_is_named(void **state)
{
	struct config config;
	char why[512];

	(void)state;
	assert_int_equal(config_init(&config, keys, KEYS), 0);
	assert_false(config_read(&config, "/nonexistent/farhand.conf", why));
	assert_string_equal(why, "/nonexistent/farhand.conf: No such file or directory");
	assert_false(config_read(&config, "/tmp", why));
	assert_string_equal(why, "/tmp: Is a directory");
	config_release(&config);
}

/* A line that does not fit must not be read as two; nor is what stands behind a NUL lost without a word. */
static void odd_lines_are_refused(void **state)
{
	struct config config;
	static char text[6000];

	(void)state;
	assert_int_equal(config_init(&config, keys, KEYS), 0);
	memset(text, 'x', sizeof text);
	memcpy(text, "data = ", 7);
	text[sizeof text - 1] = '\n';
	assert_string_equal(read_text(&config, text, sizeof text), ":1: is longer than 4096 bytes");
	memset(text, ' ', sizeof text);
	memcpy(text, "#", 1);
	memcpy(text + 4095, "data=1", 6);	/* was read as a line of its own */
	assert_string_equal(read_text(&config, text, sizeof text), ":1: is longer than 4096 bytes");
	assert_string_equal(read_text(&config, "data = a\0b\n", 11), ":1: has a NUL byte");
	assert_string_equal(read_text(&config, "\0\n", 2), ":1: has a NUL byte");
	config_release(&config);
}

static void words_are_cut(void **state)
{
	char text[] = "  ::1 \t10.0.0.1 a b", empty[] = "  ";
	const char *words[4];

	(void)state;
	config_words(text, words, 3);
	assert_string_equal(words[0], "::1");
	assert_string_equal(words[1], "10.0.0.1");
	assert_string_equal(words[2], "a");
	assert_null(words[3]);
	config_words(empty, words, 3);
	assert_null(words[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_judged),
		cmocka_unit_test(values_are_kept),
		cmocka_unit_test(absent_file_is_named),
		cmocka_unit_test(odd_lines_are_refused),
		cmocka_unit_test(words_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
