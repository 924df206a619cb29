/** @file relay/ice.h  The browser's half of ICE, for tests: makes checks and reads answers. Written apart from the relay's own STUN. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ice_flag {
	ICE_USE_CANDIDATE = 1,
	ICE_CONTROLLED = 2,
	ICE_NO_INTEGRITY = 4,
	ICE_NO_PRINT = 8,
	ICE_BAD_PRINT = 16,
	ICE_NO_USERNAME = 32,
	ICE_UNKNOWN = 64,		/* a comprehension-required attribute that nobody knows */
	ICE_SHORT = 128,		/* the least: USERNAME with an empty second half, PRIORITY and the two seals */
	ICE_AFTER = 256,		/* USE-CANDIDATE behind the integrity, where it is not signed */
	ICE_NO_PRIORITY = 512,
};

struct ice_check {
	const char *ufrag;		/* the relay's */
	const char *pwd;
	uint64_t id;			/* transaction */
	unsigned flags;
};

enum { ICE_BYTES = 256 };

/** Write a check; returns its length. */
size_t ice_write(uint8_t out[static ICE_BYTES], const struct ice_check *check);

/** The code of a well-signed answer to `id`: 0 for success, the error's else; -1 for anything else. */
int ice_answer(const uint8_t *p, size_t n, uint64_t id, const char *pwd);

/** The port in a success answer's XOR-MAPPED-ADDRESS. */
unsigned ice_mapped_port(const uint8_t *p, size_t n);
