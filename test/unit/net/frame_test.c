/** @file test/unit/net/frame_test.c  WebSocket framing by RFC 6455's own examples, and UTF-8 against the base room's check. */
#include "net/ws_frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void send_heads(void **state)
{
	uint8_t head[WS_SEND_HEAD_BYTES];

	(void)state;
	assert_int_equal(ws_frame_head(head, WS_OP_TEXT, 5), 2);
	assert_memory_equal(head, "\x81\x05", 2);
	assert_int_equal(ws_frame_head(head, WS_OP_PING, 125), 2);
	assert_memory_equal(head, "\x89\x7d", 2);
	assert_int_equal(ws_frame_head(head, WS_OP_TEXT, 126), 4);
	assert_memory_equal(head, "\x81\x7e\x00\x7e", 4);
	assert_int_equal(ws_frame_head(head, WS_OP_TEXT, 65535), 4);
	assert_memory_equal(head, "\x81\x7e\xff\xff", 4);
	assert_int_equal(ws_frame_head(head, WS_OP_TEXT, 65536), 10);
	assert_memory_equal(head, "\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10);
}

static void the_rfc_s_masked_hello(void **state)
{
	struct ws_reader reader = { .most = 5 };
	struct str in = STR("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");

	(void)state;
	assert_int_equal(ws_reader_feed(&reader, &in), WS_TEXT);
	assert_true(str_eq(buf_str(&reader.message), STR("Hello")));
	assert_int_equal(ws_reader_feed(&reader, &in), WS_MORE);
	/* Nothing is held between two messages. */
	assert_null(reader.message.p);
	ws_reader_release(&reader);
}

static void refused(struct str in, int code)
{
	struct ws_reader reader = { .most = 4 };

	assert_int_equal(ws_reader_feed(&reader, &in), WS_BAD);
	assert_int_equal(reader.code, code);
	ws_reader_release(&reader);
}

static void frames_that_are_refused(void **state)
{
	(void)state;
	refused(STR("\x81\x01x"), 1002);
	refused(STR("\xc1\x80\0\0\0\0"), 1002);
	refused(STR("\x83\x80\0\0\0\0"), 1002);
	refused(STR("\x80\x80\0\0\0\0"), 1002);
	refused(STR("\x09\x80\0\0\0\0"), 1002);
	refused(STR("\x89\xfe\0\x7e\0\0\0\0"), 1002);
	refused(STR("\x81\xfe\0\x05\0\0\0\0"), 1002);
	refused(STR("\x81\xff\xff\xff\xff\xff\xff\xff\xff\xfc\0\0\0\0"), 1002);
	refused(STR("\x82\x80\0\0\0\0"), 1003);
	refused(STR("\x81\x85\0\0\0\0"), 1009);
	refused(STR("\x01\x83\0\0\0\0abc\x80\x82\0\0\0\0"), 1009);
	refused(STR("\x81\x81\0\0\0\0\x80"), 1007);
	refused(STR("\x81\x81\0\0\0\0\xc3"), 1007);
	refused(STR("\x88\x81\0\0\0\0\x03"), 1002);
	refused(STR("\x88\x82\0\0\0\0\x03\xed"), 1002);
	refused(STR("\x88\x83\0\0\0\0\x03\xe8\xff"), 1007);
}

static void codes(void **state)
{
	(void)state;
	for (int code = 0; code < 70000; code++) {
		bool valid = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);

		assert_int_equal(ws_code_valid(code), valid);
	}
}

static void utf8_by_piece(const char *p, size_t n)
{
	struct utf8 whole = { 0 }, cut = { 0 };
	bool expected = str_utf8((struct str){ p, n }), ok = true;

	assert_int_equal(utf8_feed(&whole, p, n) && whole.need == 0, expected);
	for (size_t i = 0; i < n && ok; i++)
		ok = utf8_feed(&cut, p + i, 1);
	assert_int_equal(ok && cut.need == 0, expected);
}

static void utf8_as_the_base_room_has_it(void **state)
{
	(void)state;
	for (unsigned a = 0; a < 256; a++)
		for (unsigned b = 0; b < 256; b++) {
			char p[4] = { (char)a, (char)b, (char)0x80, (char)0xbf };

			for (size_t n = 1; n <= 4; n++)
				utf8_by_piece(p, n);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(send_heads),
		cmocka_unit_test(the_rfc_s_masked_hello),
		cmocka_unit_test(frames_that_are_refused),
		cmocka_unit_test(codes),
		cmocka_unit_test(utf8_as_the_base_room_has_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
