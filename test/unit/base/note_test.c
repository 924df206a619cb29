/** @file base/note_test.c  Signed notes: written, read back, and refused when one bit of them differs. */
#include "base/note.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct note_signer signer;
static struct checkpoint_note what = { .size = 42, .at = 1795541700123 };

static int begin(void **state)
{
	uint8_t seed[NOTE_SEED_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof seed; i++)
		seed[i] = (uint8_t)i;
	note_signer_of(seed, &signer);
	merkle_leaf("root", 4, &what.root);
	return 0;
}

static void a_note_is_text_in_the_format_of_the_field(void **state)
{
	char text[NOTE_CHARS], *line, *rest;

	(void)state;
	note_sign(&signer, &what, text);
	rest = text;
	assert_string_equal(strsep(&rest, "\n"), signer.key.name);
	assert_string_equal(strsep(&rest, "\n"), "42");
	assert_int_equal(strlen(strsep(&rest, "\n")), 44);
	assert_string_equal(strsep(&rest, "\n"), "at 2026-11-24T17:35:00.123Z");
	assert_string_equal(strsep(&rest, "\n"), "");
	line = strsep(&rest, "\n");
	assert_int_equal(strncmp(line, "\xe2\x80\x94 farhand/", 12), 0);
	assert_string_equal(rest, "");
}

static void what_is_signed_is_read_back(void **state)
{
	struct checkpoint_note got;
	char text[NOTE_CHARS];

	(void)state;
	note_sign(&signer, &what, text);
	assert_true(note_open(&signer.key, str_of(text), &got));
	assert_int_equal(got.size, what.size);
	assert_int_equal(got.at, what.at);
	assert_true(merkle_same(&got.root, &what.root));
}

static void no_bit_can_be_changed(void **state)
{
	struct checkpoint_note got = { .size = -1 };
	char text[NOTE_CHARS];
	size_t n;

	(void)state;
	note_sign(&signer, &what, text);
	n = strlen(text);
	for (size_t bit = 0; bit < n * 8; bit++) {
		text[bit / 8] ^= (char)(1 << bit % 8);
		if (note_open(&signer.key, (struct str){ text, n }, &got))
			fail_msg("bit %zu of \"%s\"", bit, text);
		text[bit / 8] ^= (char)(1 << bit % 8);
	}
	for (size_t cut = 0; cut < n; cut++)
		assert_false(note_open(&signer.key, (struct str){ text, cut }, &got));
	assert_int_equal(got.size, -1);
}

static void another_key_is_no_key(void **state)
{
	uint8_t seed[NOTE_SEED_BYTES] = { 1 };
	struct note_signer other;
	struct checkpoint_note got;
	char text[NOTE_CHARS];

	(void)state;
	note_signer_of(seed, &other);
	note_sign(&other, &what, text);
	assert_false(note_open(&signer.key, str_of(text), &got));
	assert_true(note_open(&other.key, str_of(text), &got));
}

static void keys_are_read_back_or_refused(void **state)
{
	char text[NOTE_KEY_CHARS], with_end[NOTE_KEY_CHARS + 1];
	struct note_signer signs;
	struct note_key key;

	(void)state;
	note_key_format(&signer.key, text);
	assert_true(note_key_parse(str_of(text), &key));
	assert_memory_equal(key.public, signer.key.public, sizeof key.public);
	snprintf(with_end, sizeof with_end, "%s\n", text);
	assert_true(note_key_parse(str_of(with_end), &key));
	for (size_t i = 0; text[i]; i++) {
		text[i] ^= 1;
		assert_false(note_key_parse(str_of(text), &key));
		text[i] ^= 1;
	}
	assert_false(note_key_parse(STR(""), &key));
	note_signer_format(&signer, text);
	assert_true(note_signer_parse(str_of(text), &signs));
	assert_memory_equal(&signs, &signer, sizeof signs);
	assert_false(note_key_parse(str_of(text), &key));
	for (size_t i = 0; text[i]; i++) {
		text[i] ^= 1;
		assert_false(note_signer_parse(str_of(text), &signs));
		text[i] ^= 1;
	}
}

/* As a power cut may leave them: torn ones between, and one at the end. */
static void notes_are_found_between_torn_ones(void **state)
{
	char text[NOTE_CHARS], file[8 * NOTE_CHARS];
	struct checkpoint_note got;
	struct str rest, note;
	int found = 0, n;

	(void)state;
	note_sign(&signer, &what, text);
	for (int cut = 0; cut < (int)strlen(text) - 1; cut++) {
		n = snprintf(file, sizeof file, "\n%s\n%.*s\n%s\n%.*s", text, cut, text, text, cut, text);
		rest = (struct str){ file, (size_t)n };
		for (found = 0; note_next(&rest, &note); found += note_open(&signer.key, note, &got))
			assert_true(rest.n < (size_t)n);
		assert_int_equal(found, 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_note_is_text_in_the_format_of_the_field),
		cmocka_unit_test(what_is_signed_is_read_back),
		cmocka_unit_test(no_bit_can_be_changed),
		cmocka_unit_test(another_key_is_no_key),
		cmocka_unit_test(keys_are_read_back_or_refused),
		cmocka_unit_test(notes_are_found_between_torn_ones),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, begin, NULL);
}
