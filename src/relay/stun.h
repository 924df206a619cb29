/** @file relay/stun.h  STUN binding requests (RFC 8489) as ICE checks (RFC 8445): read, verify, answer. Pure. */
#pragma once
#include "base/str.h"
#include "relay/flow.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STUN_ID_BYTES = 12, STUN_UNKNOWN = 4, STUN_ANSWER_BYTES = 128 };

enum stun_kind {
	STUN_BAD,
	STUN_INDICATION,	/* a keep-alive: nothing to answer */
	STUN_CHECK,
};

enum stun_code {
	STUN_SUCCESS = 0,
	STUN_FORBIDDEN = 403,
	STUN_UNKNOWN_ATTRIBUTE = 420,
	STUN_ROLE_CONFLICT = 487,
};

/** A well-formed check with a right FINGERPRINT. Borrows the datagram; nothing in it is proved before stun_signed_by. */
struct stun_check {
	const uint8_t *p;
	size_t n;
	struct str ufrag;		/* ours: USERNAME before the colon */
	size_t integrity_at;		/* where MESSAGE-INTEGRITY starts */
	bool priority, use_candidate;
	bool controlled;		/* the sender thinks that we lead */
	uint16_t unknown[STUN_UNKNOWN];	/* comprehension-required types that we don't know */
	unsigned n_unknown;
};

/**
 * Read a datagram. STUN_CHECK fills *check. Everything else that is not a binding request with USERNAME, PRIORITY (as RFC 8445
 * section 7.1 demands), MESSAGE-INTEGRITY and a last FINGERPRINT that fits, all attributes whole, is STUN_BAD.
 */
enum stun_kind stun_read(const uint8_t *p, size_t n, struct stun_check *check);

/** True when the check was signed with that password (HMAC-SHA1). */
bool stun_signed_by(const struct stun_check *check, struct str pwd);

/** The transaction id, STUN_ID_BYTES of it. */
const uint8_t *stun_id(const struct stun_check *check);

/**
 * Write the signed answer; XOR-MAPPED-ADDRESS of a success is the flow's remote. Returns its length: never more than the
 * request had, so that nobody can use us to make traffic bigger; 0 when memory is out: say nothing.
 */
size_t stun_answer(uint8_t out[static STUN_ANSWER_BYTES], const struct stun_check *check, enum stun_code code,
		   const struct flow *flow, struct str pwd);
