/** @file relay/relay_test.c  A running relay over real sockets on loopback, with two clients that speak ICE. */
#include "ice.h"
#include "relay/relay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

enum { WAIT_MS = 3000, AUDIO = 111, VIDEO = 96 };

/** One socket of a client, and the leg it speaks for. */
struct client {
	int fd;
	const struct relay_cred *cred;
	uint16_t relay_port;
};

struct scene {
	struct relay *relay;
	struct relay_cred cred[2];
	relay_pair pair;
	struct client a, b;
};

static uint64_t next_id = 1;

static struct sockaddr_in at(const char *address, unsigned port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };

	assert_int_equal(inet_pton(AF_INET, address, &to.sin_addr), 1);
	return to;
}

static struct client client_open(const struct scene *s, const struct relay_cred *cred)
{
	struct sockaddr_in any = at("127.0.0.1", 0);
	struct client c = { socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), cred, relay_port(s->relay) };
	int room = 4 << 20;

	assert_true(c.fd >= 0);
	assert_int_equal(bind(c.fd, (struct sockaddr *)&any, sizeof any), 0);
	setsockopt(c.fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
	return c;
}

static void client_send_to(const struct client *c, const char *address, const void *p, size_t n)
{
	struct sockaddr_in to = at(address, c->relay_port);

	assert_int_equal(sendto(c->fd, p, n, 0, (struct sockaddr *)&to, sizeof to), n);
}

static void client_send(const struct client *c, const void *p, size_t n)
{
	client_send_to(c, "127.0.0.1", p, n);
}

/* The next datagram, or 0 when none comes for so long. */
static size_t client_receive_from(const struct client *c, uint8_t *p, size_t cap, int wait_ms, struct sockaddr_in *from)
{
	struct pollfd fd = { .fd = c->fd, .events = POLLIN };
	socklen_t from_n = sizeof *from;
	ssize_t n;

	if (poll(&fd, 1, wait_ms) != 1)
		return 0;
	n = recvfrom(c->fd, p, cap, 0, (struct sockaddr *)from, &from_n);
	assert_true(n > 0);
	return (size_t)n;
}

static size_t client_receive(const struct client *c, uint8_t *p, size_t cap)
{
	struct sockaddr_in from;

	return client_receive_from(c, p, cap, WAIT_MS, &from);
}

static uint64_t client_ask(const struct client *c, unsigned flags)
{
	uint8_t p[ICE_BYTES];
	uint64_t id = next_id++;

	client_send(c, p, ice_write(p, &(struct ice_check){ c->cred->ufrag, c->cred->pwd, id, flags }));
	return id;
}

/* One check, and the code of its answer. */
static int client_check(const struct client *c, unsigned flags)
{
	uint64_t id = client_ask(c, flags);
	uint8_t p[2048];
	size_t n = client_receive(c, p, sizeof p);

	return ice_answer(p, n, id, c->cred->pwd);
}

/* Whatever was sent before has been seen when this has been answered, and so was met by silence. */
static void expect_silence_so_far(const struct client *c)
{
	assert_int_equal(client_check(c, 0), 0);
}

static size_t rtp(uint8_t *p, unsigned type, uint16_t number, size_t n)
{
	memset(p, (int)(number & 0xff), n);
	p[0] = 0x80;
	p[1] = (uint8_t)type;
	p[2] = (uint8_t)(number >> 8);
	p[3] = (uint8_t)number;
	return n;
}

static void expect_rtp(const struct client *c, unsigned type, uint16_t number, size_t n)
{
	uint8_t want[2048], got[2048];

	rtp(want, type, number, n);
	assert_int_equal(client_receive(c, got, sizeof got), n);
	assert_memory_equal(got, want, n);
}

static void pass(const struct client *from, const struct client *to, uint16_t number)
{
	uint8_t p[200];

	client_send(from, p, rtp(p, AUDIO, number, sizeof p));
	expect_rtp(to, AUDIO, number, sizeof p);
}

