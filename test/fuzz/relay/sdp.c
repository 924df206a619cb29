/**
 * @file relay/sdp.c  Fuzz: what sdp_read takes, sdp_rewrite turns into something that sdp_read takes, with the target's ICE lines only,
 * no address but the target's, and the fingerprints untouched; and a second time changes nothing.
 */
#include "base/limits.h"
#include "relay/sdp.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const struct sdp_target target = {
	.cred = { "0a1b2c3d", "00112233445566778899aabbccddeeff" },
	.addresses = { "198.51.100.7", "2001:db8::7" },
	.n_addresses = 2,
	.port = 3478,
	.stream_port = 8443,
};

static bool starts(struct str line, const char *with)
{
	return line.n >= strlen(with) && memcmp(line.p, with, strlen(with)) == 0;
}

static struct str line_next(struct str *rest)
{
	const char *end = memchr(rest->p, '\n', rest->n);
	size_t n = (size_t)(end - rest->p);
	struct str line = { rest->p, n && end[-1] == '\r' ? n - 1 : n };

	rest->p += n + 1;
	rest->n -= n + 1;
	return line;
}

/* Where IN IP4 or IN IP6 stands, 0.0.0.0 follows and ends the line. */
static void expect_blank(struct str line)
{
	const char *at = memmem(line.p, line.n, "IN IP4", 6);

	assert(!memmem(line.p, line.n, "IN IP6", 6));
	assert(!at || str_eq((struct str){ at, (size_t)(line.p + line.n - at) }, STR("IN IP4 0.0.0.0")));
}

static void expect_lines(struct str text)
{
	while (text.n) {
		struct str line = line_next(&text);

		assert(line.p[line.n] == '\r');
		expect_blank(line);
		if (starts(line, "c=") || starts(line, "o=") || starts(line, "a=rtcp:"))
			assert(memmem(line.p, line.n, "IN IP4 0.0.0.0", 14));
		if (starts(line, "a=ice-"))
			assert(str_eq(line, STR("a=ice-lite")) || str_eq(line, STR("a=ice-ufrag:0a1b2c3d")) ||
			       str_eq(line, STR("a=ice-pwd:00112233445566778899aabbccddeeff")));
		if (starts(line, "a=candidate:"))
			assert(str_eq(line, STR("a=candidate:1 1 udp 2130706431 198.51.100.7 3478 typ host")) ||
			       str_eq(line, STR("a=candidate:2 1 udp 2130706175 2001:db8::7 3478 typ host")) ||
			       str_eq(line, STR("a=candidate:17 1 tcp 1520435199 198.51.100.7 8443 typ host tcptype passive")) ||
			       str_eq(line, STR("a=candidate:18 1 tcp 1520434943 2001:db8::7 8443 typ host tcptype passive")));
		assert(!str_eq(line, STR("a=cryptex")) && !starts(line, "a=remote-candidates:"));
	}
}

static struct str fingerprint_next(struct str *rest)
{
	while (rest->n) {
		struct str line = line_next(rest);

		if (starts(line, "a=fingerprint"))
			return line;
	}
	return (struct str){ 0 };
}

static void expect_fingerprints(struct str from, struct str to)
{
	struct str a, b;

	do {
		a = fingerprint_next(&from);
		b = fingerprint_next(&to);
		assert(str_eq(a, b));
	} while (a.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str in = { (const char *)data, n };
	struct sdp_facts facts, again;
	struct buf once = { 0 }, twice = { 0 };
	char why[128] = "";

	if (!sdp_read(in, &facts, why)) {
		assert(*why);
		return 0;
	}
	if (sdp_rewrite(in, &target, &once))
		return 0;
	expect_lines(buf_str(&once));
	expect_fingerprints(in, buf_str(&once));
	if (once.n <= LIMIT_SDP_BYTES) {
		assert(sdp_read(buf_str(&once), &again, why));
		assert(strcmp(again.ufrag, "0a1b2c3d") == 0);
		assert(again.sections == facts.sections && again.wants_video == facts.wants_video);
		assert(memcmp(&again.audio, &facts.audio, sizeof facts.audio) == 0);
		assert(memcmp(&again.video, &facts.video, sizeof facts.video) == 0);
	}
	if (!sdp_rewrite(buf_str(&once), &target, &twice))
		assert(str_eq(buf_str(&once), buf_str(&twice)));
	buf_release(&once);
	buf_release(&twice);
	return 0;
}
