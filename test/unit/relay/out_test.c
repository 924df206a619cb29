/** @file relay/out_test.c  The outgoing batch over real sockets: what the kernel cuts, what it refuses to cut, who gets what. */
#include "base/limits.h"
#include "relay/out.h"
#include "relay/udp.h"

#include <arpa/inet.h>
#include <netinet/udp.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>
#include <cmocka.h>

/** A sender and two receivers on loopback. */
struct scene {
	int fd, to[2];
	bool v6;
	struct flow flow[2];
	struct out *out;
};

static int scene_open(void **state)
{
	static struct scene s;
	uint16_t port = 0;

	assert_int_equal(udp_open(&s.fd, &port, &s.v6), 0);
	for (unsigned i = 0; i < 2; i++) {
		struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
		socklen_t at_n = sizeof at;

		s.to[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		assert_int_equal(bind(s.to[i], (struct sockaddr *)&at, sizeof at), 0);
		assert_int_equal(getsockname(s.to[i], (struct sockaddr *)&at, &at_n), 0);
		s.flow[i] = (struct flow){ .remote = flow_mapped(at.sin_addr), .port = ntohs(at.sin_port) };
		s.flow[i].local = flow_mapped((struct in_addr){ htonl(0x7f000009) });
	}
	s.out = out_new(s.fd, s.v6);
	assert_non_null(s.out);
	*state = &s;
	return 0;
}

static int scene_close(void **state)
{
	struct scene *s = *state;

	out_free(s->out);
	close(s->fd);
	close(s->to[0]);
	close(s->to[1]);
	return 0;
}

static void add(struct scene *s, unsigned to, uint8_t mark, size_t n)
{
	uint8_t p[LIMIT_DATAGRAM_BYTES];

	memset(p, mark, n);
	out_add(s->out, &s->flow[to], p, n);
}

static void expect(struct scene *s, unsigned to, uint8_t mark, size_t n)
{
	struct pollfd fd = { .fd = s->to[to], .events = POLLIN };
	uint8_t p[2048], want[2048];
	struct sockaddr_in from;
	socklen_t from_n = sizeof from;

	assert_int_equal(poll(&fd, 1, 3000), 1);
	assert_int_equal(recvfrom(s->to[to], p, sizeof p, 0, (struct sockaddr *)&from, &from_n), n);
	memset(want, mark, n);
	assert_memory_equal(p, want, n);
	assert_int_equal(ntohl(from.sin_addr.s_addr), 0x7f000009);
}

static void expect_no_more(struct scene *s)
{
	struct pollfd fds[2] = { { .fd = s->to[0], .events = POLLIN }, { .fd = s->to[1], .events = POLLIN } };

	assert_int_equal(poll(fds, 2, 0), 0);
}

static void each_gets_its_own(void **state)
{
	struct scene *s = *state;

	for (uint8_t i = 0; i < 6; i++)
		add(s, i / 2 % 2, i, 500);
	expect_no_more(s);
	out_flush(s->out);
	for (uint8_t i = 0; i < 6; i++)
		expect(s, i / 2 % 2, i, 500);
	expect_no_more(s);
	out_flush(s->out);
	expect_no_more(s);
}

static const size_t sizes[] = { 900, 900, 900, 20, 900, 901, 901, 1, 1, 1, 1500, 1500, 1500, 1499 };
enum { N_SIZES = sizeof sizes / sizeof *sizes };

static void sizes_stay(void **state)
{
	struct scene *s = *state;

	for (uint8_t i = 0; i < N_SIZES; i++)
		add(s, 0, i, sizes[i]);
	out_flush(s->out);
	for (uint8_t i = 0; i < N_SIZES; i++)
		expect(s, 0, i, sizes[i]);
	expect_no_more(s);
}

static void more_than_a_batch_goes_out(void **state)
{
	enum { N = 250 };
	struct scene *s = *state;
	int room = 4 << 20;

	setsockopt(s->to[0], SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
	for (unsigned round = 0; round < 2; round++) {
		/* All alike, then no two neighbours alike. */
		for (unsigned i = 0; i < N; i++)
			add(s, round ? i % 2 : 0, (uint8_t)i, 300);
		out_flush(s->out);
		for (unsigned i = 0; i < N; i++)
			expect(s, round ? i % 2 : 0, (uint8_t)i, 300);
		expect_no_more(s);
	}
}

/* Without checksums the kernel cuts nothing: the batch is cut here, and nothing is lost. */
static void a_kernel_that_refuses_to_cut_costs_nothing(void **state)
{
	struct scene *s = *state;
	int on = 1;

	assert_int_equal(setsockopt(s->fd, SOL_SOCKET, SO_NO_CHECK, &on, sizeof on), 0);
	sizes_stay(state);
	each_gets_its_own(state);
}

/* A target that can't be reached takes no other along. */
static void one_bad_target_costs_the_others_nothing(void **state)
{
	struct scene *s = *state;
	struct flow bad = s->flow[0];

	bad.local = flow_mapped((struct in_addr){ htonl(0xc0000263) });	/* not ours */
	add(s, 0, 1, 100);
	for (unsigned i = 0; i < 3; i++)
		out_add(s->out, &bad, "lost", 4);
	add(s, 1, 2, 100);
	out_flush(s->out);
	expect(s, 0, 1, 100);
	expect(s, 1, 2, 100);
	expect_no_more(s);
}

int main(void)
{
#define SCENE(f) cmocka_unit_test_setup_teardown(f, scene_open, scene_close)
	const struct CMUnitTest tests[] = {
		SCENE(each_gets_its_own),
		SCENE(sizes_stay),
		SCENE(more_than_a_batch_goes_out),
		SCENE(a_kernel_that_refuses_to_cut_costs_nothing),
		SCENE(one_bad_target_costs_the_others_nothing),
	};

	return cmocka_run_group_tests_name("relay/out", tests, NULL, NULL);
}