static struct relay_types types_of(unsigned one)
{
	struct relay_types types = { { 0 } };

	types.allowed[one / 64] |= (uint64_t)1 << one % 64;
	return types;
}

static int scene_open(void **state)
{
	static struct scene s;

	s = (struct scene){ 0 };
	assert_int_equal(relay_open(&s.relay, &(struct relay_config){ .legs = 8 }), 0);
	relay_cred_make(&s.cred[0]);
	relay_cred_make(&s.cred[1]);
	assert_int_equal(relay_pair_add(s.relay, s.cred, &s.pair), 0);
	relay_leg_allow(s.relay, s.pair, 0, types_of(AUDIO));
	relay_leg_allow(s.relay, s.pair, 1, types_of(AUDIO));
	s.a = client_open(&s, &s.cred[0]);
	s.b = client_open(&s, &s.cred[1]);
	*state = &s;
	return 0;
}

static int scene_close(void **state)
{
	struct scene *s = *state;

	close(s->a.fd);
	close(s->b.fd);
	relay_close(s->relay);
	return 0;
}

static int scene_connect(void **state)
{
	struct scene *s;

	scene_open(state);
	s = *state;
	assert_int_equal(client_check(&s->a, ICE_USE_CANDIDATE), 0);
	assert_int_equal(client_check(&s->b, ICE_USE_CANDIDATE), 0);
	return 0;
}

static struct relay_counters counters(const struct scene *s, unsigned leg)
{
	struct relay_counters out[2];

	assert_true(relay_pair_counters(s->relay, s->pair, out));
	return out[leg];
}

static struct relay_totals totals(const struct scene *s)
{
	struct relay_totals out;

	relay_totals(s->relay, &out);
	return out;
}

static void media_goes_both_ways(void **state)
{
	struct scene *s = *state;

	pass(&s->a, &s->b, 1);
	pass(&s->b, &s->a, 2);
	assert_true(counters(s, 0).connected && counters(s, 1).connected);
	assert_int_equal(counters(s, 0).packets_in, 1);
	assert_int_equal(counters(s, 0).bytes_in, 200);
	assert_int_equal(counters(s, 1).packets_out, 1);
	assert_int_equal(counters(s, 1).bytes_out, 200);
	assert_int_equal(counters(s, 0).packets_out, 1);
	assert_int_equal(counters(s, 0).checks, 1);
	assert_int_equal(totals(s).legs, 2);
}

static void a_check_tells_the_port(void **state)
{
	struct scene *s = *state;
	struct sockaddr_in own;
	socklen_t own_n = sizeof own;
	uint64_t id = client_ask(&s->a, 0);
	uint8_t p[2048];
	size_t n = client_receive(&s->a, p, sizeof p);

	assert_int_equal(ice_answer(p, n, id, s->cred[0].pwd), 0);
	assert_int_equal(getsockname(s->a.fd, (struct sockaddr *)&own, &own_n), 0);
	assert_int_equal(ice_mapped_port(p, n), ntohs(own.sin_port));
}

static void answers_leave_from_the_address_that_was_hit(void **state)
{
	struct scene *s = *state;
	struct sockaddr_in from;
	uint8_t p[2048], media[100];

	assert_int_equal(client_check(&s->b, ICE_USE_CANDIDATE), 0);
	client_send_to(&s->a, "127.0.0.7", p,
		       ice_write(p, &(struct ice_check){ s->cred[0].ufrag, s->cred[0].pwd, next_id++, ICE_USE_CANDIDATE }));
	assert_true(client_receive_from(&s->a, p, sizeof p, WAIT_MS, &from) > 0);
	assert_int_equal(ntohl(from.sin_addr.s_addr), 0x7f000007);
	client_send(&s->b, media, rtp(media, AUDIO, 1, sizeof media));
	assert_int_equal(client_receive_from(&s->a, p, sizeof p, WAIT_MS, &from), sizeof media);
	assert_int_equal(ntohl(from.sin_addr.s_addr), 0x7f000007);
}

