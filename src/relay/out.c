/** @file relay/out.c  The outgoing batch. */
#include "relay/out.h"

#include "base/limits.h"
#include "relay/udp.h"

#include <assert.h>
#include <errno.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <sys/socket.h>

enum {
	OUT_MESSAGES = 128,
	OUT_BYTES = OUT_MESSAGES * LIMIT_DATAGRAM_BYTES,
	OUT_SEGMENTS = 40,		/* the kernel takes 64, and 65,507 bytes */
	OUT_CONTROL_BYTES = CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(uint16_t)),
};

_Static_assert(OUT_SEGMENTS * LIMIT_DATAGRAM_BYTES <= 65507, "a whole message fits in a datagram's length");

/** Datagrams of one flow, all of `each` bytes but the last, which may be shorter and then ends the message. */
struct message {
	struct flow flow;
	uint8_t *p;
	size_t n, each;
	bool ended;
	struct iovec span;
	struct sockaddr_storage to;
	_Alignas(struct cmsghdr) char control[OUT_CONTROL_BYTES];
};

struct out {
	int fd;
	bool v6, segments;
	unsigned n_messages;
	size_t n_bytes;
	struct message messages[OUT_MESSAGES];
	struct mmsghdr headers[OUT_MESSAGES];
	uint8_t bytes[OUT_BYTES];
};

struct out *out_new(int fd, bool v6)
{
	struct out *out = calloc(1, sizeof *out);
	int off = 0;

	if (!out)
		return NULL;
	out->fd = fd;
	out->v6 = v6;
	/* A kernel before 4.18 would not see the segment size and send one huge datagram: ask first. */
	out->segments = setsockopt(fd, SOL_UDP, UDP_SEGMENT, &off, sizeof off) == 0;
	return out;
}

void out_free(struct out *out)
{
	free(out);
}

static bool message_takes(const struct message *m, const struct flow *flow, size_t n)
{
	return !m->ended && n <= m->each && m->n / m->each < OUT_SEGMENTS && flow_eq(&m->flow, flow);
}

void out_add(struct out *out, const struct flow *flow, const void *p, size_t n)
{
	struct message *m;

	assert(n > 0 && n <= LIMIT_DATAGRAM_BYTES);
	if (out->n_messages == OUT_MESSAGES || OUT_BYTES - out->n_bytes < n)
		out_flush(out);
	m = out->n_messages ? &out->messages[out->n_messages - 1] : NULL;
	if (!m || !out->segments || !message_takes(m, flow, n)) {
		m = &out->messages[out->n_messages++];
		m->flow = *flow;
		m->p = out->bytes + out->n_bytes;
		m->n = 0;
		m->each = n;
	}
	memcpy(m->p + m->n, p, n);
	m->n += n;
	m->ended = n < m->each;
	out->n_bytes += n;
}

/* The header for n bytes at p, to be cut in pieces of `each`. */
static void message_head(const struct out *out, struct message *m, uint8_t *p, size_t n, struct msghdr *h)
{
	size_t used;

	m->span = (struct iovec){ p, n };
	*h = (struct msghdr){ .msg_name = &m->to, .msg_iov = &m->span, .msg_iovlen = 1, .msg_control = m->control };
	memset(m->control, 0, sizeof m->control);
	h->msg_namelen = udp_address(&m->to, &m->flow, out->v6);
	h->msg_controllen = sizeof m->control;
	used = udp_source(CMSG_FIRSTHDR(h), &m->flow, out->v6);
	if (n > m->each) {
		struct cmsghdr *c = (struct cmsghdr *)(void *)(m->control + used);
		uint16_t each = (uint16_t)m->each;

		c->cmsg_level = SOL_UDP;
		c->cmsg_type = UDP_SEGMENT;
		c->cmsg_len = CMSG_LEN(sizeof each);
		memcpy(CMSG_DATA(c), &each, sizeof each);
		used += CMSG_SPACE(sizeof each);
	}
	h->msg_controllen = used;
}

/* The kernel refused to cut it: a datagram above the path's MTU, or a card without checksums (EIO). Cut it here. */
static void message_send_cut(struct out *out, struct message *m, int err)
{
	struct msghdr h;

	if (err == EIO)
		out->segments = false;
	for (size_t at = 0; at < m->n; at += m->each) {
		message_head(out, m, m->p + at, m->n - at < m->each ? m->n - at : m->each, &h);
		sendmsg(out->fd, &h, MSG_DONTWAIT | MSG_NOSIGNAL);
	}
}

void out_flush(struct out *out)
{
	unsigned at = 0;

	for (unsigned i = 0; i < out->n_messages; i++) {
		struct message *m = &out->messages[i];

		message_head(out, m, m->p, m->n, &out->headers[i].msg_hdr);
	}
	while (at < out->n_messages) {
		int sent = sendmmsg(out->fd, out->headers + at, out->n_messages - at, MSG_DONTWAIT | MSG_NOSIGNAL);
		int err = errno;

		if (sent > 0) {
			at += (unsigned)sent;
			continue;
		}
		if (err == EINTR)
			continue;
		/* One bad target (no route, a full queue) may not take the rest along. */
		if (out->messages[at].n > out->messages[at].each && err != EAGAIN)
			message_send_cut(out, &out->messages[at], err);
		at++;
	}
	out->n_messages = 0;
	out->n_bytes = 0;
}
