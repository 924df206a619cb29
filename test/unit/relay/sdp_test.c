/** @file relay/sdp_test.c  Descriptions that browsers wrote, and ones that must be refused. The first argument is the folder of the former. */
#include "base/limits.h"
#include "relay/sdp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static const char *folder;

static const struct sdp_target target = {
	.cred = { "0a1b2c3d", "00112233445566778899aabbccddeeff" },
	.addresses = { "198.51.100.7", "2001:db8::7" },
	.n_addresses = 2,
	.port = 3478,
	.stream_port = 8443,
};

#define PRINT "AC:8B:FE:0A:EF:CC:D2:26:57:D5:ED:4F:99:51:A3:0A:91:D0:45:3F:BF:F2:6E:2E:65:AF:6C:9D:AA:CF:16:80"
#define SESSION "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"
#define SECTION(media, types, mid) \
	"m=" media " 9 UDP/TLS/RTP/SAVPF " types "\r\nc=IN IP4 192.168.1.7\r\na=rtcp:9 IN IP4 192.168.1.7\r\na=ice-ufrag:abcd\r\n" \
	"a=ice-pwd:abcdefghijklmnopqrstuv\r\na=fingerprint:sha-256 " PRINT "\r\na=setup:actpass\r\na=mid:" mid "\r\n" \
	"a=sendrecv\r\na=rtcp-mux\r\na=cryptex\r\n"
static const char plain[] = SESSION SECTION("audio", "111 9", "0") SECTION("video", "96 97", "1");

static char *file_read(const char *name, size_t *n)
{
	char path[4096], *text = malloc(LIMIT_SDP_BYTES);
	FILE *f;

	snprintf(path, sizeof path, "%s/%s.sdp", folder, name);
	f = fopen(path, "rb");
	if (!f || !text)
		fail_msg("%s", path);
	*n = fread(text, 1, LIMIT_SDP_BYTES, f);
	fclose(f);
	return text;
}

static bool has(struct relay_types types, unsigned type)
{
	return types.allowed[type / 64] >> type % 64 & 1;
}

static unsigned count(struct str text, const char *line)
{
	unsigned n = 0;
	size_t line_n = strlen(line);

	for (size_t i = 0; i + line_n <= text.n; i++)
		n += memcmp(text.p + i, line, line_n) == 0 && (i == 0 || text.p[i - 1] == '\n');
	return n;
}

/* Everything that is not ICE, an address or cryptex is as it was. */
static void expect_rest_kept(const char *from, size_t from_n, struct str to)
{
	static const char *const touched[] = { "a=ice-", "a=candidate:", "a=end-of-", "c=", "o=", "a=rtcp:", "a=cryptex" };
	char *copy = strndup(from, from_n), *state = NULL;

	for (char *line = strtok_r(copy, "\r\n", &state); line; line = strtok_r(NULL, "\r\n", &state)) {
		bool skip_it = false;

		for (size_t i = 0; i < sizeof touched / sizeof *touched; i++)
			skip_it |= strncmp(line, touched[i], strlen(touched[i])) == 0;
		if (!skip_it)
			assert_int_equal(count((struct str){ from, from_n }, line), count(to, line));
	}
	free(copy);
}

struct expectation {
	const char *name, *ufrag;
	unsigned sections, used, audio, video;
	bool wants_video;
};