static void ipv6_works_beside_ipv4(void **state)
{
	struct scene *s = *state;
	struct sockaddr_in6 to = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct client six = { socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0), &s->cred[0], relay_port(s->relay) };
	uint64_t id = next_id++;
	uint8_t p[2048];
	size_t n;

	to.sin6_port = htons(relay_port(s->relay));
	if (six.fd < 0 || connect(six.fd, (struct sockaddr *)&to, sizeof to)) {
		if (six.fd >= 0)
			close(six.fd);
		skip();
	}
	n = ice_write(p, &(struct ice_check){ s->cred[0].ufrag, s->cred[0].pwd, id, 0 });
	assert_int_equal(send(six.fd, p, n, 0), n);
	n = client_receive(&six, p, sizeof p);
	assert_int_equal(ice_answer(p, n, id, s->cred[0].pwd), 0);
	assert_int_equal(n, 76);
	assert_int_equal(client_check(&s->b, 0), 0);
	pass(&s->b, &six, 3);
	close(six.fd);
}

static void bad_checks_meet_silence(void **state)
{
	static const unsigned bad[] = { ICE_NO_INTEGRITY, ICE_NO_PRINT, ICE_BAD_PRINT, ICE_NO_USERNAME, ICE_AFTER, ICE_NO_PRIORITY };
	struct scene *s = *state;
	struct relay_cred other = s->cred[0];
	struct client forger = s->a;

	forger.cred = &other;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		client_ask(&s->a, bad[i]);
	other.pwd[5] ^= 1;
	client_ask(&forger, 0);
	other.ufrag[0] = 'z';
	client_ask(&forger, 0);
	expect_silence_so_far(&s->a);
	assert_int_equal(totals(s).stun_bad, sizeof bad / sizeof *bad);
	assert_int_equal(totals(s).stun_forged, 1);
	assert_int_equal(totals(s).stun_unknown, 1);
	assert_int_equal(counters(s, 0).checks, 1);
}

static void other_messages_meet_silence(void **state)
{
	struct scene *s = *state;
	uint8_t p[2048] = { 0 };

	client_send(&s->a, "\x00\x01\x00\x00\x21\x12\xa4\x42 12 bytes id", 20);
	client_send(&s->a, "\x00\x03\x00\x00\x21\x12\xa4\x42 12 bytes id", 20);
	client_send(&s->a, p, 0);
	client_send(&s->a, p, 1);
	client_send(&s->a, p, sizeof p);
	p[0] = 0x90;
	client_send(&s->a, p, sizeof p);
	expect_silence_so_far(&s->a);
}

static void a_role_conflict_is_answered(void **state)
{
	struct scene *s = *state;

	assert_int_equal(client_check(&s->a, ICE_CONTROLLED), 487);
	assert_int_equal(totals(s).conflicts, 1);
	assert_int_equal(client_check(&s->a, ICE_UNKNOWN), 420);
	assert_false(counters(s, 0).connected);
	assert_int_equal(client_check(&s->a, 0), 0);
	assert_true(counters(s, 0).connected);
}

static void a_replay_from_elsewhere_moves_nothing(void **state)
{
	struct scene *s = *state;
	struct client thief = client_open(s, &s->cred[0]);
	uint64_t id = next_id++;
	uint8_t check[ICE_BYTES], p[2048];
	size_t check_n = ice_write(check, &(struct ice_check){ s->cred[0].ufrag, s->cred[0].pwd, id, ICE_USE_CANDIDATE });
	struct sockaddr_in from;
	size_t n;

	client_send(&s->a, check, check_n);
	n = client_receive(&s->a, p, sizeof p);
	assert_int_equal(ice_answer(p, n, id, s->cred[0].pwd), 0);
	client_send(&thief, check, check_n);
	client_send(&thief, check, check_n);
	client_send(&s->a, check, check_n);	/* a retransmission is answered */
	n = client_receive(&s->a, p, sizeof p);
	assert_int_equal(ice_answer(p, n, id, s->cred[0].pwd), 0);
	pass(&s->b, &s->a, 4);
	assert_int_equal(client_receive_from(&thief, p, sizeof p, 0, &from), 0);
	assert_int_equal(totals(s).stun_replayed, 2);
	close(thief.fd);
}

