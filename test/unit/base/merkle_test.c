/** @file base/merkle_test.c  The tree against RFC 9162 written down literally, and against the known answers of Certificate Transparency. */
#include "base/merkle.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 70 };

/* Section 2.1.1, read aloud. */
static void tree_hash(const struct merkle *leaves, int64_t n, struct merkle *out)
{
	struct merkle left, right;

	if (n == 1) {
		*out = *leaves;
		return;
	}
	tree_hash(leaves, merkle_cut(n), &left);
	tree_hash(leaves + merkle_cut(n), n - merkle_cut(n), &right);
	merkle_node(&left, &right, out);
}

/* Section 2.1.3.1, likewise. */
static size_t path_of(const struct merkle *leaves, int64_t place, int64_t n, struct merkle *out)
{
	int64_t cut;
	size_t had;

	if (n == 1)
		return 0;
	cut = merkle_cut(n);
	had = place < cut ? path_of(leaves, place, cut, out) : path_of(leaves + cut, place - cut, n - cut, out);
	if (place < cut)
		tree_hash(leaves + cut, n - cut, &out[had]);
	else
		tree_hash(leaves, cut, &out[had]);
	return had + 1;
}

static void leaves_make(struct merkle out[static MOST])
{
	for (int i = 0; i < MOST; i++) {
		char entry[16];

		snprintf(entry, sizeof entry, "entry %d", i);
		merkle_leaf(entry, strlen(entry), &out[i]);
	}
}

static void expect_hex(const struct merkle *hash, const char *hex)
{
	char text[2 * MERKLE_BYTES + 1];

	sodium_bin2hex(text, sizeof text, hash->hash, MERKLE_BYTES);
	assert_string_equal(text, hex);
}

/* The eight entries that the implementations of Certificate Transparency are tried with. */
static void roots_are_those_of_the_field(void **state)
{
	static const struct { const char *bytes; size_t n; } entries[] = {
		{ "", 0 }, { "\x00", 1 }, { "\x10", 1 }, { "\x20\x21", 2 }, { "\x30\x31", 2 }, { "\x40\x41\x42\x43", 4 },
		{ "\x50\x51\x52\x53\x54\x55\x56\x57", 8 }, { "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16 },
	};
	static const char *const roots[] = {
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	};
	struct merkle_edge edge = { 0 };
	struct merkle hash;

	(void)state;
	merkle_root(&edge, &hash);
	expect_hex(&hash, roots[0]);
	for (size_t i = 0; i < 8; i++) {
		merkle_leaf(entries[i].bytes, entries[i].n, &hash);
		merkle_push(&edge, &hash, NULL, NULL);
		merkle_root(&edge, &hash);
		expect_hex(&hash, roots[i + 1]);
	}
}

struct heard {
	struct merkle leaves[MOST];
	size_t n;
};

static void done_h(void *arg, int level, int64_t place, const struct merkle *hash)
{
	struct heard *heard = arg;
	struct merkle right;

	tree_hash(heard->leaves + ((int64_t)place << level), (int64_t)1 << level, &right);
	assert_true(merkle_same(&right, hash));
	heard->n++;
}

static void growing_tells_every_whole_subtree(void **state)
{
	struct merkle_edge edge = { 0 };
	struct heard heard = { .n = 0 };
	struct merkle root, right;
	size_t whole = 0;

	(void)state;
	leaves_make(heard.leaves);
	for (int64_t n = 1; n <= MOST; n++) {
		merkle_push(&edge, &heard.leaves[n - 1], done_h, &heard);
		merkle_root(&edge, &root);
		tree_hash(heard.leaves, n, &right);
		assert_true(merkle_same(&root, &right));
		assert_int_equal(edge.size, n);
	}
	for (int64_t width = 1; width <= MOST; width *= 2)
		whole += (size_t)(MOST / width);
	assert_int_equal(heard.n, whole);
}

static void every_proof_leads_to_its_root_alone(void **state)
{
	struct merkle leaves[MOST], path[MERKLE_PATH], root, got;

	(void)state;
	leaves_make(leaves);
	for (int64_t size = 1; size <= MOST; size++) {
		tree_hash(leaves, size, &root);
		for (int64_t place = 0; place < size; place++) {
			size_t n = path_of(leaves, place, size, path);

			assert_true(merkle_proof_root(&leaves[place], place, size, path, n, &got));
			assert_true(merkle_same(&got, &root));
			assert_false(merkle_proof_root(&leaves[place], place, size, path, n + 1, &got));
			assert_false(n && merkle_proof_root(&leaves[place], place, size, path, n - 1, &got));
			/* Another place or another leaf: no proof, or one of another tree. */
			for (int64_t other = -1; other <= size; other++)
				if (other != place && merkle_proof_root(&leaves[place], other, size, path, n, &got))
					assert_false(merkle_same(&got, &root));
			assert_true(merkle_proof_root(&leaves[(place + 1) % MOST], place, size, path, n, &got));
			assert_false(merkle_same(&got, &root));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roots_are_those_of_the_field),
		cmocka_unit_test(growing_tells_every_whole_subtree),
		cmocka_unit_test(every_proof_leads_to_its_root_alone),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
