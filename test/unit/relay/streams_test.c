/**
 * @file relay/streams_test.c  TCP connections as flows, over real sockets on loopback and a time of the test's own: who is listened
 * to, who is closed and when, what waits and what is dropped. The last tests run the whole relay with its thread.
 */
#include "ice.h"
#include "relay/frame.h"
#include "relay/streams.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

enum { WAIT_MS = 5000, AUDIO = 111 };

static const struct relay_cred creds[2] = {
	{ "aaaaaaaa", "00000000000000000000000000000001" },
	{ "bbbbbbbb", "00000000000000000000000000000002" },
};

struct scene {
	struct board board;
	struct streams *streams;
	relay_pair pair;
	int64_t now;
	uint64_t id;
	int listener, epoll;
	uint16_t port;
	unsigned udp_sent;		/* datagrams that went over UDP flows */
};

static void note_send(void *arg, const struct flow *flow, const void *p, size_t n)
{
	struct scene *s = arg;

	if (flow->stream)
		streams_send(s->streams, flow, p, n);
	else
		s->udp_sent++;
}

static void note_leave(void *arg, const struct flow *flow)
{
	struct scene *s = arg;

	streams_leave(s->streams, flow);
}

static int listener_open(uint16_t *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_ANY) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t n = sizeof at;

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, n), 0);
	assert_int_equal(listen(fd, 1024), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

static struct relay_types audio(void)
{
	return (struct relay_types){ { 0, (uint64_t)1 << (AUDIO - 64) } };
}

static int scene_open(void **state)
{
	struct scene *s = calloc(1, sizeof *s);

	s->now = 1000000;
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	s->listener = listener_open(&s->port);
	assert_int_equal(board_init(&s->board, 4, note_send, note_leave, s), 0);
	s->streams = streams_new(&s->board, s->epoll);
	assert_non_null(s->streams);
	assert_int_equal(board_pair_add(&s->board, creds, &s->pair), 0);
	board_leg_allow(&s->board, s->pair, 0, audio());
	board_leg_allow(&s->board, s->pair, 1, audio());
	*state = s;
	return 0;
}

static int scene_close(void **state)
{
	struct scene *s = *state;

	board_release(&s->board);
	streams_free(s->streams);
	close(s->epoll);
	close(s->listener);
	free(s);
	return 0;
}

/* A client's socket, from an address of its own; its other end has been accepted. */
static int connect_from(int listener, uint16_t port, const char *from, int *accepted)
{
	struct sockaddr_in mine = { .sin_family = AF_INET }, to = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, from, &mine.sin_addr);
	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&mine, sizeof mine), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	*accepted = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	assert_true(*accepted >= 0);
	return fd;
}

static int client_from(struct scene *s, const char *from)
{
	int accepted, fd = connect_from(s->listener, s->port, from, &accepted);

	streams_take(s->streams, s->now, accepted);
	return fd;
}

static int client(struct scene *s)
{
	return client_from(s, "127.0.0.1");
}

/* Let the streams work until nothing has come for them. */
static void pump(struct scene *s, int wait_ms)
{
	struct epoll_event events[16];
	int n;

	while ((n = epoll_wait(s->epoll, events, 16, wait_ms)) > 0) {
		for (int i = 0; i < n; i++)
			streams_event(s->streams, s->now, events[i].data.u64, events[i].events);
		streams_sweep(s->streams);
		wait_ms = 0;
	}
}

static void frame_send(int fd, const void *p, size_t n)
{
	uint8_t bytes[FRAME_BYTES];

	frame_head(bytes, n);
	memcpy(bytes + FRAME_HEAD_BYTES, p, n);
	assert_int_equal(send(fd, bytes, FRAME_HEAD_BYTES + n, MSG_NOSIGNAL), FRAME_HEAD_BYTES + n);
}

static size_t read_some(int fd, uint8_t *p, size_t n)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	ssize_t got;

	assert_int_equal(poll(&ready, 1, WAIT_MS), 1);
	got = recv(fd, p, n, 0);
	return got > 0 ? (size_t)got : 0;
}

static void read_all(int fd, uint8_t *p, size_t n)
{
	while (n) {
		size_t got = read_some(fd, p, n);

		assert_true(got > 0);
		p += got;
		n -= got;
	}
}

static size_t frame_receive(int fd, uint8_t out[static LIMIT_DATAGRAM_BYTES])
{
	uint8_t head[FRAME_HEAD_BYTES];
	size_t n;

	read_all(fd, head, sizeof head);
	n = (size_t)head[0] << 8 | head[1];
	assert_true(n <= LIMIT_DATAGRAM_BYTES);
	read_all(fd, out, n);
	return n;
}

