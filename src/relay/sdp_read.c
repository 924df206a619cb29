/** @file relay/sdp_read.c  Check a session description and learn its facts. */
#include "base/limits.h"
#include "relay/sdp.h"
#include "relay/sdp_line.h"

#include <stdio.h>

enum { SECTIONS_MOST = 8, ORIGIN_BYTES = 256, RTCP_CLASH_LOW = 64, RTCP_CLASH_HIGH = 95 };

/* What attributes say of a section, or of all sections when they stand before the first. */
struct section {
	struct str ufrag, pwd, mid, setup;
	bool video, rejected, bundle_only, rtcp_mux, fingerprint, directed, inactive;
	struct relay_types types;
};

struct reading {
	struct section session, sections[SECTIONS_MOST];
	unsigned n_sections;
	struct str bundle;
	bool bundled;
	char last;		/* the type of the line before */
	unsigned seen;		/* types of session lines, bit by letter */
	const char *why;
};

static bool refuse(struct reading *r, const char *why)
{
	r->why = why;
	return false;
}

static struct section *section_now(struct reading *r)
{
	return r->n_sections ? &r->sections[r->n_sections - 1] : &r->session;
}

static bool take_ufrag(struct reading *r, struct section *s, struct str value)
{
	if (s->ufrag.p || !sdp_ice_text(value, 4))
		return refuse(r, "a=ice-ufrag is malformed or doubled");
	s->ufrag = value;
	return true;
}

static bool take_pwd(struct reading *r, struct section *s, struct str value)
{
	if (s->pwd.p || !sdp_ice_text(value, 22))
		return refuse(r, "a=ice-pwd is malformed or doubled");
	s->pwd = value;
	return true;
}

static bool take_mid(struct reading *r, struct section *s, struct str value)
{
	if (s->mid.p || s == &r->session || value.n == 0 || memchr(value.p, ' ', value.n))
		return refuse(r, "a=mid is malformed or doubled");
	s->mid = value;
	return true;
}

static bool take_setup(struct reading *r, struct section *s, struct str value)
{
	if (s->setup.p || (!str_eq(value, STR("actpass")) && !str_eq(value, STR("active")) && !str_eq(value, STR("passive"))))
		return refuse(r, "a=setup is not actpass, active or passive, or doubled");
	s->setup = value;
	return true;
}

static bool take_fingerprint(struct reading *r, struct section *s, struct str value)
{
	static const struct {
		struct str name;
		size_t bytes;
	} hashes[] = { { { "sha-256", 7 }, 32 }, { { "sha-384", 7 }, 48 }, { { "sha-512", 7 }, 64 } };
	struct str name;

	if (!sdp_token_next(&value, &name))
		return refuse(r, "a=fingerprint is malformed");
	for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++) {
		if (!str_eq(name, hashes[i].name))
			continue;
		s->fingerprint = true;
		return sdp_hex_bytes(value, hashes[i].bytes) || refuse(r, "a=fingerprint is malformed");
	}
	return refuse(r, "a=fingerprint is not of sha-256 or better");
}

static bool take_crypto(struct reading *r, struct section *s, struct str value)
{
	(void)s;
	(void)value;
	return refuse(r, "a=crypto is not taken: keys come from DTLS alone");
}

static bool take_mux(struct reading *r, struct section *s, struct str value)
{
	s->rtcp_mux = true;
	return value.n == 0 || refuse(r, "a=rtcp-mux is malformed");
}

static bool take_bundle_only(struct reading *r, struct section *s, struct str value)
{
	s->bundle_only = true;
	return value.n == 0 || refuse(r, "a=bundle-only is malformed");
}

static bool take_group(struct reading *r, struct section *s, struct str value)
{
	struct str kind;

	if (s != &r->session || !sdp_token_next(&value, &kind))
		return refuse(r, "a=group is malformed");
	if (!str_eq(kind, STR("BUNDLE")))
		return true;
	if (r->bundled)
		return refuse(r, "there are two BUNDLE groups");
	r->bundled = true;
	r->bundle = value;
	return true;
}

static bool take_inactive(struct reading *r, struct section *s, struct str value)
{
	(void)r;
	(void)value;
	s->directed = s->inactive = true;
	return true;
}

static bool take_direction(struct reading *r, struct section *s, struct str value)
{
	(void)r;
	(void)value;
	s->directed = true;
	s->inactive = false;
	return true;
}