static void strangers_are_dropped(void **state)
{
	struct scene *s = *state;
	struct client stranger = client_open(s, &s->cred[0]);
	uint8_t p[200];

	client_send(&stranger, p, rtp(p, AUDIO, 9, sizeof p));
	client_send(&stranger, "\x16\xfe\xfd", 3);
	expect_silence_so_far(&s->a);
	pass(&s->a, &s->b, 5);
	assert_int_equal(totals(s).unknown, 2);
	assert_int_equal(counters(s, 0).packets_in, 1);
	close(stranger.fd);
}

static void only_allowed_types_pass(void **state)
{
	struct scene *s = *state;
	uint8_t p[200];

	client_send(&s->a, p, rtp(p, VIDEO, 1, sizeof p));
	client_send(&s->a, p, rtp(p, 0x80 | VIDEO, 2, sizeof p));
	client_send(&s->a, p, rtp(p, 200, 3, sizeof p));		/* RTCP */
	expect_rtp(&s->b, 200, 3, sizeof p);
	assert_int_equal(counters(s, 0).dropped, 2);
	relay_leg_allow(s->relay, s->pair, 0, types_of(VIDEO));
	client_send(&s->a, p, rtp(p, AUDIO, 4, sizeof p));
	client_send(&s->a, p, rtp(p, VIDEO, 5, sizeof p));
	expect_rtp(&s->b, VIDEO, 5, sizeof p);
	pass(&s->b, &s->a, 6);			/* the other leg keeps its own */
	relay_leg_allow(s->relay, s->pair, 0, (struct relay_types){ { 0 } });
	client_send(&s->a, p, rtp(p, VIDEO, 7, sizeof p));
	expect_silence_so_far(&s->a);
	assert_int_equal(counters(s, 0).dropped, 4);
}

static void readable_application_data_is_dropped(void **state)
{
	struct scene *s = *state;
	const uint8_t data[] = { 23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 42 };
	const uint8_t alert[] = { 21, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 42 };
	uint8_t p[2048];

	client_send(&s->a, data, sizeof data);
	client_send(&s->a, alert, sizeof alert);
	assert_int_equal(client_receive(&s->b, p, sizeof p), sizeof alert);
	assert_memory_equal(p, alert, sizeof alert);
}

static void datagrams_over_1500_bytes_are_dropped(void **state)
{
	struct scene *s = *state;
	uint8_t p[1600];

	client_send(&s->a, p, rtp(p, AUDIO, 1, 1501));
	client_send(&s->a, p, rtp(p, AUDIO, 2, 1600));
	client_send(&s->a, p, rtp(p, AUDIO, 3, 1500));
	expect_rtp(&s->b, AUDIO, 3, 1500);
	assert_int_equal(counters(s, 0).dropped, 2);
}

/* Bursts go out as one message that the kernel cuts again: sizes, bytes and order must come out as they went in. */
static void bursts_arrive_as_they_were_sent(void **state)
{
	static const size_t sizes[] = { 1200, 1200, 1200, 700, 1200, 1200, 300, 301, 302, 302, 302, 12, 1500, 1500, 1 };
	enum { N = 150 };
	struct scene *s = *state;
	uint8_t p[1600];

	for (uint16_t i = 0; i < N; i++) {
		size_t n = sizes[i % (sizeof sizes / sizeof *sizes)];

		client_send(&s->a, p, rtp(p, AUDIO, i, n < 12 ? 12 : n));
	}
	for (uint16_t i = 0; i < N; i++) {
		size_t n = sizes[i % (sizeof sizes / sizeof *sizes)];

		expect_rtp(&s->b, AUDIO, i, n < 12 ? 12 : n);
	}
	assert_int_equal(counters(s, 1).packets_out, N);
}

