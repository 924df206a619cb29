/** @file relay/ice.c  The browser's half of ICE, for tests. */
#include "ice.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

static void be16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static unsigned at16(const uint8_t *p)
{
	return (unsigned)(p[0] << 8 | p[1]);
}

static uint32_t print_of(const uint8_t *p, size_t n)
{
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < n; i++) {
		crc ^= p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
	}
	return ~crc ^ 0x5354554e;
}

static size_t attribute(uint8_t *p, size_t at, unsigned type, const void *value, size_t n)
{
	be16(p + at, type);
	be16(p + at + 2, (unsigned)n);
	memset(p + at + 4, 0, (n + 3) & ~3u);
	if (n)
		memcpy(p + at + 4, value, n);
	return at + 4 + ((n + 3) & ~3u);
}

static size_t seal(uint8_t *p, size_t at, const char *pwd)
{
	uint8_t mac[20];
	unsigned n = sizeof mac;

	be16(p + 2, (unsigned)(at - 20 + 24));
	HMAC(EVP_sha1(), pwd, (int)strlen(pwd), p, at, mac, &n);
	return attribute(p, at, 0x0008, mac, sizeof mac);
}

size_t ice_write(uint8_t out[static ICE_BYTES], const struct ice_check *check)
{
	static const uint8_t eight[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	char username[64];
	uint8_t print[4];
	uint32_t crc;
	size_t n = 20;

	memset(out, 0, ICE_BYTES);
	memcpy(out, "\x00\x01\x00\x00\x21\x12\xa4\x42", 8);
	memcpy(out + 8, &check->id, sizeof check->id);
	snprintf(username, sizeof username, "%s:%s", check->ufrag, check->flags & ICE_SHORT ? "" : "bRws");
	if (!(check->flags & ICE_NO_USERNAME))
		n = attribute(out, n, 0x0006, username, strlen(username));
	if (!(check->flags & ICE_SHORT))
		n = attribute(out, n, check->flags & ICE_CONTROLLED ? 0x8029 : 0x802a, eight, 8);
	if (!(check->flags & ICE_NO_PRIORITY))
		n = attribute(out, n, 0x0024, eight, 4);
	if (check->flags & ICE_USE_CANDIDATE)
		n = attribute(out, n, 0x0025, NULL, 0);
	if (check->flags & ICE_UNKNOWN)
		n = attribute(out, n, 0x7123, eight, 4);
	if (!(check->flags & ICE_NO_INTEGRITY))
		n = seal(out, n, check->pwd);
	if (check->flags & ICE_AFTER)
		n = attribute(out, n, 0x0025, NULL, 0);
	if (!(check->flags & ICE_NO_PRINT)) {
		be16(out + 2, (unsigned)(n - 20 + 8));
		crc = print_of(out, n) ^ (check->flags & ICE_BAD_PRINT ? 1 : 0);
		be16(print, crc >> 16);
		be16(print + 2, crc & 0xffff);
		n = attribute(out, n, 0x8028, print, 4);
	}
	be16(out + 2, (unsigned)(n - 20));
	return n;
}

static size_t find(const uint8_t *p, size_t n, unsigned type)
{
	for (size_t at = 20; at + 4 <= n; at += 4 + ((at16(p + at + 2) + 3) & ~3u)) {
		if (at16(p + at) == type)
			return at;
	}
	return 0;
}

int ice_answer(const uint8_t *p, size_t n, uint64_t id, const char *pwd)
{
	uint8_t copy[ICE_BYTES], mac[20];
	unsigned mac_n = sizeof mac;
	size_t at, error;
	uint32_t crc;

	if (n < 52 || n > sizeof copy || memcmp(p + 8, &id, sizeof id) != 0 || at16(p + 2) != n - 20)
		return -1;
	crc = print_of(p, n - 8);
	if (at16(p + n - 8) != 0x8028 || at16(p + n - 4) != crc >> 16 || at16(p + n - 2) != (crc & 0xffff))
		return -1;
	at = find(p, n, 0x0008);
	if (!at)
		return -1;
	memcpy(copy, p, n);
	be16(copy + 2, (unsigned)(at - 20 + 24));
	HMAC(EVP_sha1(), pwd, (int)strlen(pwd), copy, at, mac, &mac_n);
	if (memcmp(mac, p + at + 4, sizeof mac) != 0)
		return -1;
	if (at16(p) == 0x0101)
		return 0;
	error = find(p, n, 0x0009);
	return at16(p) == 0x0111 && error ? p[error + 6] * 100 + p[error + 7] : -1;
}

unsigned ice_mapped_port(const uint8_t *p, size_t n)
{
	size_t at = find(p, n, 0x0020);

	return at ? at16(p + at + 6) ^ 0x2112u : 0;
}