static bool read_attribute(struct reading *r, struct str line)
{
	static const struct {
		const char *name;
		bool (*take)(struct reading *r, struct section *s, struct str value);
	} attributes[] = {
		{ "ice-ufrag", take_ufrag }, { "ice-pwd", take_pwd }, { "mid", take_mid }, { "setup", take_setup },
		{ "fingerprint", take_fingerprint }, { "crypto", take_crypto }, { "rtcp-mux", take_mux },
		{ "bundle-only", take_bundle_only }, { "group", take_group }, { "inactive", take_inactive },
		{ "sendrecv", take_direction }, { "sendonly", take_direction }, { "recvonly", take_direction },
	};
	struct str value, name = sdp_attribute(line, &value);

	if (!sdp_name(name))
		return refuse(r, "an attribute's name is malformed");
	for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
		if (str_eq(name, str_of(attributes[i].name)))
			return attributes[i].take(r, section_now(r), value);
	}
	return true;
}

static bool read_types(struct reading *r, struct section *s, struct str rest)
{
	struct str token;
	unsigned type;

	do {
		/* 64 to 95 would look like RTCP on a shared port (RFC 5761 section 4). */
		if (!sdp_token_next(&rest, &token) || !sdp_number(token, 127, &type) ||
		    (type >= RTCP_CLASH_LOW && type <= RTCP_CLASH_HIGH))
			return refuse(r, "a payload type is malformed");
		if (s->types.allowed[type / 64] >> type % 64 & 1)
			return refuse(r, "a payload type is doubled");
		s->types.allowed[type / 64] |= (uint64_t)1 << type % 64;
	} while (rest.n);
	return true;
}

static bool read_media(struct reading *r, struct str rest)
{
	struct str media, port, protocol;
	struct section *s;
	unsigned number;

	if (r->n_sections == SECTIONS_MOST)
		return refuse(r, "there are more than 8 media sections");
	s = &r->sections[r->n_sections++];
	if (!sdp_token_next(&rest, &media) || !sdp_token_next(&rest, &port) || !sdp_token_next(&rest, &protocol) ||
	    !sdp_number(port, 65535, &number))
		return refuse(r, "an m= line is malformed");
	if (!str_eq(media, STR("audio")) && !str_eq(media, STR("video")))
		return refuse(r, "a media section is neither audio nor video");
	if (!str_eq(protocol, STR("UDP/TLS/RTP/SAVPF")))
		return refuse(r, "a media section's protocol is not UDP/TLS/RTP/SAVPF");
	s->video = str_eq(media, STR("video"));
	s->rejected = number == 0;
	return read_types(r, s, rest);
}

static bool all_digits(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
	}
	return true;
}

/* User name, session id and version as numbers, IN, address type, address. */
static bool read_origin(struct reading *r, struct str rest)
{
	struct str token[6];
	unsigned n = 0;

	if (rest.n > ORIGIN_BYTES)
		return refuse(r, "the o= line is too long");
	while (n < 6 && sdp_token_next(&rest, &token[n]))
		n++;
	if (rest.n || n != 6 || !all_digits(token[1]) || !all_digits(token[2]) || !str_eq(token[3], STR("IN")) ||
	    (!str_eq(token[4], STR("IP4")) && !str_eq(token[4], STR("IP6"))))
		return refuse(r, "the o= line is malformed");
	return true;
}

static bool contains(struct str text, struct str part)
{
	return memmem(text.p, text.n, part.p, part.n) != NULL;
}

/* The rewriter blanks addresses where they belong; elsewhere it could only guess. */
static bool may_name_address(const struct sdp_line *line)
{
	static const struct str rtcp = { "rtcp:", 5 };

	if (line->type == 'o' || line->type == 'c')
		return true;
	if (line->type == 'a' && line->value.n >= rtcp.n && memcmp(line->value.p, rtcp.p, rtcp.n) == 0)
		return true;
	return !contains(line->value, STR("IN IP4")) && !contains(line->value, STR("IN IP6"));
}

/* Lines come in the grammar's order; only b=, t= and a= repeat. Types that no browser writes are left out. */
static bool line_in_order(struct reading *r, char type)
{
	const char *order = r->n_sections ? "mcba" : "voscbta";
	const char *at = strchr(order, type);
	const char *before = r->last ? strchr(order, r->last) : NULL;

	if (!at || (!r->last && type != 'v'))
		return false;
	return !before || at > before || (at == before && strchr("bta", type));
}

