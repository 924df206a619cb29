/** @file relay/stun.c  STUN binding requests as ICE checks. */
#include "relay/stun.h"

#include "base/limits.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

enum {
	HEAD_BYTES = 20, ATTR_BYTES = 4, COOKIE_AT = 4, ID_AT = 8,
	MAC_BYTES = 20, MAC_ATTR_BYTES = ATTR_BYTES + MAC_BYTES, PRINT_ATTR_BYTES = ATTR_BYTES + 4,
	USERNAME_BYTES = 513,		/* RFC 8489 section 14.3: fewer than 509; ICE: at most 256 + 1 + 256 */

	BINDING_REQUEST = 0x0001, BINDING_INDICATION = 0x0011, BINDING_SUCCESS = 0x0101, BINDING_ERROR = 0x0111,

	ATTR_USERNAME = 0x0006, ATTR_INTEGRITY = 0x0008, ATTR_ERROR_CODE = 0x0009, ATTR_UNKNOWN_ATTRIBUTES = 0x000a,
	ATTR_INTEGRITY_SHA256 = 0x001c, ATTR_XOR_MAPPED_ADDRESS = 0x0020, ATTR_PRIORITY = 0x0024,
	ATTR_USE_CANDIDATE = 0x0025, ATTR_OPTIONAL = 0x8000, ATTR_FINGERPRINT = 0x8028, ATTR_ICE_CONTROLLED = 0x8029,

	COOKIE = 0x2112a442, PRINT_XOR = 0x5354554e,
};

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

static void put16(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v & 0xffff);
}