static void early_handshakes_wait_for_the_first_check(void **state)
{
	struct scene *s = *state;
	uint8_t hello[] = { 22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0 }, p[2048];
	uint64_t id;
	size_t n;

	assert_int_equal(client_check(&s->a, 0), 0);
	for (uint8_t i = 0; i < 10; i++) {
		hello[13] = i;
		client_send(&s->a, hello, sizeof hello);
	}
	expect_silence_so_far(&s->a);
	id = client_ask(&s->b, 0);
	n = client_receive(&s->b, p, sizeof p);
	assert_int_equal(ice_answer(p, n, id, s->cred[1].pwd), 0);
	for (uint8_t i = 0; i < 8; i++) {
		assert_int_equal(client_receive(&s->b, p, sizeof p), sizeof hello);
		assert_int_equal(p[13], i);
	}
	pass(&s->a, &s->b, 6);
	assert_int_equal(counters(s, 1).packets_out, 9);
}

static void a_restart_keeps_both_credentials(void **state)
{
	struct scene *s = *state;
	struct relay_cred next;
	struct client renewed = s->a;

	relay_cred_make(&next);
	renewed.cred = &next;
	relay_leg_restart(s->relay, s->pair, 0, &next);
	assert_int_equal(client_check(&renewed, ICE_USE_CANDIDATE), 0);
	assert_int_equal(client_check(&s->a, 0), 0);
	pass(&s->b, &s->a, 7);
	pass(&s->a, &s->b, 8);
}

static void use_candidate_moves(void **state)
{
	struct scene *s = *state;
	struct client moved = client_open(s, &s->cred[0]);

	pass(&s->b, &s->a, 1);
	assert_int_equal(client_check(&moved, 0), 0);
	pass(&s->a, &s->b, 2);		/* the old path is well */
	pass(&s->b, &s->a, 3);
	assert_int_equal(client_check(&moved, ICE_USE_CANDIDATE), 0);
	pass(&s->b, &moved, 4);
	pass(&s->a, &s->b, 5);		/* media counts from any path that was checked */
	close(moved.fd);
}

static void a_silent_path_gives_way(void **state)
{
	struct scene *s = *state;
	struct client moved = client_open(s, &s->cred[0]);

	nanosleep(&(struct timespec){ .tv_sec = 1, .tv_nsec = 100000000 }, NULL);
	assert_int_equal(client_check(&moved, 0), 0);
	pass(&s->b, &moved, 1);
	close(moved.fd);
}

struct flood {
	const struct client *client;
	atomic_bool stop;
	atomic_ullong sent;
};

static void *flood_run(void *arg)
{
	struct flood *flood = arg;
	uint8_t p[200];

	rtp(p, AUDIO, 1, sizeof p);
	while (!atomic_load(&flood->stop)) {
		for (int i = 0; i < 16; i++)
			client_send(flood->client, p, sizeof p);
		atomic_fetch_add(&flood->sent, 16);
		nanosleep(&(struct timespec){ .tv_nsec = 50000 }, NULL);
	}
	return NULL;
}

static void scene_new_pair(struct scene *s)
{
	relay_cred_make(&s->cred[0]);
	relay_cred_make(&s->cred[1]);
	assert_int_equal(relay_pair_add(s->relay, s->cred, &s->pair), 0);
	relay_leg_allow(s->relay, s->pair, 0, types_of(AUDIO));
	assert_int_equal(client_check(&s->b, 0), 0);
	assert_int_equal(client_check(&s->a, 0), 0);
}