/* The other end has gone: an end or a reset, and nothing before it. */
static void expect_closed(int fd)
{
	uint8_t byte;

	assert_int_equal(read_some(fd, &byte, 1), 0);
}

static void expect_silent(int fd)
{
	uint8_t byte;

	assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
}

static size_t check_write(struct scene *s, uint8_t out[static ICE_BYTES], const struct relay_cred *cred, unsigned flags)
{
	return ice_write(out, &(struct ice_check){ cred->ufrag, cred->pwd, ++s->id, flags });
}

static int check(struct scene *s, int fd, const struct relay_cred *cred, unsigned flags)
{
	uint8_t p[LIMIT_DATAGRAM_BYTES];

	frame_send(fd, p, check_write(s, p, cred, flags));
	pump(s, WAIT_MS);
	return ice_answer(p, frame_receive(fd, p), s->id, cred->pwd);
}

static size_t rtp(uint8_t *p, uint16_t number, size_t n)
{
	memset(p, (int)(number & 0xff), n);
	p[0] = 0x80;
	p[1] = AUDIO;
	p[2] = (uint8_t)(number >> 8);
	p[3] = (uint8_t)number;
	return n;
}

static void pass(struct scene *s, int from, int to, uint16_t number, size_t n)
{
	uint8_t want[LIMIT_DATAGRAM_BYTES], got[LIMIT_DATAGRAM_BYTES];

	frame_send(from, want, rtp(want, number, n));
	pump(s, WAIT_MS);
	assert_int_equal(frame_receive(to, got), n);
	assert_memory_equal(got, want, n);
}

static struct relay_totals totals(const struct scene *s)
{
	struct relay_totals out = { 0 };

	streams_totals(s->streams, &out);
	return out;
}

/* Two clients over TCP whose checks were answered. */
static void connect_both(struct scene *s, int *a, int *b)
{
	*a = client(s);
	*b = client(s);
	assert_int_equal(check(s, *a, &creds[0], ICE_USE_CANDIDATE), 0);
	assert_int_equal(check(s, *b, &creds[1], ICE_USE_CANDIDATE), 0);
}

static void media_goes_both_ways(void **state)
{
	struct scene *s = *state;
	int a, b;

	connect_both(s, &a, &b);
	for (uint16_t i = 0; i < 50; i++) {
		pass(s, a, b, i, 12 + i * 30u);
		pass(s, b, a, i, 1500 - i);
	}
	assert_int_equal(totals(s).streams, 2);
	assert_int_equal(totals(s).streams_dropped, 0);
	close(a);
	close(b);
}

static void a_frame_may_come_in_pieces(void **state)
{
	struct scene *s = *state;
	uint8_t bytes[FRAME_HEAD_BYTES + ICE_BYTES], p[LIMIT_DATAGRAM_BYTES];
	int a = client(s);
	size_t n = check_write(s, bytes + FRAME_HEAD_BYTES, &creds[0], 0);

	frame_head(bytes, n);
	for (size_t i = 0; i < FRAME_HEAD_BYTES + n; i++) {
		expect_silent(a);
		assert_int_equal(send(a, bytes + i, 1, 0), 1);
		pump(s, WAIT_MS);
	}
	assert_int_equal(ice_answer(p, frame_receive(a, p), s->id, creds[0].pwd), 0);
	close(a);
}

/* Whoever does not begin with a check of a leg of ours is closed without a word. */
static void strangers_are_closed(void **state)
{
	const struct relay_cred wrong = { "aaaaaaaa", "0000000000000000000000000000000f" }, nobody = { "cccccccc", "00000000000000000000000000000001" };
	struct scene *s = *state;
	uint8_t p[LIMIT_DATAGRAM_BYTES];

	for (int kind = 0; kind < 8; kind++) {
		int fd = client(s);
		size_t n = 0;

		switch (kind) {
		case 0: n = rtp(p, 1, 100); break;
		case 1: n = 0; break;
		case 2: n = check_write(s, p, &wrong, 0); break;
		case 3: n = check_write(s, p, &nobody, 0); break;
		case 4: n = check_write(s, p, &creds[0], ICE_NO_INTEGRITY); break;
		case 5: n = check_write(s, p, &creds[0], ICE_BAD_PRINT); break;
		case 6: memset(p, 22, n = 60); break;
		default: memset(p, 0, n = 20);
		}
		frame_send(fd, p, n);
		pump(s, WAIT_MS);
		expect_closed(fd);
		close(fd);
		assert_int_equal(totals(s).streams, 0);
	}
}

