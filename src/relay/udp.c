/** @file relay/udp.c  The relay's socket. */
#include "relay/udp.h"

#include "base/limits.h"

#include <errno.h>
#include <netinet/ip.h>
#include <stdlib.h>
#include <unistd.h>

enum { RECEIVE_BYTES = 4 << 20, CONTROL_BYTES = 128 };

struct datagram {
	struct iovec span;
	struct sockaddr_storage from;
	_Alignas(struct cmsghdr) char control[CONTROL_BYTES];
	uint8_t bytes[LIMIT_DATAGRAM_BYTES + 1];
};

struct udp_in {
	bool v6;
	struct mmsghdr headers[UDP_BATCH];
	struct datagram datagrams[UDP_BATCH];
};

static int set(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof value) ? -errno : 0;
}

/* Large datagrams may be fragmented, and path MTUs are not learnt: a forged ICMP message may not shrink our datagrams. */
static int set_v4(int fd)
{
	int err = set(fd, IPPROTO_IP, IP_PKTINFO, 1);

	return err ? err : set(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT);
}

static int set_v6(int fd)
{
	int err = set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);

	if (!err)
		err = set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);	/* tells IPv4 addresses too, mapped */
	if (!err)
		err = set(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_OMIT);
	return err ? err : set(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT);
}

static int bind_any(int fd, uint16_t *port, bool v6)
{
	struct sockaddr_in6 any6 = { .sin6_family = AF_INET6, .sin6_port = htons(*port), .sin6_addr = IN6ADDR_ANY_INIT };
	struct sockaddr_in any4 = { .sin_family = AF_INET, .sin_port = htons(*port), .sin_addr.s_addr = htonl(INADDR_ANY) };
	struct sockaddr *any = v6 ? (struct sockaddr *)&any6 : (struct sockaddr *)&any4;
	socklen_t n = v6 ? sizeof any6 : sizeof any4;

	if (bind(fd, any, n) || getsockname(fd, any, &n))
		return -errno;
	*port = ntohs(v6 ? any6.sin6_port : any4.sin_port);
	return 0;
}

static int open_family(int *fdp, uint16_t *port, bool v6)
{
	int fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		return -errno;
	err = v6 ? set_v6(fd) : set_v4(fd);
	if (!err)
		err = bind_any(fd, port, v6);
	if (err) {
		close(fd);
		return err;
	}
	/* As much as the system lets us; less is no fault. */
	set(fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BYTES);
	set(fd, SOL_SOCKET, SO_SNDBUF, RECEIVE_BYTES);
	*fdp = fd;
	return 0;
}

int udp_open(int *fdp, uint16_t *port, bool *v6)
{
	int err = open_family(fdp, port, true);

	*v6 = true;
	/* Built without IPv6, or switched off. */
	if (err != -EAFNOSUPPORT && err != -EADDRNOTAVAIL)
		return err;
	*v6 = false;
	return open_family(fdp, port, false);
}

socklen_t udp_address(struct sockaddr_storage *to, const struct flow *flow, bool v6)
{
	struct sockaddr_in6 *to6 = (struct sockaddr_in6 *)to;
	struct sockaddr_in *to4 = (struct sockaddr_in *)to;

	if (v6) {
		*to6 = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = htons(flow->port), .sin6_addr = flow->remote,
					      .sin6_scope_id = flow->scope };
		return sizeof *to6;
	}
	*to4 = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(flow->port) };
	memcpy(&to4->sin_addr, &flow->remote.s6_addr[12], sizeof to4->sin_addr);
	return sizeof *to4;
}

size_t udp_source(struct cmsghdr *c, const struct flow *flow, bool v6)
{
	struct in6_pktinfo info6 = { .ipi6_addr = flow->local };
	struct in_pktinfo info4 = { 0 };

	if (v6) {
		c->cmsg_level = IPPROTO_IPV6;
		c->cmsg_type = IPV6_PKTINFO;
		c->cmsg_len = CMSG_LEN(sizeof info6);
		memcpy(CMSG_DATA(c), &info6, sizeof info6);
		return CMSG_SPACE(sizeof info6);
	}
	memcpy(&info4.ipi_spec_dst, &flow->local.s6_addr[12], sizeof info4.ipi_spec_dst);
	c->cmsg_level = IPPROTO_IP;
	c->cmsg_type = IP_PKTINFO;
	c->cmsg_len = CMSG_LEN(sizeof info4);
	memcpy(CMSG_DATA(c), &info4, sizeof info4);
	return CMSG_SPACE(sizeof info4);
}

struct udp_in *udp_in_new(void)
{
	return calloc(1, sizeof(struct udp_in));
}

void udp_in_free(struct udp_in *in)
{
	free(in);
}

int udp_in_receive(struct udp_in *in, int fd, bool v6)
{
	int n;

	in->v6 = v6;
	for (unsigned i = 0; i < UDP_BATCH; i++) {
		struct datagram *d = &in->datagrams[i];

		d->span = (struct iovec){ d->bytes, sizeof d->bytes };
		in->headers[i].msg_hdr = (struct msghdr){
			.msg_name = &d->from, .msg_namelen = sizeof d->from, .msg_iov = &d->span, .msg_iovlen = 1,
			.msg_control = d->control, .msg_controllen = sizeof d->control,
		};
	}
	n = recvmmsg(fd, in->headers, UDP_BATCH, MSG_DONTWAIT, NULL);
	return n < 0 ? -errno : n;
}

static bool local_of(struct msghdr *h, struct in6_addr *local)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
		struct in6_pktinfo info6;
		struct in_pktinfo info4;

		if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			memcpy(&info6, CMSG_DATA(c), sizeof info6);
			*local = info6.ipi6_addr;
			return true;
		}
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			memcpy(&info4, CMSG_DATA(c), sizeof info4);
			*local = flow_mapped(info4.ipi_spec_dst);
			return true;
		}
	}
	return false;
}

bool udp_in_at(const struct udp_in *in, unsigned i, struct flow *flow, const uint8_t **p, size_t *n)
{
	const struct datagram *d = &in->datagrams[i];
	const struct sockaddr_in6 *from6 = (const struct sockaddr_in6 *)&d->from;
	const struct sockaddr_in *from4 = (const struct sockaddr_in *)&d->from;
	struct msghdr h = in->headers[i].msg_hdr;

	*flow = (struct flow){ 0 };
	*p = d->bytes;
	*n = in->headers[i].msg_len;
	if (in->v6) {
		flow->remote = from6->sin6_addr;
		flow->port = ntohs(from6->sin6_port);
		flow->scope = from6->sin6_scope_id;
	} else {
		flow->remote = flow_mapped(from4->sin_addr);
		flow->port = ntohs(from4->sin_port);
	}
	return local_of(&h, &flow->local);
}