/* Cut in the middle of a stream; what had come until the cut returned is all that ever comes. */
static void cut_while_it_flows(struct scene *s, unsigned packets)
{
	struct relay_counters cut[2];
	struct sockaddr_in from;
	uint8_t p[2048];
	uint64_t got = 0;

	while (got < packets)
		got += client_receive(&s->b, p, sizeof p) == 200;
	relay_pair_cut(s->relay, s->pair);
	while (client_receive_from(&s->b, p, sizeof p, 0, &from))
		got++;
	assert_true(relay_pair_counters(s->relay, s->pair, cut));
	assert_int_equal(got, cut[1].packets_out);
}

static void a_cut_is_at_once(void **state)
{
	struct scene *s = *state;
	struct flood flood = { .client = &s->a };
	struct relay_counters before[2], after[2];
	pthread_t thread;
	uint64_t sent;

	assert_int_equal(pthread_create(&thread, NULL, flood_run, &flood), 0);
	for (unsigned round = 0; round < 100; round++) {
		cut_while_it_flows(s, 50);
		scene_new_pair(s);
	}
	cut_while_it_flows(s, 500);
	assert_true(relay_pair_counters(s->relay, s->pair, before));
	for (sent = atomic_load(&flood.sent); atomic_load(&flood.sent) < sent + 500;)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	atomic_store(&flood.stop, true);
	pthread_join(thread, NULL);
	assert_int_equal(client_check(&s->b, 0), 403);
	assert_int_equal(client_check(&s->b, ICE_USE_CANDIDATE), 403);
	assert_true(relay_pair_counters(s->relay, s->pair, after));
	assert_memory_equal(before, after, sizeof before);
	assert_false(after[0].connected || after[1].connected);
	assert_int_equal(totals(s).legs, 0);
	relay_pair_cut(s->relay, s->pair);
}

/* Every kind of check, good or bad: what comes back is no longer than what it answers. */
static void no_answer_is_longer_than_its_check(void **state)
{
	enum { KINDS = 2 * ICE_NO_PRIORITY };
	struct scene *s = *state;
	uint64_t first = next_id;
	size_t sent[KINDS + 1];
	unsigned answers = 0;
	uint8_t p[2048];
	uint64_t id;

	for (unsigned flags = 0; flags <= KINDS; flags++) {
		sent[flags] = ice_write(p, &(struct ice_check){ s->cred[0].ufrag, s->cred[0].pwd, next_id++, flags % KINDS });
		client_send(&s->a, p, sent[flags]);
	}
	do {
		size_t n = client_receive(&s->a, p, sizeof p);

		assert_true(n >= 20);
		memcpy(&id, p + 8, sizeof id);
		assert_in_range(id, first, first + KINDS);
		assert_true(n <= sent[id - first]);
		answers++;
	} while (id != first + KINDS);
	assert_in_range(answers, 2, 64);
}

static void the_limit_holds(void **state)
{
	struct scene *s = *state;
	struct relay_cred cred[2];
	relay_pair pairs[3], one;
	struct relay_counters out[2];

	for (unsigned i = 0; i < 3; i++) {
		relay_cred_make(&cred[0]);
		relay_cred_make(&cred[1]);
		assert_int_equal(relay_pair_add(s->relay, cred, &pairs[i]), 0);
	}
	assert_int_equal(relay_pair_add(s->relay, cred, &one), -ENOSPC);
	relay_pair_cut(s->relay, pairs[1]);
	assert_int_equal(relay_pair_add(s->relay, cred, &one), 0);
	assert_true(one > pairs[2]);
	assert_false(relay_pair_counters(s->relay, one + 1, out));
	assert_false(relay_pair_counters(s->relay, 0, out));
	relay_pair_cut(s->relay, one + 1);
	relay_leg_allow(s->relay, one + 1, 0, types_of(0));
	relay_leg_rate(s->relay, one + 1, 0, 1);
	relay_leg_restart(s->relay, one + 1, 0, &cred[0]);
}

static bool listed(const char *const *list, unsigned n, const char *one)
{
	for (unsigned i = 0; i < n; i++) {
		if (strcmp(list[i], one) == 0)
			return true;
	}
	return false;
}

