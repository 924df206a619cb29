/** @file model/media_type.c  Signatures of the WHATWG MIME Sniffing standard (section 6), and the sizes of the four kinds of picture that we show. */
#include "model/media_type.h"

#include <stdbool.h>
#include <stdint.h>

struct size {
	unsigned width, height;
};

static unsigned be16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static unsigned be32(const uint8_t *p)
{
	return be16(p) << 16 | be16(p + 2);
}

static unsigned le16(const uint8_t *p)
{
	return (unsigned)p[1] << 8 | p[0];
}

static unsigned le24(const uint8_t *p)
{
	return (unsigned)p[2] << 16 | le16(p);
}

/* ISO/IEC 15948: the first chunk is IHDR, which begins with both. */
static struct size png_size(const uint8_t *p, size_t n)
{
	return n < 24 || memcmp(p + 12, "IHDR", 4) != 0 ? (struct size){ 0 } : (struct size){ be32(p + 16), be32(p + 20) };
}

static struct size gif_size(const uint8_t *p, size_t n)
{
	return n < 10 ? (struct size){ 0 } : (struct size){ le16(p + 6), le16(p + 8) };
}

/* ITU-T T.81 annex B: C0 to CF begin a frame, but for the tables DHT and DAC, and JPG, which is reserved. */
static bool is_frame(uint8_t marker)
{
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/* From segment to segment: each names its length, up to the frame's. */
static struct size jpeg_size(const uint8_t *p, size_t n)
{
	size_t at = 2;

	while (n - at >= 4 && p[at] == 0xff) {
		uint8_t marker = p[at + 1];
		size_t length = be16(p + at + 2);

		if (marker == 0xff) {	/* filling */
			at++;
			continue;
		}
		if (is_frame(marker))
			return n - at < 9 ? (struct size){ 0 } : (struct size){ be16(p + at + 7), be16(p + at + 5) };
		if (length < 2 || length > n - at - 2)
			break;
		at += 2 + length;
	}
	return (struct size){ 0 };
}

/* RFC 9649: a lossy frame (its key frame's header by RFC 6386 section 9.1), a lossless one, or an extended header. */
static struct size webp_size(const uint8_t *p, size_t n)
{
	if (n < 30)
		return (struct size){ 0 };
	if (memcmp(p + 12, "VP8 ", 4) == 0 && memcmp(p + 23, "\x9d\x01\x2a", 3) == 0)
		return (struct size){ le16(p + 26) & 0x3fff, le16(p + 28) & 0x3fff };
	if (memcmp(p + 12, "VP8L", 4) == 0 && p[20] == 0x2f)
		return (struct size){ 1 + (le16(p + 21) & 0x3fff), 1 + (le24(p + 22) >> 6 & 0x3fff) };
	if (memcmp(p + 12, "VP8X", 4) == 0)
		return (struct size){ 1 + le24(p + 24), 1 + le24(p + 27) };
	return (struct size){ 0 };
}

/* `at` the first bytes, and for containers what stands behind their length. */
static const struct signature {
	const char *name;
	struct str first;
	size_t at;
	struct str then;
	struct size (*size)(const uint8_t *p, size_t n);
} signatures[] = {
	{ "image/png", { "\x89PNG\r\n\x1a\n", 8 }, 0, { "", 0 }, png_size },
	{ "image/jpeg", { "\xff\xd8\xff", 3 }, 0, { "", 0 }, jpeg_size },
	{ "image/gif", { "GIF87a", 6 }, 0, { "", 0 }, gif_size },
	{ "image/gif", { "GIF89a", 6 }, 0, { "", 0 }, gif_size },
	{ "image/webp", { "RIFF", 4 }, 8, { "WEBPVP8", 7 }, webp_size },
	{ "application/pdf", { "%PDF-", 5 }, 0, { "", 0 }, NULL },
	{ "application/zip", { "PK\x03\x04", 4 }, 0, { "", 0 }, NULL },
	{ "application/gzip", { "\x1f\x8b\x08", 3 }, 0, { "", 0 }, NULL },
	{ "video/mp4", { "", 0 }, 4, { "ftyp", 4 }, NULL },
	{ "video/webm", { "\x1a\x45\xdf\xa3", 4 }, 0, { "", 0 }, NULL },
	{ "audio/mpeg", { "ID3", 3 }, 0, { "", 0 }, NULL },
	{ "audio/wave", { "RIFF", 4 }, 8, { "WAVE", 4 }, NULL },
};

static bool has(struct str head, size_t at, struct str what)
{
	return head.n >= at + what.n && memcmp(head.p + at, what.p, what.n) == 0;
}

void media_type_read(struct str head, struct media_type *out)
{
	*out = (struct media_type){ .name = "application/octet-stream" };
	for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
		const struct signature *s = &signatures[i];
		struct size size = { 0 };

		if (!has(head, 0, s->first) || !has(head, s->at, s->then))
			continue;
		out->name = s->name;
		if (s->size)
			size = s->size((const uint8_t *)head.p, head.n);
		/* A few bytes can name a picture that no memory holds: that one is a file like any other. */
		if (size.width && size.height && (uint64_t)size.width * size.height <= MEDIA_PIXELS_MOST) {
			out->width = size.width;
			out->height = size.height;
		}
		return;
	}
}
