/** @file relay/sdp_rewrite.c  Point a session description at the relay: ICE lines replaced, addresses blanked, all else as it was. */
#include "relay/sdp.h"
#include "relay/sdp_line.h"

#include <errno.h>

static int line_put(struct buf *out, char type, struct str value)
{
	const char head[2] = { type, '=' };

	if (buf_add(out, head, sizeof head) || buf_add(out, value.p, value.n) || buf_add(out, "\r\n", 2))
		return -ENOMEM;
	return 0;
}

/*
 * Priorities of RFC 8445 section 5.1.2: the first address is the most wished for, and any UDP more than all TCP (RFC 6544 section
 * 4.2: another type preference; a direction preference of 4, passive).
 */
static unsigned udp_priority(unsigned i)
{
	return 126u << 24 | (65535 - i) << 8 | 255;
}

static unsigned tcp_priority(unsigned i)
{
	return 90u << 24 | (4u << 13 | (8191 - i)) << 8 | 255;
}

/* Host candidates of component 1. */
static int ice_put(struct buf *out, const struct sdp_target *target)
{
	int err = buf_printf(out, "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n", target->cred.ufrag, target->cred.pwd);

	for (unsigned i = 0; i < target->n_addresses && !err; i++) {
		err = buf_printf(out, "a=candidate:%u 1 udp %u %s %u typ host\r\n", i + 1, udp_priority(i), target->addresses[i],
				 (unsigned)target->port);
	}
	for (unsigned i = 0; i < target->n_addresses && target->stream_port && !err; i++) {
		err = buf_printf(out, "a=candidate:%u 1 tcp %u %s %u typ host tcptype passive\r\n", RELAY_ADDRESSES + i + 1,
				 tcp_priority(i), target->addresses[i], (unsigned)target->stream_port);
	}
	return err ? err : buf_printf(out, "a=end-of-candidates\r\n");
}

static bool attribute_stripped(struct str name)
{
	return (name.n >= 4 && memcmp(name.p, "ice-", 4) == 0) || str_eq(name, STR("candidate")) ||
	       str_eq(name, STR("end-of-candidates")) || str_eq(name, STR("remote-candidates")) || str_eq(name, STR("cryptex"));
}

static int attribute_put(struct buf *out, struct str line)
{
	struct str value, name = sdp_attribute(line, &value);

	if (attribute_stripped(name))
		return 0;
	if (str_eq(name, STR("rtcp")))
		return line_put(out, 'a', STR("rtcp:9 IN IP4 0.0.0.0"));
	return line_put(out, 'a', line);
}

/* User name, session id and version stay. */
static int origin_put(struct buf *out, struct str value)
{
	struct str rest = value, token;

	for (unsigned i = 0; i < 3; i++)
		sdp_token_next(&rest, &token);
	value.n -= rest.n;
	if (buf_printf(out, "o=") || buf_add(out, value.p, value.n))
		return -ENOMEM;
	return buf_printf(out, "IN IP4 0.0.0.0\r\n");
}

/* A section in use: with a port, or bundle-only. `rest` begins behind its m= line. */
static bool section_used(struct str m, struct str rest)
{
	struct sdp_line line;
	struct str media, port, value;
	unsigned number;

	if (!sdp_token_next(&m, &media) || !sdp_token_next(&m, &port) || !sdp_number(port, 65535, &number))
		return false;
	if (number != 0)
		return true;
	while (sdp_line_next(&rest, &line) && line.type != 'm') {
		/* As the reader takes it: with a colon and nothing behind it too. */
		if (line.type == 'a' && str_eq(sdp_attribute(line.value, &value), STR("bundle-only")))
			return true;
	}
	return false;
}

static int other_put(struct buf *out, const struct sdp_line *line)
{
	if (line->type == 'o')
		return origin_put(out, line->value);
	if (line->type == 'c')
		return line_put(out, 'c', STR("IN IP4 0.0.0.0"));
	if (line->type == 'a')
		return attribute_put(out, line->value);
	return line_put(out, line->type, line->value);
}

/* What a part still lacks; it goes before the part's first a=, where c= and t= have been. */
enum lack { LACK_NOTHING, LACK_LITE, LACK_ICE };

static int lack_put(struct buf *out, enum lack *lack, const struct sdp_target *target)
{
	enum lack was = *lack;

	*lack = LACK_NOTHING;
	if (was == LACK_LITE)
		return line_put(out, 'a', STR("ice-lite"));
	return was == LACK_ICE ? ice_put(out, target) : 0;
}

int sdp_rewrite(struct str sdp, const struct sdp_target *target, struct buf *out)
{
	enum lack lack = LACK_LITE;
	struct sdp_line line;
	int err;

	while (sdp_line_next(&sdp, &line)) {
		err = line.type == 'a' || line.type == 'm' ? lack_put(out, &lack, target) : 0;
		if (!err)
			err = other_put(out, &line);
		if (err)
			return err;
		if (line.type == 'm')
			lack = section_used(line.value, sdp) ? LACK_ICE : LACK_NOTHING;
	}
	return lack_put(out, &lack, target);
}