static void a_frame_too_long_closes(void **state)
{
	const uint8_t head[] = { (LIMIT_DATAGRAM_BYTES + 1) >> 8, (LIMIT_DATAGRAM_BYTES + 1) & 255 };
	struct scene *s = *state;
	int a, b;

	connect_both(s, &a, &b);
	assert_int_equal(send(a, head, sizeof head, 0), sizeof head);
	pump(s, WAIT_MS);
	expect_closed(a);
	assert_int_equal(totals(s).streams, 1);
	expect_silent(b);
	close(a);
	close(b);
}

static void who_says_nothing_is_closed_in_time(void **state)
{
	struct scene *s = *state;
	int quiet = client(s), refused = client(s), proved = client(s);

	/* A role conflict is answered, and proves nothing. */
	assert_int_equal(check(s, refused, &creds[0], ICE_CONTROLLED), 487);
	assert_int_equal(check(s, proved, &creds[0], 0), 0);
	s->now += STREAM_PROVE_MS - 1;
	streams_tidy(s->streams, s->now);
	expect_silent(quiet);
	expect_silent(refused);
	s->now++;
	streams_tidy(s->streams, s->now);
	expect_closed(quiet);
	expect_closed(refused);
	expect_silent(proved);
	close(quiet);
	close(refused);
	close(proved);
}

static void lapsed_consent_closes(void **state)
{
	struct scene *s = *state;
	int a, b;

	connect_both(s, &a, &b);
	s->now += CONSENT_MS - 1;
	pass(s, a, b, 1, 100);
	assert_int_equal(check(s, b, &creds[1], 0), 0);
	streams_tidy(s->streams, s->now);
	pass(s, a, b, 2, 100);
	s->now++;
	streams_tidy(s->streams, s->now);
	expect_closed(a);
	expect_silent(b);
	close(a);
	close(b);
}

static void a_cut_closes_and_nothing_more_comes(void **state)
{
	struct scene *s = *state;
	uint8_t p[LIMIT_DATAGRAM_BYTES];
	int a, b, late;

	connect_both(s, &a, &b);
	pass(s, a, b, 1, 100);
	for (uint16_t i = 0; i < 20; i++)
		frame_send(a, p, rtp(p, i, 100));
	board_pair_cut(&s->board, s->now, s->pair);
	streams_sweep(s->streams);
	pump(s, 0);
	expect_closed(b);
	assert_int_equal(totals(s).streams, 0);
	/* Who comes anew is told, over TCP too, and can do nothing else. */
	late = client(s);
	assert_int_equal(check(s, late, &creds[0], ICE_USE_CANDIDATE), 403);
	s->now += STREAM_PROVE_MS;
	streams_tidy(s->streams, s->now);
	expect_closed(late);
	close(a);
	close(b);
	close(late);
}

static void a_connection_is_its_first_legs(void **state)
{
	struct scene *s = *state;
	uint8_t p[LIMIT_DATAGRAM_BYTES];
	int a, b;

	connect_both(s, &a, &b);
	s->now += 2000;
	frame_send(a, p, check_write(s, p, &creds[1], ICE_USE_CANDIDATE));
	pump(s, WAIT_MS);
	expect_silent(a);
	pass(s, b, a, 1, 100);
	close(a);
	close(b);
}

static void a_new_connection_takes_over(void **state)
{
	struct scene *s = *state;
	int a, b, again;

	connect_both(s, &a, &b);
	close(a);
	pump(s, WAIT_MS);
	assert_int_equal(totals(s).streams, 1);
	again = client(s);
	assert_int_equal(check(s, again, &creds[0], 0), 0);
	pass(s, b, again, 1, 300);
	pass(s, again, b, 2, 300);
	close(b);
	close(again);
}

/* A recorded check is worth nothing over another connection. */
static void a_replay_is_closed(void **state)
{
	struct scene *s = *state;
	uint8_t p[LIMIT_DATAGRAM_BYTES], got[LIMIT_DATAGRAM_BYTES];
	int a = client(s), thief = client(s);
	size_t n = check_write(s, p, &creds[0], ICE_USE_CANDIDATE);

	frame_send(a, p, n);
	pump(s, WAIT_MS);
	assert_int_equal(ice_answer(got, frame_receive(a, got), s->id, creds[0].pwd), 0);
	frame_send(thief, p, n);
	pump(s, WAIT_MS);
	expect_closed(thief);
	assert_int_equal(s->board.totals.stun_replayed, 1);
	expect_silent(a);
	close(a);
	close(thief);
}