static bool read_line(struct reading *r, const struct sdp_line *line)
{
	static const char *const needed = "vost";

	if (line->type == 'm') {
		for (const char *one = needed; *one; one++) {
			if (!(r->seen >> (*one - 'a') & 1))
				return refuse(r, "a line v=, o=, s= or t= is missing");
		}
		r->last = 'm';
		return read_media(r, line->value);
	}
	if (!line_in_order(r, line->type))
		return refuse(r, "a line is of an unknown type, doubled or out of order");
	if (!may_name_address(line))
		return refuse(r, "an address stands where none belongs");
	r->last = line->type;
	r->seen |= 1u << (line->type - 'a');
	if (line->type == 'v' && !str_eq(line->value, STR("0")))
		return refuse(r, "the version is not 0");
	if (line->type == 'o')
		return read_origin(r, line->value);
	if (line->type == 'a')
		return read_attribute(r, line->value);
	return true;
}

static bool bundle_has(const struct reading *r, struct str mid)
{
	struct str rest = r->bundle, token;

	while (sdp_token_next(&rest, &token)) {
		if (str_eq(token, mid))
			return true;
	}
	return false;
}

static bool mid_doubled(const struct reading *r, const struct section *s)
{
	for (const struct section *other = r->sections; other < s; other++) {
		if (s->mid.p && other->mid.p && str_eq(other->mid, s->mid))
			return true;
	}
	return false;
}

/* A section in use has what it needs, itself or from the session. */
static bool section_complete(struct reading *r, const struct section *s, struct str ufrag)
{
	const struct section *all = &r->session;

	if (!s->fingerprint && !all->fingerprint)
		return refuse(r, "there is no a=fingerprint");
	if (!s->setup.p && !all->setup.p)
		return refuse(r, "there is no a=setup");
	if (!s->rtcp_mux)
		return refuse(r, "there is no a=rtcp-mux");
	if ((!s->ufrag.p && !all->ufrag.p) || (!s->pwd.p && !all->pwd.p))
		return refuse(r, "there is no a=ice-ufrag or a=ice-pwd");
	if (!s->mid.p || !r->bundled || !bundle_has(r, s->mid))
		return refuse(r, "the BUNDLE group does not hold all sections");
	if (ufrag.p && !str_eq(ufrag, s->ufrag.p ? s->ufrag : all->ufrag))
		return refuse(r, "bundled sections differ in a=ice-ufrag");
	return true;
}

static bool read_end(struct reading *r, struct sdp_facts *facts)
{
	struct str ufrag = { 0 };

	for (struct section *s = r->sections; s < r->sections + r->n_sections; s++) {
		struct relay_types *types = s->video ? &facts->video : &facts->audio;

		if (mid_doubled(r, s))
			return refuse(r, "a=mid is malformed or doubled");
		/* In an offer, port 0 with a=bundle-only is no rejection (RFC 9143 section 6). */
		if (s->rejected && !s->bundle_only)
			continue;
		if (!section_complete(r, s, ufrag))
			return false;
		ufrag = s->ufrag.p ? s->ufrag : r->session.ufrag;
		types->allowed[0] |= s->types.allowed[0];
		types->allowed[1] |= s->types.allowed[1];
		facts->wants_video |= s->video && !(s->directed ? s->inactive : r->session.inactive);
	}
	if (!ufrag.p)
		return refuse(r, "no media section is in use");
	if (facts->audio.allowed[0] & facts->video.allowed[0] || facts->audio.allowed[1] & facts->video.allowed[1])
		return refuse(r, "a payload type is both audio and video");
	memcpy(facts->ufrag, ufrag.p, ufrag.n);
	facts->sections = r->n_sections;
	return true;
}

static bool read_all(struct reading *r, struct str rest, struct sdp_facts *facts)
{
	struct sdp_line line;

	if (rest.n > LIMIT_SDP_BYTES)
		return refuse(r, "it is too long");
	while (sdp_line_next(&rest, &line)) {
		if (!read_line(r, &line))
			return false;
	}
	if (rest.n)
		return refuse(r, "a line is malformed");
	return read_end(r, facts);
}

bool sdp_read(struct str sdp, struct sdp_facts *facts, char why[static 128])
{
	struct reading r = { 0 };

	*facts = (struct sdp_facts){ 0 };
	if (read_all(&r, sdp, facts))
		return true;
	snprintf(why, 128, "%s", r.why);
	*facts = (struct sdp_facts){ 0 };
	return false;
}
