/** @file test/fuzz/replay.c  Runs a fuzz target over every file of the folders named, and over cut and bent versions of each. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { INPUT_BYTES = 1 << 20, BENT_PER_FILE = 200 };

static uint64_t dice_state = 0x9e3779b97f4a7c15u;

static uint64_t dice(void)
{
	/* xorshift: the same bends on every run, so that a failure can be repeated. */
	dice_state ^= dice_state << 13;
	dice_state ^= dice_state >> 7;
	dice_state ^= dice_state << 17;
	return dice_state;
}

static void once(const uint8_t *p, size_t n)
{
	/* An exact copy, so that the sanitizer sees a read behind the end. */
	uint8_t *copy = malloc(n ? n : 1);

	if (!copy)
		abort();
	memcpy(copy, p, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

static void bend(uint8_t *p, size_t n)
{
	for (int i = 0; i < BENT_PER_FILE && n; i++) {
		size_t at = dice() % n;
		uint8_t was = p[at];

		if (i % 4 == 0) {
			once(p, at);
			continue;
		}
		p[at] = (uint8_t)(i % 4 == 1 ? dice() : was ^ (1u << dice() % 8));
		once(p, n);
		p[at] = was;
	}
}

static unsigned folder(const char *path)
{
	static uint8_t input[INPUT_BYTES];
	DIR *dir = opendir(path);
	struct dirent *entry;
	unsigned files = 0;

	if (!dir) {
		perror(path);
		exit(1);
	}
	while ((entry = readdir(dir))) {
		char name[4096];
		FILE *f;
		size_t n;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
		f = fopen(name, "rb");
		if (!f) {
			perror(name);
			exit(1);
		}
		n = fread(input, 1, sizeof input, f);
		fclose(f);
		once(input, n);
		bend(input, n);
		files++;
	}
	closedir(dir);
	return files;
}

int main(int argc, char **argv)
{
	unsigned files = 0;

	for (int i = 1; i < argc; i++)
		files += folder(argv[i]);
	if (files == 0) {
		fprintf(stderr, "no inputs\n");
		return 1;
	}
	printf("%u inputs\n", files);
	return 0;
}