/* What there is to read now, behind what was read before. */
static size_t read_more(int fd, uint8_t *p, size_t most)
{
	ssize_t got = recv(fd, p, most, MSG_DONTWAIT);

	return got > 0 ? (size_t)got : 0;
}

/* Fill the way to b, make some room without the streams' knowing, send one more, then read all; how many frames came. */
static unsigned fill_and_read(struct scene *s, int a, int b, size_t each, unsigned sent)
{
	size_t most = sent * (each + FRAME_HEAD_BYTES), n = 0, got, length;
	const struct leg *leg = &list_entry(s->board.live.next, struct pair, ending)->legs[1];
	uint8_t p[LIMIT_DATAGRAM_BYTES], *all = malloc(most);
	const uint8_t *at = all, *datagram;
	struct frame_in in = { 0 };
	unsigned frames = 0;
	int last = -1;

	for (unsigned i = 0; i < sent - 1; i++) {
		frame_send(a, p, rtp(p, (uint16_t)i, each));
		pump(s, WAIT_MS);
	}
	while (n < 200000 && (got = read_more(b, all + n, 200000 - n)))
		n += got;
	/* There is room, but a begun frame comes first: this one is dropped, or comes whole behind it. */
	streams_send(s->streams, &leg->selected->flow, p, rtp(p, (uint16_t)(sent - 1), each));
	do {
		pump(s, 50);
		got = read_more(b, all + n, most - n);
		n += got;
	} while (got);
	while (frame_next(&in, &at, &n, &datagram, &length) == FRAME_WHOLE) {
		int number = datagram[2] << 8 | datagram[3];

		assert_true(number > last);
		assert_int_equal(length, rtp(p, (uint16_t)number, each));
		assert_memory_equal(datagram, p, each);
		last = number;
		frames++;
	}
	assert_int_equal(in.n, 0);
	free(all);
	return frames;
}

/* Media for a reader that does not read is dropped, not kept; what he reads later is whole frames, in order. */
static void a_slow_reader_loses_whole_datagrams(void **state)
{
	enum { SENT = 4000, ROUNDS = 12 };
	struct scene *s = *state;
	int a, b;

	connect_both(s, &a, &b);
	for (unsigned round = 0; round < ROUNDS; round++) {
		uint64_t dropped = totals(s).streams_dropped;
		unsigned frames = fill_and_read(s, a, b, 1300 - 37 * round, SENT);

		dropped = totals(s).streams_dropped - dropped;
		assert_in_range(dropped, 1, SENT - 1);
		assert_int_equal(frames, SENT - dropped);
		pass(s, a, b, SENT, 500);
	}
	close(a);
	close(b);
}

static void one_address_has_its_share(void **state)
{
	struct scene *s = *state;
	int fds[LIMIT_STREAMS_PER_ADDRESS + 1], other;

	for (unsigned i = 0; i <= LIMIT_STREAMS_PER_ADDRESS; i++)
		fds[i] = client_from(s, "127.0.0.2");
	expect_closed(fds[LIMIT_STREAMS_PER_ADDRESS]);
	expect_silent(fds[0]);
	assert_int_equal(totals(s).streams_refused, 1);
	other = client_from(s, "127.0.0.3");
	assert_int_equal(check(s, other, &creds[0], 0), 0);
	close(fds[7]);
	pump(s, WAIT_MS);
	close(fds[LIMIT_STREAMS_PER_ADDRESS]);
	fds[7] = fds[LIMIT_STREAMS_PER_ADDRESS] = client_from(s, "127.0.0.2");
	expect_silent(fds[7]);
	for (unsigned i = 0; i < LIMIT_STREAMS_PER_ADDRESS; i++)
		close(fds[i]);
	close(other);
}