static void browsers_descriptions_pass(void **state)
{
	static const struct expectation all[] = {
		{ "chromium-offer", NULL, 2, 2, 111, 96, true },
		{ "chromium-gathered", "Depr", 2, 2, 111, 96, true },
		{ "chromium-answer", NULL, 2, 2, 111, 96, true },
		{ "chromium-stopped-offer", "YbOo", 2, 1, 111, 0, false },
		{ "chromium-stopped-answer", "p9Et", 2, 1, 111, 0, false },
		{ "firefox-offer", "f142e918", 2, 2, 109, 120, true },	/* its video is port 0 and bundle-only */
		{ "firefox-answer", "465b8cbf", 2, 2, 109, 120, true },
		{ "firefox-reoffer", "f142e918", 2, 2, 109, 120, true },
		{ "firefox-stopped-offer", "32f6427a", 2, 1, 109, 0, false },
		{ "firefox-stopped-answer", "46eaaf8a", 2, 1, 109, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		const struct expectation *want = &all[i];
		struct buf out = { 0 }, again = { 0 };
		struct sdp_facts facts;
		char why[128] = "";
		size_t n;
		char *text = file_read(want->name, &n);

		if (!sdp_read((struct str){ text, n }, &facts, why))
			fail_msg("%s: %s", want->name, why);
		if (want->ufrag)
			assert_string_equal(facts.ufrag, want->ufrag);
		assert_int_equal(facts.sections, want->sections);
		assert_true(has(facts.audio, want->audio));
		assert_true(has(facts.audio, 9) && has(facts.audio, 0));
		assert_int_equal(facts.wants_video, want->wants_video);
		assert_true(want->video ? has(facts.video, want->video) : !(facts.video.allowed[0] | facts.video.allowed[1]));

		assert_int_equal(sdp_rewrite((struct str){ text, n }, &target, &out), 0);
		expect_rest_kept(text, n, buf_str(&out));
		assert_int_equal(count(buf_str(&out), "a=ice-lite\r\n"), 1);
		assert_int_equal(count(buf_str(&out), "a=ice-"), 1 + 2 * want->used);
		assert_int_equal(count(buf_str(&out), "a=ice-ufrag:0a1b2c3d\r\n"), want->used);
		assert_int_equal(count(buf_str(&out), "a=ice-pwd:00112233445566778899aabbccddeeff\r\n"), want->used);
		assert_int_equal(count(buf_str(&out), "a=candidate:"), 4 * want->used);
		assert_int_equal(count(buf_str(&out), "a=end-of-candidates\r\n"), want->used);
		assert_null(memmem(out.p, out.n, "192.0.2.2", 9));
		assert_null(memmem(out.p, out.n, ".local", 6));

		if (!sdp_read(buf_str(&out), &facts, why))
			fail_msg("%s, rewritten: %s", want->name, why);
		assert_string_equal(facts.ufrag, target.cred.ufrag);
		assert_int_equal(facts.wants_video, want->wants_video);
		assert_int_equal(sdp_rewrite(buf_str(&out), &target, &again), 0);
		assert_true(str_eq(buf_str(&out), buf_str(&again)));
		buf_release(&out);
		buf_release(&again);
		free(text);
	}
}

static void the_rewritten_text_is_this(void **state)
{
	static const char ice[] =
		"a=ice-ufrag:0a1b2c3d\r\na=ice-pwd:00112233445566778899aabbccddeeff\r\n"
		"a=candidate:1 1 udp 2130706431 198.51.100.7 3478 typ host\r\n"
		"a=candidate:2 1 udp 2130706175 2001:db8::7 3478 typ host\r\n"
		"a=candidate:17 1 tcp 1520435199 198.51.100.7 8443 typ host tcptype passive\r\n"
		"a=candidate:18 1 tcp 1520434943 2001:db8::7 8443 typ host tcptype passive\r\na=end-of-candidates\r\n";
	static const char rest[] =
		"a=fingerprint:sha-256 " PRINT "\r\na=setup:actpass\r\na=mid:%s\r\na=sendrecv\r\na=rtcp-mux\r\n";
	struct buf want = { 0 }, out = { 0 };

	(void)state;
	buf_printf(&want, "v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=ice-lite\r\na=group:BUNDLE 0 1\r\n");
	buf_printf(&want, "m=audio 9 UDP/TLS/RTP/SAVPF 111 9\r\nc=IN IP4 0.0.0.0\r\n%sa=rtcp:9 IN IP4 0.0.0.0\r\n", ice);
	buf_printf(&want, rest, "0");
	buf_printf(&want, "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\n%sa=rtcp:9 IN IP4 0.0.0.0\r\n", ice);
	buf_printf(&want, rest, "1");
	assert_int_equal(sdp_rewrite(str_of(plain), &target, &out), 0);
	buf_add(&want, "", 1);
	buf_add(&out, "", 1);
	assert_string_equal(out.p, want.p);
	buf_release(&want);
	buf_release(&out);
}

/* The plain description with the first `from` replaced; "" puts `to` at the end. */
static char *bent(const char *from, const char *to, size_t *n)
{
	const char *where = *from ? strstr(plain, from) : plain + strlen(plain);
	size_t before = (size_t)(where - plain), to_n = strlen(to), after = strlen(where) - strlen(from);
	char *out;

	assert_non_null(where);
	out = malloc(before + to_n + after);
	memcpy(out, plain, before);
	memcpy(out + before, to, to_n);
	memcpy(out + before + to_n, where + strlen(from), after);
	*n = before + to_n + after;
	return out;
}

struct case_ {
	const char *from, *to, *why;	/* why NULL: passes */
};

static void bent_descriptions_are_refused(void **state)
{
	static const struct case_ cases[] = {
		{ "", "", NULL },
		{ "\r\n", "\n", NULL },
		{ "\r\n", "\r\r\n", "a line is malformed" },
		{ "\r\n", "\r", "a line is malformed" },
		{ "s=-\r\n", "s=\r\n", "a line is malformed" },
		{ "s=-", "s-x", "a line is malformed" },
		{ "s=-", "S=-", "a line is malformed" },
		{ "s=-", "s=\x01", "a line is malformed" },
		{ "s=-", "s=\xc3\x28", "a line is malformed" },
		{ "s=-", "s=\xc3\xa4", NULL },
		{ "", "a=x", "a line is malformed" },
		{ "", "\r\n", "a line is malformed" },
		{ "v=0\r\n", "", "a line is of an unknown type, doubled or out of order" },
		{ "v=0", "v=1", "the version is not 0" },
		{ "v=0", "v=0\r\nv=0", "a line is of an unknown type, doubled or out of order" },
		{ "s=-\r\n", "", "a line v=, o=, s= or t= is missing" },
		{ "t=0 0\r\n", "", "a line v=, o=, s= or t= is missing" },
		{ "s=-\r\nt=0 0", "t=0 0\r\ns=-", "a line is of an unknown type, doubled or out of order" },
		{ "t=0 0", "t=0 0\r\nk=prompt", "a line is of an unknown type, doubled or out of order" },
		{ "t=0 0", "t=0 0\r\nt=1 1", NULL },
		{ "a=group", "b=AS:64\r\na=group", "a line is of an unknown type, doubled or out of order" },
		{ "a=rtcp:", "b=AS:64\r\na=rtcp:", NULL },
		{ "a=sendrecv\r\n", "a=sendrecv\r\nc=IN IP4 1.2.3.4\r\n", "a line is of an unknown type, doubled or out of order" },
		{ "o=- 1 2 IN IP4 127.0.0.1", "o=- 1 2 IN IP4", "the o= line is malformed" },
		{ "o=- 1 2 IN IP4 127.0.0.1", "o=- 1 2 IN IP4 127.0.0.1 x", "the o= line is malformed" },
		{ "o=- 1 2 IN IP4", "o=-  1 2 IN IP4", "the o= line is malformed" },
		{ "o=- 1 2 IN IP4", "o=- x 2 IN IP4", "the o= line is malformed" },
		{ "o=- 1 2 IN IP4", "o=- 1 2 in IP4", "the o= line is malformed" },
		{ "o=- 1 2 IN IP4", "o=- 1 2 IN X25", "the o= line is malformed" },
		{ "s=-", "s=call from IN IP4 10.0.0.1", "an address stands where none belongs" },
		{ "a=sendrecv", "a=source-filter: incl IN IP6 * 2001:db8::1", "an address stands where none belongs" },
		{ "a=sendrecv", "a=candidate 1 1 udp 1 10.0.0.1 9 typ host", "an attribute's name is malformed" },
		{ "a=sendrecv", "a=candidate\t:1 1 udp 1 10.0.0.1 9 typ host", "an attribute's name is malformed" },
		{ "a=sendrecv", "a=Candidate:1 1 udp 1 10.0.0.1 9 typ host", "an attribute's name is malformed" },
		{ "a=sendrecv", "a= candidate:1 1 udp 1 10.0.0.1 9 typ host", "an attribute's name is malformed" },
		{ "a=sendrecv", "a=:x", "an attribute's name is malformed" },
		{ "a=sendrecv", "a=x-9:anything at all", NULL },
		{ "m=audio", "m=application", "a media section is neither audio nor video" },
		{ "m=audio", "m=Audio", "a media section is neither audio nor video" },
		{ "UDP/TLS/RTP/SAVPF", "RTP/SAVPF", "a media section's protocol is not UDP/TLS/RTP/SAVPF" },
		{ "UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVPFX", "a media section's protocol is not UDP/TLS/RTP/SAVPF" },
		{ "m=audio 9 UDP", "m=audio 9/2 UDP", "an m= line is malformed" },
		{ "m=audio 9 UDP", "m=audio 65536 UDP", "an m= line is malformed" },
		{ "m=audio 9 UDP", "m=audio -9 UDP", "an m= line is malformed" },
		{ "SAVPF 111 9", "SAVPF", "a payload type is malformed" },
		{ "SAVPF 111 9", "SAVPF 111 128", "a payload type is malformed" },
		{ "SAVPF 111 9", "SAVPF 111 64", "a payload type is malformed" },
		{ "SAVPF 111 9", "SAVPF 111  9", "a payload type is malformed" },
		{ "SAVPF 111 9", "SAVPF 111 111", "a payload type is doubled" },
		{ "SAVPF 111 9", "SAVPF 111 97", "a payload type is both audio and video" },
		{ "a=fingerprint:sha-256 " PRINT "\r\n", "", "there is no a=fingerprint" },
		{ "a=fingerprint:sha-256 AC", "a=fingerprint:sha-256 XC", "a=fingerprint is malformed" },
		{ "a=fingerprint:sha-256 AC:", "a=fingerprint:sha-256 ", "a=fingerprint is malformed" },
		{ "a=fingerprint:sha-256 AC:", "a=fingerprint:sha-512 AC:", "a=fingerprint is malformed" },
		{ "a=fingerprint:sha-256", "a=fingerprint:sha-1", "a=fingerprint is not of sha-256 or better" },
		{ "a=sendrecv", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x", "a=crypto is not taken: keys come from DTLS alone" },
		{ "a=rtcp-mux\r\n", "", "there is no a=rtcp-mux" },
		{ "a=rtcp-mux", "a=rtcp-mux-only", "there is no a=rtcp-mux" },
		{ "a=setup:actpass\r\n", "", "there is no a=setup" },
		{ "a=setup:actpass", "a=setup:holdconn", "a=setup is not actpass, active or passive, or doubled" },
		{ "a=setup:actpass", "a=setup:active\r\na=setup:passive", "a=setup is not actpass, active or passive, or doubled" },
		{ "a=ice-ufrag:abcd\r\n", "", "there is no a=ice-ufrag or a=ice-pwd" },
		{ "a=ice-ufrag:abcd", "a=ice-ufrag:abc", "a=ice-ufrag is malformed or doubled" },
		{ "a=ice-ufrag:abcd", "a=ice-ufrag:abc:d", "a=ice-ufrag is malformed or doubled" },
		{ "a=ice-ufrag:abcd", "a=ice-ufrag:abce", "bundled sections differ in a=ice-ufrag" },
		{ "a=ice-ufrag:abcd", "a=ice-ufrag:abcd\r\na=ice-ufrag:abcd", "a=ice-ufrag is malformed or doubled" },
		{ "a=ice-pwd:abcdefghijklmnopqrstuv", "a=ice-pwd:abcdefghijklmnopqrstu", "a=ice-pwd is malformed or doubled" },
		{ "a=group:BUNDLE 0 1", "a=group:BUNDLE 0", "the BUNDLE group does not hold all sections" },
		{ "a=group:BUNDLE 0 1", "a=group:LS 0 1", "the BUNDLE group does not hold all sections" },
		{ "a=group:BUNDLE 0 1", "a=group:BUNDLE 0\r\na=group:BUNDLE 1", "there are two BUNDLE groups" },
		{ "a=mid:1", "a=mid:0", "a=mid is malformed or doubled" },
		{ "a=mid:0\r\n", "", "the BUNDLE group does not hold all sections" },
		{ "m=video 9", "m=video 0", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sdp_facts facts;
		char why[128] = "passed";
		size_t n;
		char *text = bent(cases[i].from, cases[i].to, &n);
		bool ok = sdp_read((struct str){ text, n }, &facts, why);

		if (ok != !cases[i].why || (!ok && strcmp(why, cases[i].why) != 0))
			fail_msg("%s -> %s: %s", cases[i].from, cases[i].to, why);
		free(text);
	}
}

static void sizes_are_bounded(void **state)
{
	struct buf text = { 0 };
	struct sdp_facts facts;
	char why[128];
	char filler[4096];

	(void)state;
	assert_false(sdp_read(STR(""), &facts, why));
	assert_string_equal(why, "no media section is in use");
	memset(filler, 'x', sizeof filler);

	/* One line of 4,096 bytes passes, one more is too long. */
	buf_add(&text, plain, strlen(plain));
	buf_printf(&text, "a=%.*s\r\n", 4094, filler);
	assert_true(sdp_read(buf_str(&text), &facts, why));
	buf_printf(&text, "a=%.*s\r\n", 4095, filler);
	assert_false(sdp_read(buf_str(&text), &facts, why));
	buf_release(&text);

	buf_add(&text, plain, strlen(plain));
	while (text.n < LIMIT_SDP_BYTES)
		buf_printf(&text, "a=%.*s\r\n", 1000, filler);
	assert_false(sdp_read(buf_str(&text), &facts, why));
	assert_string_equal(why, "it is too long");
	buf_release(&text);
}

static void at_most_8_sections(void **state)
{
	struct buf text = { 0 };
	struct sdp_facts facts;
	char why[128];

	(void)state;
	buf_printf(&text, "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1 2 3 4 5 6 7 8\r\n");
	for (unsigned i = 0; i < 9; i++) {
		char mid[2] = { (char)('0' + i), '\0' };

		buf_printf(&text, SECTION("video", "96", "%s"), mid);
		assert_int_equal(sdp_read(buf_str(&text), &facts, why), i < 8);
	}
	assert_string_equal(why, "there are more than 8 media sections");
	buf_release(&text);
}

static void nul_and_data_channels_are_refused(void **state)
{
	struct sdp_facts facts;
	char why[128], text[sizeof plain];
	size_t n;
	char *data = file_read("chromium-data", &n);

	(void)state;
	memcpy(text, plain, sizeof plain);
	text[strcspn(text, "s") + 2] = '\0';
	assert_false(sdp_read((struct str){ text, sizeof text - 1 }, &facts, why));
	assert_string_equal(why, "a line is malformed");
	assert_false(sdp_read((struct str){ data, n }, &facts, why));
	assert_string_equal(why, "a media section is neither audio nor video");
	assert_int_equal(facts.sections, 0);
	free(data);
}

static void directions_tell_whether_video_is_wanted(void **state)
{
	static const struct {
		const char *from, *to;
		bool wants;
	} cases[] = {
		{ "", "", true },
		{ "m=video 9", "m=video 0", false },
		{ "", "a=inactive\r\n", false },
		{ "", "a=recvonly\r\n", true },
		{ "m=audio 9", "a=inactive\r\nm=audio 9", true },	/* the section's own a=sendrecv is stronger */
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sdp_facts facts;
		char why[128];
		size_t n;
		char *text = bent(cases[i].from, cases[i].to, &n);

		assert_true(sdp_read((struct str){ text, n }, &facts, why));
		assert_int_equal(facts.wants_video, cases[i].wants);
		free(text);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(browsers_descriptions_pass),
		cmocka_unit_test(the_rewritten_text_is_this),
		cmocka_unit_test(bent_descriptions_are_refused),
		cmocka_unit_test(sizes_are_bounded),
		cmocka_unit_test(at_most_8_sections),
		cmocka_unit_test(nul_and_data_channels_are_refused),
		cmocka_unit_test(directions_tell_whether_video_is_wanted),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	folder = argv[1];
	return cmocka_run_group_tests_name("relay/sdp", tests, NULL, NULL);
}