static size_t padded(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

/* CRC-32 of ISO 3309, four bits at a step: sixteen words instead of a kilobyte. */
static uint32_t crc32_of(const uint8_t *p, size_t n)
{
	static const uint32_t step[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
		0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	uint32_t crc = 0xffffffff;

	for (; n; n--, p++) {
		crc ^= *p;
		crc = crc >> 4 ^ step[crc & 15];
		crc = crc >> 4 ^ step[crc & 15];
	}
	return ~crc;
}

/* The HMAC covers what lies before it, with the length field counting the HMAC's attribute and nothing behind. */
static bool mac_of(const uint8_t *p, size_t n, struct str pwd, uint8_t mac[static MAC_BYTES])
{
	uint8_t text[LIMIT_DATAGRAM_BYTES];
	unsigned mac_n = MAC_BYTES;

	assert(n >= HEAD_BYTES && n <= sizeof text);
	memcpy(text, p, n);
	put16(text + 2, n - HEAD_BYTES + MAC_ATTR_BYTES);
	return HMAC(EVP_sha1(), pwd.p, (int)pwd.n, text, n, mac, &mac_n) && mac_n == MAC_BYTES;
}

static bool take_username(struct stun_check *check, const uint8_t *value, size_t n)
{
	const uint8_t *colon;

	if (check->ufrag.p || n > USERNAME_BYTES)
		return false;
	colon = memchr(value, ':', n);
	if (!colon)
		return false;
	check->ufrag = (struct str){ (const char *)value, (size_t)(colon - value) };
	return true;
}

/* One attribute that the HMAC covers. */
static bool take_covered(struct stun_check *check, unsigned type, const uint8_t *value, size_t n)
{
	switch (type) {
	case ATTR_USERNAME:
		return take_username(check, value, n);
	case ATTR_USE_CANDIDATE:
		check->use_candidate = true;
		return n == 0;
	case ATTR_ICE_CONTROLLED:
		check->controlled = true;
		return n == 8;
	case ATTR_PRIORITY:
		check->priority = true;
		return n == 4;
	case ATTR_INTEGRITY:
		check->integrity_at = (size_t)(value - check->p) - ATTR_BYTES;
		return n == MAC_BYTES;
	case ATTR_FINGERPRINT:
		return false;		/* before the integrity, or without any */
	default:
		if (type < ATTR_OPTIONAL && check->n_unknown < STUN_UNKNOWN)
			check->unknown[check->n_unknown++] = (uint16_t)type;
		return true;
	}
}

static bool read_attributes(struct stun_check *check)
{
	size_t end = check->n - PRINT_ATTR_BYTES;

	for (size_t at = HEAD_BYTES; at < end;) {
		unsigned type = get16(check->p + at);
		size_t n = get16(check->p + at + 2);

		if (end - at < ATTR_BYTES + padded(n))
			return false;
		if (check->integrity_at && type != ATTR_INTEGRITY_SHA256)
			return false;
		if (!check->integrity_at && !take_covered(check, type, check->p + at + ATTR_BYTES, n))
			return false;
		at += ATTR_BYTES + padded(n);
	}
	return check->integrity_at && check->ufrag.p && check->priority;
}

/* FINGERPRINT is last, and right. */
static bool print_fits(const uint8_t *p, size_t n)
{
	const uint8_t *attr = p + n - PRINT_ATTR_BYTES;

	return get16(attr) == ATTR_FINGERPRINT && get16(attr + 2) == 4 &&
	       get32(attr + ATTR_BYTES) == (crc32_of(p, n - PRINT_ATTR_BYTES) ^ PRINT_XOR);
}

enum stun_kind stun_read(const uint8_t *p, size_t n, struct stun_check *check)
{
	*check = (struct stun_check){ .p = p, .n = n };
	if (n < HEAD_BYTES || n > LIMIT_DATAGRAM_BYTES || n % 4 || get16(p + 2) != n - HEAD_BYTES || get32(p + COOKIE_AT) != COOKIE)
		return STUN_BAD;
	if (get16(p) == BINDING_INDICATION)
		return STUN_INDICATION;
	if (get16(p) != BINDING_REQUEST || n < HEAD_BYTES + MAC_ATTR_BYTES + PRINT_ATTR_BYTES)
		return STUN_BAD;
	if (!read_attributes(check) || !print_fits(p, n))
		return STUN_BAD;
	return STUN_CHECK;
}

bool stun_signed_by(const struct stun_check *check, struct str pwd)
{
	uint8_t mac[MAC_BYTES];

	return mac_of(check->p, check->integrity_at, pwd, mac) &&
	       CRYPTO_memcmp(mac, check->p + check->integrity_at + ATTR_BYTES, MAC_BYTES) == 0;
}

const uint8_t *stun_id(const struct stun_check *check)
{
	return check->p + ID_AT;
}

static size_t put_attribute(uint8_t *out, unsigned type, const void *value, size_t n)
{
	put16(out, type);
	put16(out + 2, n);
	memset(out + ATTR_BYTES, 0, padded(n));
	memcpy(out + ATTR_BYTES, value, n);
	return ATTR_BYTES + padded(n);
}

/* The address is XORed with the cookie and the transaction id, which follow each other in the header. */
static size_t put_mapped(uint8_t *out, const uint8_t *head, const struct flow *flow)
{
	bool v4 = IN6_IS_ADDR_V4MAPPED(&flow->remote);
	const uint8_t *address = v4 ? &flow->remote.s6_addr[12] : flow->remote.s6_addr;
	size_t n = v4 ? 4 : 16;
	uint8_t value[4 + 16] = { 0, v4 ? 1 : 2 };

	put16(value + 2, flow->port ^ COOKIE >> 16);
	for (size_t i = 0; i < n; i++)
		value[4 + i] = address[i] ^ head[COOKIE_AT + i];
	return put_attribute(out, ATTR_XOR_MAPPED_ADDRESS, value, 4 + n);
}

static size_t put_error(uint8_t *out, const struct stun_check *check, enum stun_code code)
{
	uint8_t value[4 + 16] = { 0, 0, (uint8_t)(code / 100), (uint8_t)(code % 100) };
	const char *phrase = code == STUN_FORBIDDEN ? "Forbidden" : code == STUN_ROLE_CONFLICT ? "Role Conflict" : "";
	uint8_t unknown[2 * STUN_UNKNOWN];
	size_t n;

	memcpy(value + 4, phrase, strlen(phrase));
	n = put_attribute(out, ATTR_ERROR_CODE, value, 4 + strlen(phrase));
	if (code != STUN_UNKNOWN_ATTRIBUTE)
		return n;
	for (unsigned i = 0; i < check->n_unknown; i++)
		put16(unknown + 2 * i, check->unknown[i]);
	return n + put_attribute(out + n, ATTR_UNKNOWN_ATTRIBUTES, unknown, 2 * check->n_unknown);
}

size_t stun_answer(uint8_t out[static STUN_ANSWER_BYTES], const struct stun_check *check, enum stun_code code,
		   const struct flow *flow, struct str pwd)
{
	uint8_t mac[MAC_BYTES], print[4];
	size_t n = HEAD_BYTES;

	put16(out, code == STUN_SUCCESS ? BINDING_SUCCESS : BINDING_ERROR);
	memcpy(out + COOKIE_AT, check->p + COOKIE_AT, HEAD_BYTES - COOKIE_AT);
	n += code == STUN_SUCCESS ? put_mapped(out + n, out, flow) : put_error(out + n, check, code);
	/* The least check, with 8 characters of user fragment, has 76 bytes; so has the longest answer. */
	if (n + MAC_ATTR_BYTES + PRINT_ATTR_BYTES > check->n || !mac_of(out, n, pwd, mac))
		return 0;
	n += put_attribute(out + n, ATTR_INTEGRITY, mac, sizeof mac);
	put16(out + 2, n - HEAD_BYTES + PRINT_ATTR_BYTES);
	put32(print, crc32_of(out, n) ^ PRINT_XOR);
	return n + put_attribute(out + n, ATTR_FINGERPRINT, print, sizeof print);
}