static void addresses_are_the_interfaces_or_the_given(void **state)
{
	struct relay_config config = { .addresses = { "192.0.2.77", "2001:db8::7" }, .legs = 2 };
	struct scene *s = *state;
	const char *out[RELAY_ADDRESSES];
	struct relay *relay = NULL;
	unsigned n = relay_addresses(s->relay, out);

	assert_true(listed(out, n, "127.0.0.1"));
	for (unsigned i = 0; i < n; i++)
		assert_true(strncmp(out[i], "fe80", 4) != 0);
	if (relay_open(&relay, &config) == -EAFNOSUPPORT) {
		config.addresses[1] = NULL;
		assert_int_equal(relay_open(&relay, &config), 0);
	}
	n = relay_addresses(relay, out);
	assert_string_equal(out[0], "192.0.2.77");
	assert_false(listed(out, n, "127.0.0.1"));
	relay_close(relay);
	config.addresses[0] = "relay.example";
	assert_int_equal(relay_open(&relay, &config), -EINVAL);
}

static void opening_can_fail(void **state)
{
	struct scene *s = *state;
	struct relay *relay = NULL;

	assert_int_equal(relay_open(&relay, &(struct relay_config){ .port = relay_port(s->relay), .legs = 2 }), -EADDRINUSE);
	assert_int_equal(relay_open(&relay, &(struct relay_config){ .legs = 0 }), -EINVAL);
	assert_null(relay);
	relay_close(NULL);
}

static void credentials_are_random_hex(void **state)
{
	struct relay_cred a, b;

	(void)state;
	relay_cred_make(&a);
	relay_cred_make(&b);
	assert_int_equal(strspn(a.ufrag, "0123456789abcdef"), RELAY_UFRAG_CHARS);
	assert_int_equal(strspn(a.pwd, "0123456789abcdef"), RELAY_PWD_CHARS);
	assert_int_equal(a.ufrag[RELAY_UFRAG_CHARS] | a.pwd[RELAY_PWD_CHARS], 0);
	assert_string_not_equal(a.ufrag, b.ufrag);
	assert_string_not_equal(a.pwd, b.pwd);
	assert_memory_not_equal(a.pwd, a.ufrag, RELAY_UFRAG_CHARS);
}

int main(void)
{
#define OPEN(f) cmocka_unit_test_setup_teardown(f, scene_open, scene_close)
#define CONNECTED(f) cmocka_unit_test_setup_teardown(f, scene_connect, scene_close)
	const struct CMUnitTest tests[] = {
		CONNECTED(media_goes_both_ways),
		OPEN(a_check_tells_the_port),
		OPEN(answers_leave_from_the_address_that_was_hit),
		OPEN(ipv6_works_beside_ipv4),
		OPEN(bad_checks_meet_silence),
		OPEN(other_messages_meet_silence),
		OPEN(a_role_conflict_is_answered),
		CONNECTED(a_replay_from_elsewhere_moves_nothing),
		CONNECTED(strangers_are_dropped),
		CONNECTED(only_allowed_types_pass),
		CONNECTED(readable_application_data_is_dropped),
		CONNECTED(datagrams_over_1500_bytes_are_dropped),
		CONNECTED(bursts_arrive_as_they_were_sent),
		OPEN(early_handshakes_wait_for_the_first_check),
		CONNECTED(a_restart_keeps_both_credentials),
		CONNECTED(use_candidate_moves),
		CONNECTED(a_silent_path_gives_way),
		CONNECTED(a_cut_is_at_once),
		OPEN(no_answer_is_longer_than_its_check),
		OPEN(the_limit_holds),
		OPEN(addresses_are_the_interfaces_or_the_given),
		OPEN(opening_can_fail),
		cmocka_unit_test(credentials_are_random_hex),
	};

	return cmocka_run_group_tests_name("relay", tests, NULL, NULL);
}