/* When all places are taken, the oldest that has proved nothing makes room: a flood can't keep a browser out. */
static void a_flood_makes_room(void **state)
{
	struct rlimit files;
	struct scene *s = *state;
	int *fds = calloc(LIMIT_STREAMS, sizeof *fds), late;
	char from[32];

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	if (files.rlim_max < 2 * LIMIT_STREAMS + 64) {
		free(fds);
		skip();
	}
	for (unsigned i = 0; i < LIMIT_STREAMS; i++) {
		snprintf(from, sizeof from, "127.0.1.%u", 1 + i / LIMIT_STREAMS_PER_ADDRESS);
		fds[i] = client_from(s, from);
		if (i == 0)
			assert_int_equal(check(s, fds[0], &creds[0], 0), 0);
		s->now += i < 2;
	}
	assert_int_equal(totals(s).streams, LIMIT_STREAMS);
	late = client_from(s, "127.0.0.9");
	assert_int_equal(check(s, late, &creds[1], 0), 0);
	expect_closed(fds[1]);
	pass(s, fds[0], late, 1, 100);
	for (unsigned i = 0; i < LIMIT_STREAMS; i++)
		close(fds[i]);
	close(late);
	free(fds);
}

/* The relay with its thread. */

static int thread_check(int fd, const struct relay_cred *cred, uint64_t id)
{
	uint8_t p[LIMIT_DATAGRAM_BYTES];

	frame_send(fd, p, ice_write(p, &(struct ice_check){ cred->ufrag, cred->pwd, id, ICE_USE_CANDIDATE }));
	return ice_answer(p, frame_receive(fd, p), id, cred->pwd);
}

static void the_thread_serves_and_a_cut_is_at_once(void **state)
{
	struct relay *relay;
	relay_pair pair;
	uint8_t p[LIMIT_DATAGRAM_BYTES], got[LIMIT_DATAGRAM_BYTES];
	struct relay_counters counters[2];
	struct relay_totals totals;
	int fds[2], accepted, listener;
	uint16_t port;

	(void)state;
	listener = listener_open(&port);
	assert_int_equal(relay_open(&relay, &(struct relay_config){ .legs = 4 }), 0);
	assert_int_equal(relay_stream_port(relay), 0);
	relay_stream_offer(relay, port);
	assert_int_equal(relay_stream_port(relay), port);
	for (uint64_t round = 0; round < 20; round++) {
		assert_int_equal(relay_pair_add(relay, creds, &pair), 0);
		relay_leg_allow(relay, pair, 0, audio());
		for (unsigned i = 0; i < 2; i++) {
			fds[i] = connect_from(listener, port, "127.0.0.1", &accepted);
			relay_stream_take(relay, accepted);
			assert_int_equal(thread_check(fds[i], &creds[i], 100 * round + i + 1), 0);
		}
		frame_send(fds[0], p, rtp(p, 1, 500));
		assert_int_equal(frame_receive(fds[1], got), 500);
		for (uint16_t i = 0; i < 100; i++)
			frame_send(fds[0], p, rtp(p, i, 500));
		relay_pair_cut(relay, pair);
		relay_totals(relay, &totals);
		assert_int_equal(totals.streams, 0);
		assert_true(relay_pair_counters(relay, pair, counters));
		assert_false(counters[0].connected);
		close(fds[0]);
		close(fds[1]);
	}
	relay_totals(relay, &totals);
	assert_int_equal(totals.streams_taken, 40);
	relay_close(relay);
	close(listener);
}

static void closing_the_relay_closes_them(void **state)
{
	struct relay *relay;
	int fd, accepted, listener;
	uint16_t port;

	(void)state;
	listener = listener_open(&port);
	assert_int_equal(relay_open(&relay, &(struct relay_config){ .legs = 4 }), 0);
	fd = connect_from(listener, port, "127.0.0.1", &accepted);
	relay_stream_take(relay, accepted);
	relay_close(relay);
	expect_closed(fd);
	close(fd);
	close(listener);
}

int main(void)
{
#define SCENE(f) cmocka_unit_test_setup_teardown(f, scene_open, scene_close)
	const struct CMUnitTest tests[] = {
		SCENE(media_goes_both_ways),
		SCENE(a_frame_may_come_in_pieces),
		SCENE(strangers_are_closed),
		SCENE(a_frame_too_long_closes),
		SCENE(who_says_nothing_is_closed_in_time),
		SCENE(lapsed_consent_closes),
		SCENE(a_cut_closes_and_nothing_more_comes),
		SCENE(a_connection_is_its_first_legs),
		SCENE(a_new_connection_takes_over),
		SCENE(a_replay_is_closed),
		SCENE(a_slow_reader_loses_whole_datagrams),
		SCENE(one_address_has_its_share),
		SCENE(a_flood_makes_room),
		cmocka_unit_test(the_thread_serves_and_a_cut_is_at_once),
		cmocka_unit_test(closing_the_relay_closes_them),
	};

	return cmocka_run_group_tests_name("relay/streams", tests, NULL, NULL);
}
